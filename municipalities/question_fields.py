"""The form field of a question: reads what people type, and gives the answer as it is kept (municipalities/questions.py)."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from municipalities import months
from municipalities.answers import ANY_COUNTRY
from municipalities.models import Attraction, LocalGovernment
from municipalities.question_widgets import CountriesInput, MonthsInput, OneOf, SomeOf, grouped
from municipalities.questions import Question, Type
from partnership.fields import AddressField, ChoicesField, DateField, IdentifierField, TextField
from partnership.models import Country, Organisation

_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?)(億|千万|百万|万|千)?")
_UNITS = {"億": 100_000_000, "千万": 10_000_000, "百万": 1_000_000, "万": 10_000, "千": 1_000, "": 1, None: 1}
_AROUND = re.compile(
    r"^(?:約|およそ|おおよそ|ABOUT|APPROX\.?|¥|\\|JPY)+|(?:程度|ほど|くらい|ぐらい|前後|弱|強|円|人|名|者|分|小間|区画|YEN|PEOPLE|JPY)+$"
)


def amount(text: str, most: int) -> int:
    """A number as people write it: １，５００, 150万円, 約40人, 1.5億円.

    Raises:
        ValueError: for anything else, or for more than ``most``.
    """
    folded = re.sub(r"[\s,，、_]", "", unicodedata.normalize("NFKC", text)).upper()
    folded = _AROUND.sub("", _AROUND.sub("", folded))
    parts = list(_AMOUNT.finditer(folded))
    if not parts or len(folded) > 40 or "".join(part[0] for part in parts) != folded:
        raise ValueError(text)
    if len(parts) > 1 and not all(part[2] for part in parts[:-1]):
        raise ValueError(text)
    total = sum(float(part[1]) * _UNITS[part[2]] if "." in part[1] else int(part[1]) * _UNITS[part[2]] for part in parts)
    if total != int(total) or total > most:
        raise ValueError(text)
    return int(total)


class AmountField(forms.Field):
    """A number, not negative, as people write it."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-20", "autocomplete": "off"}), **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Read what was typed."""
        if value in self.empty_values:
            return None
        try:
            return amount(str(value), self.most)
        except ValueError:
            raise ValidationError(
                _("Write a whole number up to %(most)s, such as 1500.") % {"most": f"{self.most:,}"}, code="invalid"
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """Show a kept number with its separators."""
        return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


class MonthsField(forms.Field):
    """Months, in the order in which they are wished for."""

    widget = MonthsInput

    def to_python(self, value: Any) -> list[str]:
        """Read what was typed and ticked."""
        given = value if isinstance(value, list | tuple) else [value] if value else []
        try:
            found = list(dict.fromkeys(month for one in given if str(one).strip() for month in _read(str(one))))
        except ValueError:
            raise ValidationError(_("Write months with their year, such as 2027-05 or R9.5."), code="invalid") from None
        if len(found) > months.MOST:
            raise ValidationError(_("Choose at most %(most)s months.") % {"most": months.MOST}, code="invalid")
        return found


def _read(text: str) -> list[str]:
    return [text] if months.is_month(text) else months.read(text)


class DayField(DateField):
    """A day, kept as ISO text."""

    def clean(self, value: Any) -> Any:
        """Read it in either calendar."""
        day: dt.date | None = super().clean(value)
        return day.isoformat() if day else None


class YesField(forms.TypedChoiceField):
    """Yes or no; neither is preselected."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=lambda value: value == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A kept answer as the key of its choice."""
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class CountriesField(forms.MultipleChoiceField):
    """Countries by region, or any."""

    widget = CountriesInput

    def clean(self, value: Any) -> list[str]:
        """Any country makes naming some needless."""
        chosen = list(dict.fromkeys(super().clean(value)))
        return [ANY_COUNTRY] if ANY_COUNTRY in chosen else chosen


# ── one for each type ────────────────────────────────────────────────────────


def field_for(question: Question, attractions: Sequence[Attraction] = (), *, only: LocalGovernment | None = None) -> forms.Field:
    """The field of a question.

    Args:
        question: what is asked.
        attractions: those that may be chosen, of any kind.
        only: the single body whose they are; with several bodies each attraction says whose it is.
    """
    said = {"label": question.label, "help_text": question.help, "required": question.required}
    if question.type == Type.ATTRACTIONS:
        return _attractions(question, attractions, only, said)
    return _MAKERS[question.type](question, said)


def _line(question: Question, said: dict[str, Any]) -> forms.Field:
    return TextField(max_length=question.longest, **said)


def _text(question: Question, said: dict[str, Any]) -> forms.Field:
    rows = 2 if question.longest <= 500 else 4
    return TextField(max_length=question.longest, widget=forms.Textarea(attrs={"rows": rows}), **said)


def _phone(question: Question, said: dict[str, Any]) -> forms.Field:
    widget = forms.TextInput(attrs={"class": "w-20", "inputmode": "tel"})
    return IdentifierField(max_length=question.longest, widget=widget, **said)


def _email(question: Question, said: dict[str, Any]) -> forms.Field:
    return AddressField(max_length=question.longest, **said)


def _number(question: Question, said: dict[str, Any]) -> forms.Field:
    return AmountField(most=question.most, **said)


def _choices(question: Question) -> list[tuple[str, Any]]:
    """Those of the question; where it may stay open, first the way back to no answer."""
    own = list(question.choices) if question.type == Type.CHOICE else [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
    return own if question.required else [("", gettext_lazy("left open")), *own]


def _yes(question: Question, said: dict[str, Any]) -> forms.Field:
    return YesField(choices=_choices(question), widget=OneOf, **said)


def _choice(question: Question, said: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=_choices(question), widget=OneOf, **said)


def _several(question: Question, said: dict[str, Any]) -> forms.Field:
    return forms.MultipleChoiceField(choices=question.choices, widget=SomeOf, **said)


def _date(question: Question, said: dict[str, Any]) -> forms.Field:
    return DayField(widget=forms.TextInput(attrs={"class": "w-20", "autocomplete": "off"}), **said)


def _months(question: Question, said: dict[str, Any]) -> forms.Field:
    return MonthsField(**said)


def _order() -> str:
    return "name_en" if (get_language() or "ja").startswith("en") else "kana_order"


def _countries(question: Question, said: dict[str, Any]) -> forms.Field:
    rows = sorted(
        Country.objects.exclude(iso2="JP").order_by(_order()), key=lambda row: list(Country.Region).index(Country.Region(row.region))
    )
    regions = grouped((str(row.get_region_display()), (row.iso2, str(row))) for row in rows)
    return CountriesField(choices=[(ANY_COUNTRY, gettext_lazy("any country")), *regions], **said)


def missions() -> Any:
    """Japan’s missions abroad, as they are chosen from: by region, country and city."""
    return Organisation.objects.current().filter(kind=Organisation.Kind.MISSION).select_related("country")


def _mission(question: Question, said: dict[str, Any]) -> forms.Field:
    field = forms.ModelChoiceField(queryset=missions(), empty_label=None, **said)
    rows = sorted(
        missions().order_by(f"country__{_order()}", "name_en"),
        key=lambda row: list(Country.Region).index(Country.Region(row.country.region)),
    )
    regions = grouped((str(row.country.get_region_display()), (row.pk, f"{row.country}{_(': ')}{row}")) for row in rows)
    field.choices = [("", gettext_lazy("choose")), *regions]
    return field


def _attractions(question: Question, attractions: Sequence[Attraction], only: LocalGovernment | None, said: dict[str, Any]) -> forms.Field:
    fitting = [one for one in attractions if not question.attractions or one.kind in question.attractions]
    field = ChoicesField(queryset=Attraction.objects.filter(pk__in=[one.pk for one in fitting]), widget=SomeOf, **said)
    field.choices = [(one.pk, named(one, only)) for one in fitting]
    return field


def named(attraction: Attraction, only: LocalGovernment | None = None) -> str:
    """An attraction with its kind, and with its body unless that is understood."""
    parts = [str(attraction.get_kind_display())]
    if only is None or attraction.local_government_id != only.pk:
        parts.append(str(attraction.local_government))
    return _("%(name)s (%(parts)s)") % {"name": attraction, "parts": _(", ").join(parts)}


_MAKERS: dict[Type, Callable[[Question, dict[str, Any]], forms.Field]] = {
    Type.LINE: _line,
    Type.TEXT: _text,
    Type.PHONE: _phone,
    Type.EMAIL: _email,
    Type.NUMBER: _number,
    Type.YEN: _number,
    Type.YES: _yes,
    Type.CHOICE: _choice,
    Type.CHOICES: _several,
    Type.DATE: _date,
    Type.MONTHS: _months,
    Type.COUNTRIES: _countries,
    Type.MISSION: _mission,
}
