"""Countries and the groups by which the division invites."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partnership.models.base import Bilingual, Versioned
from partnership.normalise import kana_order


class CountryGroup(Bilingual, models.Model):
    """A group of countries, such as ASEAN or the GCC."""

    code = models.SlugField(_("code"), unique=True)
    name_ja = models.CharField(_("name (Japanese)"), max_length=100)
    name_en = models.CharField(_("name (English)"), max_length=100)

    class Meta:
        ordering = ["code"]
        verbose_name = _("country group")
        verbose_name_plural = _("country groups")

    def __str__(self) -> str:
        return self.in_language("name")


class Country(Bilingual, Versioned):
    """A country or territory with the names that the Ministry prints."""

    class Region(models.TextChoices):
        """MOFA's regions."""

        ASIA = "asia", _("Asia")
        OCEANIA = "oceania", _("Oceania")
        NORTH_AMERICA = "north_america", _("North America")
        LATIN_AMERICA = "latin_america", _("Latin America and the Caribbean")
        EUROPE = "europe", _("Europe")
        MIDDLE_EAST = "middle_east", _("Middle East")
        AFRICA = "africa", _("Africa")

    iso2 = models.CharField(_("ISO code"), max_length=2, unique=True)
    name_ja = models.CharField(_("name (Japanese)"), max_length=100)
    name_en = models.CharField(_("name (English)"), max_length=100)
    formal_ja = models.CharField(_("formal name (Japanese)"), max_length=150)
    formal_en = models.CharField(
        _("formal name (English)"), max_length=150, help_text=_("As printed after “Ambassador of”, such as “the Kingdom of Norway”.")
    )
    kana = models.CharField(_("reading"), max_length=100)
    kana_order = models.CharField(max_length=210, editable=False, default="", db_index=True)
    region = models.CharField(_("region"), max_length=20, choices=Region)
    groups = models.ManyToManyField(CountryGroup, verbose_name=_("groups"), related_name="countries", blank=True)

    history = HistoricalRecords(excluded_fields=["kana_order"])

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return self.in_language("name")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep what sorts it beside the reading."""
        self.kana_order = kana_order(self.kana)
        super().save(*args, **kwargs)
