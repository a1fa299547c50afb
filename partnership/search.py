"""The search of the masthead: apps register what can be found (module ``search``), a person finds what they may see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

from partnership.models import User

LONGEST = 100
SHOWN = 10  # of each kind; the rest is one click away


@dataclass(frozen=True)
class Hit:
    """One line of the answer."""

    title: str
    url: str
    remark: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be found.

    ``find`` gets the words and how many hits are wanted at most; every word has to fit. The number of its queries does not
    depend on how much is found. ``every`` is the address of the whole list for what was typed.
    """

    key: str
    label: Promise
    permission: str
    find: Callable[[Sequence[str], int], Sequence[Hit]]
    every: Callable[[str], str] | None = None
    order: int = 50


@dataclass(frozen=True)
class Found:
    """What one kind answers."""

    kind: Kind
    hits: Sequence[Hit] = field(default_factory=list)
    more: bool = False
    every: str = ""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind of thing."""
    _kinds[kind.key] = kind


def kinds(user: User) -> list[Kind]:
    """What this person may search in."""
    return [kind for kind in sorted(_kinds.values(), key=lambda kind: kind.order) if user.has_perm(kind.permission)]


def words(text: str) -> list[str]:
    """The words of what was typed; each has to fit."""
    return text[:LONGEST].split()


def find(user: User, text: str) -> list[Found]:
    """What fits, by kind; kinds that know nothing of it are left out."""
    asked, answer = words(text), []
    for kind in kinds(user) if asked else ():
        hits = kind.find(asked, SHOWN + 1)
        if hits:
            more = len(hits) > SHOWN
            answer.append(Found(kind, hits[:SHOWN], more, kind.every(" ".join(asked)) if more and kind.every else ""))
    return answer
