"""The form of an event, and what events of a kind usually have."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events.admin.forms import colleagues
from events.admin.host_field import HostField
from events.kinds import KINDS
from events.models import Event, EventHost
from partnership.fields import ChoicesField
from partnership.forms import VersionedModelForm
from partnership.models import Country, User


def defaults_of(kind: str) -> dict[str, Any]:
    """What the form begins with; empty for an unknown kind."""
    if kind not in KINDS:
        return {}
    facts = KINDS[kind]
    japan = Country.objects.filter(iso2="JP").values_list("pk", flat=True).first()
    last = Event.objects.filter(kind=kind, ordinal__isnull=False).order_by("-ordinal").values_list("ordinal", flat=True).first()
    numbered = {"ordinal": last + 1} if facts.series and last else {}
    here = {} if facts.abroad else {"country": japan}
    return {"kind": kind, **here, **numbered, **facts.defaults}


def _in_charge(event: Event) -> QuerySet[User]:
    """Who can be in charge: the division, and whoever is already."""
    own = User.objects.filter(pk__in=event.owners.values("pk")) if event.pk else User.objects.none()
    return User.objects.filter(Q(pk__in=colleagues().values("pk")) | Q(pk__in=own.values("pk"))).order_by("name", "pk")


def _wholes(event: Event) -> QuerySet[Event]:
    """What an event can be a part of: others that are still to come, and the one it belongs to."""
    return Event.objects.filter(Q(state__in=Event.OPEN, is_record=False) | Q(pk=event.part_of_id)).exclude(pk=event.pk)


class EventForm(VersionedModelForm):
    """An event’s facts."""

    confirm_void = forms.BooleanField(
        label=_("Save all the same; these letters need a new approval"), required=False
    )  # fmt: skip

    owners = ChoicesField(label=capfirst(_("in charge")), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple, required=False)

    would_void: Any = ()  # letters whose approval the posted change would void (events/admin/voided.py)

    class Meta(VersionedModelForm.Meta):
        model = Event
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owners" in self.fields:
            self.fields["owners"].queryset = _in_charge(self.instance)  # type: ignore[attr-defined]
        if "part_of" in self.fields:
            self.fields["part_of"].queryset = _wholes(self.instance)  # type: ignore[attr-defined]
            self.fields["part_of"].widget.can_add_related = False  # an event begins with its kind

    def clean_time_zone(self) -> str:
        """A zone that exists."""
        name: str = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            raise forms.ValidationError(_("This time zone does not exist. Write it such as Asia/Tokyo or Europe/Paris."))
        return name

    def clean(self) -> dict[str, Any] | None:
        """The dates follow each other."""
        cleaned = super().clean()
        values = self.cleaned_data
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        start, end = values.get("start_time"), values.get("end_time")
        if end and not start and "start_time" not in self.errors:
            self.add_error("start_time", _("Give the hour at which it begins, too."))
        if first and first == last and start and end and end <= start:
            self.add_error("end_time", _("It ends before it begins."))
        if first and "time_zone" in values:
            self._check_deadlines(first, start)
        if self.would_void and not values.get("confirm_void"):
            self.add_error("confirm_void", self._void_sentences())
        return cleaned

    def _check_deadlines(self, first: dt.date, start: dt.time | None) -> None:
        values = self.cleaned_data
        begins = dt.datetime.combine(first, start or dt.time(23, 59), ZoneInfo(values["time_zone"]))
        reply_by, closes = values.get("reply_by"), values.get("guest_list_closes_at")
        if reply_by and reply_by > begins:
            self.add_error("reply_by", _("Answers would be due after the event has begun."))
        if reply_by and closes and closes < reply_by:
            self.add_error("guest_list_closes_at", _("The guest list would close before answers are due."))

    def _void_sentences(self) -> list[str]:
        sentences = []
        for letter in self.would_void:
            what = ", ".join(f"{change.label}: {change.before} → {change.after}" for change in letter.changes)
            sentences.append(
                _("Nothing is saved yet. This change voids the approval of “%(letter)s” (%(what)s).")
                % {"letter": letter.mailing, "what": what}
            )
        return sentences


class HostForm(VersionedModelForm):
    """One host."""

    organisation = HostField(label=capfirst(_("organisation")), help_text=_("Name or local government code."))

    class Meta(VersionedModelForm.Meta):
        model = EventHost
        fields = "__all__"

    def _get_validation_exclusions(self) -> set[str]:
        """Two hosts may change places: the order is compared over all rows (HostFormSet), not row by row with what is stored."""
        return {*super()._get_validation_exclusions(), "order"}  # type: ignore[misc]


class HostFormSet(forms.BaseInlineFormSet):
    """The hosts of one event."""

    def clean(self) -> None:
        """Each place is taken once."""
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")] if not any(self.errors) else []
        orders = [form.cleaned_data["order"] for form in kept if "order" in form.cleaned_data]
        if len(set(orders)) != len(orders):
            raise forms.ValidationError(_("Two hosts have the same place in the order."))
