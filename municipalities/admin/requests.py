"""The division's queue: all requests, who is in charge, whose turn it is, when the answer is expected."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from municipalities import requests_queue
from municipalities.admin import bulk, on_behalf, request_files, request_home
from municipalities.admin.request_filters import (
    BodyFilter,
    InChargeFilter,
    KindFilter,
    PrefectureFilter,
    RelayFilter,
    RowFilter,
    StateFilter,
    TurnFilter,
)
from municipalities.models import MunicipalRequest, RequestParty
from partnership import search
from partnership.admin.base import BaseAdmin
from partnership.admin.pages import person
from partnership.templatetags.partnership import short_date, short_moment

State = MunicipalRequest.State


@admin.register(MunicipalRequest)
class RequestAdmin(BaseAdmin):
    """A list to work from. A request is read and answered at its home, and never edited here."""

    change_list_template = "municipalities/queue.html"
    list_display = ("named", "applicants", "stage", "charge", "expected")
    list_display_links = None
    list_filter = (
        TurnFilter, InChargeFilter, BodyFilter, StateFilter, ("kind", KindFilter), PrefectureFilter, ("call", RowFilter),
        ("tags", RowFilter), RelayFilter,
    )  # fmt: skip
    list_select_related = ("applicant__organisation", "relay__organisation", "assignee", "call")
    search_fields = ("search_key",)
    search_help_text = gettext_lazy("Number, subject or applicant, in any width and any kana.")
    actions = (bulk.take_marked, bulk.assign_marked, bulk.tag_marked, bulk.accept_marked, bulk.decline_marked)
    export_fields = (
        "number", "kind", "title", "applicants", "through", "call", "stage", "assignee",
        "submitted_at", "expected_on", "decided_at", "processing_days", "rank", "tag_names", "source",
    )  # fmt: skip

    # ── the list ─────────────────────────────────────────────────────────────
    def get_queryset(self, request: HttpRequest) -> models.QuerySet[MunicipalRequest]:
        """What was sent, and one's own entries on behalf; with the applicants that a line names."""
        parties = models.Prefetch("parties", RequestParty.objects.select_related("local_government__organisation"))
        rows = requests_queue.of(person(request)).select_related(*self.list_select_related)
        return rows.prefetch_related(parties, "tags")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Of one call also the rank in it."""
        return (*self.list_display, "place") if "call__id__exact" in request.GET else self.list_display

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What is open by the day it is due, what has ended by when it came."""
        if request.GET.get(TurnFilter.parameter_name) in {"ended", "all"}:
            return ["-submitted_at", "-pk"]
        return [models.F("expected_on").asc(nulls_last=True), "pk"]

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet[MunicipalRequest], search_term: str) -> Any:
        """As the masthead searches: by number, subject or any applicant; every word has to fit."""
        for word in search.words(search_term.replace("\x00", "")):
            queryset = queryset.filter(requests_queue.fitting(word))
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list below its numbers."""
        context = {"counts": requests_queue.counts(person(request)), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("request"), ordering="number_serial")
    def named(self, row: MunicipalRequest) -> SafeString:
        """Number and subject, leading to the request's home, and the kind."""
        home = reverse("admin:municipalities_municipalrequest_home", args=[row.pk])
        return format_html(
            '<a href="{}">{}</a><small>{}</small>', home, str(row), row.kind_facts.title if row.title else row.get_source_display()
        )

    @admin.display(description=gettext_lazy("applicants"), ordering="applicant__code")
    def applicants(self, row: MunicipalRequest) -> str:
        """Those who take part, in protocol order."""
        return _(", ").join(str(party.local_government) for party in row.parties.all() if party.refused_at is None)

    @admin.display(description=gettext_lazy("through"))
    def through(self, row: MunicipalRequest) -> str:
        """The prefecture that passes it on."""
        return str(row.relay or "")

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def stage(self, row: MunicipalRequest) -> str | SafeString:
        """The state, and until when the local government replies."""
        if row.state == State.WAITING and row.reply_by:
            return format_html("{}<small>{}</small>", row.get_state_display(), _("until %(day)s") % {"day": short_moment(row.reply_by)})
        return row.get_state_display()

    @admin.display(description=gettext_lazy("in charge"), ordering="assignee__name")
    def charge(self, row: MunicipalRequest) -> str:
        """Who; nobody is said."""
        return row.assignee.name if row.assignee else _("nobody")

    @admin.display(description=gettext_lazy("answer expected"), ordering="expected_on")
    def expected(self, row: MunicipalRequest) -> str | SafeString:
        """The day; a late one is marked. While the local government writes, the clock stands still."""
        if row.state not in MunicipalRequest.ACTIVE:
            return short_date(row.decided_at)
        if requests_queue.is_late(row):
            return format_html('<span class="late">{}</span><small>{}</small>', short_date(row.expected_on), _("late"))
        still = _("clock stopped") if row.state == State.WAITING else ""
        return format_html('<span class="nowrap">{}</span><small>{}</small>', short_date(row.expected_on), still)

    @admin.display(description=pgettext_lazy("request", "rank"), ordering="rank")
    def place(self, row: MunicipalRequest) -> int | str:
        """Its rank in the call."""
        return row.rank or ""

    @admin.display(description=gettext_lazy("tags"))
    def tag_names(self, row: MunicipalRequest) -> str:
        """The words it is filed under."""
        return _(", ").join(tag.name for tag in row.tags.all())

    # ── what may be done ─────────────────────────────────────────────────────
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a local government sent stays."""
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who prepares answers."""
        return request.user.has_perm("municipalities.decide_municipalrequest")

    # ── the pages around it ──────────────────────────────────────────────────
    def get_urls(self) -> list[URLPattern]:
        """Our pages; Django's form for a new row and for a stored one are never used."""
        one = "<int:pk>/"
        pages: list[tuple[str, Callable[..., Any], str]] = [
            ("add/", on_behalf.begin, "add"),
            ("bulk/", bulk.page, "bulk"),
            (one + "home/", request_home.home, "home"),
            (one + "form/", on_behalf.form, "form"),
            (one + "files/<uuid:key>/", request_files.download, "file"),
            (one + "change/", _to_home, "change"),
        ]
        own = [path(route, self.admin_site.admin_view(view), name=f"municipalities_municipalrequest_{name}") for route, view, name in pages]
        return [*own, *super().get_urls()]


@require_safe
def _to_home(request: HttpRequest, pk: int) -> HttpResponse:
    """Where links of the administration lead."""
    return redirect(request_home.address(request_home.request_for(request, pk)))
