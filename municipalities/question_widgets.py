"""Controls of the questions that HTML has none for: months, countries by region, and choices that open further questions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language

from municipalities import months
from partnership import dates

COMING = 18  # months that can be ticked


class Opens:
    """Marks the options that open further questions: ``data-opens`` holds the numbers of the classes ``opened-…`` (app.css)."""

    opens: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the mark."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        if numbers := self.opens.get(str(value)):
            option["attrs"]["data-opens"] = numbers
        return option


class OneOf(Opens, forms.RadioSelect):
    """One of several."""


class SomeOf(Opens, forms.CheckboxSelectMultiple):
    """Some of several."""


class MonthsInput(forms.SelectMultiple):
    """The coming months to tick, and a box for what is typed: others, or an order of wishes. What is typed comes first."""

    template_name = "portal/widgets/months.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """What was typed, then what was ticked."""
        ticked = data.getlist(name) if hasattr(data, "getlist") else _listed(data.get(name))
        typed = str(data.get(f"{name}_typed", "") or "").strip()
        return [*([typed] if typed else []), *ticked]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Boxes that nobody ticks send nothing."""
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Tick what can be ticked; an order of wishes, and whatever else was typed, stays in the box."""
        context = super().get_context(name, [], attrs)
        given, coming = _listed(value), months.coming(timezone.localdate(), COMING)
        is_plain = given == sorted(given) and set(given) <= set(coming)
        language = get_language() or "ja"
        context["widget"] |= {
            "typed": "" if is_plain else "、".join(said(one, language) for one in given),
            "years": _by_year(coming, set(given) if is_plain else set(), language),
        }
        return context

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """The group has a legend instead."""
        return "" if index is None else f"{id_}_{index}"


def said(month: str, language: str) -> str:
    """2027年5月; what is no month stays as it was typed."""
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月" if months.is_month(month) and not language.startswith("en") else month


def _by_year(coming: Iterable[str], ticked: set[str], language: str) -> list[dict[str, Any]]:
    years: dict[str, list[dict[str, Any]]] = {}
    for number, month in enumerate(coming):
        year, _, count = month.partition("-")
        label = dates.month_name(int(count), language)
        years.setdefault(year, []).append({"value": month, "label": label, "is_ticked": month in ticked, "number": number})
    return [{"label": dates.year(int(year), language), "months": found} for year, found in years.items()]


def _listed(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


class CountriesInput(forms.SelectMultiple):
    """Any country, or countries to tick under the names of their regions; a region with a tick is open."""

    template_name = "portal/widgets/countries.html"
    use_fieldset = True

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Boxes that nobody ticks send nothing."""
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Number the boxes, and say how many of each region are ticked."""
        context = super().get_context(name, value, attrs)
        number, groups = 0, []
        for label, options, _index in context["widget"]["optgroups"]:
            for option in options:
                option["number"], number = number, number + 1
            groups.append({"label": label, "options": options, "ticked": sum(option["selected"] for option in options)})
        context["widget"]["regions"] = groups
        return context

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """The group has a legend instead."""
        return "" if index is None else f"{id_}_{index}"


def grouped(pairs: Iterable[tuple[str, tuple[Any, str]]]) -> Sequence[tuple[str, list[tuple[Any, str]]]]:
    """Choices under headings, in the order in which the headings first come."""
    groups: dict[str, list[tuple[Any, str]]] = {}
    for heading, choice in pairs:
        groups.setdefault(heading, []).append(choice)
    return list(groups.items())
