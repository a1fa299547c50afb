"""The attractions of local governments, as the division sees and corrects them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from municipalities import attractions
from municipalities.models import Attraction
from partnership.admin.base import BaseAdmin
from partnership.models import Attachment


@admin.register(Attraction)
class AttractionAdmin(BaseAdmin):
    """What local governments have to show; they keep it themselves, so a correction here is an exception."""

    list_display = ("name_ja", "name_en", "kind", "local_government", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("local_government__organisation",)
    search_fields = ("search_key", "local_government__organisation__search_key")
    search_help_text = _("Name or reading, or the local government, in any width and any kana.")
    autocomplete_fields = ("local_government",)
    readonly_fields = ("pictures",)
    fields = (
        "local_government", "kind", "name_ja", "kana", "name_en", "text_ja", "text_en", "origin", "allergens", "people", "minutes",
        "needs", "website", "is_active", "pictures",
    )  # fmt: skip

    @admin.display(description=_("pictures"))
    def pictures(self, attraction: Attraction) -> SafeString | str:
        """Small ones, as the local government sent them."""
        found = attractions.pictures(attraction) if attraction.pk else []
        shown = [one for one in found if one.state == Attachment.State.CLEAN]
        rows = ((reverse("portal:picture", args=[one.key]), str(attraction)) for one in shown)
        return format_html_join(" ", '<img class="picture" src="{}" alt="{}">', rows) or "–"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Taken off the list, never deleted: requests and events name it."""
        return False
