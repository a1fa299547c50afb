"""The list of a body's requests: filtered, in pages, and as a table for its files."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities import request_rows, timeline, turns
from municipalities.kinds import kind_choices, kind_of
from municipalities.models import MunicipalRequest
from municipalities.officials import Official
from municipalities.portal.entry import official_only, show
from partnership import dates, spreadsheets
from partnership.fields import TextField
from partnership.normalise import search_key

ROWS = 50
State = MunicipalRequest.State


class FilterForm(forms.Form):
    """What to show. A value that is none of the choices is said, and all are shown."""

    STATES = (
        ("", gettext_lazy("all")),
        ("turn", gettext_lazy("waiting for us")),
        ("active", gettext_lazy("under way")),
        ("draft", gettext_lazy("drafts")),
        ("ended", gettext_lazy("finished")),
    )

    state = forms.ChoiceField(label=gettext_lazy("state"), choices=STATES, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), required=False)
    year = forms.TypedChoiceField(label=gettext_lazy("fiscal year"), coerce=int, empty_value=None, required=False)
    q = TextField(label=gettext_lazy("words"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, *args: Any, kinds: set[str], years: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", gettext_lazy("all"))]
        self.fields["kind"].choices = everything + [choice for choice in kind_choices() if choice[0] in kinds]  # type: ignore[attr-defined]
        self.fields["year"].choices = everything + [(year, _year(year)) for year in sorted(years, reverse=True)]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "control"


def _year(year: int) -> str:
    return f"FY{year}" if (get_language() or "ja").startswith("en") else dates.fiscal_year_ja(year)


@require_safe
@official_only
def listing(request: HttpRequest, official: Official) -> HttpResponse:
    """The requests of the body: what waits for it first, then the newest."""
    form = _form(request, official)
    rows = _ordered(_filtered(form, official), official)
    page = Paginator(request_rows.fetched(rows), ROWS).get_page(request.GET.get("page"))
    return show(
        request,
        official,
        "portal/requests.html",
        form=form,
        is_filtered=any(request.GET.get(name) for name in form.fields),
        page_obj=page,
        rows=request_rows.of(list(page.object_list), official),
        status=200 if form.is_valid() else 400,
    )


@require_safe
@official_only
def export(request: HttpRequest, official: Official) -> StreamingHttpResponse:
    """The same rows as a table for a spreadsheet."""
    rows = _ordered(_filtered(_form(request, official), official), official)
    header = [
        _("number"), _("kind"), _("subject"), _("applicants"), _("through"), _("state"), _("whose turn"), _("sent on"),
        _("answer expected"), _("answered on"),
    ]  # fmt: skip
    return spreadsheets.response(_("requests"), header, _cells(rows, official))


def _cells(rows: QuerySet[MunicipalRequest], official: Official) -> Iterator[list[Any]]:
    for one in request_rows.fetched(rows).iterator(chunk_size=500):
        yield [
            one.number,
            kind_of(one.kind).title,
            one.title,
            _(", ").join(str(party.local_government) for party in one.parties.all() if party.refused_at is None),
            one.relay or "",
            request_rows.state_of(one)[0],
            timeline.turn_of(one, official.body).who,
            one.submitted_at,
            one.expected_on if one.state in MunicipalRequest.OUR_TURN else "",
            one.decided_at,
        ]


def _form(request: HttpRequest, official: Official) -> FilterForm:
    """The filters, with the kinds and years that there are."""
    there = MunicipalRequest.objects.visible_to(official.user).order_by().values_list("kind", "number_year").distinct()
    pairs = list(there)
    return FilterForm(request.GET, kinds={kind for kind, _number in pairs}, years={year for _kind, year in pairs if year})


def _filtered(form: FilterForm, official: Official) -> QuerySet[MunicipalRequest]:
    rows = MunicipalRequest.objects.visible_to(official.user)
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["state"]:
        rows = rows.filter(_of_state(wanted["state"], official))
    if wanted["kind"]:
        rows = rows.filter(kind=wanted["kind"])
    if wanted["year"]:
        rows = rows.filter(number_year=wanted["year"])
    for word in wanted["q"].split():
        rows = rows.filter(search_key__contains=search_key(word))
    return rows


def _of_state(group: str, official: Official) -> Q:
    if group == "turn":
        return turns.is_turn_of(official.body) if official.body else Q(pk__in=())
    if group == "active":
        return Q(state__in=MunicipalRequest.ACTIVE)
    return Q(state=State.DRAFT) if group == "draft" else ~Q(state=State.DRAFT) & ~Q(state__in=MunicipalRequest.ACTIVE)


def _ordered(rows: QuerySet[MunicipalRequest], official: Official) -> QuerySet[MunicipalRequest]:
    """What waits for the body, what is under way, drafts, then what has ended; the newest first within each."""
    groups = [When(state__in=MunicipalRequest.ACTIVE, then=Value(1)), When(state=State.DRAFT, then=Value(2))]
    if official.body:
        groups.insert(0, When(turns.is_turn_of(official.body), then=Value(0)))
    return rows.order_by(Case(*groups, default=Value(3), output_field=IntegerField()), "-submitted_at", "-pk")


urlpatterns = [
    path("requests/", listing, name="requests"),
    path("requests/list.csv", export, name="requests_csv"),
]
