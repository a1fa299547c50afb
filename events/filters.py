"""Filters over posts, invitations and guests; what a filter offers it can also answer, and bad input is told, not guessed."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events import precedence
from events.models import Event, Invitation, Participant
from partnership.models import Appointment, Country, CountryGroup, Organisation, Position
from partnership.normalise import search_key

LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
ORDERS = [("precedence", _("precedence")), ("country", _("country"))]
STATES = [("none", _("not called yet")), ("again", _("to be called again")), ("called", _("called before"))]


def _control(**attrs: str) -> dict[str, Any]:
    return {"class": "control", **attrs}


def choice(name: str, choices: Any, label: Any, **extra: Any) -> filters.ChoiceFilter:
    """A drop-down whose first line is “all”."""
    return filters.ChoiceFilter(
        field_name=name, choices=choices, label=label, empty_label=_("all"), widget=forms.Select(attrs=_control()), **extra
    )


def text(label: Any) -> filters.CharFilter:
    """A search box."""
    return filters.CharFilter(label=label, method="search", max_length=100, widget=forms.TextInput(attrs=_control()))


def matching(rows: QuerySet, typed: str, *, organisation: str, position: str) -> QuerySet:
    """The rows whose organisation, country or holder contains every word, by any of their names or readings."""
    for word in search_key(typed).split():
        held = Appointment.objects.current().filter(position=OuterRef(position), person__search_key__contains=word)
        country = f"{organisation}country__"
        rows = rows.filter(
            Q(**{f"{organisation}search_key__contains": word})
            | Q(**{f"{country}name_ja__icontains": word})
            | Q(**{f"{country}name_en__icontains": word})
            | Q(**{f"{country}kana__contains": word})
            | Exists(held)
        )
    return rows


def _groups() -> list[tuple[str, str]]:
    return [(group.code, str(group)) for group in CountryGroup.objects.all()]


class Filters(filters.FilterSet):
    """Our own filter sets: nothing is found while a filter cannot be read."""

    @property
    def qs(self) -> QuerySet:
        """The rows found; none while the form holds errors."""
        return self.queryset.none() if self.is_bound and not self.form.is_valid() else super().qs


class PositionFilter(Filters):
    """Posts that could be invited."""

    kind = choice("organisation__kind", Organisation.Kind.choices, _("kind of organisation"))
    role = choice("role", Position.Role.choices, _("post"))
    region = choice("organisation__country__region", Country.Region.choices, _("region"))
    group = choice("organisation__country__groups__code", _groups, _("country group"))
    language = choice("organisation__language", LANGUAGES, _("language of letters"))
    event = filters.ModelChoiceFilter(
        queryset=Event.objects.filter(invitations__isnull=False).distinct().order_by("-starts_on"),
        label=_("invited before to"), method="invited_to", empty_label=_("any"), widget=forms.Select(attrs=_control()),
    )  # fmt: skip
    year = filters.NumberFilter(
        label=_("invited in the year"), method="invited_in", min_value=1990, max_value=2199, decimal_places=0,
        widget=forms.NumberInput(attrs=_control(inputmode="numeric")),
    )  # fmt: skip
    q = text(_("name or reading"))
    order = filters.ChoiceFilter(
        label=_("order"), choices=ORDERS, method="sort", empty_label=None, widget=forms.Select(attrs=_control())
    )  # fmt: skip

    class Meta:
        model = Position
        fields: list[str] = []

    def invited_to(self, rows: QuerySet, _name: str, event: Event) -> QuerySet:
        """Those invited to that event."""
        return rows.filter(Exists(Invitation.objects.filter(event=event, position=OuterRef("pk")).exclude(reply="withdrawn")))

    def invited_in(self, rows: QuerySet, _name: str, year: Any) -> QuerySet:
        """Those invited to any event of that year."""
        earlier = Invitation.objects.filter(event__starts_on__year=int(year), position=OuterRef("pk")).exclude(reply="withdrawn")
        return rows.filter(Exists(earlier))

    def search(self, rows: QuerySet, _name: str, typed: str) -> QuerySet:
        """Free text, kana included."""
        return matching(rows, typed, organisation="organisation__", position="pk")

    def sort(self, rows: QuerySet, _name: str, _order: str) -> QuerySet:
        """The order is applied once, at the end."""
        return rows

    @property
    def ordered(self) -> QuerySet[Position]:
        """What was found, in the chosen order."""
        wanted = self.form.cleaned_data.get("order") if self.is_bound and self.form.is_valid() else ""
        if wanted == "country":
            return precedence.by_country(self.qs, get_language() or "ja")
        return precedence.ordered(self.qs)


class InvitationFilter(Filters):
    """The posts that an event invites."""

    reply = choice("reply", Invitation.Reply.choices, _("reply"))
    role = choice("position__role", Position.Role.choices, _("post"))
    region = choice("country__region", Country.Region.choices, _("region"))
    q = text(_("name or reading"))

    class Meta:
        model = Invitation
        fields: list[str] = []

    def search(self, rows: QuerySet, _name: str, typed: str) -> QuerySet:
        """Free text, kana included."""
        return matching(rows, typed, organisation="organisation__", position="position")


class CallFilter(Filters):
    """Those who have not answered."""

    audience = filters.ChoiceFilter(
        label=_("audience"), method="of_audience", empty_label=_("all"), choices=(), widget=forms.Select(attrs=_control())
    )
    region = choice("country__region", Country.Region.choices, _("region"))
    state = filters.ChoiceFilter(
        label=_("state"), method="in_state", choices=STATES, empty_label=_("all"), widget=forms.Select(attrs=_control())
    )
    q = text(_("country or reading"))

    class Meta:
        model = Invitation
        fields: list[str] = []

    def __init__(self, *args: Any, audiences: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["audience"].extra["choices"] = audiences

    def of_audience(self, rows: QuerySet, _name: str, audience: str) -> QuerySet:
        """A kind of organisation and a post."""
        kind, _dot, role = audience.partition(".")
        return rows.filter(organisation__kind=kind, position__role=role)

    def in_state(self, rows: QuerySet, _name: str, state: str) -> QuerySet:
        """How the telephone stands."""
        return {
            "none": rows.filter(last_outcome=None),
            "again": rows.filter(last_outcome="call_back"),
            "called": rows.filter(last_outcome__isnull=False),
        }[state]

    def search(self, rows: QuerySet, _name: str, typed: str) -> QuerySet:
        """Free text, kana included."""
        return matching(rows, typed, organisation="organisation__", position="position")


class GuestFilter(Filters):
    """The people expected at an event."""

    state = choice("state", Participant.State.choices, _("state"))
    part = choice("part", Participant.Part.choices, _("part"))
    kind = choice("invitation__organisation__kind", Organisation.Kind.choices, _("kind of organisation"))
    country = filters.ModelChoiceFilter(
        queryset=Country.objects.none(), label=_("country"), empty_label=_("all"), widget=forms.Select(attrs=_control())
    )
    q = text(_("name"))

    class Meta:
        model = Participant
        fields: list[str] = []

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = "name_en" if (get_language() or "ja").startswith("en") else "kana_order"
        self.filters["country"].queryset = Country.objects.filter(pk__in=event.participants.values("country")).order_by(name)

    def search(self, rows: QuerySet, _name: str, typed: str) -> QuerySet:
        """By the guest's name as printed, or by the organisation."""
        for word in typed.split():
            rows = rows.filter(
                Q(name_ja__icontains=word) | Q(name_en__icontains=word) | Q(invitation__organisation__search_key__contains=search_key(word))
            )
        return rows
