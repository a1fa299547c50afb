"""What people do with what came in: record an answer, send a letter again, place a mail by hand, or say that nothing is to be done.

One mail is settled once: of two people who click at the same moment one is told what the other did.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import audit, bounce_words, emails, incoming_files, intake, mailings, purposes, received
from partnership.models import Email, IncomingMail, User
from partnership.normalise import identifier
from partnership.purposes import Place, ReplyChoice
from partnership.transitions import Refused

HANDLE = "partnership.handle_incomingmail"  # the right to settle
Kind = IncomingMail.Kind
NOTHING, SENT_AGAIN, RECORDED = "nothing", "sent_again", "recorded"
_OUTCOMES = {NOTHING: gettext_lazy("nothing was to be done"), SENT_AGAIN: gettext_lazy("the letter was sent again")}
FOUND, LIKELY = 20, 5

# what a person has to look at: people’s words, letters that came back, and what nobody could read
NEEDS_A_PERSON = Q(kind__in=[Kind.REPLY, Kind.BOUNCE, Kind.OTHER])
_UNPLACED = Q(email=None) & ~Q(kind__in=[Kind.FORGED, Kind.AUTOMATIC, Kind.DELIVERED, Kind.DELAY])
TABS: dict[str, Q] = {
    "settle": NEEDS_A_PERSON & Q(handled_at=None) & ~Q(kind=Kind.BOUNCE, email__resent_as__isnull=False),
    "replies": Q(kind=Kind.REPLY),
    "back": Q(kind__in=[Kind.BOUNCE, Kind.DELAY]),
    "automatic": Q(kind__in=[Kind.AUTOMATIC, Kind.DELIVERED]),
    "unplaced": _UNPLACED,
    "forged": Q(kind=Kind.FORGED),
}


def tray(tab: str) -> QuerySet[IncomingMail]:
    """The mails of one tab, the newest first.

    Raises:
        KeyError: for a tab that there is not.
    """
    return IncomingMail.objects.filter(TABS[tab]).select_related("email__mailing", "email__resent_as", "handled_by")


def to_settle() -> QuerySet[IncomingMail]:
    """Those that wait for a person."""
    return tray("settle").order_by("pk")


def choices(incoming: IncomingMail, place: Place | None = None) -> list[ReplyChoice]:
    """The answers that can be recorded for this reply; ``place`` is where our letter belongs, if that is known already."""
    if incoming.email is None or incoming.kind not in {Kind.REPLY, Kind.OTHER, Kind.AUTOMATIC}:
        return []
    purpose = purposes.get(incoming.email.purpose)
    if not purpose.record_reply:
        return []
    place = place or purposes.places([incoming.email]).get(incoming.email.pk)
    return list(purpose.reply_choices(incoming.email) if place is None or place.choices is None else place.choices)


def outcome(incoming: IncomingMail) -> str:
    """What was done with it, in words."""
    act, _colon, key = incoming.outcome.partition(":")
    if act == RECORDED and incoming.email is not None:
        label = next((str(one.label) for one in purposes.get(incoming.email.purpose).reply_choices(incoming.email) if one.key == key), key)
        return _("recorded: %(answer)s") % {"answer": label}
    return str(_OUTCOMES.get(act, act))


@transaction.atomic
def record(*, incoming: IncomingMail, choice: str, by: User, given: Mapping[str, str]) -> str:
    """Record the answer that a person wrote; ``given`` are the fields of the choice. Returns a sentence.

    Raises:
        Refused: when it is settled already, or the answer cannot be entered any more; nothing is changed then.
    """
    stored = _open(incoming)
    chosen = next((one for one in choices(stored) if one.key == choice), None)
    if chosen is None or stored.email is None:
        raise Refused(_("No such answer can be recorded for this mail."))
    for name, label, needed in chosen.fields:
        if needed and not given.get(name, "").strip():
            raise Refused(_("Please fill in “%(field)s”.") % {"field": label})
    enter = purposes.get(stored.email.purpose).record_reply
    assert enter is not None  # noqa: S101 (choices says so)
    said = enter(stored, choice, by, {**given, "words": words(stored)})
    _settle(stored, by, f"{RECORDED}:{choice}")
    audit.record("incomingmail.record", stored, by=by, choice=choice, email=stored.email_id)
    return said


@transaction.atomic
def settle(*, incoming: IncomingMail, by: User) -> None:
    """Nothing is to be done about it.

    Raises:
        Refused: when it is settled already.
    """
    stored = _open(incoming)
    _settle(stored, by, NOTHING)
    audit.record("incomingmail.settle", stored, by=by)


def may_reopen(incoming: IncomingMail) -> bool:
    """Whether what was done can be taken back here."""
    act = incoming.outcome.partition(":")[0]
    if act != RECORDED:
        return act == NOTHING
    return incoming.email is not None and purposes.get(incoming.email.purpose).take_back_reply is not None


@transaction.atomic
def reopen(*, incoming: IncomingMail, by: User) -> str:
    """Take back that nothing was to be done, or what was recorded. Returns a sentence.

    Raises:
        Refused: when something was done that is not undone here.
    """
    stored = _locked(incoming)
    if not may_reopen(stored):
        raise Refused(_("What was done about this mail cannot be taken back here."))
    said = ""
    if stored.outcome != NOTHING and stored.email is not None and (undo := purposes.get(stored.email.purpose).take_back_reply):
        said = undo(stored, by)
    IncomingMail.objects.filter(pk=stored.pk).update(handled_at=None, handled_by=None, outcome="")
    audit.record("incomingmail.reopen", stored, by=by, outcome=stored.outcome)
    return said or _("The mail waits again.")


@transaction.atomic
def attach(*, incoming: IncomingMail, email: Email, by: User) -> None:
    """Say by hand which letter of ours a mail speaks of; a report of failure then has its effects.

    Raises:
        Refused: when it is settled or placed already, or that letter never left.
    """
    stored = _open(incoming)
    if stored.email is not None:
        raise Refused(_("Somebody has placed this mail already."))
    if email.data_started_at is None:
        raise Refused(_("That letter never left, so nothing can have come back of it."))
    stored.email, stored.matched_by = email, intake.BY_STAFF
    if stored.kind == Kind.FORGED:
        stored.kind = Kind.OTHER  # a person vouches for it, and reads it
    stored.save(update_fields=["email", "matched_by", "kind"])
    audit.record("incomingmail.attach", stored, by=by, email=email.pk)
    intake.follow(stored, bounce_words.verdict(stored.status, stored.diagnostic) if stored.kind == Kind.BOUNCE else None)


def send_again(*, incoming: IncomingMail, by: User) -> Email:
    """Send a letter that came back once more, to the address that the register has by now.

    Raises:
        Refused: when it is settled, is not a letter that came back, or its mailing does not allow it.
    """
    stored = _refuse_if_settled(IncomingMail.objects.select_related("email__mailing", "handled_by").get(pk=incoming.pk))
    email = stored.email
    if email is None or stored.kind != Kind.BOUNCE:
        raise Refused(_("Only a letter that came back can be sent again here."))
    if email.mailing is not None:
        mailings.retry(mailing=email.mailing, email=email, by=by)  # not inside a transaction of ours: it keeps what it finds void
    else:
        _resend(email, by)
    with transaction.atomic():  # should it end here, the tray leaves the mail out all the same, because its letter was sent again
        _settle(_open(incoming), by, SENT_AGAIN)
        audit.record("incomingmail.send_again", stored, by=by, email=email.pk)
    return Email.objects.get(resend_of=email.pk)


def address_now(email: Email) -> str:
    """Where the register says today that the letter should go."""
    return purposes.get(email.purpose).address(email)


def words(incoming: IncomingMail) -> str:
    """What the person wrote, without what their program quotes and without the names of files."""
    return incoming_files.words(received.own_words(incoming_files.words(incoming.text)))


def likely(incoming: IncomingMail) -> QuerySet[Email]:
    """The last letters of ours to the address that a mail came from; a person decides whether it speaks of one of them."""
    if not incoming.from_address:
        return Email.objects.none()
    left = Email.objects.filter(to_address__iexact=incoming.from_address, data_started_at__isnull=False)
    return left.exclude(purpose__in=emails.secret_purposes()).select_related("mailing").order_by("-id")[:LIKELY]


def letters(sought: str) -> QuerySet[Email]:
    """Letters of ours that a mail may speak of: by addressee, address, subject or Message-ID; none whose text is a secret."""
    words = identifier(sought)
    if len(words) < 2:
        return Email.objects.none()
    fields = ("to_label_ja", "to_label_en", "to_address", "subject", "message_id")
    match = Q()
    for name in fields:
        match |= Q(**{f"{name}__icontains": words})
    left = Email.objects.filter(match, data_started_at__isnull=False).exclude(purpose__in=emails.secret_purposes())
    return left.select_related("mailing").order_by("-id")[:FOUND]


def _resend(email: Email, by: User) -> None:
    try:
        emails.resend(email=email, by=by, to_address=address_now(email))
    except ValueError as error:
        raise Refused(str(error)) from None


def _locked(incoming: IncomingMail) -> IncomingMail:
    return IncomingMail.objects.select_for_update(of=("self",)).select_related("email__mailing", "handled_by").get(pk=incoming.pk)


def _open(incoming: IncomingMail) -> IncomingMail:
    return _refuse_if_settled(_locked(incoming))


def _refuse_if_settled(stored: IncomingMail) -> IncomingMail:
    if stored.handled_at is not None:
        raise Refused(_("%(who)s has settled this mail already: %(outcome)s.") % {"who": stored.handled_by, "outcome": outcome(stored)})
    return stored


def _settle(stored: IncomingMail, by: User, done: str) -> None:
    stored.handled_at, stored.handled_by, stored.outcome = timezone.now(), by, done
    stored.save(update_fields=["handled_at", "handled_by", "outcome"])
