"""Local governments as people write them, one on each line: by name or by code. Namesakes are told apart, never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from municipalities import bodies
from municipalities.models import LocalGovernment
from partnership.normalise import identifier, search_key

MOST = 40  # lines that are looked up
SHOWN = 6  # namesakes in one sentence
_PREFECTURE = re.compile(r"^(.{2,3}?[都道府県])\s*(.+)$")  # 広島県府中町


@dataclass
class Named:
    """What a list of names means: the bodies in order, and a sentence for each line that means none or several."""

    bodies: list[LocalGovernment] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # the lines that the faults are about


def lines(text: str) -> list[str]:
    """The names in a text: one a line, or with commas between them."""
    return [name for line in re.split(r"[\n,、，;；]+", text) if (name := line.strip())]


def read(names: Iterable[str]) -> Named:
    """Look up each name or code."""
    found = Named()
    for number, name in enumerate(names):
        if number >= MOST:
            found.faults.append(_("More than %(most)s local governments at once: please write the others later.") % {"most": MOST})
            break
        fits = _fitting(name)
        if len(fits) == 1:
            found.bodies += [body for body in fits if body not in found.bodies]
        else:
            found.faults.append(_several(name, fits) if fits else _none(name))
            found.unread.append(name)
    return found


def _fitting(name: str) -> list[LocalGovernment]:
    """The bodies that a name may mean; one that is called exactly so stands before those that only contain it."""
    code = re.sub(r"[^0-9]", "", identifier(name))
    if len(code) == 6 and re.fullmatch(r"[0-9 -]+", identifier(name)):
        by_code = bodies.by_code(code)
        return [by_code] if by_code else []
    fits = bodies.search(name) or bodies.search(_PREFECTURE.sub(r"\1 \2", name))
    key = search_key(name)
    exact = [body for body in fits if key in _names(body)]
    return exact or fits


def _names(body: LocalGovernment) -> set[str]:
    """The ways in which its full name is written, also after its prefecture (広島県府中町) or its district."""
    own = [body.organisation.name_ja, body.organisation.name_en, body.organisation.kana]
    district = f"{body.district_ja}{body.organisation.name_ja}"
    above = str(body.prefecture.organisation.name_ja) if body.prefecture else ""
    return {search_key(one) for one in (*own, district, *(above + one for one in (own[0], district)))} - {""}


def _several(name: str, fits: list[LocalGovernment]) -> str:
    shown = _(", ").join(described(body) for body in fits[:SHOWN])
    more = _(" and others") if len(fits) > SHOWN else ""
    return _("“%(name)s” could be %(bodies)s. Write its code, or the prefecture before the name.") % {
        "name": name[:60],
        "bodies": shown + more,
    }


def _none(name: str) -> str:
    return _("There is no local government “%(name)s”. Write its full name or its six-digit code.") % {"name": name[:60]}


def described(body: LocalGovernment) -> str:
    """A body with what tells it from its namesakes: 府中町（広島県 安芸郡、343021）."""
    where = bodies.remark(body)
    told = _(", ").join(part for part in (where, body.code) if part)
    return _("%(body)s (%(where)s)") % {"body": body, "where": told}
