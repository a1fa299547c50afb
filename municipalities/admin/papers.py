"""Answers to requests in the administration: the list of papers, and the pages of each."""

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from municipalities.admin import paper_home
from municipalities.models import DecisionPaper, RequestDecision
from partnership.admin.base import BaseAdmin
from partnership.models import Approval
from partnership.templatetags.partnership import short_moment


@admin.register(DecisionPaper)
class DecisionPaperAdmin(BaseAdmin):
    """A list to read; a paper begins at its requests, and stays."""

    list_display = ("named", "outcomes", "stage", "approval", "made")
    list_display_links = None
    list_filter = ("state", "call")
    list_select_related = ("call", "created_by")
    search_fields = ("decisions__request__search_key",)
    search_help_text = gettext_lazy("Number, subject or applicant, in any width and any kana.")
    export_fields = ("named", "outcomes", "stage", "approval", "created_by", "created_at", "announced_at")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DecisionPaper]:
        """With the requests that a line names, and how the newest approval stands."""
        kind = ContentType.objects.get_for_model(DecisionPaper)
        papers = Approval.objects.filter(content_type=kind, object_id=models.OuterRef("pk")).order_by("-id")
        decisions = RequestDecision.objects.select_related("request__applicant__organisation")
        rows = super().get_queryset(request).annotate(approval_state=models.Subquery(papers.values("state")[:1]))
        return rows.prefetch_related(models.Prefetch("decisions", decisions))

    @admin.display(description=gettext_lazy("requests"))
    def named(self, paper: DecisionPaper) -> SafeString:
        """The requests, leading to the paper's home."""
        home = reverse("admin:municipalities_decisionpaper_home", args=[paper.pk])
        return format_html('<a href="{}">{}</a><small>{}</small>', home, paper_home.title_of(paper), paper.call or "")

    @admin.display(description=gettext_lazy("answer"))
    def outcomes(self, paper: DecisionPaper) -> str:
        """How many of which."""
        labels = [decision.get_outcome_display() for decision in paper.decisions.all()]
        return _(", ").join(f"{label} {labels.count(label)}" for label in dict.fromkeys(labels))

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def stage(self, paper: DecisionPaper) -> str:
        """Whether it has gone out."""
        return paper.get_state_display()

    @admin.display(description=gettext_lazy("approval"))
    def approval(self, paper: DecisionPaper) -> str:
        """How its approval stands."""
        state: str | None = paper.approval_state  # type: ignore[attr-defined]
        return str(Approval.State(state).label) if state else ""

    @admin.display(description=gettext_lazy("prepared"), ordering="created_at")
    def made(self, paper: DecisionPaper) -> SafeString:
        """By whom and when."""
        return format_html("{}<small>{}</small>", paper.created_by, short_moment(paper.created_at))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A paper begins at the home of a request, in the queue or at a call."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was prepared stays; it can be dropped."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Our pages first."""
        view, home = self.admin_site.admin_view, "<int:pk>/home/"
        own = [
            path(home, view(paper_home.home), name="municipalities_decisionpaper_home"),
            path(home + "<int:decision>/", view(paper_home.letter), name="municipalities_decisionpaper_letter"),
            path("<int:pk>/change/", view(_to_home), name="municipalities_decisionpaper_change"),
        ]
        return [*own, *super().get_urls()]


@require_safe
def _to_home(request: HttpRequest, pk: int) -> HttpResponse:
    """Where links of the administration lead."""
    return redirect(paper_home.address(paper_home.paper_for(request, pk)))
