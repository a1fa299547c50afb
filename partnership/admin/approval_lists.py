"""決裁 as lists: what waits for me, what I have to see afterwards, mine, the others', and what was decided."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partnership import admin_pages, approvals, dates, delegations
from partnership.admin import approval_shown as shown
from partnership.admin.pages import PAGE_ROWS, demand, framed, person
from partnership.fields import TextField
from partnership.models import Approval, Delegation, User

VIEW = "partnership.view_approval"
OTHERS_SHOWN = 50
State = Approval.State


@dataclass(frozen=True)
class Line:
    """A paper in a list."""

    paper: Approval
    about: str = ""
    in_place_of: str = ""  # 代決: for whom the reader would decide

    @cached_property
    def lies_with(self) -> str:
        """Whose turn it is."""
        return shown.lies_with(self.paper)

    @cached_property
    def since(self) -> dt.datetime | None:
        """From when it has lain there."""
        return shown.since(self.paper)

    @property
    def is_late(self) -> bool:
        """Whether the day by which it should be decided is over."""
        return bool(self.paper.due_at and self.paper.due_at < timezone.now() and self.paper.state == State.CIRCULATING)


class DecidedFilter(forms.Form):
    """The conditions of the list of decided papers."""

    q = TextField(label=gettext_lazy("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    year = forms.TypedChoiceField(label=gettext_lazy("Drafted in the fiscal year"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ended = [(state.value, state.label) for state in (State.APPROVED, State.REJECTED, State.DROPPED)]
        self.fields["state"].choices = [("", _("all")), *ended]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", _("all")), *_years()]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "control"

    def narrowed(self, papers: QuerySet[Approval]) -> QuerySet[Approval]:
        """The papers that fit; a condition that cannot be read is left out, and the page says so."""
        self.is_valid()
        said = self.cleaned_data
        if said.get("state"):
            papers = papers.filter(state=said["state"])
        if year := said.get("year"):
            papers = papers.filter(drafted_at__gte=_april(year), drafted_at__lt=_april(year + 1))
        for word in (said.get("q") or "").split():
            named = Q(title_ja__icontains=word) | Q(title_en__icontains=word) | Q(drafted_by__name__icontains=word)
            papers = papers.filter(named)
        return papers


def _april(year: int) -> dt.datetime:
    """The first moment of a fiscal year."""
    return timezone.make_aware(dt.datetime.combine(dt.date(year, 4, 1), dt.time.min))


def _years() -> list[tuple[str, str]]:
    """The fiscal years since the first paper, the newest first."""
    first = Approval.objects.aggregate(first=Min("drafted_at"))["first"]
    if first is None:
        return []
    oldest, newest = dates.fiscal_year(timezone.localtime(first).date()), dates.fiscal_year(timezone.localdate())
    is_english = (get_language() or "ja").startswith("en")
    return [(str(year), f"FY{year}" if is_english else dates.fiscal_year_ja(year)) for year in range(newest, oldest - 1, -1)]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits for me first, then everything else of 決裁."""
    demand(request, VIEW)
    user = person(request)
    every = shown.listed(Approval.objects.all())
    waiting = list(shown.listed(approvals.waiting_for(user)))
    mine = list(every.filter(drafted_by=user, state__in=Approval.OPEN))
    rest = every.filter(state__in=Approval.OPEN).exclude(drafted_by=user).exclude(pk__in=[paper.pk for paper in waiting])
    others = list(rest[: OTHERS_SHOWN + 1])
    conditions = DecidedFilter(request.GET)
    decided = conditions.narrowed(every.exclude(state__in=Approval.OPEN))
    page = Paginator(decided, PAGE_ROWS).get_page(request.GET.get("page"))
    afterwards = list(approvals.to_review(user))
    abouts = approvals.abouts([*waiting, *mine, *others, *page.object_list, *(step.approval for step in afterwards)])

    groups, deputed = {group.pk for group in user.groups.all()}, list(delegations.in_force(user).prefetch_related("principal__groups"))

    def lines(papers: list[Approval]) -> list[Line]:
        return [Line(paper, abouts.get(paper.pk, "")) for paper in papers]

    return framed(
        request,
        "approvals/list.html",
        _("Approvals"),
        waiting=[Line(paper, abouts.get(paper.pk, ""), _absent(paper, user, groups, deputed)) for paper in waiting],
        afterwards=[(step, shown.name_of(step), abouts.get(step.approval_id, "")) for step in afterwards],
        mine=lines(mine),
        others=lines(others[:OTHERS_SHOWN]),
        has_more=len(others) > OTHERS_SHOWN,
        decided=lines(list(page.object_list)),
        page_obj=page,
        filter=conditions,
        is_filtered=any(request.GET.get(name) for name in conditions.fields),
    )


def _absent(paper: Approval, user: User, groups: set[int], deputed: Sequence[Delegation]) -> str:
    """In whose place ``user`` would decide a paper that waits for them; empty in their own right."""
    steps = shown.open_steps(paper)
    if any(step.person_id == user.pk or step.group_id in groups for step in steps):
        return ""
    for row in deputed:
        theirs = {group.pk for group in row.principal.groups.all()}
        if any(step.person_id == row.principal_id or step.group_id in theirs for step in steps):
            return str(row.principal)
    return ""


admin_pages.register("approvals/", index, "approvals")
