"""Who comes, and what the kitchen and the reception desk must know."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.event import Event
from events.models.invitation import Invitation
from partnership.models import Country
from partnership.models.base import Bilingual, Versioned


class Participant(Bilingual, Versioned):
    """A person expected at an event, with name, post and country as printed."""

    class Part(models.TextChoices):
        """In which part the person comes."""

        GUEST = "guest", _("guest")
        SUBSTITUTE = "substitute", _("substitute")
        COMPANION = "companion", _("companion")

    class State(models.TextChoices):
        """Whether the person is expected."""

        EXPECTED = "expected", _("expected")
        ASKED = "asked", _("waits for consent")
        CANCELLED = "cancelled", _("no longer expected")

    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="participants")
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, verbose_name=_("invitation"), related_name="participants", null=True, blank=True
    )
    part = models.CharField(_("part"), max_length=20, choices=Part)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.EXPECTED)
    order = models.PositiveSmallIntegerField(default=0, help_text="within the invitation: the guest first, then the companions")
    name_ja = models.CharField(_("full name (Japanese)"), max_length=200, blank=True)
    name_en = models.CharField(_("name"), max_length=250)
    post_ja = models.CharField(_("post (Japanese)"), max_length=250, blank=True)
    post_en = models.CharField(_("post"), max_length=300, blank=True)
    country = models.ForeignKey(Country, models.PROTECT, verbose_name=_("country"), related_name="+", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["event", "invitation", "order"]
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        permissions = [("export_participant", _("Can download lists of guests"))]
        constraints = [models.UniqueConstraint(fields=["invitation", "order"], name="one_participant_per_place")]
        indexes = [models.Index(fields=["event", "state"])]

    def __str__(self) -> str:
        return self.in_language("name")

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the name."""
        return f"participant {self.pk}"


class GuestNeeds(models.Model):
    """Diet and access for one invitation's party: seen by few, removed first. Never asks for a creed."""

    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="needs")
    diet = models.CharField(_("dietary needs"), max_length=300, blank=True)
    access = models.CharField(_("access needs"), max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("dietary and access needs")
        verbose_name_plural = _("dietary and access needs")

    def __str__(self) -> str:
        return f"{self.invitation_id}"
