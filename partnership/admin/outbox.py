"""The outbox as rows, for those who look after the system; secrets and personal links are never shown."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnership import marks, purposes, reasons
from partnership.admin.figures import ReadOnlyAdmin
from partnership.models import Email


def text_for_eyes(email: Email) -> str:
    """The text of a mail as staff may read it: secrets hidden, marks in words."""
    try:
        is_secret = purposes.get(email.purpose).secret
    except KeyError:
        is_secret = True
    if is_secret:
        return gettext("(not shown: it holds a secret)")
    return marks.shown(email.text, gettext("[personal link]"))


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin):
    """Every mail of the system; its letters are read on the pages of their mailings."""

    list_display = ("to_address", "subject", "purpose", "state", "attempts", "created_at", "accepted_at")
    list_display_links = ("to_address", "subject")
    list_filter = ("state", "purpose", "language", "held")
    search_fields = ("to_address", "subject", "message_id")
    date_hierarchy = "created_at"
    fields = (
        ("to_address", "language"),
        ("subject", "purpose"),
        "shown_text",
        ("state", "why"),
        ("priority", "attempts", "crashes", "held"),
        ("next_at", "lease_until"),
        ("accepted_at", "finished_at", "bounced_at"),
        ("smtp_code", "smtp_reply"),
        ("message_id", "outbox_id"),
        ("created_at", "created_by"),
    )
    readonly_fields = ("shown_text", "why")
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

    @admin.display(description=_("text"))
    def shown_text(self, email: Email) -> str:
        """The text without its secrets."""
        return text_for_eyes(email)

    @admin.display(description=_("reason"))
    def why(self, email: Email) -> str:
        """The reason in a sentence."""
        return reasons.sentence(email.reason, email.smtp_code)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Superusers only: the addresses of all guests are here side by side."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers only."""
        return self.has_view_permission(request)
