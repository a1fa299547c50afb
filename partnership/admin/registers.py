"""Countries, their groups, and organisations with their posts."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partnership.admin.base import BaseAdmin, BaseTabularInline
from partnership.admin.returned_letters import TellsOfReturnedLetters
from partnership.models import Country, CountryGroup, Organisation, Position


def _in_japanese() -> bool:
    return not (get_language() or "ja").startswith("en")


@admin.register(CountryGroup)
class CountryGroupAdmin(BaseAdmin):
    """The groups by which the division invites."""

    list_display = ("code", "name_ja", "name_en", "size")
    search_fields = ("code", "name_ja", "name_en")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[CountryGroup]:
        """With the number of countries."""
        return super().get_queryset(request).annotate(size=models.Count("countries"))

    @admin.display(description=_("countries"), ordering="size")
    def size(self, group: CountryGroup) -> int:
        """How many countries are in it."""
        return group.size  # type: ignore[attr-defined]


@admin.register(Country)
class CountryAdmin(BaseAdmin):
    """Countries with the names that the Ministry prints."""

    list_display = ("iso2", "name_ja", "name_en", "formal_ja", "region")
    list_display_links = ("iso2", "name_ja")
    list_filter = ("region", "groups")
    search_fields = ("iso2", "name_ja", "name_en", "formal_ja", "formal_en", "kana")
    ordering = ("kana_order",)  # no column claims to sort the list until somebody clicks one

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """As its reader looks for a name: by the Japanese syllabary, or by the alphabet."""
        return ("kana_order",) if _in_japanese() else ("name_en",)


class PositionInline(BaseTabularInline):
    """The posts of an organisation."""

    model = Position
    fields = ("role", "title_ja", "title_en", "email", "secretariat_email", "phone")
    can_delete = False


@admin.register(Organisation)
class OrganisationAdmin(TellsOfReturnedLetters, BaseAdmin):
    """Every body that the division works with."""

    list_display = ("name_ja", "name_en", "kind", "country", "language", "valid_to")
    list_display_links = ("name_ja", "name_en")
    list_filter = ("kind", "country__region", "country__groups", "language", "country")
    list_select_related = ("country",)
    search_fields = ("search_key",)
    search_help_text = _("Name or reading, in any width and any kana.")
    autocomplete_fields = ("country", "parent", "successor")
    readonly_fields = ("register_key", "certainty", "is_demo")
    fieldsets = (
        (None, {"fields": ("kind", "name_ja", "name_en", "kana", "country", "parent", ("city_ja", "city_en"))}),
        (_("Letters"), {"fields": ("language", "email", "phone", "postal_code", "address_ja", "address_en")}),
        (_("Existence"), {"fields": ("valid_from", "valid_to", "successor")}),
        (_("Record"), {"fields": ("note", "register_key", "certainty", "is_demo")}),
    )
    inlines = (PositionInline,)
    ordering = ("kind", "country__kana_order")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """By kind; then as its reader looks for a country, and for a name."""
        return ("kind", "country__kana_order", "kana", "name_ja", "pk") if _in_japanese() else ("kind", "name_en", "pk")

    export_fields = (
        "kind",
        "name_ja",
        "name_en",
        "kana",
        "country",
        "city_ja",
        "city_en",
        "language",
        "email",
        "phone",
        "valid_from",
        "valid_to",
    )
