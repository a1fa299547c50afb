"""The register of local governments."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities.models import LocalGovernment
from partnership.admin.base import BaseAdmin, is_key


class PrefectureFilter(admin.SimpleListFilter):
    """One of the 47, with itself and all that lies in it."""

    title = _("prefecture")
    parameter_name = "prefecture"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The 47."""
        prefectures = LocalGovernment.objects.filter(kind=LocalGovernment.Kind.PREFECTURE).select_related("organisation")
        return [(str(prefecture.pk), str(prefecture)) for prefecture in prefectures]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[LocalGovernment]) -> models.QuerySet[LocalGovernment]:
        """The prefecture and its municipalities; nothing for a key that no row has."""
        key = self.value()
        if key is None:
            return queryset
        if not is_key(key):
            raise ValueError(key)
        return queryset.filter(models.Q(prefecture_id=key) | models.Q(pk=key))


@admin.register(LocalGovernment)
class LocalGovernmentAdmin(BaseAdmin):
    """All local governments of Japan; names and addresses are edited at their organisation."""

    list_display = ("code", "organisation", "reading", "kind", "prefecture", "district_ja")
    list_display_links = ("code", "organisation")
    list_filter = ("kind", PrefectureFilter)
    list_select_related = ("organisation", "prefecture__organisation")
    search_fields = ("organisation__search_key", "code")
    search_help_text = _("Name, reading or code, in any width and any kana.")
    autocomplete_fields = ("organisation", "prefecture")
    fields = ("organisation", "code", "kind", "prefecture", "district_ja")
    export_fields = ("code", "organisation", "reading", "kind", "prefecture", "district_ja")

    @admin.display(description=_("reading"), ordering="organisation__kana")
    def reading(self, government: LocalGovernment) -> str:
        """Its name in kana."""
        return government.organisation.kana
