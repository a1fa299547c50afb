"""Personal data has an end: every kind of it says how long it is kept and how it is removed (module ``retention``)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """One kind of personal data.

    ``purge`` removes what is older than ``days``, writes the counts to the audit trail in the same transaction, and
    says how many rows it removed. It can run at any time and twice: what is gone is not counted again.
    """

    key: str
    label: Promise
    days: int
    purge: Callable[[], int]


_kinds: dict[str, Kept] = {}


def register(kind: Kept) -> Kept:
    """Make a kind of personal data known.

    Raises:
        ValueError: when its key is taken.
    """
    if kind.key in _kinds:
        msg = f"the kind of data {kind.key} is registered twice"
        raise ValueError(msg)
    _kinds[kind.key] = kind
    return kind


def every() -> list[Kept]:
    """All kinds, those that go first at the top."""
    return sorted(_kinds.values(), key=lambda kind: (kind.days, kind.key))


def purge() -> list[tuple[Kept, int]]:
    """Remove what has reached its end; the kinds with how many rows of each were removed. Only numbers are logged."""
    outcomes = [(kind, kind.purge()) for kind in every()]
    for kind, count in outcomes:
        logger.info("purged %s: %s", kind.key, count)
    return outcomes
