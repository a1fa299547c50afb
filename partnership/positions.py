"""Who holds a post, how it is titled and addressed, and in which order heads of mission stand.

Order and forms follow the Vienna Convention on Diplomatic Relations (art. 13, 14, 16 and 19) and the Ministry's practice:
ambassadors by the day and hour of their credentials, those who have not presented them yet after all who have, then
chargés d’affaires en titre, then those ad interim, each by the day they took charge. A chargé is not an Excellency.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from partnership.models import Appointment, Organisation, Position

_RANKS = {rank: place for place, rank in enumerate(rank for rank in Appointment.Rank.values if rank)}
_EXCELLENCIES = {Appointment.Rank.AMBASSADOR, Appointment.Rank.DESIGNATE}
_NO_MOMENT = dt.datetime.max.replace(tzinfo=dt.UTC)
_ASK: Any = object()

# role → what stands after (Japanese) or before (English) the organisation's name
_USUAL = {
    Position.Role.HEAD: ("館長", "Head of Mission"),
    Position.Role.DEPUTY: ("次席", "Deputy Head of Mission"),
    Position.Role.ECONOMIC: ("経済担当", "Economic Section"),
    Position.Role.CULTURAL: ("文化担当", "Cultural Section"),
    Position.Role.PRESS: ("広報担当", "Press Section"),
    Position.Role.SECRETARIAT: ("秘書担当", "Office of the Head"),
    Position.Role.CHIEF: ("首長", "Chief"),
    Position.Role.INTERNATIONAL: ("国際担当", "International Affairs Section"),
    Position.Role.PARTNERSHIP_OFFICER: ("地方連携担当官", "Local Partnership Cooperation Officer"),
    Position.Role.LEADER: ("代表", "Head"),
    Position.Role.LIAISON: ("連絡担当", "Liaison Officer"),
    Position.Role.EDITOR: ("編集長", "Editor"),
}
_SECTIONS = {
    Position.Role.ECONOMIC,
    Position.Role.CULTURAL,
    Position.Role.PRESS,
    Position.Role.SECRETARIAT,
    Position.Role.INTERNATIONAL,
    Position.Role.LIAISON,
}

# rank → the head's title; {formal} is the country's formal name
_HEADS = {
    Appointment.Rank.AMBASSADOR: ("駐日{formal}特命全権大使", "Ambassador Extraordinary and Plenipotentiary of {formal}"),
    Appointment.Rank.DESIGNATE: ("次期駐日{formal}特命全権大使", "Ambassador-designate of {formal}"),
    Appointment.Rank.CHARGE_EN_TITRE: ("駐日{formal}代理大使", "Chargé d’Affaires of {formal}"),
    Appointment.Rank.CHARGE_AD_INTERIM: ("駐日{formal}臨時代理大使", "Chargé d’Affaires ad interim of {formal}"),
}


def incumbents(positions: Iterable[Position], on: dt.date | None = None) -> dict[int, Appointment | None]:
    """Who holds each of the posts on a day (today): by primary key, in one query; None where it is vacant.

    Of several the highest rank counts, so an ambassador comes before an ambassador-designate and both before a chargé;
    of equals the one who came last.
    """
    day = on or timezone.localdate()
    keys = [position.pk for position in positions]
    found: dict[int, Appointment | None] = dict.fromkeys(keys)
    held = Appointment.objects.filter(position_id__in=keys, starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    for one in sorted(held.select_related("person"), key=lambda row: (-_place(row), row.starts_on, row.pk)):
        found[one.position_id] = one
    return found


def incumbent(position: Position, on: dt.date | None = None) -> Appointment | None:
    """Who holds the post on a day (today): the ambassador, else the ambassador-designate, else the chargé; None when vacant."""
    return incumbents([position], on)[position.pk]


def _place(appointment: Appointment) -> int:
    return _RANKS.get(appointment.rank, len(_RANKS))


def _holder(position: Position, holder: Any) -> Appointment | None:
    return incumbent(position) if holder is _ASK else holder


def title(position: Position, language: str, holder: Appointment | None = _ASK) -> str:
    """The post as it is printed, such as “Ambassador Extraordinary and Plenipotentiary of the Kingdom of Norway”.

    Args:
        position: with its organisation and country at hand, or they are fetched.
        language: ja or en.
        holder: who holds it; asked for when not given. None prints the title of a vacant post.
    """
    english = language.startswith("en")
    holder = _holder(position, holder)
    own = position.in_language("title", language)
    if position.role == Position.Role.HEAD and holder and holder.rank in _HEADS and position.organisation.kind == Organisation.Kind.EMBASSY:
        if own and holder.rank == Appointment.Rank.AMBASSADOR:
            return own
        if own and holder.rank == Appointment.Rank.DESIGNATE:
            return f"{own} (designate)" if english else f"次期{own}"
        country = position.organisation.country
        return _HEADS[Appointment.Rank(holder.rank)][english].format(formal=country.formal_en if english else country.formal_ja)
    if own:
        return own
    usual = _USUAL[Position.Role(position.role)][english]
    body = position.organisation.in_language("name", language)
    return f"{usual}, {body}" if english else f"{body}　{usual}"


def addressee(position: Position, language: str, holder: Appointment | None = _ASK) -> str:
    """The holder as printed on a card: “Her Excellency Ms. Marit Ekdal”, 「マリット・エクダール閣下」; "" when the post is vacant."""
    holder = _holder(position, holder)
    if holder is None:
        return ""
    person, excellency = holder.person, holder.rank in _EXCELLENCIES
    if not language.startswith("en"):
        return f"{person.in_language('name', 'ja')}{'閣下' if excellency else '様'}"
    prefix = person.prefix
    if excellency:
        prefix = prefix or "H.E."
    elif "excellency" in prefix.lower() or prefix.upper().startswith("H.E"):
        prefix = ""
    return " ".join(part for part in (prefix, person.courtesy, person.in_language("name", "en")) if part)


def salutation(position: Position, language: str, holder: Appointment | None = _ASK) -> str:
    """How a letter begins: “Excellency,” · 「駐日ノルウェー王国特命全権大使　マリット・エクダール閣下」."""
    holder = _holder(position, holder)
    name = addressee(position, language, holder)
    return greeting(
        name=name, post=title(position, language, holder), rank=holder.rank if holder else "", role=position.role, language=language
    )


def greeting(*, name: str, post: str, rank: str, role: str, language: str) -> str:
    """The same from what was kept as printed on the day.

    A section, and a vacant post, is written to as an office.
    """
    if language.startswith("en"):
        if rank in _EXCELLENCIES:
            return "Excellency,"
        return f"Dear {name}," if name else "Dear Sir or Madam,"
    if name:
        return f"{post}　{name}"
    return f"{post}　{'御中' if role in _SECTIONS else '殿'}"


def precedence(holder: Appointment | None) -> tuple[int, dt.datetime, dt.date, int]:
    """Sorts heads of mission as protocol ranks them; a vacant post comes last.

    An ambassador without credentials stands with the designates, whatever the register calls the rank.
    """
    if holder is None:
        return (len(_RANKS) + 1, _NO_MOMENT, dt.date.max, 0)
    rank, credentials = holder.rank, holder.credentials_presented_at
    if rank == Appointment.Rank.AMBASSADOR and credentials is None:
        rank = Appointment.Rank.DESIGNATE
    counts = credentials if rank == Appointment.Rank.AMBASSADOR and credentials else _NO_MOMENT
    return (_RANKS.get(rank, len(_RANKS)), counts, holder.starts_on, holder.pk)
