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
    what the deciders bind. ``route`` names the groups that decide, in order. ``context`` fills ``template`` from the paper
    as it was submitted and the page's query (which letter to show).
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
    route: Sequence[str] = ("approver",)
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
