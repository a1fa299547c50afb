"""Packages: letters that are put before the deciders in the paper of another one, such as a reminder with its invitation."""

from django.db import transaction
from django.utils.translation import gettext as _

from partnership import audit, purposes
from partnership.mailing_steps import locked
from partnership.models import Mailing, User
from partnership.transitions import Refused

WRITABLE = (Mailing.State.DRAFT, Mailing.State.READY)
OFFERED = 200  # the newest letters among which companions are looked for


def companions(mailing: Mailing) -> list[Mailing]:
    """The letters that go before the deciders inside its paper: those whose list is frozen and that were not given up."""
    rows = mailing.companions.exclude(state__in=[Mailing.State.DRAFT, Mailing.State.CANCELLED])
    return list(rows.order_by("pk"))


def candidates(mailing: Mailing) -> list[Mailing]:
    """Letters about the same thing that are not sent yet and belong to no package."""
    if mailing.package_id is not None or mailing.state not in WRITABLE:
        return []
    about = purposes.get(mailing.purpose).about(mailing)
    rows = Mailing.objects.filter(state__in=WRITABLE, package=None, companions=None).exclude(pk=mailing.pk)[:OFFERED]
    abouts = purposes.abouts(list(rows))
    return [row for row in rows if about is not None and abouts.get(row.pk) == about]


@transaction.atomic
def bundle(*, lead: Mailing, companion: Mailing, by: User) -> None:
    """Put ``companion`` into the package of ``lead``: one paper asks for both.

    Raises:
        Refused: when one of them was sent or given up, is about something else, or belongs to a package already.
    """
    first, second = sorted((lead, companion), key=lambda mailing: mailing.pk)
    held = {row.pk: row for row in (locked(first), locked(second))}
    lead, companion = held[lead.pk], held[companion.pk]
    if lead.pk == companion.pk or lead.state not in WRITABLE or companion.state not in WRITABLE:
        raise Refused(_("Only letters that are not sent yet can be approved together."))
    if lead.package_id is not None or companion.package_id is not None or companion.companions.exists():
        raise Refused(_("One of these letters belongs to a package already."))
    about = purposes.get(lead.purpose).about(lead)
    if about is None or about != purposes.get(companion.purpose).about(companion):
        raise Refused(_("Only letters about the same thing can be approved together."))
    companion.package = lead
    companion.save(update_fields=["package"])
    audit.record("mailing.bundle", companion, by=by, lead=lead.pk)


@transaction.atomic
def unbundle(*, companion: Mailing, by: User) -> None:
    """Take a letter out of its package; it then needs a paper of its own.

    Raises:
        Refused: when it is in none, or was sent.
    """
    companion = locked(companion)
    if companion.package_id is None or companion.state not in WRITABLE:
        raise Refused(_("This letter is in no package from which it could be taken."))
    lead = companion.package_id
    companion.package = None
    companion.save(update_fields=["package"])
    audit.record("mailing.unbundle", companion, by=by, lead=lead)
