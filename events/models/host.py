"""Who hosts an event, in protocol order."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.event import Event
from partnership.models import Organisation
from partnership.models.base import Bilingual, Versioned


class EventHost(Bilingual, Versioned):
    """One host of an event, in protocol order."""

    class Role(models.TextChoices):
        """How it takes part."""

        HOST = "host", _("host")
        CO_HOST = "co_host", _("co-host")
        COOPERATING = "cooperating", _("cooperating")
        PARTICIPATING = "participating", _("participating")

    event = models.ForeignKey(Event, models.CASCADE, related_name="hosts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="hosted")
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.CO_HOST)
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("protocol order; 1 comes first"))
    group = models.PositiveSmallIntegerField(_("group"), null=True, blank=True, help_text=_("where several groups share one event"))
    name_ja = models.CharField(
        _("signs as (Japanese)"), max_length=150, blank=True, help_text=_("Empty: the chief of the organisation, such as 広島県知事.")
    )
    name_en = models.CharField(_("signs as (English)"), max_length=150, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["event", "order"]
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        constraints = [
            models.UniqueConstraint(fields=["event", "organisation"], name="one_host_row_per_organisation"),
            models.UniqueConstraint(fields=["event", "order"], name="one_host_per_place", deferrable=models.Deferrable.DEFERRED),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.organisation}"
