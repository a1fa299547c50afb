"""What an approval can be about. Each kind of subject registers how its content is read (module ``subjects``)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise

if TYPE_CHECKING:
    from partnership.models import Approval


@dataclass(frozen=True)
class Change:
    """One line of a difference: what changed, from what to what (already words for a person).

    A ``text`` is compared word by word on the page; a ``list`` names who was added, taken out, or gets other words.
    """

    label: str
    before: str
    after: str
    kind: str = "fact"  # fact, text, list
    added: Sequence[str] = ()
    removed: Sequence[str] = ()
    altered: Sequence[str] = ()


@dataclass(frozen=True)
class Subject:
    """One kind of thing that needs an approval.

    ``content`` returns plain JSON values: texts, recipients and material facts, and nothing else, because its SHA-256 is
    what the deciders bind. ``route`` is the key of the way its papers take unless another is chosen; "" for the usual one.
    ``context`` fills ``template`` from the paper as it was submitted and the page's query (which letter to show).

    A package: ``companions`` are things of the same kind that are put before the deciders inside the thing's own paper,
    and ``lead`` is the thing in whose paper a companion goes. Each part holds or is void by itself.

    A supplement (追加決裁): ``supplement`` is what came to an approved thing and no paper covers yet, as plain JSON and the
    additions alone; empty when there is nothing. ``supplement_again`` reads the additions that an earlier content names as
    they are now. ``supplement_titles`` says what is asked for them.
    """

    model: type[models.Model]
    label: Promise
    content: Callable[[Any], Mapping[str, Any]]
    titles: Callable[[Any], tuple[str, str]]  # what is asked, in Japanese and in English
    differences: Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[Change]]
    home: Callable[[Any], str]  # where the thing can be seen
    may_submit: Callable[[Any], list[str]]  # sentences that say what is still missing
    template: str  # shows the thing on the approval's page
    context: Callable[["Approval", Mapping[str, str]], Mapping[str, Any]]
    route: str = ""
    companions: Callable[[Any], Sequence[Any]] = lambda _thing: ()
    lead: Callable[[Any], Any] = lambda _thing: None
    supplement: Callable[[Any], Mapping[str, Any]] = lambda _thing: {}
    supplement_again: Callable[[Any, Mapping[str, Any]], Mapping[str, Any]] | None = None
    supplement_titles: Callable[[Any, Mapping[str, Any]], tuple[str, str]] | None = None
    abouts: Callable[[Sequence[int]], Mapping[int, Any]] = lambda _keys: {}  # what the things belong to, by primary key


_subjects: dict[type[models.Model], Subject] = {}


def register(subject: Subject) -> Subject:
    """Make a kind of subject known."""
    _subjects[subject.model] = subject
    return subject


def every() -> list[Subject]:
    """All kinds of subject."""
    return list(_subjects.values())


def of(thing: models.Model) -> Subject:
    """How to read ``thing``.

    Raises:
        KeyError: when nothing of its kind needs approvals.
    """
    return of_model(type(thing))


def of_model(model: type[models.Model] | None) -> Subject:
    """How to read things of a kind.

    Raises:
        KeyError: when nothing of the kind needs approvals.
    """
    return _subjects[model]  # type: ignore[index]
