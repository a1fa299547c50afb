"""The letters of an event: written from the texts of its kind, numbered within their purpose, alone or as a package."""

from collections.abc import Iterable
from dataclasses import asdict

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from events import events, letter_offers
from events.letter_kinds import COMPANIONS, LETTERS
from events.models import Event, EventMailing
from partnership import audit, mailings, purposes
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
        Refused: for a purpose its kind has no text for, or one that makes no sense now.
    """
    event = Event.objects.select_for_update().get(pk=event.pk)
    events.refuse_record(event)
    if purpose not in {one.key for one in purposes_of(event)}:
        raise Refused(_("This kind of event has no letter of that purpose."))
    if why := letter_offers.why_not(event, LETTERS[purpose]):
        raise Refused(why)
    return _write(event, purpose, by)


@transaction.atomic
def write_package(*, event: Event, by: User) -> EventMailing:
    """Draft an invitation with what follows it: the reminder, which leaves by itself, and the letter of thanks. One paper asks for all.

    Returns:
        The invitation.

    Raises:
        Refused: as ``write``.
    """
    lead = write(event=event, purpose="invitation", by=by)
    for purpose in COMPANIONS:
        kind = LETTERS[purpose]
        if purpose not in event.kind_facts.letters or (kind.key == "reminder" and event.reply_mode != Event.ReplyMode.RSVP):
            continue
        row = _write(lead.event, purpose, by, days_before=kind.days_before)
        mailings.bundle(lead=lead.mailing, companion=row.mailing, by=by)
    return lead


def _write(event: Event, purpose: str, by: User, days_before: int | None = None) -> EventMailing:
    """The draft; one that has a day leaves by itself, in the name of its author, once it is approved."""
    kind = LETTERS[purpose]
    last = EventMailing.objects.filter(event=event, mailing__purpose=purpose).aggregate(last=Max("number"))["last"] or 0
    texts = asdict(event.kind_facts.letters[purpose])
    titles = {"ja": _numbered_ja(texts.pop("title_ja"), last + 1), "en": _numbered_en(texts.pop("title_en"), last + 1)}
    mailing: Mailing = mailings.create(purpose=purpose, titles=titles, texts=texts, by=by)
    if days_before is not None:
        Mailing.objects.filter(pk=mailing.pk).update(scheduled_by=by)
    rule = kind.rules[0] if kind.rules else ""
    row = EventMailing.objects.create(mailing=mailing, event=event, number=last + 1, rule=rule, days_before=days_before)
    if event.state == Event.State.PLANNED and purpose == "invitation":
        events.open_invitations(event=event, by=by)
    return row


@transaction.atomic
def arrange(*, letter: EventMailing, rule: str, days_before: int | None, by: User) -> EventMailing:
    """Say who gets a letter and when it leaves by itself. What was approved before is then approved no more.

    Raises:
        Refused: for a letter that is not a draft any more, or a rule that is none of its kind.
    """
    mailing = Mailing.objects.select_for_update().get(pk=letter.mailing_id)
    letter = EventMailing.objects.select_related("event", "mailing").get(pk=letter.pk)
    kind = LETTERS[mailing.purpose]
    if mailing.state != Mailing.State.DRAFT:
        raise Refused(_("Free the list first; then say who gets the letter and when it leaves."))
    if rule not in (kind.rules or ("",)) or (days_before is not None and not kind.anchor):
        raise Refused(_("This letter has no such rule."))
    letter.rule, letter.days_before = rule, days_before
    letter.save(update_fields=["rule", "days_before"])
    mailing.scheduled_by = None if days_before is None else by
    mailing.save(update_fields=["scheduled_by"])
    audit.record("mailing.arrange", mailing, by=by, rule=rule, days_before=days_before)
    return letter


def _numbered_ja(title: str, number: int) -> str:
    return title if number == 1 else f"{title}（第{number}次）"


def _numbered_en(title: str, number: int) -> str:
    return title if number == 1 else f"{title} ({number})"


def counts(letters: Iterable[EventMailing]) -> dict[int, dict[str, int]]:
    """How many stand on each letter’s list, and how many of its mails ended how; by mailing, in two queries."""
    keys = [letter.mailing_id for letter in letters]
    found = {key: {"listed": 0, "sent": 0, "failed": 0, "uncertain": 0, "cancelled": 0} for key in keys}
    for row in Recipient.objects.filter(mailing__in=keys).values("mailing").order_by().annotate(n=Count("pk")):
        found[row["mailing"]]["listed"] = row["n"]
    states = Email.objects.filter(mailing__in=keys, state__in=["sent", "failed", "uncertain", "cancelled"]).values("mailing", "state")
    for row in states.order_by().annotate(n=Count("pk")):
        found[row["mailing"]][row["state"]] = row["n"]
    return found
