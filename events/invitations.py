"""Inviting a post, finding the invitation a link speaks of, and taking back or renewing that link."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events import guests, windows, written
from events.answers import Choice, answer
from events.decisions import consent, decide_late, refuse_substitute
from events.models import Event, Invitation
from events.windows import Window, window
from partnership import audit, positions, tokens
from partnership.models import Appointment, Position, User
from partnership.positions import incumbents
from partnership.transitions import Refused

__all__ = [
    "Choice",
    "Window",
    "answer",
    "consent",
    "decide_late",
    "find",
    "invite",
    "invite_many",
    "outdated",
    "refuse_substitute",
    "reissue",
    "reprint",
    "rsvp_url",
    "token",
    "window",
    "withdraw",
]

PURPOSE = "rsvp"


def token(invitation: Invitation) -> str:
    """The token that speaks of this invitation; made anew each time, stored nowhere."""
    return tokens.make(PURPOSE, invitation.pk, invitation.token_version)


def rsvp_url(invitation: Invitation) -> str:
    """The personal address at which the guest answers."""
    return settings.SITE_URL + reverse("rsvp:invitation", args=[token(invitation)])


def find(text: str) -> Invitation | None:
    """The invitation a token speaks of; None when it is unknown, tampered with, withdrawn, renewed or expired.

    Whatever the reason, the same work is done: one signature and one query.
    """
    pk, version = tokens.read(PURPOSE, text) or (0, 0)
    found = (
        Invitation.objects.select_related("event__country", "organisation", "country", "position")
        .filter(pk=pk, token_version=version)
        .exclude(reply=Invitation.Reply.WITHDRAWN)
        .first()
    )
    return found if found and timezone.now() < windows.expires_at(found.event) else None


def _snapshot(position: Position, holder: Appointment | None) -> dict[str, str]:
    return {
        "name_ja": positions.addressee(position, "ja", holder),
        "name_en": positions.addressee(position, "en", holder),
        "post_ja": positions.title(position, "ja", holder),
        "post_en": positions.title(position, "en", holder),
        "rank": holder.rank if holder else "",
        "language": position.organisation.language,
    }


def _refuse_unless_inviting(event: Event) -> None:
    if event.is_record or event.state in (*windows.CALLED_OFF, *windows.OVER):
        raise Refused(_("Nobody can be invited to this event now: it is “%(state)s”.") % {"state": event.get_state_display()})


@transaction.atomic
def invite(*, event: Event, position: Position, by: User | None) -> Invitation:
    """Invite a post, once; its holder, title and country are kept as they are today.

    A post whose invitation was withdrawn is invited anew, with a new link.

    Raises:
        Refused: when the post is invited already, or the event is called off or over.
    """
    _refuse_unless_inviting(event)
    return _invite(event, position, positions.incumbent(position), by)


def _invite(event: Event, position: Position, holder: Appointment | None, by: User | None) -> Invitation:
    body = position.organisation
    values = {**_snapshot(position, holder), "organisation": body, "country": body.country, "added_by": by}
    invitation, created = Invitation.objects.get_or_create(event=event, position=position, defaults=values)
    if not created:
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.reply != Invitation.Reply.WITHDRAWN:
            raise Refused(_("%(post)s is invited already.") % {"post": invitation})
        for name, value in values.items():
            setattr(invitation, name, value)
        invitation.reply, invitation.replied_at = Invitation.Reply.NONE, None
        _renew_link(invitation)
        invitation.save()
    audit.record("invitation.invite", invitation, by=by, event=event.pk, again=not created)
    return invitation


@transaction.atomic
def invite_many(*, event: Event, positions: Iterable[Position], by: User | None) -> list[Invitation]:
    """Invite those of the posts that are not invited yet; the same list twice adds nobody."""
    _refuse_unless_inviting(event)
    standing = set(event.invitations.exclude(reply=Invitation.Reply.WITHDRAWN).values_list("position_id", flat=True))
    fresh = {position.pk: position for position in positions if position.pk not in standing}
    holders = incumbents(fresh.values())
    return [_invite(event, position, holders[key], by) for key, position in fresh.items()]


def outdated(invitations: Iterable[Invitation]) -> list[Invitation]:
    """Those that would be printed otherwise today: another holder, another title, another language of letters."""
    rows = list(invitations)
    holders = incumbents(row.position for row in rows)
    return [
        row for row in rows if any(getattr(row, name) != value for name, value in _snapshot(row.position, holders[row.position_id]).items())
    ]


@transaction.atomic
def reprint(*, event: Event, by: User) -> list[Invitation]:
    """Print the invitations that no letter has brought yet as their posts are held today; returns those that changed."""
    unwritten = event.invitations.filter(reply=Invitation.Reply.NONE).exclude(written.any_of_them()).select_for_update(of=("self",))
    changed = outdated(unwritten.select_related("position__organisation__country"))
    holders = incumbents(row.position for row in changed)
    for row in changed:
        for name, value in _snapshot(row.position, holders[row.position_id]).items():
            setattr(row, name, value)
        row.save()
        audit.record("invitation.reprint", row, by=by, event=event.pk)
    return changed


def _renew_link(invitation: Invitation) -> None:
    invitation.token_version += 1
    invitation.linked_at = timezone.now()


def _locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).select_related("event").get(pk=invitation.pk)


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, reason: str = "") -> Invitation:
    """Take an invitation back: its link leads nowhere, its people no longer count, its waiting mails do not leave.

    Raises:
        Refused: when it was withdrawn before.
    """
    stored = _locked(invitation)
    if stored.reply == Invitation.Reply.WITHDRAWN:
        raise Refused(_("This invitation was withdrawn before."))
    before = stored.reply
    stored.reply, stored.replied_at = Invitation.Reply.WITHDRAWN, timezone.now()
    stored.save(update_fields=["reply", "replied_at"])
    guests.dismiss(stored)
    guests.keep_needs(stored, "", "")
    change: dict[str, Any] = {"from": before, "to": stored.reply}
    audit.record("invitation.withdraw", stored, by=by, reason=reason, **change)
    invitation.refresh_from_db(fields=["reply", "replied_at", "token_version", "linked_at", "version"])
    return stored


@transaction.atomic
def reissue(*, invitation: Invitation, by: User) -> Invitation:
    """Give an invitation a new link; the old one leads nowhere from now on. The event’s next letter brings the new one.

    Raises:
        Refused: when the invitation was withdrawn.
    """
    stored = _locked(invitation)
    if stored.reply == Invitation.Reply.WITHDRAWN:
        raise Refused(_("This invitation was withdrawn before."))
    _renew_link(stored)
    stored.save(update_fields=["token_version", "linked_at"])
    audit.record("invitation.reissue", stored, by=by, version=stored.token_version)
    invitation.refresh_from_db(fields=["reply", "replied_at", "token_version", "linked_at", "version"])
    return stored
