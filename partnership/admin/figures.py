"""Reported numbers: to be read, because each is a record of what a source says."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from partnership.admin.base import BaseAdmin
from partnership.models import Figure


class ReadOnlyAdmin(BaseAdmin):
    """For what nobody edits by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody."""
        return False


@admin.register(Figure)
class FigureAdmin(ReadOnlyAdmin):
    """Figures with their basis, date and source."""

    list_display = ("label_ja", "label_en", "amount", "basis", "year", "as_of")
    list_display_links = ("label_ja", "label_en")
    list_filter = ("basis", "year")
    search_fields = ("key", "label_ja", "label_en", "source")
    fields = (
        "key",
        "label_ja",
        "label_en",
        "amount",
        ("unit_ja", "unit_en"),
        "basis",
        "basis_note_ja",
        "basis_note_en",
        ("year", "as_of"),
        "source",
        "source_url",
    )
    readonly_fields = ("amount",)
    export_fields = (
        "key",
        "label_ja",
        "label_en",
        "value",
        "value_to",
        "is_approximate",
        "unit_ja",
        "unit_en",
        "basis",
        "year",
        "as_of",
        "source",
    )

    @admin.display(description=_("value"), ordering="value")
    def amount(self, figure: Figure) -> str:
        """The number as it is written: “about”, a range."""
        numbers = [f"{value.normalize():f}" for value in (figure.value, figure.value_to) if value is not None]
        text = format_html("{}", "–".join(numbers))
        return _("about %(number)s") % {"number": text} if figure.is_approximate else text
