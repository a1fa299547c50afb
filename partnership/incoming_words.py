"""What came in, told in plain words: what happened to our letter, and what to do now."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnership import bounce_words
from partnership.models import Email, IncomingMail


@dataclass(frozen=True)
class Told:
    """What happened, and what a person should do about it."""

    what: str
    advice: str = ""


def told(incoming: IncomingMail) -> Told:
    """The sentences for a mail that is no person’s reply; empty ones for a reply."""
    email = incoming.email
    kind = IncomingMail.Kind
    if incoming.kind == kind.BOUNCE:
        return _back(email, incoming) if email else _unplaced_failure()
    if incoming.kind == kind.FORGED:
        return Told(_("It speaks of a letter that we did not send, or is not signed as ours are. Nothing was done about it."))
    if email is None:
        return Told("")
    whom = {"whom": whom_of(email)}
    return {
        kind.DELAY: Told(_("The letter to %(whom)s is delayed; the server goes on trying. Nothing is to be done yet.") % whom),
        kind.DELIVERED: Told(_("A report from the other side says that the letter to %(whom)s arrived.") % whom),
        kind.AUTOMATIC: Told(
            _("The letter to %(whom)s arrived and was answered automatically, for example because somebody is away.") % whom
        ),
    }.get(kind(incoming.kind), Told(""))


def whom_of(email: Email) -> str:
    """Who our letter was for, in the reader’s language."""
    labels = (email.to_label_en, email.to_label_ja) if (get_language() or "ja").startswith("en") else (email.to_label_ja, email.to_label_en)
    return next((label for label in labels if label), email.to_address)


def _unplaced_failure() -> Told:
    return Told(_("A letter came back, and the report does not say which one."), _("Find the letter below and place the report there."))


def _back(email: Email, incoming: IncomingMail) -> Told:
    values = {"whom": whom_of(email), "address": email.to_address}
    word = bounce_words.verdict(incoming.status, incoming.diagnostic).word
    return {
        bounce_words.UNKNOWN: Told(
            _("The letter to %(whom)s came back: the address %(address)s does not exist.") % values,
            _("Find the right address, write it into the register, and send the letter again."),
        ),
        bounce_words.FULL: Told(
            _("The letter to %(whom)s came back: the mailbox %(address)s is full.") % values,
            _("Telephone, or send the letter again in a few days."),
        ),
        bounce_words.REFUSED: Told(
            _("The letter to %(whom)s came back: the other side refuses our mail (%(address)s).") % values,
            _("Ask them to let our mail through, or send the letter to another address."),
        ),
        bounce_words.TOO_LARGE: Told(
            _("The letter to %(whom)s came back: it was too large for %(address)s.") % values,
            _("Send what is attached in another way."),
        ),
        bounce_words.NO_WAY: Told(
            _("The letter to %(whom)s came back: the server of %(address)s could not be reached.") % values,
            _("Look whether the address is right; then send the letter again."),
        ),
    }.get(
        word,
        Told(
            _("The letter to %(whom)s came back from %(address)s.") % values,
            _("Read what the server said; then correct the address or send the letter again."),
        ),
    )
