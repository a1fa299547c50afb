"""Why a mail stands where it stands: one word in the row, one sentence for people, and how a server's reply becomes a word.

The words are stored, the sentences are not. An upper package adds the words of its own checks with ``register``.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Decided by people or by the business itself
NOT_APPROVED = "not_approved"
BY_STAFF, MAILING_CANCELLED, CONFIRMED, RESENT = "by_staff", "mailing_cancelled", "confirmed", "resent"
EXPIRED, INVENTED, GAVE_UP, TOO_LATE, ADDRESS_HELD = "expired", "invented", "gave_up", "too_late", "address_held"
# How it became known what had become of a mail (partnership/evidence.py), and what a restore did to it (partnership/restores.py)
BY_LOG, BY_ANSWER, BY_REPORT, NOT_IN_LOG = "by_log", "by_answer", "by_report", "not_in_log"
TAKEN_AS_SENT, LAPSED = "taken_as_sent", "lapsed"
RESTORED, RESTORED_LEFT, RESTORED_ABSENT = "restored", "restored_left", "restored_absent"
# Our own side
BUILD, POISON, CHECK = "build", "poison", "check"
# On the way
UNREACHABLE, AUTHENTICATION, DROPPED = "unreachable", "authentication", "dropped"
NO_ANSWER, INTERRUPTED = "no_answer", "interrupted"
# What a server said
GREYLISTED, MAILBOX_FULL, THROTTLED, BUSY = "greylisted", "mailbox_full", "throttled", "busy"
UNKNOWN_ADDRESS, TOO_LARGE, CONTENT, REFUSED = "unknown_address", "too_large", "content", "refused"
NO_ROOM, SENDER = "no_room", "sender"
OF_CONTENT = frozenset({TOO_LARGE, CONTENT, REFUSED, SENDER})  # what the letter or its sender is refused for, whoever the reader is

_sentences: dict[str, Promise] = {
    BY_STAFF: gettext_lazy("Staff took it back before it left"),
    NOT_APPROVED: gettext_lazy("It is not approved, so it was not sent"),
    MAILING_CANCELLED: gettext_lazy("The mailing was cancelled before it left"),
    CONFIRMED: gettext_lazy("Staff confirmed that it arrived"),
    RESENT: gettext_lazy("Not known whether it arrived; staff sent it again"),
    EXPIRED: gettext_lazy("It was too late to send it"),
    INVENTED: gettext_lazy("The address is invented; nothing is sent to it"),
    GAVE_UP: gettext_lazy("The server kept it waiting for three days"),
    TOO_LATE: gettext_lazy("The server kept it waiting until it would have come too late"),
    ADDRESS_HELD: gettext_lazy("The address is on hold because a server did not know it; nothing was sent"),
    BY_LOG: gettext_lazy("The log of the mail server shows that it was taken"),
    BY_ANSWER: gettext_lazy("It arrived: its reader answered through its link"),
    BY_REPORT: gettext_lazy("It arrived: a report from the recipient’s side says so"),
    NOT_IN_LOG: gettext_lazy("The log of the mail server shows that it was never taken"),
    TAKEN_AS_SENT: gettext_lazy("Not known whether it arrived; a mail of this kind is taken as sent"),
    LAPSED: gettext_lazy("Not known whether it arrived; its text was a secret and is wiped, so it must be asked for anew"),
    RESTORED: gettext_lazy("On hold: the data was restored from a backup, and it may have left since"),
    RESTORED_LEFT: gettext_lazy("The data was restored from a backup; our own journal says that it was handed over after that"),
    RESTORED_ABSENT: gettext_lazy("On hold after a restore; the log of the mail server shows that it never left"),
    BUILD: gettext_lazy("No message could be made of its text; nothing was sent"),
    POISON: gettext_lazy("Sending it broke off three times before anything left"),
    CHECK: gettext_lazy("It could not be checked whether it is still wanted; it is tried again"),
    UNREACHABLE: gettext_lazy("Our mail server cannot be reached; it is tried again"),
    AUTHENTICATION: gettext_lazy("Our mail server does not accept our password; nothing leaves until that is put right"),
    DROPPED: gettext_lazy("The connection broke before the end of the letter, so it was not accepted; it is tried again"),
    NO_ANSWER: gettext_lazy("The letter was handed over whole, but the server’s answer never came"),
    INTERRUPTED: gettext_lazy("Our sender stopped while it handed the letter over"),
    GREYLISTED: gettext_lazy("The server asks to try again later, as it does with every new sender"),
    MAILBOX_FULL: gettext_lazy("The recipient’s mailbox is full; it is tried again"),
    THROTTLED: gettext_lazy("The server asks for fewer mails at a time; it is tried again"),
    BUSY: gettext_lazy("The server could not take it just now; it is tried again"),
    UNKNOWN_ADDRESS: gettext_lazy("The server does not know this address"),
    TOO_LARGE: gettext_lazy("The letter is too large for the server"),
    CONTENT: gettext_lazy("The server refuses the content of the letter"),
    REFUSED: gettext_lazy("The server refuses the letter"),
    NO_ROOM: gettext_lazy("The recipient’s mailbox has no room for it"),
    SENDER: gettext_lazy("The server refuses our sender’s address"),
}


def register(word: str, sentence: Promise) -> str:
    """Make a word known that a purpose's check returns, with its sentence."""
    _sentences[word] = sentence
    return word


def sentence(word: str, code: int | None = None) -> str:
    """The sentence in the active language, with the server's code where there was one; "" for no word."""
    words = str(_sentences.get(word, word))
    return _("%(sentence)s (%(code)s)") % {"sentence": words, "code": code} if words and code else words


def enhanced(text: str) -> str:
    """The enhanced code of RFC 3463 in a reply, such as 5.1.1; "" for none."""
    return found.group() if (found := re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", text)) else ""


def is_unknown_for_good(text: str) -> bool:
    """Whether a server says by its enhanced code that this mailbox or its domain does not exist."""
    return enhanced(text) in {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}


def is_temporary(code: int) -> bool:
    """Whether the server invites us to try again (RFC 5321 4.2.1)."""
    return 400 <= code < 500


def of_reply(phase: str, code: int, text: str) -> str:
    """The word for a server's refusal.

    Args:
        phase: ``sender`` (MAIL, so it speaks of us), ``envelope`` (RCPT, so it speaks of the address) or ``data`` and ``reply``
            (so it speaks of the letter).
        code: three digits of RFC 5321.
        text: may begin with an enhanced code of RFC 3463, such as 5.1.1.
    """
    exact = enhanced(text)
    return _temporary(phase, code, exact, text) if is_temporary(code) else _permanent(phase, code, exact)


def _temporary(phase: str, code: int, exact: str, text: str) -> str:
    if re.search(r"gr[ea]y.?list", text, re.IGNORECASE):
        return GREYLISTED
    if code in {421, 432} or exact == "4.4.5" or re.search(r"\brate\b|too many|too much|too quick|throttl", text, re.IGNORECASE):
        return THROTTLED
    if exact == "4.7.1" and code in {450, 451}:
        return GREYLISTED
    if exact.startswith("4.7."):
        return THROTTLED
    return MAILBOX_FULL if phase != "sender" and (code == 452 or exact == "4.2.2") else BUSY


def _permanent(phase: str, code: int, exact: str) -> str:
    if exact in {"5.3.4", "5.2.3"} or (code == 552 and phase == "sender"):
        return TOO_LARGE
    if phase == "sender" or exact in {"5.1.7", "5.1.8"}:
        return SENDER
    if phase == "envelope" and (exact.startswith("5.1.") or (not exact and code in {550, 551, 553})):
        return UNKNOWN_ADDRESS
    if phase != "envelope" and (exact.startswith(("5.7.", "5.6.")) or code == 554):
        return CONTENT
    return NO_ROOM if exact == "5.2.2" or code == 552 else REFUSED
