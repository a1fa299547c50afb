"""Kinds of request, as data: adding a kind touches this file only."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from municipalities.questions import Cost, Kind, Question, Section, Type

_CONTENT = Section(
    "content",
    _("What you wish"),
    (Question("purpose", _("What it is about"), Type.TEXT, required=True),),
)

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "free_consultation",
            _("consultation"),
            _("Anything else: ask us, and we look for a way together."),
            (_CONTENT,),
            costs=(Cost(_("Consultation"), _("free of charge")),),
            needs_approval=frozenset(),
            target_days=5,
        ),
    )
}


def kind_choices() -> list[tuple[str, Promise]]:
    """The kinds to choose from; a function, so that a new kind needs no migration."""
    return [(kind.key, kind.title) for kind in KINDS.values()]


def kind_of(key: str) -> Kind:
    """The declaration of a kind.

    Raises:
        KeyError: for a kind that is not declared here.
    """
    return KINDS[key]
