"""Who is on the telephone: “広島市 国際課 平田” is the city of the register, and a person there. Nothing but the name is typed."""

import re
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from partnership.models import Organisation
from partnership.normalise import identifier, search_key
from partnership.transitions import Refused

SUGGESTED = 8
_CODE = re.compile(r"(?<![0-9-])\(?([0-9]{6})\)?\Z", re.ASCII)
_SURE = 4  # signs of a part of a name that may stand for the whole; a family name such as 松山 is shorter


@dataclass(frozen=True)
class Asker:
    """The organisation, if the register knows it, and what else was said."""

    organisation: Organisation | None
    name: str


def recognise(text: str) -> Asker:
    """Who is meant: the longest beginning of the text that names one organisation; the rest is the person.

    Raises:
        Refused: when several organisations have exactly this name, as the two cities of 府中市 do; says how to tell them apart.
    """
    words = text.split()
    for size in range(min(len(words), 8), 0, -1):
        said, rest = " ".join(words[:size]), " ".join(words[size:])
        found = _named(said)
        if len(found) > 1:
            names = _(", ").join(spelt(one) for one in found[:SUGGESTED])
            raise Refused(_("Several organisations fit: %(names)s. Type the whole name or the code.") % {"names": names})
        if found:
            return Asker(found[0], rest)
    return Asker(None, " ".join(words))


def _named(said: str) -> list[Organisation]:
    current = Organisation.objects.current()
    if code := _CODE.search(identifier(said)):
        return list(current.filter(register_key=f"lg:{code[1]}"))
    key = search_key(said)
    exact = list(current.filter(Q(name_ja=said) | Q(name_en__iexact=said) | Q(kana=key))[: SUGGESTED + 1])
    if exact or len(key) < _SURE:
        return exact
    part = list(current.filter(search_key__contains=key)[:2])
    return part if len(part) == 1 else []


def spelt(organisation: Organisation) -> str:
    """The name, with the code where there is one: so it can be typed again and means the same."""
    code = (organisation.register_key or "").removeprefix("lg:")
    return f"{organisation}（{code}）" if code.isdigit() else str(organisation)


def suggestions(text: str) -> QuerySet[Organisation]:
    """Organisations of today whose name or reading holds what was typed so far; names that begin so first, then local governments."""
    rows = Organisation.objects.current()
    key = search_key(text)
    if len(key) < 2:
        return rows.none()
    begins = Q(name_ja__startswith=text.strip()) | Q(name_en__istartswith=text.strip()) | Q(kana__startswith=key)
    place = Case(When(begins, then=Value(0)), When(kind=Organisation.Kind.LOCAL_GOVERNMENT, then=Value(1)), default=Value(2))
    return rows.filter(search_key__contains=key).order_by(place, "register_key", "pk")[:SUGGESTED]
