"""The outbox as rows, for those who look after the system; secrets and personal links are never shown."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from partnership import purposes
from partnership.admin import outbox_letter
from partnership.admin.figures import ReadOnlyAdmin
from partnership.admin.uncertain_mails import kind
from partnership.models import Email


class KindFilter(admin.SimpleListFilter):
    """By what the mail is for, in words."""

    title = _("purpose")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """All purposes."""
        return [(purpose.key, purpose.label) for purpose in purposes.every()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Email]) -> QuerySet[Email]:
        """Those of the chosen one."""
        return queryset.filter(purpose=self.value()) if self.value() else queryset


class CameBackFilter(admin.SimpleListFilter):
    """Whether it came back after it had been sent, or was written anew."""

    title = _("what followed")
    parameter_name = "followed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Three things that may follow."""
        return [("back", _("came back")), ("resent", _("was sent again")), ("again", _("is a second sending"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Email]) -> QuerySet[Email]:
        """Those of which it is true."""
        wanted = {"back": {"bounced_at__isnull": False}, "resent": {"resent_as__isnull": False}, "again": {"resend_of__isnull": False}}
        return queryset.filter(**wanted[self.value() or ""]) if self.value() in wanted else queryset


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin):
    """Every mail of the system; one of them has a page of our own (partnership/admin/outbox_letter.py)."""

    list_display = ("to_address", "subject", "kind", "state", "created_at", "accepted_at")
    list_display_links = ("to_address", "subject")
    list_filter = ("state", KindFilter, CameBackFilter, "held", "language")
    search_fields = ("to_address", "subject", "message_id")
    date_hierarchy = "created_at"
    export_fields = (
        "created_at",
        "to_address",
        "subject",
        "purpose",
        "language",
        "state",
        "reason",
        "attempts",
        "accepted_at",
        "message_id",
    )

    def get_urls(self) -> list[URLPattern]:
        """Our page of one mail, and the frame with its HTML, before Django's."""
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/change/", view(outbox_letter.page), name="partnership_email_change"),
            path("<int:pk>/html/", view(outbox_letter.html), name="partnership_email_html"),
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Email]:
        """Without the texts, which no list shows."""
        return super().get_queryset(request).defer("text", "html")

    @admin.display(description=_("purpose"), ordering="purpose")
    def kind(self, email: Email) -> str:
        """What it is for, in words."""
        return kind(email)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Superusers only: the addresses of all guests are here side by side."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers only."""
        return self.has_view_permission(request)
