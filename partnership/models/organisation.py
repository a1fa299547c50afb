"""Organisations of every kind: one table, with a kind."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partnership.models.base import Bilingual, Versioned
from partnership.models.country import Country
from partnership.normalise import search_key


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Questions about organisations."""

    def current(self) -> Self:
        """Those that exist today."""
        today = timezone.localdate()
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today)).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))


class Organisation(Bilingual, Versioned):
    """A body that the division works with; a renamed or merged one keeps its past."""

    class Kind(models.TextChoices):
        """What sort of body it is; kinds differ by data, not by tables."""

        LOCAL_GOVERNMENT = "local_government", _("local government")
        EMBASSY = "embassy", _("embassy in Tokyo")
        CONSULATE = "consulate", _("consulate")
        HONORARY_CONSULATE = "honorary_consulate", _("honorary consulate")
        MISSION = "mission", _("mission abroad")
        INTERNATIONAL = "international", _("international organisation")
        MEDIA = "media", _("media")
        BUSINESS = "business", _("business")
        ASSOCIATION = "association", _("association")
        GOVERNMENT = "government", _("government body")
        FOREIGN_LOCAL_GOVERNMENT = "foreign_local_government", _("foreign local government")

    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    register_key = models.CharField(
        _("register key"), max_length=60, unique=True, null=True, blank=True, editable=False,
        help_text=_("The row of a register that this organisation came from, such as “embassy:NO”."),
    )  # fmt: skip
    name_ja = models.CharField(_("name (Japanese)"), max_length=200)
    name_en = models.CharField(_("name (English)"), max_length=200)
    kana = models.CharField(_("reading"), max_length=200, blank=True)
    country = models.ForeignKey(Country, models.PROTECT, verbose_name=_("country"), related_name="organisations")
    parent = models.ForeignKey("self", models.PROTECT, verbose_name=_("part of"), related_name="parts", null=True, blank=True)
    city_ja = models.CharField(_("city (Japanese)"), max_length=100, blank=True)
    city_en = models.CharField(_("city (English)"), max_length=100, blank=True)
    language = models.CharField(_("language of letters"), max_length=2, choices=[("ja", _("Japanese")), ("en", _("English"))], default="ja")
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    address_ja = models.CharField(_("postal address (Japanese)"), max_length=300, blank=True)
    address_en = models.CharField(_("postal address (English)"), max_length=300, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    valid_from = models.DateField(_("exists from"), null=True, blank=True)
    valid_to = models.DateField(_("exists until"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, verbose_name=_("successor"), related_name="predecessors", null=True, blank=True)
    certainty = models.CharField(_("certainty of the register's row"), max_length=20, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_key = models.CharField(max_length=700, editable=False, default="", db_index=True)

    objects = OrganisationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_key"])

    class Meta:
        ordering = ["kind", "name_en"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [models.Index(fields=["kind", "country"])]

    def __str__(self) -> str:
        return self.in_language("name")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search key beside the names."""
        self.search_key = search_key(self.name_ja, self.name_en, self.kana)
        super().save(*args, **kwargs)
