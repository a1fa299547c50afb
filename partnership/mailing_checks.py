"""What keeps a mailing from the next step, in sentences."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from partnership import approvals, emails, letters, mailing_content, purposes
from partnership.models import Approval, Email, Mailing, Recipient, User

SHOWN = 5  # sentences about single recipients


def text_problems(mailing: Mailing) -> list[str]:
    """What is wrong with its letters, each sentence with its language."""
    purpose = purposes.get(mailing.purpose)
    found = []
    for language, name in (("ja", _("Japanese letter")), ("en", _("English letter"))):
        subject, body = getattr(mailing, f"subject_{language}"), getattr(mailing, f"body_{language}")
        if not subject.strip() or not body.strip():
            found.append(_("%(letter)s: subject and text are needed.") % {"letter": name})
        found += [_("%(letter)s: %(problem)s") % {"letter": name, "problem": one} for one in letters.problems(purpose, subject, body)]
    return found


def missing(mailing: Mailing) -> list[str]:
    """What is still missing before the list can be frozen."""
    purpose = purposes.get(mailing.purpose)
    return [*text_problems(mailing), *purpose.before_freeze(mailing)]


def obstacles(mailing: Mailing) -> list[str]:
    """Everything that keeps it from being sent now, in words; empty when it may leave."""
    if mailing.state == Mailing.State.DRAFT:
        found = missing(mailing)
        return [*found, _("The list of recipients is not frozen yet."), *approval_obstacles(mailing)]
    if mailing.state != Mailing.State.READY:
        return [_("This mailing is “%(state)s”; it is sent once only.") % {"state": mailing.get_state_display()}]
    found = text_problems(mailing)
    if not mailing.recipients.exists():
        found.append(_("Nobody is on the list."))
    return [*found, *purposes.get(mailing.purpose).before_send(mailing), *approval_obstacles(mailing)]


def approval_obstacles(mailing: Mailing) -> list[str]:
    """Why its approval does not let it leave; empty when it does, or when its purpose needs none."""
    if not purposes.get(mailing.purpose).needs_approval:
        return []
    now = approvals.standing(mailing)
    if now.holds:
        return []
    if now.void:
        what = _(", ").join(str(change.label) for change in now.changes)
        return [_("It was approved, but has changed since: %(what)s. It needs a new approval.") % {"what": what}]
    if now.approval is None:
        return [_("It is not approved yet.")]
    if now.approval.state == Approval.State.CIRCULATING:
        return [_("Its approval is circulating and not decided yet.")]
    return [_("It is not approved: the paper is “%(state)s”.") % {"state": now.approval.get_state_display()}]


def printed(mailing: Mailing, rows: Iterable[Recipient], *, by: User | None) -> tuple[list[Email], list[str]]:
    """The mail of each recipient, unsaved, and sentences about those whose mail cannot be made. Letters on paper are no mails."""
    rendered, found = letters_of(mailing, rows)
    mails = []
    for row, letter in rendered if purposes.get(mailing.purpose).issue is None else ():
        try:
            mails.append(_mail(mailing, row, letter, by))
        except ValueError as error:  # no address, a subject too long: said in a sentence
            found.append(_("%(recipient)s: %(problem)s") % {"recipient": row, "problem": error})
    if len(found) > SHOWN:
        found = [*found[:SHOWN], _("And %(count)s more of this kind.") % {"count": len(found) - SHOWN}]
    return mails, found


def letters_of(mailing: Mailing, rows: Iterable[Recipient]) -> tuple[list[tuple[Recipient, purposes.Letter]], list[str]]:
    """The letter of each recipient as it is read now, and sentences about those whose letter names what nobody knows."""
    bound = mailing_content.as_of_now(mailing_content.content(mailing), mailing)
    rendered, found = [], []
    for row in rows:
        try:
            rendered.append((row, mailing_content.letter(bound, mailing_content.row(row), row.language)))
        except KeyError as error:
            found.append(_("%(recipient)s: nobody says what {%(name)s} is.") % {"recipient": row, "name": error.args[0]})
    return rendered, found


def _mail(mailing: Mailing, row: Recipient, letter: purposes.Letter, by: User | None) -> Email:
    email = emails.draft(
        purpose=mailing.purpose,
        to_address=row.address,
        language=row.language,
        subject=letter.subject,
        text=letter.text,
        html=letters.html(letter.text, row.language),
        recipient_key=row.key,
        labels=(row.label_ja, row.label_en),
        mailing=mailing,
        by=by,
    )
    email.content_type_id, email.object_id = row.content_type_id, row.object_id
    return email
