"""Addresses on hold: nothing is sent where a server said that nobody lives, until a person lifts it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import addresses, audit
from partnership.models import AddressHold, Email, IncomingMail, Organisation, Position, User
from partnership.transitions import Refused


def key(address: str) -> str:
    """The address as holds are kept: as it goes on the wire, in small letters."""
    return addresses.on_the_wire(address).lower()


def in_force() -> QuerySet[AddressHold]:
    """Those that nobody has lifted."""
    return AddressHold.objects.filter(lifted_at=None)


def is_on_hold(address: str) -> bool:
    """Whether nothing may be sent to this address now."""
    return in_force().filter(address=key(address)).exists()


def among(wanted: Iterable[str]) -> set[str]:
    """Those of the addresses that are on hold, as they were given; one query for many."""
    keys = {address: key(address) for address in wanted}
    held = set(in_force().filter(address__in=set(keys.values())).values_list("address", flat=True)) if keys else set()
    return {address for address, folded in keys.items() if folded in held}


@transaction.atomic
def put(
    *, address: str, email: Email | None = None, incoming: IncomingMail | None = None, status: str = "", diagnostic: str = ""
) -> AddressHold | None:
    """Put an address on hold because a server does not know it.

    Returns:
        The hold; None where a person lifted it after that letter had left, for then its report is old news.
    """
    said = {"email": email, "incoming": incoming, "status": status[:20], "diagnostic": diagnostic[:500]}
    hold, is_new = AddressHold.objects.select_for_update().get_or_create(address=key(address), defaults=said)
    if is_new:
        audit.record("addresshold.put", hold, by=None, status=hold.status)
        return hold
    if hold.lifted_at is None:
        return hold
    if email is not None and email.data_started_at is not None and email.data_started_at < hold.lifted_at:
        return None
    for name, value in {**said, "lifted_at": None, "lifted_by": None}.items():
        setattr(hold, name, value)
    hold.save()
    audit.record("addresshold.put", hold, by=None, status=hold.status)
    return hold


@transaction.atomic
def lift(*, hold: AddressHold, by: User) -> None:
    """Let mail go to the address again: somebody knows that it is right.

    Raises:
        Refused: when somebody else lifted it.
    """
    stored = AddressHold.objects.select_for_update(of=("self",)).select_related("lifted_by").get(pk=hold.pk)
    if stored.lifted_at is not None:
        raise Refused(_("The hold was lifted already by %(who)s.") % {"who": stored.lifted_by})
    AddressHold.objects.filter(pk=stored.pk).update(lifted_at=timezone.now(), lifted_by=by)  # not “since”, which saving would renew
    audit.record("addresshold.lift", stored, by=by)


def users_of(held: Iterable[AddressHold]) -> dict[str, list[Position | Organisation | User]]:
    """Which posts, organisations and accounts write an address down, by the address; three queries for any number."""
    wanted = {hold.address for hold in held}
    found: dict[str, list[Position | Organisation | User]] = {}
    posts = Position.objects.annotate(first=Lower("email"), second=Lower("secretariat_email")).select_related("organisation")
    for post in posts.filter(Q(first__in=wanted) | Q(second__in=wanted)):
        for address in {key(post.email), key(post.secretariat_email)} & wanted:
            found.setdefault(address, []).append(post)
    for body in Organisation.objects.annotate(first=Lower("email")).filter(first__in=wanted):
        found.setdefault(key(body.email), []).append(body)
    for user in User.objects.annotate(first=Lower("email")).filter(first__in=wanted):
        found.setdefault(key(user.email), []).append(user)
    return found
