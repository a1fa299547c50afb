"""Filters and tags of our own pages: dates as the Ministry writes them, fields, bars, addresses that keep their filters."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, MultiWidget, RadioSelect
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partnership import dates, languages, menu, search
from partnership.models.base import Bilingual

register = template.Library()


def _language() -> str:
    return get_language() or "ja"


def _day(value: Any) -> dt.date | None:
    """The day in Japan of a moment, or the day itself."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, dt.date) else None


# ── dates ────────────────────────────────────────────────────────────────────
@register.filter
def long_date(value: Any) -> str:
    """2027年1月14日（木） · Thursday, 14 January 2027."""
    day = _day(value)
    return dates.long_date(day, _language()) if day else ""


@register.filter
def era_date(value: Any) -> str:
    """2027年（令和9年）1月14日（木） · Thursday, 14 January 2027, for what is printed and kept."""
    day = _day(value)
    return dates.long_date(day, _language(), era=True) if day else ""


@register.filter
def day_with_year(value: Any) -> str:
    """2027年1月14日 · 14 Jan 2027, for rows of a list over years."""
    day = _day(value)
    return dates.day_with_year(day, _language()) if day else ""


@register.filter
def short_date(value: Any) -> str:
    """1月14日（木） · Thu 14 Jan."""
    day = _day(value)
    return dates.short_date(day, _language()) if day else ""


@register.filter
def moment(value: Any, zone: str = "Asia/Tokyo") -> str:
    """2027年1月5日（火）17:00 · Tuesday, 5 January 2027, 17:00 JST."""
    return dates.long_moment(value, _language(), zone) if isinstance(value, dt.datetime) else ""


@register.filter
def short_moment(value: Any) -> str:
    """1月5日（火）17:00 · Tue 5 Jan 17:00, for rows of a table, in Japan's time."""
    if not isinstance(value, dt.datetime):
        return ""
    return f"{dates.short_date(timezone.localtime(value).date(), _language())} {timezone.localtime(value):%H:%M}".replace("） ", "）")


@register.filter
def clock(value: Any) -> str:
    """18:30, in Japan's time."""
    return f"{timezone.localtime(value):%H:%M}" if isinstance(value, dt.datetime) else ""


@register.filter
def fiscal_year(value: Any) -> str:
    """令和8年度 · FY2026."""
    day = _day(value)
    if not day:
        return ""
    year = dates.fiscal_year(day)
    return f"FY{year}" if _language().startswith("en") else dates.fiscal_year_ja(year)


@register.filter
def file_size(value: Any) -> str:
    """48 KB · 1.2 MB, as file managers say it."""
    if not isinstance(value, int):
        return ""
    return f"{value / 2**20:.1f} MB" if value >= 1000 * 2**10 else f"{max(1, round(value / 2**10))} KB"


@register.filter
def month(value: Any) -> str:
    """2026年11月 · November 2026."""
    day = _day(value)
    return dates.month(day, _language()) if day else ""


@register.filter
def in_language(thing: Bilingual, name: str) -> str:
    """A text that a row has in two languages, in the language of the page."""
    return thing.in_language(name)


# ── fields ───────────────────────────────────────────────────────────────────
@register.filter
def control(field: BoundField) -> str:
    """The widget with the class ``control`` beside its own classes."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple | FileInput):
        return field.as_widget()
    own = str(widget.attrs.get("class", ""))
    return field.as_widget(attrs={"class": f"control {own}".strip(), "placeholder": False})  # the label and the help say it


@register.filter
def parts(field: BoundField) -> list[dict[str, str]]:
    """The controls of a field that takes several, such as a day and an hour, each with its own label."""
    widget = field.field.widget
    attrs = field.build_widget_attrs({"id": field.auto_id, "class": "control w-8"})
    described = field.aria_describedby
    context = widget.get_context(field.html_name, field.value(), attrs | ({"aria-describedby": described} if described else {}))
    labels = getattr(widget, "part_labels", (_("Date"), _("Time")))
    return [
        {
            "label": str(label),
            "id": part["attrs"]["id"],
            "control": mark_safe(field.form.renderer.render(part["template_name"], {"widget": part})),  # noqa: S308 Django's own markup
        }
        for label, part in zip(labels, context["widget"]["subwidgets"], strict=True)
    ]


@register.filter
def shape(field: BoundField) -> str:
    """Which form of markup a field takes: choices, check, parts, file, or one control."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, MultiWidget):
        return "parts"
    return "file" if isinstance(widget, FileInput) else "control"


@register.filter
def first_id(field: BoundField) -> str:
    """The id of the first thing in a field that can take the focus, for links to it."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return f"{field.auto_id}_0"
    return field.id_for_label or f"{field.auto_id}_0"


# ── bars ─────────────────────────────────────────────────────────────────────
BAR = 400  # width of the drawing; the page stretches it


@register.inclusion_tag("components/reply_bar.html")
def reply_bar(accept: int, ask: int, decline: int, none: int, label: str = "") -> dict[str, Any]:
    """One bar of replies: accepted, substitute asked, declined, no answer, in this order, with its words for those who listen."""
    counts = [("accept", accept or 0), ("ask", ask or 0), ("decline", decline or 0), ("none", none or 0)]
    total = sum(number for _name, number in counts)
    shown = [(name, number) for name, number in counts if number]
    room = BAR - 1 - max(0, len(shown) - 1)  # one unit of air between two parts
    parts, left = [], 0.0
    for name, number in shown:
        width = room * number / total
        parts.append({"name": name, "x": f"{left:.1f}", "width": f"{width:.1f}"})
        left += width + 1
    return {"parts": parts, "label": label, "accept": accept, "ask": ask, "decline": decline, "none": none}


@register.inclusion_tag("components/bar.html")
def bar(value: float, most: float, kind: str = "c2") -> dict[str, str]:
    """One bar of a ``.bars`` table: ``value`` against the longest. The number stands beside it, so it is hidden from those who listen."""
    share = max(0.0, min(1.0, value / most)) if most else 0.0
    return {"width": f"{BAR * share:.1f}", "kind": kind}


# ── addresses ────────────────────────────────────────────────────────────────
@register.inclusion_tag("components/languages.html", takes_context=True)
def language_links(context: template.Context) -> dict[str, Any]:
    """The switch between the two languages: the same address and the same filters, in the other one."""
    request: HttpRequest | None = context.get("request")
    return {"links": languages.links(request)}


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """``?…`` of this page with some values changed; ``None`` or "" takes one out. The page number is dropped unless given."""
    values = context["request"].GET.copy()
    values.pop("page", None)
    for name, value in changes.items():
        if value in {None, ""}:
            values.pop(name, None)
        else:
            values[name] = str(value)
    return "?" + values.urlencode()


@register.simple_tag(takes_context=True)
def part_query(context: template.Context, prefix: str, number: int) -> str:
    """``?…`` of this page with the letter number of one part changed; the numbers of the other parts stay."""
    return query(context, **{f"{prefix or ''}n": number})


@register.simple_tag
def page_range(page_obj: Page[Any]) -> list[int | str]:
    """The page numbers to show, with gaps."""
    return list(page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=2, on_ends=1))


@register.simple_tag(takes_context=True)
def menu_items(context: template.Context, door: str = "staff") -> list[menu.Shown]:
    """The main menu behind a door, for this person on this page."""
    request: HttpRequest | None = context.get("request")
    return menu.items(request, door) if request and getattr(request, "user", None) and request.user.is_authenticated else []


@register.simple_tag(takes_context=True)
def may_search(context: template.Context) -> bool:
    """Whether the masthead offers its search to this person."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.is_staff and search.kinds(user))


@register.filter
def of_key(values: Mapping[Any, Any] | None, key: Any) -> Any:
    """What a mapping holds for a key; nothing when it holds none."""
    return values.get(key, "") if values else ""
