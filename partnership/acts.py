"""What a person would say of an act of the audit trail. Apps register their words (module ``acts``)."""

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partnership.models import AuditEvent

# %(about)s is what it was done to, %(title)s a title among the facts, %(count)s a number
_words: dict[str, Promise] = {}
_tellers: dict[str, Callable[[AuditEvent, str], str]] = {}
# acts that the administration itself writes, of any model
_EDITS = {
    "add": gettext_lazy("entered: %(about)s"),
    "change": gettext_lazy("changed: %(about)s"),
    "delete": gettext_lazy("removed: %(about)s"),
    "export": gettext_lazy("downloaded %(count)s lines as CSV"),
}


def register(words: Mapping[str, Promise], tellers: Mapping[str, Callable[[AuditEvent, str], str]] | None = None) -> None:
    """Add words for acts; a teller makes the whole sentence where words do not do."""
    _words.update(words)
    _tellers.update(tellers or {})


def known() -> Mapping[str, Promise]:
    """The words of all registered acts."""
    return _words


def in_words(row: AuditEvent, about: str = "") -> str:
    """The act as a sentence in the active language; ``about`` is what it was done to, as the trail calls it unless given."""
    about = about or row.object_label
    if row.act in _tellers:
        return _tellers[row.act](row, about)
    words = _words.get(row.act) or _EDITS.get(row.act.rpartition(".")[2])
    if words is None:
        return f"{about} ({row.act})" if about else row.act
    facts = row.facts
    title = facts.get("title_en") if (get_language() or "ja").startswith("en") else facts.get("title_ja")
    return str(words) % {"about": facts.get("guest", about), "title": title or "", "count": facts.get("count", facts.get("rows", ""))}


def label(act: str) -> str:
    """The act without what it was done to, for a list of acts to choose from."""
    words = _words.get(act) or _EDITS.get(act.rpartition(".")[2])
    if words is None:
        return act
    blank = str(words) % {"about": "…", "title": "…", "count": "…"}
    return f"{blank} ({act})"


def actor(row: AuditEvent) -> str:
    """Who acted, in the reader's language."""
    return {"system": _("the system"), "link": _("guest, by link"), "sign-in page": _("sign-in page")}.get(row.actor_label, row.actor_label)


register(
    {
        "mailing.create": gettext_lazy("wrote a letter: %(about)s"),
        "mailing.edit": gettext_lazy("changed a letter: %(about)s"),
        "mailing.freeze": gettext_lazy("froze the list: %(about)s"),
        "mailing.thaw": gettext_lazy("opened the list again: %(about)s"),
        "mailing.test": gettext_lazy("sent a test: %(about)s"),
        "mailing.send": gettext_lazy("began to send: %(about)s"),
        "mailing.issue": gettext_lazy("issued on paper: %(about)s"),
        "mailing.pause": gettext_lazy("paused the sending: %(about)s"),
        "mailing.resume": gettext_lazy("went on sending: %(about)s"),
        "mailing.finish": gettext_lazy("all sent: %(about)s"),
        "mailing.cancel": gettext_lazy("cancelled the sending: %(about)s"),
        "mailing.retry": gettext_lazy("sent again what had failed: %(about)s"),
        "mailing.add_late": gettext_lazy("added late names (%(count)s): %(about)s"),
        "mailing.remove_late": gettext_lazy("took late names off again (%(count)s): %(about)s"),
        "mailing.send_additions": gettext_lazy("sent to the late names: %(about)s"),
        "mailing.schedule": gettext_lazy("let the letter leave by itself: %(about)s"),
        "mailing.unschedule": gettext_lazy("kept the letter from leaving by itself: %(about)s"),
        "mailing.held_back": gettext_lazy("could not leave at its moment: %(about)s"),
        "mailing.bundle": gettext_lazy("put into the package of another letter: %(about)s"),
        "mailing.unbundle": gettext_lazy("took out of its package: %(about)s"),
        "approval.draft": gettext_lazy("drafted a paper for approval: %(about)s"),
        "approval.submit": gettext_lazy("submitted for approval: %(about)s"),
        "approval.resubmit": gettext_lazy("submitted again for approval: %(about)s"),
        "approval.agree": gettext_lazy("agreed: %(about)s"),
        "approval.approve": gettext_lazy("approved: %(about)s"),
        "approval.return": gettext_lazy("returned: %(about)s"),
        "approval.reject": gettext_lazy("rejected: %(about)s"),
        "approval.recall": gettext_lazy("recalled: %(about)s"),
        "approval.drop": gettext_lazy("dropped: %(about)s"),
        "approval.outdated": gettext_lazy("found changed while circulating: %(about)s"),
        "approval.review": gettext_lazy("saw afterwards: %(about)s"),
        "approval.carry_out": gettext_lazy("carried out: %(about)s"),
        "delegation.create": gettext_lazy("named a deputy: %(about)s"),
        "delegation.end": gettext_lazy("ended the deputising: %(about)s"),
        "approval.void": gettext_lazy("found void: %(about)s"),
        "mailing.reopen": gettext_lazy("took up the sending again: %(about)s"),
        "email.resend": gettext_lazy("sent a mail again: %(about)s"),
        "email.not_approved": gettext_lazy("held a mail back that no approval lets leave: %(about)s"),
        "email.confirm": gettext_lazy("noted that a mail arrived: %(about)s"),
        "email.cancel": gettext_lazy("cancelled a mail: %(about)s"),
        "email.accepted": gettext_lazy("found that a mail arrived: %(about)s"),
        "email.absent": gettext_lazy("found that a mail had not left: %(about)s"),
        "email.assume": gettext_lazy("took a mail as sent, as is the rule for its kind: %(about)s"),
        "email.lapse": gettext_lazy("let a mail rest whose secret text is wiped: %(about)s"),
        "mailgate.resume": gettext_lazy("let mail go on to the mail server"),
        "mailmark.hold": gettext_lazy("put %(count)s mails on hold, because the data was restored"),
        "mailmark.release": gettext_lazy("released %(count)s mails that a restore had put on hold"),
        "mailmark.reconcile": gettext_lazy("compared the outbox with the log of the mail server"),
        "email.bounce": gettext_lazy("a mail came back: %(about)s"),
        "addresshold.put": gettext_lazy("put an address on hold, because a server does not know it: %(about)s"),
        "addresshold.lift": gettext_lazy("lifted the hold of an address: %(about)s"),
        "incomingmail.record": gettext_lazy("recorded an answer that came by mail: %(about)s"),
        "incomingmail.settle": gettext_lazy("settled a mail that came in, nothing was to be done: %(about)s"),
        "incomingmail.reopen": gettext_lazy("took up again a mail that came in: %(about)s"),
        "incomingmail.attach": gettext_lazy("placed a mail that came in: %(about)s"),
        "incomingmail.send_again": gettext_lazy("sent a letter again that had come back: %(about)s"),
        "incomingmail.purge": gettext_lazy("deleted the texts of %(count)s mails that came in"),
        "user.create": gettext_lazy("made an account: %(about)s"),
        "user.open": gettext_lazy("opened an account again: %(about)s"),
        "user.close": gettext_lazy("closed an account: %(about)s"),
        "user.roles": gettext_lazy("changed the roles of: %(about)s"),
        "user.address": gettext_lazy("changed the address of: %(about)s"),
        "user.password": gettext_lazy("set a password: %(about)s"),
        "user.password_link": gettext_lazy("sent a link for a new password: %(about)s"),
        "user.sign_in": gettext_lazy("signed in"),
        "user.sign_out": gettext_lazy("signed out"),
        "user.sign_in_refused": gettext_lazy("sign-in refused: %(about)s"),
        "user.hand_over": gettext_lazy("handed over an account: %(about)s"),
        "user.confirm": gettext_lazy("confirmed that an account is up to date: %(about)s"),
        "attachment.add": gettext_lazy("added a file: %(about)s"),
        "attachment.remove": gettext_lazy("removed a file: %(about)s"),
        "attachment.infected": gettext_lazy("found a file harmful: %(about)s"),
        "attachment.purge": gettext_lazy("removed the names of %(count)s files that are long gone"),
        "registers.load": gettext_lazy("loaded the registers"),
    }
)
