"""The phone note: someone asks something; who, about what, by when, and what we answered."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from municipalities.models.request import MunicipalRequest
from partnership.models import Organisation
from partnership.models.base import Versioned
from partnership.models.constraints import all_or_none
from partnership.normalise import search_key


class Enquiry(Versioned):
    """One enquiry of anyone: a local government by telephone, a foreigner, a mission."""

    class State(models.TextChoices):
        """Whether it waits for us, for those we asked, or for nobody."""

        OPEN = "open", pgettext_lazy("enquiry", "open")
        ASKED = "asked", _("asked others")
        ANSWERED = "answered", pgettext_lazy("enquiry", "answered")
        CLOSED = "closed", _("closed without an answer")

    WAITING = (State.OPEN, State.ASKED)

    class Channel(models.TextChoices):
        """How it came."""

        PHONE = "phone", pgettext_lazy("way of asking", "telephone")
        MAIL = "mail", _("mail")
        VISIT = "visit", _("visit")
        FAX = "fax", _("fax")
        LETTER = "letter", pgettext_lazy("enquiry", "letter")

    number_year = models.PositiveSmallIntegerField(_("fiscal year"), editable=False)
    number_serial = models.PositiveIntegerField(_("number"), editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("from (organisation)"), related_name="enquiries", null=True, blank=True
    )
    asker = models.CharField(
        pgettext_lazy("enquiry", "from"), max_length=150, blank=True, help_text=_("Name and section, or who they are.")
    )
    contact = models.CharField(_("call back"), max_length=150, blank=True, help_text=_("Telephone or mail address."))
    channel = models.CharField(_("came by"), max_length=10, choices=Channel, default=Channel.PHONE)
    topic = models.CharField(pgettext_lazy("enquiry", "about"), max_length=300)
    text = models.TextField(_("in detail"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    due_on = models.DateField(_("answer by"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("in charge"), related_name="assigned_enquiries", null=True, blank=True
    )
    answer = models.TextField(_("our answer"), blank=True)
    reuses = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("answer taken from"), related_name="reused_in", null=True, blank=True
    )
    request = models.ForeignKey(
        MunicipalRequest, models.SET_NULL, verbose_name=_("became the request"), related_name="enquiries", null=True, blank=True
    )
    reacted_at = models.DateTimeField(_("first reaction"), null=True, blank=True)
    answered_at = models.DateTimeField(pgettext_lazy("enquiry", "answered"), null=True, blank=True)
    reaction_minutes = models.PositiveIntegerField(_("minutes until the first reaction"), null=True, blank=True)
    processing_minutes = models.PositiveIntegerField(_("minutes until the answer"), null=True, blank=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_key = models.CharField(max_length=700, editable=False, default="", db_index=True)

    history = HistoricalRecords(excluded_fields=["search_key"])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["assignee", "state"]),
            models.Index(fields=["organisation", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number_year", "number_serial"], name="one_enquiry_per_number"),
            models.CheckConstraint(condition=~Q(state="answered") | ~Q(answer=""), name="answered_enquiries_say_what"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.topic}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search key beside what people look for."""
        self.search_key = search_key(self.number, self.topic, self.asker, str(self.organisation or ""))
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_key"}
        super().save(*args, **kwargs)

    @property
    def number(self) -> str:
        """R8-Q0012: the era’s year of the fiscal year, and a number that runs within it."""
        return f"R{self.number_year - 2018}-Q{self.number_serial:04d}" if self.number_year and self.number_serial else ""

    @property
    def audit_label(self) -> str:
        """The audit trail outlives who asked."""
        return f"enquiry {self.number}"


class Consultation(models.Model):
    """A bureau or a mission that we asked on the way to an answer, and what it said."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="consultations")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("mission or body"), related_name="+", null=True, blank=True
    )
    asked_of = models.CharField(_("asked of"), max_length=150, blank=True, help_text=_("Bureau, division, person."))
    question = models.TextField(_("question"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    due_on = models.DateField(_("reply by"), null=True, blank=True)
    answer = models.TextField(_("what they said"), blank=True)
    answered_at = models.DateTimeField(pgettext_lazy("enquiry", "answered"), null=True, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["enquiry", "id"]
        verbose_name = _("question to others")
        verbose_name_plural = _("questions to others")
        constraints = [all_or_none("consultation_answer_has_who_and_when", "answered_at", "noted_by")]

    def __str__(self) -> str:
        return self.asked_of or str(self.organisation or "")
