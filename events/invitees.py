"""Whom an event invites, and whom it leaves out and why."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext as _

from events import events
from events import invitations as inviting
from events.models import Event, Invitation, LeftOut
from partnership import audit
from partnership.models import Email, Mailing, Organisation, Position, Recipient, User
from partnership.transitions import Refused


def candidates() -> QuerySet[Position]:
    """The posts of the organisations that exist today."""
    return Position.objects.filter(organisation__in=Organisation.objects.current()).select_related("organisation__country")


@transaction.atomic
def add(*, event: Event, positions: Iterable[Position], by: User) -> list[Invitation]:
    """Invite the posts that are not invited yet; a reason why their organisation was left out falls away.

    Raises:
        Refused: when the event is part of the record, called off or over.
    """
    events.refuse_record(event)
    added = inviting.invite_many(event=event, positions=positions, by=by)
    if added:
        LeftOut.objects.filter(event=event, organisation__in={invitation.organisation_id for invitation in added}).delete()
        audit.record("event.invite", event, by=by, count=len(added))
    return added


@transaction.atomic
def remove(*, invitation: Invitation, by: User) -> None:
    """Take a post off the list as if it had never stood there.

    Raises:
        Refused: once a letter has gone out, an answer has come, or a frozen list holds it; then it can be withdrawn.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("event").get(pk=invitation.pk)
    events.refuse_record(invitation.event)
    label = str(invitation)
    if not may_remove(invitation):
        raise Refused(_("%(guest)s has been written to or has answered; the invitation can only be withdrawn.") % {"guest": label})
    event = invitation.event
    invitation.delete()
    audit.record("invitation.remove", event, by=by, guest=label, position=invitation.position_id)


@transaction.atomic
def remove_many(*, invitations: Iterable[Invitation], by: User) -> None:
    """Take several posts off the list, or none of them.

    Raises:
        Refused: when one of them cannot be taken off.
    """
    for invitation in invitations:
        remove(invitation=invitation, by=by)


def may_remove(invitation: Invitation) -> bool:
    """Whether nothing hangs on the invitation yet."""
    kind = ContentType.objects.get_for_model(Invitation)
    frozen = Recipient.objects.filter(content_type=kind, object_id=invitation.pk).exclude(mailing__state=Mailing.State.DRAFT)
    written = Email.objects.filter(content_type=kind, object_id=invitation.pk)
    return not (frozen.exists() or written.exists() or invitation.answers.exists() or invitation.participants.exists())


def with_letters(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """The invitations with ``has_letter``: whether a mail about them was written."""
    kind = ContentType.objects.get_for_model(Invitation)
    return rows.annotate(has_letter=Exists(Email.objects.filter(content_type=kind, object_id=OuterRef("pk"))))


# ── left out ─────────────────────────────────────────────────────────────────


def not_invited(event: Event) -> QuerySet[Organisation]:
    """The organisations whose absence must be explained: those of the kinds the event invites that no invitation reaches."""
    reached = Invitation.objects.filter(event=event, organisation=OuterRef("pk")).exclude(reply=Invitation.Reply.WITHDRAWN)
    return Organisation.objects.current().filter(~Exists(reached), kind__in=event.kind_facts.audience).select_related("country")


def unexplained(event: Event) -> QuerySet[Organisation]:
    """Those of them whose reason nobody has given yet."""
    return not_invited(event).filter(~Exists(LeftOut.objects.filter(event=event, organisation=OuterRef("pk"))))


@transaction.atomic
def leave_out(*, event: Event, organisations: Iterable[Organisation], reason: str, by: User, note: str = "") -> int:
    """Say why organisations are not invited; one reason for all of them.

    Raises:
        Refused: for “other” without a remark, or when none was marked.
    """
    events.refuse_record(event)
    if reason == LeftOut.Reason.OTHER and not note:
        raise Refused(_("Say in the remark what the other reason is."))
    count = 0
    for organisation in organisations:
        LeftOut.objects.update_or_create(
            event=event, organisation=organisation, defaults={"reason": reason, "note": note, "decided_by": by}
        )
        count += 1
    if not count:
        raise Refused(_("Mark at least one of them."))
    audit.record("event.leave_out", event, by=by, count=count, reason=reason)
    return count


@transaction.atomic
def reinvite(*, event: Event, organisation: Organisation, by: User) -> Invitation:
    """Invite the head of an organisation that had been left out.

    Raises:
        Refused: when the register knows no such post.
    """
    head = candidates().filter(organisation=organisation).order_by(_leading_first()).first()
    if head is None:
        raise Refused(_("The register has no post for %(organisation)s yet.") % {"organisation": organisation})
    added = add(event=event, positions=[head], by=by)
    if not added:
        raise Refused(_("%(organisation)s is invited already.") % {"organisation": organisation})
    return added[0]


def _leading_first() -> Case:
    leading = (Position.Role.HEAD, Position.Role.CHIEF, Position.Role.LEADER)
    return Case(*(When(role=role, then=Value(place)) for place, role in enumerate(leading)), default=Value(9))
