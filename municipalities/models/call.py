"""募集: the division calls for requests, from one hour to another."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partnership.models.base import Bilingual, Versioned


class CallQuerySet(models.QuerySet["Call"]):
    """Questions about calls; the database's clock decides."""

    def published(self) -> Self:
        """Those that anyone may read: also before they open and after they close."""
        return self.filter(is_published=True)

    def open(self) -> Self:
        """Those that take requests at this moment."""
        return self.published().filter(opens_at__lte=Now()).filter(Q(closes_at=None) | Q(closes_at__gt=Now()))

    def waiting_for_results(self) -> Self:
        """Those that closed."""
        return self.published().filter(closes_at__lte=Now())


class Call(Bilingual, Versioned):
    """One call. What arrives by ``closes_at`` counts (必着); joint applicants may confirm afterwards."""

    class Relay(models.TextChoices):
        """Whether municipalities apply through their prefecture."""

        NO = "no", _("directly")
        MAY = "may", _("directly or through the prefecture")
        MUST = "must", _("through the prefecture")

    title_ja = models.CharField(_("title (Japanese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=250)
    kinds = models.JSONField(_("kinds of request"), default=list)
    fiscal_year = models.PositiveSmallIntegerField(_("for the fiscal year"), null=True, blank=True)
    guidelines_ja = models.TextField(_("guidelines (Japanese)"))
    guidelines_en = models.TextField(_("guidelines (English)"), blank=True)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("Requests must have arrived by this hour. Empty: open all the time.")
    )
    answer_by = models.DateField(_("answers are expected by"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("how many can be chosen"), null=True, blank=True)
    relay = models.CharField(_("way of applying"), max_length=10, choices=Relay, default=Relay.MAY)
    is_published = models.BooleanField(_("published"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    objects = CallQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-opens_at", "-id"]
        verbose_name = _("call for requests")
        verbose_name_plural = _("calls for requests")
        indexes = [models.Index(fields=["is_published", "closes_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")), name="call_closes_after_it_opens")
        ]

    def __str__(self) -> str:
        return self.in_language("title")
