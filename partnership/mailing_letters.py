"""What people decide about single letters of a mailing: send one again, to another address if need be."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partnership import audit, emails, purposes, restores
from partnership.mailing_steps import locked, note_void, refuse_unless_standing
from partnership.models import Email, Mailing, User
from partnership.transitions import Refused


def retry(*, mailing: Mailing, by: User, email: Email | None = None, to_address: str = "") -> int:
    """Send again: new mails, the old ones stay as they are. An address that was corrected in the register since is followed.

    Args:
        mailing: one that was started.
        by: who decides it.
        email: only this one, in whatever way it ended; None for all that failed.
        to_address: where this one goes now; empty for where the register says.

    Returns:
        How many, with the copies that held a link which is no longer any good.

    Raises:
        Refused: when there is nobody, what was approved has changed, or an address is none.
    """
    restores.refuse_while_held()
    note_void(mailing, by)
    with transaction.atomic():
        mailing = locked(mailing)
        refuse_unless_standing(mailing)
        lost = emails.current().filter(mailing=mailing).order_by("id")
        chosen = list(lost.filter(state=Email.State.FAILED) if email is None else lost.filter(pk=email.pk))
        if not chosen:
            raise Refused(_("There is nobody to whom it would have to be sent again."))
        count = sum(_again(one, to_address, asked=email is not None, by=by) for one in chosen)
        audit.record("mailing.retry", mailing, by=by, emails=count)
    return count


def _again(old: Email, to_address: str, *, asked: bool, by: User) -> int:
    purpose = purposes.get(old.purpose)
    try:
        new = emails.resend(email=old, by=by, to_address=to_address or purpose.address(old), asked=asked)
    except ValueError as error:
        raise Refused(str(error)) from None
    if not emails.renews_link(old, new.to_address):
        return 1
    along = list(same_link(old).exclude(pk=new.pk).filter(state=Email.State.SENT))
    for copy in along:
        emails.resend(email=copy, by=by, asked=True)
    return 1 + len(along)


def same_link(email: Email) -> QuerySet[Email]:
    """The other letters of this mailing that hold the same personal link, such as the copy for a secretariat."""
    if email.object_id is None or email.content_type_id is None:
        return Email.objects.none()
    rows = emails.current().filter(mailing=email.mailing_id, content_type=email.content_type_id, object_id=email.object_id)
    return rows.exclude(recipient_key=email.recipient_key)
