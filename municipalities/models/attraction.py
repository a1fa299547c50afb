"""What a local government has to show: a sight, a product, a dish, a drink, a craft, a performing art, a mascot."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.models.local_government import LocalGovernment
from partnership.models.base import Bilingual, Versioned
from partnership.normalise import search_key


class AttractionQuerySet(models.QuerySet["Attraction"]):
    """Questions about attractions."""

    def current(self) -> Self:
        """Those that the local government still shows."""
        return self.filter(is_active=True)


class Attraction(Bilingual, Versioned):
    """One attraction of a local government. Requests choose from these rows, and events reuse them: nothing is typed twice."""

    class Kind(models.TextChoices):
        """What it is."""

        SIGHT = "sight", _("sight")
        PRODUCT = "product", _("product")
        FOOD = "food", _("food")
        DRINK = "drink", _("drink")
        CRAFT = "craft", _("craft")
        PERFORMING_ART = "performing_art", _("performing art")
        MASCOT = "mascot", _("mascot")

    local_government = models.ForeignKey(LocalGovernment, models.CASCADE, verbose_name=_("local government"), related_name="attractions")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name_ja = models.CharField(_("name (Japanese)"), max_length=100)
    name_en = models.CharField(_("name (English)"), max_length=150, blank=True)
    kana = models.CharField(_("reading"), max_length=150, blank=True)
    text_ja = models.TextField(_("in a few sentences (Japanese)"), max_length=1000, blank=True)
    text_en = models.TextField(_("in a few sentences (English)"), max_length=1500, blank=True)
    origin = models.CharField(
        _("origin"), max_length=150, blank=True, help_text=_("Of a product, food or drink: where it is made, as importing countries ask.")
    )
    allergens = models.CharField(_("allergens"), max_length=200, blank=True, help_text=_("Of food and drink, also alcohol in sauces."))
    people = models.PositiveSmallIntegerField(_("performers"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), null=True, blank=True)
    needs = models.CharField(
        _("needs"), max_length=300, blank=True, help_text=_("Such as power, water, kitchen, height of the ceiling, swords, animals.")
    )
    website = models.URLField(_("web page"), max_length=300, blank=True)
    is_active = models.BooleanField(_("still shown"), default=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_key = models.CharField(max_length=500, editable=False, default="", db_index=True)

    objects = AttractionQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_key"])

    class Meta:
        ordering = ["local_government", "kind", "kana", "name_ja"]
        verbose_name = _("attraction")
        verbose_name_plural = _("attractions")
        indexes = [models.Index(fields=["local_government", "kind"])]

    def __str__(self) -> str:
        return self.in_language("name")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search key beside the names."""
        self.search_key = search_key(self.name_ja, self.name_en, self.kana)
        super().save(*args, **kwargs)
