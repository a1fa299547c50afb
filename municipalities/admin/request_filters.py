"""By what the queue can be narrowed."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from municipalities import regions, requests_queue
from municipalities.models import MunicipalRequest
from partnership.admin.base import is_key

State = MunicipalRequest.State
Rows = QuerySet[MunicipalRequest]
FOLDED = "municipalities/filter.html"  # long lists open where something is chosen


class KindFilter(admin.ChoicesFieldListFilter):
    """The kinds, folded."""

    template = FOLDED


class RowFilter(admin.RelatedFieldListFilter):
    """A call or a tag, folded; requests without one are found by leaving it out."""

    template = FOLDED
    include_empty_choice = False

    def has_output(self) -> bool:
        """Also with a single choice: links lead to it."""
        return bool(self.lookup_choices)


class TurnFilter(admin.SimpleListFilter):
    """Whose turn it is. The list begins with what is open; whoever searches, or asks for a state, looks through everything."""

    title = _("whose turn")
    parameter_name = "turn"
    conditions = {
        "ours": Q(state__in=MunicipalRequest.OUR_TURN),
        "theirs": Q(state=State.WAITING),
        "ended": ~Q(state__in=[*MunicipalRequest.ACTIVE, State.DRAFT]),
        "all": Q(),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Ours, late, theirs, ended, all."""
        return [
            ("ours", _("our turn")),
            ("late", _("late")),
            ("theirs", _("waiting for the local government")),
            ("ended", pgettext_lazy("request", "ended")),
            ("all", _("all")),
        ]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The first choice is what the list begins with."""
        choices = super().choices(changelist)
        yield {**next(choices), "display": pgettext("request", "open")}
        yield from choices

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows of that turn."""
        value = self.value()
        if value == "late":
            return queryset.filter(requests_queue.late())
        if value is not None:
            return queryset.filter(_known(self.conditions, value))
        looks_further = any(name in request.GET for name in ("q", StateFilter.parameter_name, BodyFilter.parameter_name))
        return queryset if looks_further else queryset.filter(state__in=[*MunicipalRequest.ACTIVE, State.DRAFT])


class BodyFilter(admin.SimpleListFilter):
    """Of one local government, by its key; offered by links, not in the margin."""

    title = _("local government")
    parameter_name = "body"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The chosen one alone."""
        return [(value, _("this one"))] if (value := request.GET.get(self.parameter_name)) else []

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """All in which it takes part."""
        value = self.value()
        if value is None:
            return queryset
        return queryset.filter(requests_queue.party_of(Q(local_government=_key(value))))


class InChargeFilter(admin.SimpleListFilter):
    """Who is in charge."""

    title = _("in charge")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Me, nobody, each colleague."""
        others = [(str(one.pk), str(one)) for one in requests_queue.colleagues() if one.pk != request.user.pk]
        return [("me", _("me")), ("nobody", _("nobody")), *others]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows of that person."""
        value = self.value()
        if value is None:
            return queryset
        if value == "nobody":
            return queryset.filter(assignee=None)
        return queryset.filter(assignee=request.user.pk if value == "me" else _key(value))


class StateFilter(admin.SimpleListFilter):
    """In which state a request is; drafts of town halls are theirs alone."""

    template = FOLDED
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All but the draft."""
        return [(value, label) for value, label in State.choices if value != State.DRAFT]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows in that state."""
        value = self.value()
        if value is None:
            return queryset
        if value not in State.values:
            raise ValueError(value)
        return queryset.filter(state=value)


class PrefectureFilter(admin.SimpleListFilter):
    """One of the 47: one of the applicants is the prefecture or lies in it."""

    template = FOLDED
    title = _("prefecture")
    parameter_name = "prefecture"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The 47, from north to south."""
        return [(code, one.in_language("name")) for code, one in regions.PREFECTURES.items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows of that prefecture; codes begin with its two digits."""
        value = self.value()
        if value is None:
            return queryset
        if value not in regions.PREFECTURES:
            raise ValueError(value)
        return queryset.filter(requests_queue.party_of(Q(local_government__code__startswith=value)))


class RelayFilter(admin.SimpleListFilter):
    """Whether it came through a prefecture."""

    template = FOLDED
    title = _("way of applying")
    parameter_name = "through"
    conditions = {
        "direct": Q(relay=None),
        "relayed": Q(relay__isnull=False),
        "waiting": Q(relay__isnull=False, relayed_at=None, state__in=MunicipalRequest.ACTIVE),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Directly, through the prefecture, or still there."""
        return [
            ("direct", _("directly")),
            ("relayed", _("through the prefecture")),
            ("waiting", _("waiting for the prefecture’s opinion")),
        ]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows that came this way."""
        value = self.value()
        return queryset if value is None else queryset.filter(_known(self.conditions, value))


def _known(conditions: dict[str, Q], value: str) -> Q:
    """The condition of a value.

    Raises:
        ValueError: for one that is not offered; the list answers 400.
    """
    if value not in conditions:
        raise ValueError(value)
    return conditions[value]


def _key(value: str) -> int:
    if not is_key(value):
        raise ValueError(value)
    return int(value)
