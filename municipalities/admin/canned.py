"""Replies that the division gives often, and the words it files requests under."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities import canned_replies
from municipalities.kinds import KINDS
from municipalities.models import CannedReply, RequestTag
from partnership.admin.base import BaseAdmin
from partnership.forms import VersionedModelForm


class CannedReplyForm(VersionedModelForm):
    """A reply; what nobody can fill in is refused at its text."""

    class Meta(VersionedModelForm.Meta):
        model = CannedReply
        fields = "__all__"

    def clean(self) -> dict[str, Any] | None:
        """Only placeholders that a request can fill."""
        cleaned = super().clean()
        for name in ("text_ja", "text_en"):
            if wrong := canned_replies.unknown(self.cleaned_data.get(name) or ""):
                words = gettext("Nobody can fill in %(wrong)s.")
                self.add_error(name, words % {"wrong": ", ".join(f"{{{one}}}" for one in wrong)})
        return cleaned


def _help() -> str:
    said = gettext("It is put into a message, where it is read and changed before it goes out. These are filled in:")
    return f"{said} " + "　".join(f"{{{name}}} {words}" for name, words in canned_replies.PLACEHOLDERS.items())


@admin.register(CannedReply)
class CannedReplyAdmin(BaseAdmin):
    """Canned replies, by kind of request; those without a kind are offered everywhere."""

    form = CannedReplyForm
    list_display = ("title", "of_kind", "beginning")
    list_filter = ("kind",)
    search_fields = ("title", "text_ja", "text_en")
    search_help_text = _("Title or text.")
    fieldsets = (
        (None, {"fields": ("title", "kind")}),
        (_("Text"), {"fields": ("text_ja", "text_en"), "description": lazy(_help, str)()}),
    )
    export_fields = ("title", "of_kind", "text_ja", "text_en")

    @admin.display(description=_("kind of request"), ordering="kind")
    def of_kind(self, reply: CannedReply) -> str:
        """The kind, or every kind; one that is not declared any more keeps its key."""
        kind = KINDS.get(reply.kind)
        return str(kind.title if kind else reply.kind or _("every kind"))

    @admin.display(description=_("begins with"))
    def beginning(self, reply: CannedReply) -> str:
        """Its first words."""
        first = reply.in_language("text").strip().split("\n", 1)[0]
        return f"{first[:60]}…" if len(first) > 60 else first

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Texts in boxes of a letter's height."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in {"text_ja", "text_en"}:
            field.widget.attrs.update(rows=12, lang=db_field.name[-2:])
        return field


@admin.register(RequestTag)
class RequestTagAdmin(BaseAdmin):
    """Tags with how often they are used; one that nobody uses can be removed."""

    list_display = ("name", "used")
    search_fields = ("name",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[RequestTag]:
        """With the number of requests."""
        return super().get_queryset(request).annotate(n_requests=models.Count("requests"))

    @admin.display(description=_("requests"), ordering="n_requests")
    def used(self, tag: RequestTag) -> int:
        """How many requests are filed under it."""
        return tag.n_requests  # type: ignore[attr-defined]
