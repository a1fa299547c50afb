"""Calls in the administration: a readable list, a form, and the pages around a call's home."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from municipalities.admin import call_home
from municipalities.admin.call_form import CallForm, defaults
from municipalities.models import Call
from partnership.admin.base import BaseAdmin
from partnership.templatetags.partnership import short_moment


@admin.register(Call)
class CallAdmin(BaseAdmin):
    """The division’s calls."""

    form = CallForm
    list_display = ("named", "stage", "closing", "arrived")
    list_display_links = None
    list_filter = ("is_published", "fiscal_year", "relay")
    search_fields = ("title_ja", "title_en")
    export_fields = ("title_ja", "title_en", "fiscal_year", "opens_at", "closes_at", "answer_by", "is_published", "arrived")
    fieldsets = (
        (None, {"fields": ("title_ja", "title_en", "kinds", ("fiscal_year", "places"), "relay")}),
        (_("Hours"), {"fields": ("opens_at", "closes_at", "answer_by")}),
        (_("Guidelines"), {"fields": ("guidelines_ja", "guidelines_en")}),
    )

    # ── the list ─────────────────────────────────────────────────────────────
    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Call]:
        """With how many requests have arrived."""
        return super().get_queryset(request).annotate(n_arrived=models.Count("requests", filter=~models.Q(requests__state="draft")))

    @admin.display(description=_("call for requests"), ordering="title_ja")
    def named(self, call: Call) -> SafeString:
        """The title, leading to the call’s home."""
        return format_html('<a href="{}">{}</a>', reverse("admin:municipalities_call_home", args=[call.pk]), call)

    @admin.display(description=_("state"), ordering="is_published")
    def stage(self, call: Call) -> str:
        """Whether it takes requests now."""
        return str(call_home.stage_of(call).label)

    @admin.display(description=_("closes"), ordering="closes_at")
    def closing(self, call: Call) -> str:
        """The hour; calls without one are open all the time."""
        return short_moment(call.closes_at) if call.closes_at else str(_("open all the time"))

    @admin.display(description=_("requests"), ordering="n_arrived")
    def arrived(self, call: Call) -> int:
        """How many requests have arrived."""
        return call.n_arrived  # type: ignore[attr-defined]

    # ── one call ─────────────────────────────────────────────────────────────
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Two months from tomorrow."""
        return {**defaults(), **super().get_changeform_initial_data(request)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was published stays; a draft of one can be taken away while nobody has begun a request."""
        return bool(super().has_delete_permission(request, obj) and (obj is None or not (obj.is_published or obj.requests.exists())))

    def save_model(self, request: HttpRequest, obj: Call, form: ModelForm, change: bool) -> None:  # noqa: FBT001 Django's signature
        """A new one remembers who made it."""
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def response_post_save_add(self, request: HttpRequest, obj: Call) -> HttpResponseRedirect:
        """To the call’s home."""
        return redirect("admin:municipalities_call_home", obj.pk)

    def response_post_save_change(self, request: HttpRequest, obj: Call) -> HttpResponseRedirect:
        """To the call’s home."""
        return redirect("admin:municipalities_call_home", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        """The pages of a call before Django’s own."""
        pages = [("home", call_home.home), ("compare", call_home.compare)]
        own = [path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"municipalities_call_{name}") for name, view in pages]
        return [*own, *super().get_urls()]
