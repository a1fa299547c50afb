"""Which approved letters a change would void: it is tried, looked at and, unless someone said yes, taken back."""

from collections.abc import Iterable
from dataclasses import dataclass

from events.models import Event
from partnership import approvals
from partnership.models import Mailing
from partnership.subjects import Change


@dataclass(frozen=True)
class Voided:
    """A letter whose approval would not hold any more, and what changes in it."""

    mailing: Mailing
    changes: Iterable[Change]


class WouldVoid(Exception):
    """Raised inside the transaction of a save, so that nothing of it stays."""

    def __init__(self, letters: list[Voided]) -> None:
        super().__init__()
        self.letters = letters


def approved(event: Event) -> list[Mailing]:
    """The letters that are approved as they are stored now and not all sent yet."""
    unsent = Mailing.objects.filter(
        event_mailing__event=event, state__in=[Mailing.State.DRAFT, Mailing.State.READY, Mailing.State.SENDING, Mailing.State.PAUSED]
    )
    return [mailing for mailing in unsent if approvals.standing(mailing).holds]


def refuse_silently_voided(event: Event, before: Iterable[Mailing]) -> None:
    """Stop a save that voids what held before it.

    Raises:
        WouldVoid: with the letters and their changes.
    """
    found = []
    for mailing in Mailing.objects.filter(pk__in=[one.pk for one in before]).select_related("event_mailing__event"):
        now = approvals.standing(mailing)
        if not now.holds:
            found.append(Voided(mailing, now.changes))
    if found:
        raise WouldVoid(found)
