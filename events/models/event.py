"""Events: receptions, seminars, tours, the forum, fairs and projects abroad."""

import hashlib
import json
from typing import Any, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.kinds import KIND_CHOICES, Kind, kind_of
from partnership.models import Country
from partnership.models.base import Bilingual, Versioned


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about events."""

    def upcoming(self) -> Self:
        """Those that are still to be held, soonest first."""
        return self.filter(state__in=Event.OPEN, ends_on__gte=timezone.localdate()).order_by("starts_on", "id")


class Event(Bilingual, Versioned):
    """One event. What its kind asks for is declared in events/kinds.py."""

    # what a calendar entry says; SEQUENCE counts changes of these and of nothing else (RFC 5545 3.8.7.4)
    CALENDAR_FACTS = (
        "title_ja", "title_en", "starts_on", "ends_on", "start_time", "end_time", "time_zone",
        "before_ja", "before_en", "venue_ja", "venue_en", "address_ja", "address_en",
    )  # fmt: skip

    class State(models.TextChoices):
        """From the first plan to the report."""

        PLANNED = "planned", _("planned")
        INVITING = "inviting", _("inviting")
        CLOSED = "closed", _("replies closed")
        HELD = "held", _("held")
        REPORTED = "reported", _("reported")
        CANCELLED = "cancelled", _("cancelled")
        POSTPONED = "postponed", _("postponed")

    OPEN = (State.PLANNED, State.INVITING, State.CLOSED)

    class Precision(models.TextChoices):
        """How exactly the dates are known."""

        DAY = "day", _("day")
        MONTH = "month", _("month")
        PERIOD = "period", _("period")
        YEAR = "year", _("year")

    class ReplyMode(models.TextChoices):
        """What the card asks of its reader."""

        RSVP = "rsvp", _("R.S.V.P. (an answer either way)")
        REGRETS = "regrets", _("Regrets only (silence counts as yes, so the number is uncertain)")
        REMIND = "remind", _("To remind (after an acceptance by word of mouth)")

    kind = models.CharField(_("kind"), max_length=40, choices=KIND_CHOICES)
    ordinal = models.PositiveSmallIntegerField(_("number in its series"), null=True, blank=True)
    part_of = models.ForeignKey("self", models.PROTECT, verbose_name=_("part of the event"), related_name="parts", null=True, blank=True)
    previous = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("previous edition"), related_name="next_editions", null=True, blank=True, editable=False
    )
    record_key = models.CharField(_("row of the record"), max_length=60, unique=True, null=True, blank=True, editable=False)
    title_ja = models.CharField(_("name (Japanese)"), max_length=200)
    title_en = models.CharField(_("name (English)"), max_length=250)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PLANNED, editable=False)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    precision = models.CharField(_("precision of the dates"), max_length=10, choices=Precision, default=Precision.DAY)
    start_time = models.TimeField(_("from (hour)"), null=True, blank=True)
    end_time = models.TimeField(_("until (hour)"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Tokyo")
    before_ja = models.CharField(
        _("before it (Japanese)"), max_length=200, blank=True, help_text=_("Such as a seminar and when the doors open.")
    )
    before_en = models.CharField(_("before it (English)"), max_length=200, blank=True)
    venue_ja = models.CharField(_("venue (Japanese)"), max_length=300, blank=True)
    venue_en = models.CharField(_("venue (English)"), max_length=300, blank=True)
    address_ja = models.CharField(_("address (Japanese)"), max_length=200, blank=True)
    address_en = models.CharField(_("address (English)"), max_length=200, blank=True)
    country = models.ForeignKey(Country, models.PROTECT, verbose_name=_("country"), related_name="+")
    dress_ja = models.CharField(_("dress (Japanese)"), max_length=100, blank=True)
    dress_en = models.CharField(_("dress (English)"), max_length=100, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True, help_text=_("people, with their companions"))
    companions_allowed = models.PositiveSmallIntegerField(_("companions for each guest"), default=1)
    reply_mode = models.CharField(_("reply"), max_length=10, choices=ReplyMode, default=ReplyMode.RSVP)
    reply_by = models.DateTimeField(_("reply by"), null=True, blank=True)
    guest_list_closes_at = models.DateTimeField(
        _("guest list closes"), null=True, blank=True, help_text=_("Until then a guest may still decline and change practical data.")
    )
    contact_email = models.EmailField(_("contact for guests"), blank=True)
    contact_phone = models.CharField(_("telephone for guests"), max_length=50, blank=True)
    owners = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("in charge"), related_name="events", blank=True)
    note = models.TextField(_("note"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    is_record = models.BooleanField(_("history, read-only"), default=False, editable=False)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    calendar_sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text="SEQUENCE of event.ics; raised only when its facts change"
    )
    calendar_digest = models.CharField(max_length=64, blank=True, editable=False)
    calendar_changed_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="DTSTAMP of event.ics")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-starts_on", "-id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["kind", "ordinal"]), models.Index(fields=["state", "ends_on", "starts_on"])]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="event_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.in_language("title")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Count the changes that a guest's calendar must learn of."""
        fields = [(name, cast("models.Field[Any, Any]", self._meta.get_field(name))) for name in self.CALENDAR_FACTS]
        facts = [str(field.to_python(getattr(self, name)) or "") for name, field in fields]
        called_off = self.state in {self.State.CANCELLED, self.State.POSTPONED}
        digest = hashlib.sha256(json.dumps([*facts, called_off]).encode()).hexdigest()
        if digest != self.calendar_digest:
            self.calendar_sequence += bool(self.calendar_digest)
            self.calendar_digest, self.calendar_changed_at = digest, timezone.now()
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "calendar_sequence", "calendar_digest", "calendar_changed_at"}
        super().save(*args, **kwargs)

    @property
    def kind_facts(self) -> Kind:
        """The declaration of its kind."""
        return kind_of(self.kind)
