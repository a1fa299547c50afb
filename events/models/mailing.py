"""What ties the kernel's mailing to an event."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from partnership.models import Mailing, Organisation


class EventMailing(models.Model):
    """A mailing's event and audience."""

    mailing = models.OneToOneField(Mailing, models.CASCADE, related_name="event_mailing", primary_key=True)
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="event_mailings")
    number = models.PositiveSmallIntegerField(_("which letter of its purpose"), default=1)
    rule = models.CharField(
        _("who of them still gets it"),
        max_length=20,
        blank=True,
        help_text="a key of events/rules.py; asked again for each letter when it leaves",
    )
    days_before = models.SmallIntegerField(
        _("days before"),
        null=True,
        blank=True,
        help_text="leaves by itself so many days before the date by which answers are expected, or the event",
    )
    told = models.JSONField(default=dict, blank=True, editable=False, help_text="the facts that it printed, kept when it was started")
    audience = models.JSONField(default=dict, blank=True, help_text="the filters by which its guests were chosen")

    class Meta:
        ordering = ["-mailing_id"]
        verbose_name = _("event’s mailing")
        verbose_name_plural = _("event’s mailings")

    def __str__(self) -> str:
        return str(self.mailing)


class LeftOut(models.Model):
    """A mission that an event does not invite, and why; asked before a list is frozen."""

    class Reason(models.TextChoices):
        """The usual reasons."""

        OUT_OF_SCOPE = "out_of_scope", _("not meant to be invited this time")
        VACANT = "vacant", _("the post is vacant")
        NO_ADDRESS = "no_address", _("no address is known")
        PROTOCOL = "protocol", _("on the advice of the Protocol Office")
        OTHER = "other", _("other")

    event = models.ForeignKey(Event, models.CASCADE, related_name="left_out")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    note = models.CharField(_("remark"), max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["organisation"]
        verbose_name = _("mission left out")
        verbose_name_plural = _("missions left out")
        constraints = [models.UniqueConstraint(fields=["event", "organisation"], name="left_out_once_per_event")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_reason_display()}"
