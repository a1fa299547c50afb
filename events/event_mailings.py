"""The letters of an event: written from the texts of its kind, numbered within their purpose."""

from collections.abc import Iterable
from dataclasses import asdict

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from events import events
from events.models import Event, EventMailing
from partnership import mailings, purposes
from partnership.models import Email, Mailing, Recipient, User
from partnership.transitions import Refused


def purposes_of(event: Event) -> list[purposes.Purpose]:
    """What letters its kind knows and the system can send."""
    known = {purpose.key for purpose in purposes.every()}
    return [purposes.get(key) for key in event.kind_facts.letters if key in known]


@transaction.atomic
def write(*, event: Event, purpose: str, by: User) -> EventMailing:
    """Draft a letter with the texts of the event’s kind; the first invitation begins the inviting.

    Raises:
        Refused: for a purpose its kind has no text for, or an event that is over, called off or part of the record.
    """
    event = Event.objects.select_for_update().get(pk=event.pk)
    events.refuse_record(event)
    if event.state not in Event.OPEN:
        raise Refused(_("No letter is written now: the event is “%(state)s”.") % {"state": event.get_state_display()})
    letter = event.kind_facts.letters.get(purpose)
    if letter is None or purpose not in {one.key for one in purposes_of(event)}:
        raise Refused(_("This kind of event has no letter of that purpose."))
    last = EventMailing.objects.filter(event=event, mailing__purpose=purpose).aggregate(last=Max("number"))["last"] or 0
    texts = asdict(letter)
    titles = {"ja": _numbered_ja(texts.pop("title_ja"), last + 1), "en": _numbered_en(texts.pop("title_en"), last + 1)}
    mailing: Mailing = mailings.create(purpose=purpose, titles=titles, texts=texts, by=by)
    row = EventMailing.objects.create(mailing=mailing, event=event, number=last + 1)
    if event.state == Event.State.PLANNED:
        events.open_invitations(event=event, by=by)
    return row


def _numbered_ja(title: str, number: int) -> str:
    return title if number == 1 else f"{title}（第{number}次）"


def _numbered_en(title: str, number: int) -> str:
    return title if number == 1 else f"{title} ({number})"


def counts(letters: Iterable[EventMailing]) -> dict[int, dict[str, int]]:
    """How many stand on each letter’s list, and how many mails of it were sent, failed or are unknown; by mailing, in two queries."""
    keys = [letter.mailing_id for letter in letters]
    found = {key: {"listed": 0, "sent": 0, "failed": 0, "uncertain": 0} for key in keys}
    for row in Recipient.objects.filter(mailing__in=keys).values("mailing").order_by().annotate(n=Count("pk")):
        found[row["mailing"]]["listed"] = row["n"]
    states = Email.objects.filter(mailing__in=keys, state__in=["sent", "failed", "uncertain"]).values("mailing", "state")
    for row in states.order_by().annotate(n=Count("pk")):
        found[row["mailing"]][row["state"]] = row["n"]
    return found
