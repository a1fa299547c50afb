"""Late names: who came onto the purpose's list after a mailing was started gets the same letter, after a supplementary approval.

A round of additions carries its number in ``Recipient.addition``. The rows of the older list are never touched, and
nobody is written to twice: a name whose key stands on the mailing's list is not late.
"""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import approvals, audit, emails, mailing_content, purposes, restores
from partnership.mailing_checks import approval_obstacles, missing, printed
from partnership.mailing_content import waiting_additions as waiting
from partnership.mailing_steps import TABLE, lock_about, locked, note_void, refuse_if, refuse_unless_standing, stamp
from partnership.models import Approval, Mailing, Recipient, User
from partnership.transitions import Refused, move

STARTED = (Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.FINISHED)


def late(mailing: Mailing) -> list[Recipient]:
    """Who stands on the purpose's list by now and not on the mailing's; unsaved rows, none before it is started."""
    if mailing.state not in STARTED:
        return []
    known = set(mailing.recipients.values_list("key", flat=True))
    return [row for row in mailing_content.listed(mailing) if row.key not in known]


def paper(mailing: Mailing) -> Approval | None:
    """The latest supplementary paper about it."""
    return approvals.papers(mailing).filter(supplements__isnull=False).exclude(state=Approval.State.DROPPED).first()


@transaction.atomic
def add(*, mailing: Mailing, by: User) -> int:
    """Take the late names onto the list as additions, and draft the paper that asks for them. Returns how many are new.

    The same names twice add nobody.

    Raises:
        Refused: when an earlier round is before its deciders, or approved and not sent; or a letter cannot be printed.
    """
    lock_about(mailing)
    mailing = locked(mailing)
    if purposes.get(mailing.purpose).issue:
        raise Refused(_("A note on paper is not added to. Draft another one for the missions that are missing."))
    if mailing.state not in STARTED:
        raise Refused(_("Names are added to a letter that is being sent or was sent; before that the list is freed and frozen again."))
    refuse_unless_standing(mailing)
    rows = late(mailing)
    if not rows:
        return 0
    _refuse_while_decided(mailing)
    refuse_if(missing(mailing))
    number = _round(mailing)
    for row in rows:
        row.mailing, row.addition = mailing, number
    refuse_if(printed(mailing, rows, by=by)[1])
    Recipient.objects.bulk_create(rows, batch_size=500)
    audit.record("mailing.add_late", mailing, by=by, count=len(rows), addition=number)
    draft_paper(mailing=mailing, by=by)
    return len(rows)


def draft_paper(*, mailing: Mailing, by: User) -> None:
    """Draft the supplementary paper (追加決裁) for the names that wait, unless one is open or has been approved."""
    if not purposes.get(mailing.purpose).needs_approval or not waiting(mailing).exists() or approvals.open_paper(mailing) is not None:
        return
    now = paper(mailing)
    if now is None or not approvals.supplement_standing(now).holds:
        approvals.draft_supplement(thing=mailing, by=by)


def _round(mailing: Mailing) -> int:
    """The number of the round that waits, or of a new one."""
    rows = waiting(mailing) if waiting(mailing).exists() else mailing.recipients.all()
    last = rows.aggregate(last=Max("addition"))["last"] or 0
    return last if waiting(mailing).exists() else last + 1


def _refuse_while_decided(mailing: Mailing) -> None:
    """A round that its deciders have before them, or have approved, is not added to."""
    now = paper(mailing)
    if now is None or not waiting(mailing).exists():
        return
    if now.state == Approval.State.CIRCULATING:
        raise Refused(_("The paper about the names added before is circulating. Recall it, or wait until it is decided."))
    if now.state == Approval.State.APPROVED:
        raise Refused(_("The names added before are approved. Send their letters first."))


@transaction.atomic
def remove(*, mailing: Mailing, by: User) -> int:
    """Take the additions off the list again for which no letter is written, and give up their open paper. Returns how many."""
    mailing = locked(mailing)
    rows = waiting(mailing)
    if not rows.exists():
        raise Refused(_("No names wait to be added."))
    open_paper = approvals.open_paper(mailing)
    if open_paper is not None and open_paper.supplements_id is not None:
        approvals.drop(approval=open_paper, by=by)
    count = mailing.recipients.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()[1].get("partnership.Recipient", 0)
    audit.record("mailing.remove_late", mailing, by=by, count=count)
    return count


def obstacles(mailing: Mailing) -> list[str]:
    """Everything that keeps the letters of the additions from leaving, in words."""
    rows = list(waiting(mailing))
    if not rows:
        return [_("No names wait to be added.")]
    if mailing.state == Mailing.State.PAUSED:
        return [_("The mailing is paused. Let it go on first.")]
    if mailing.state not in STARTED:
        return [_("This mailing is “%(state)s”; it is sent once only.") % {"state": mailing.get_state_display()}]
    return [*approval_obstacles(mailing), *_supplement_obstacles(mailing), *_outdated(mailing, rows)]


def _supplement_obstacles(mailing: Mailing) -> list[str]:
    if not purposes.get(mailing.purpose).needs_approval:
        return []
    now = paper(mailing)
    if now is None:
        return [_("The names that came later are not approved yet.")]
    if now.state == Approval.State.CIRCULATING:
        return [_("The supplementary paper about them is circulating and not decided yet.")]
    if now.state != Approval.State.APPROVED:
        return [_("They are not approved: the supplementary paper is “%(state)s”.") % {"state": now.get_state_display()}]
    if not approvals.supplement_standing(now).holds:
        return [_("The supplementary paper does not cover them as they are now. Take the names off and add them again.")]
    return []


def _outdated(mailing: Mailing, rows: list[Recipient]) -> list[str]:
    """Whether those who were added are still on the purpose's list, and would be printed in the same words."""
    fresh = {row.key: row for row in mailing_content.listed(mailing)}
    gone = [str(row) for row in rows if row.key not in fresh]
    other = [str(row) for row in rows if row.key in fresh and fresh[row.key].values != row.values]
    found = [_("Not on the list any more: %(names)s.") % {"names": _(", ").join(gone)}] if gone else []
    if other:
        found.append(_("Would be printed in other words by now: %(names)s.") % {"names": _(", ").join(other)})
    if found:
        found.append(_("Take the names off and add them again."))
    return [*found, *purposes.get(mailing.purpose).before_freeze(mailing)]


def send(*, mailing: Mailing, by: User) -> int:
    """Write a letter for each addition, and let it leave. The letters of the older list stay as they are. Returns how many.

    Raises:
        Refused: when there is an obstacle.
    """
    restores.refuse_while_held()
    note_void(mailing, by)
    with transaction.atomic():
        lock_about(mailing)
        mailing = locked(mailing)
        refuse_if(obstacles(mailing))
        rows = list(waiting(mailing))
        supplement = paper(mailing) if purposes.get(mailing.purpose).needs_approval else None
        mails, problems = printed(mailing, rows, by=by)
        refuse_if(problems)
        count = emails.queue_many(mails)
        changes = stamp(by, timezone.now())
        move(mailing, TABLE, "send_additions", by=by, changes=changes, recipients=count, addition=rows[0].addition)
        if supplement is not None:
            approvals.carried_out(thing=mailing, by=by, paper=supplement)
    return count
