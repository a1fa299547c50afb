"""The last line of defence: whoever writes a mail and however, none that needs an approval leaves without the paper that approved it.

Each row of the outbox names its paper (``Email.approval``). It is written by ``stamp`` when the row is queued, which asks whether the
approval holds and the recipient stands on it; and the engine lets a row go only while the paper it names is approved and is about
its mailing. So a row that came past ``stamp`` stays where it is; the sweep looks at it once more, and gives it up in words.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from partnership import approval_content, approval_standing, audit, mailing_content, marks, purposes, reasons
from partnership.models import Approval, Email, Mailing
from partnership.transitions import Refused

AT_ONCE = 500  # rows that one sweep looks at


def needing() -> list[str]:
    """The purposes whose letters leave with an approval only."""
    return [purpose.key for purpose in purposes.every() if purpose.needs_approval]


def let_go() -> Q:
    """Rows that may leave as far as approvals go: of a mailing that is being sent, and with its paper where it needs one.

    The mailing is asked in a subquery of its own, never by a join: so every other condition stands in the UPDATE itself and
    PostgreSQL checks it again when it has waited for another's change of the row.
    """
    needed = needing()
    paper = Approval.objects.filter(
        Q(object_id=OuterRef("pk")) | Q(object_id=OuterRef("package_id")),
        pk=OuterRef(OuterRef("approval_id")),
        state=Approval.State.APPROVED,
        content_type=ContentType.objects.get_for_model(Mailing),
    )
    sending = Mailing.objects.filter(~Q(purpose__in=needed) | Q(Exists(paper), purpose=OuterRef("purpose")))
    sending = sending.filter(pk=OuterRef("mailing_id"), state=Mailing.State.SENDING)
    return (Q(mailing__isnull=True) & ~Q(purpose__in=needed)) | Q(Exists(sending))


def basis() -> Hashable:
    """What ``let_go`` is made of; a statement that is kept with it holds as long as this is the same."""
    return (*needing(), ContentType.objects.get_for_model(Mailing).pk)


def stamp(emails: Iterable[Email]) -> None:
    """Note on each mail the paper that lets it leave, before it is queued.

    Raises:
        Refused: when a mail needs an approval and has none that holds, or its recipient does not stand on it.
    """
    needed = set(needing())
    rows = [email for email in emails if email.purpose in needed or (email.mailing is not None and email.mailing.purpose in needed)]
    rows.sort(key=lambda email: email.mailing_id or 0)
    for _key, group in groupby(rows, key=lambda email: email.mailing_id):
        _stamp_letters(list(group))


def _stamp_letters(emails: Sequence[Email]) -> None:
    mailing = emails[0].mailing
    if mailing is None:
        raise Refused(_("Such a letter leaves only as part of a mailing that is approved."))
    covered = _covered(mailing)
    for email in emails:
        paper = covered.get(email.recipient_key)
        if paper is None or email.purpose != mailing.purpose:
            raise Refused(_("“%(letter)s” is not approved for this recipient.") % {"letter": mailing})
        email.approval = paper


def _covered(mailing: Mailing) -> Mapping[str, Approval]:
    """The recipients to whom letters of ``mailing`` may go now, each with the paper that says so; empty when none holds."""
    now = approval_standing.standing(mailing)
    if not now.holds or now.approval is None:
        return {}
    found: dict[str, Approval] = {}
    for added in _supplements(mailing, now.approval):
        if added.object_id != mailing.pk:  # names added to the letter that leads the package get its other letters as well
            found |= dict.fromkeys(_keys(added.content), now.approval)
        elif approval_standing.supplement_standing(added).holds:
            found |= dict.fromkeys(_keys(added.content), added)
    return found | dict.fromkeys(_keys(approval_content.part_of(now.approval, mailing)), now.approval)


def _supplements(mailing: Mailing, paper: Approval) -> list[Approval]:
    """The approved additions to a letter, and to the one that leads its package."""
    leading = approval_standing.governing(mailing.package) if mailing.package else None
    rows = Approval.objects.filter(supplements__in=[one.pk for one in (paper, leading) if one], state=Approval.State.APPROVED)
    return list(rows.filter(object_id__in=[key for key in (mailing.pk, mailing.package_id) if key]).order_by("pk"))


def _keys(content: Mapping[str, Any]) -> list[str]:
    return [row["key"] for row in content.get("recipients", ())]


def settle() -> None:
    """Look once more at rows that wait in a mailing that is being sent, or in none, and have no paper.

    One that says what was approved, to whom it was approved, gets its paper: a version of the application that knew none wrote it,
    while the new one was brought out. Any other is given up, with the reason.
    """
    needed = needing()
    sending = list(Mailing.objects.filter(state=Mailing.State.SENDING, purpose__in=needed).order_by().values_list("pk", flat=True))
    waiting = Q(mailing__in=sending) | Q(mailing=None, purpose__in=needed)
    rows = (
        Email.objects.filter(waiting, ~Q(let_go()), state=Email.State.QUEUED, held=False).select_related("mailing").order_by("mailing_id")
    )
    for _key, group in groupby(rows[:AT_ONCE], key=lambda email: email.mailing_id):
        _settle(list(group))


@transaction.atomic
def _settle(emails: Sequence[Email]) -> None:
    mailing = emails[0].mailing
    covered = _covered(mailing) if mailing is not None else {}
    for email in emails:
        paper = covered.get(email.recipient_key)
        mine = Email.objects.filter(pk=email.pk, state=Email.State.QUEUED, approval=email.approval_id)
        if paper is not None and mailing is not None and _is_as_approved(email, mailing):
            mine.update(approval=paper)
        elif mine.update(state=Email.State.CANCELLED, reason=reasons.NOT_APPROVED, finished_at=Now()):
            audit.record("email.not_approved", email, by=None, mailing=mailing.pk if mailing else None)


def _is_as_approved(email: Email, mailing: Mailing) -> bool:
    """Whether a mail says, word by word, what the list and the texts of its mailing make of it."""
    row = mailing.recipients.filter(key=email.recipient_key, language=email.language).first()
    if row is None or email.purpose != mailing.purpose:
        return False
    bound = mailing_content.as_of_now(mailing_content.content(mailing), mailing)
    try:
        letter = mailing_content.letter(bound, mailing_content.row(row), row.language)
    except KeyError:
        return False
    return (letter.subject.strip(), marks.without_marks(letter.text)) == (email.subject, marks.without_marks(email.text))
