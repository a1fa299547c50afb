"""What the mails of an event are for: its letters, each made from one declaration (events/letter_kinds.py), and the confirmation."""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events import (
    calendar,
    companions,
    confirmations,
    invitations,
    leaving,
    letter_facts,
    mail_replies,
    moment,
    notes_verbales,
    recipients,
    rules,
    told,
    windows,
    written,
)
from events.letter_kinds import AFTER, CANCEL, CANCELLED, LETTERS, OPEN, POSTPONED, PUBLISH, REPLY_BY, TENTATIVE, LetterKind
from events.models import Event, EventMailing, Invitation
from events.moment import Moment
from events.recipients import event_of, events_of
from events.rules import ANSWERED
from partnership import dates, letters, purposes, reasons
from partnership.models import Email, Mailing, Recipient
from partnership.purposes import Attached, Purpose

T = TypeVar("T")

WITHDRAWN = reasons.register("withdrawn", gettext_lazy("The invitation was withdrawn before it left"))
CALLED_OFF = reasons.register("called_off", gettext_lazy("The event was cancelled or postponed before it left"))
RESUMED = reasons.register("resumed", gettext_lazy("The event was taken up again before it left"))
OVER = reasons.register("over", gettext_lazy("The event was over before it left"))
TOO_EARLY = reasons.register("too_early", gettext_lazy("The event was not over when it was to leave"))
DEADLINE = reasons.register("deadline", gettext_lazy("The date by which answers were expected was over before it left"))
MOVED = reasons.register("moved", gettext_lazy("The date that it names was moved before it left"))
REACHED = reasons.register("reached", gettext_lazy("Another letter had brought the invitation by then"))
OVERTAKEN = reasons.register("overtaken", gettext_lazy("A newer answer came before it left"))
NO_INVITATION = reasons.register("no_invitation", gettext_lazy("What it is about no longer exists"))


# ── right before a mail leaves ───────────────────────────────────────────────


def _now(email: Email) -> Moment | None:
    """How things stand at this moment for what a mail is about.

    Raises:
        Outdated: when its answer or its link is another one than in the message.
    """
    found, printed = moment.of(email), _printed(email) if email.at_hand else None
    if found and printed and (found.invitation.reply, found.invitation.token_version) != (printed.reply, printed.token_version):
        raise purposes.Outdated
    return found


def check(email: Email) -> str:
    """Whether an invitation is still wanted; a word of partnership/reasons.py cancels it.

    One that staff send again on purpose leaves also after the answer: its reader asked for the link.
    """
    now = _now(email)
    if now is None:
        return NO_INVITATION
    invitation = now.invitation
    if word := _fallen_away(invitation):
        return word
    if windows.staff_window(invitation).is_closed:
        return OVER
    if now.has_reached:
        return REACHED
    answered = invitation.reply != Invitation.Reply.NONE
    return ANSWERED if answered and email.seq == 0 and invitation.event.reply_mode != Event.ReplyMode.REMIND else ""


def check_announcement(email: Email) -> str:
    """Whether a save-the-date still makes sense: not after the invitation itself."""
    now = _now(email)
    if now is None:
        return NO_INVITATION
    if word := _fallen_away(now.invitation) or _out_of_time(LETTERS[email.purpose], now.invitation.event):
        return word
    return REACHED if now.has_reached else ""


def check_by_rule(email: Email) -> str:
    """Whether this guest is still among those for whom the letter is: the rule of its list, asked again at this moment."""
    now, kind = _now(email), LETTERS[email.purpose]
    if now is None:
        return NO_INVITATION
    invitation = now.invitation
    if invitation.reply == Invitation.Reply.WITHDRAWN:
        return WITHDRAWN
    if word := _out_of_time(kind, invitation.event):
        return word
    row = EventMailing.objects.select_related("mailing").filter(mailing=email.mailing_id).first()
    rule = row.rule if row and row.rule else kind.rules[0]
    return rules.reason(rule, invitation, row.mailing if row else None) or (_moved(email, kind, row, invitation.event) if row else "")


def _out_of_time(kind: LetterKind, event: Event) -> str:
    """Why no letter of this kind leaves now, whoever it is for."""
    called_off, over = event.state in windows.CALLED_OFF, timezone.now() >= windows.ends_at(event)
    if kind.when in {CANCELLED, POSTPONED}:
        return "" if event.state == kind.when else CALLED_OFF if called_off else RESUMED
    if called_off:
        return CALLED_OFF
    if kind.when == AFTER:
        return "" if over or event.state in windows.OVER else TOO_EARLY
    if over or event.state in windows.OVER:
        return OVER
    return DEADLINE if kind.anchor == REPLY_BY and event.reply_by and event.reply_by <= timezone.now() else ""


def _moved(email: Email, kind: LetterKind, row: EventMailing, event: Event) -> str:
    """Whether the letter prints a deadline that was moved after it was written."""
    mailing = row.mailing
    prints = letters.names(mailing.subject_ja, mailing.subject_en, mailing.body_ja, mailing.body_en) & set(kind.fresh)
    if not prints or event.reply_by is None or kind.anchor != REPLY_BY:
        return ""
    return "" if dates.long_moment(event.reply_by, email.language, event.time_zone) in f"{email.subject}\n{email.text}" else MOVED


def until(email: Email) -> dt.datetime | None:
    """When such a letter would come too late for its guest: with the date by which answers are expected, or with the event."""
    invitation, kind = _invitations([email]).get(email.object_id), LETTERS[email.purpose]
    if invitation is None or kind.when == AFTER:
        return None
    event = invitation.event
    ends = windows.starts_at(event) if event.start_time else windows.ends_at(event)
    return min(event.reply_by, ends) if kind.anchor == REPLY_BY and event.reply_by else ends


def check_confirmation(email: Email) -> str:
    """Whether a confirmation still says what is true: mails that wait for a slow server may be overtaken by newer ones."""
    now = _now(email)
    if now is None:
        return ""
    return _fallen_away(now.invitation) or (OVERTAKEN if confirmations.is_overtaken(email, now.invitation) else "")


def _fallen_away(invitation: Invitation) -> str:
    if invitation.reply == Invitation.Reply.WITHDRAWN:
        return WITHDRAWN
    return CALLED_OFF if invitation.event.state in windows.CALLED_OFF else ""


# ── what goes with it ────────────────────────────────────────────────────────


def _printed(email: Email) -> Invitation | None:
    """The invitation whose letter is being built: those of the batch are read together. The check reads it anew."""
    return _once(email, Invitation, lambda: _invitations(email.at_hand["emails"] if email.at_hand else [email])).get(email.object_id)


def _invitations(emails: Sequence[Email]) -> dict[int | None, Invitation]:
    kind = ContentType.objects.get_for_model(Invitation).pk
    keys = [email.object_id for email in emails if email.object_id and email.content_type_id == kind]
    return {row.pk: row for row in Invitation.objects.select_related("event__country", "organisation").filter(pk__in=keys).order_by()}


def _kept_entry(email: Email, event: Event, *, method: str = calendar.PUBLISH, tentative: bool = False) -> Sequence[Attached]:
    """The calendar entry, the same for all letters of a batch in one language."""
    key = ("entry", event.pk, email.language, method, tentative)
    return _once(email, key, lambda: calendar.attached(event, email.language, method=method, tentative=tentative))


def _once(email: Email, key: Hashable, read: Callable[[], T]) -> T:
    """What was read for another letter of the batch that leaves now; outside a batch it is read anew each time."""
    if email.at_hand is None:
        return read()
    if key not in email.at_hand:
        email.at_hand[key] = read()
    kept: T = email.at_hand[key]
    return kept


def links(email: Email) -> Mapping[str, str]:
    """The guest's personal address."""
    invitation = _printed(email)
    return {"link": invitations.rsvp_url(invitation)} if invitation else {}


def renew(email: Email) -> None:
    """Make the personal address anew: the letter goes elsewhere now, and what the old address holds must lead nowhere."""
    invitation = _printed(email)
    if invitation is not None and email.created_by is not None and invitation.reply != Invitation.Reply.WITHDRAWN:
        invitations.reissue(invitation=invitation, by=email.created_by)


def _entry(kind: LetterKind) -> Callable[[Email], Sequence[Attached]]:
    """The calendar entry of such a letter: one to keep, one to pencil in, or one that takes the earlier entry out."""
    method = calendar.CANCEL if kind.entry == CANCEL else calendar.PUBLISH

    def entry(email: Email) -> Sequence[Attached]:
        invitation = _printed(email)
        return _kept_entry(email, invitation.event, method=method, tentative=kind.entry == TENTATIVE) if invitation else ()

    return entry


def entry_if_coming(email: Email) -> Sequence[Attached]:
    """The calendar entry, for those who come."""
    invitation = _printed(email)
    coming = invitation is not None and invitation.reply == Invitation.Reply.ACCEPTED
    return _kept_entry(email, invitation.event) if invitation and coming else ()


def desk_of(email: Email) -> str:
    """The address that the letter names for questions: who answers by mail instead of the page is read there."""
    invitation = _printed(email)
    return invitation.event.contact_email if invitation else ""


# ── the letters ──────────────────────────────────────────────────────────────


def on_start(mailing: Mailing) -> Sequence[Recipient]:
    """Keep what the letter tells; a companion follows the register's addresses and the additions to the list of its lead."""
    told.keep(mailing, event_of(mailing))
    if mailing.package is None:
        return ()
    companions.follow_addresses(mailing)
    return companions.added(mailing)


def notes(mailing: Mailing) -> Sequence[str]:
    """How things stand now for a letter that leaves by itself."""
    moment = leaving.starts_at(mailing)
    if moment is None or mailing.started_at is not None:
        return ()
    return [_("As things stand, it leaves on %(when)s.") % {"when": dates.long_moment(moment, _language())}]


def _language() -> str:
    return "en" if (get_language() or "ja").startswith("en") else "ja"


_CHECKS = {written.PURPOSE: check, "save_the_date": check_announcement}


def _purpose(kind: LetterKind) -> Purpose:
    """The purpose of a kind of letter."""
    extra: dict[str, Any] = {}
    if kind.link:
        extra |= {"links": links, "renew": renew}
    if kind.entry in {PUBLISH, TENTATIVE, CANCEL}:
        extra["attach"] = _entry(kind)
    extra |= mail_replies.HOOKS if kind.when == OPEN else {"places": mail_replies.HOOKS["places"]}
    sent: dict[str, Any] = {
        "check": _CHECKS.get(kind.key, check_by_rule),
        "until": until,
        "address": recipients.address_now,
        "reply_to": desk_of,
        "recipients": recipients.of,
        "before_freeze": recipients.missing,
        "before_send": recipients.changed,
        "left_out": recipients.left_out,
        "contradicts": recipients.contradicts,
        "on_start": on_start,
        "notes": notes,
        **extra,
    }
    return Purpose(
        key=kind.key,
        label=kind.label,
        priority=kind.priority,
        uncertain=kind.uncertain,
        placeholders=letter_facts.placeholders(kind),
        facts=letter_facts.facts,
        values=letter_facts.values,
        starts_at=leaving.starts_at,
        home=lambda mailing: reverse("admin:events_event_home", args=[event_of(mailing).pk]),
        about=event_of,
        abouts=events_of,
        **(notes_verbales.HOOKS if kind.on_paper else sent),
    )


PLACEHOLDERS = letter_facts.placeholders(LETTERS[written.PURPOSE])
PURPOSES = {kind.key: purposes.register(_purpose(kind)) for kind in LETTERS.values()}
INVITATION = PURPOSES[written.PURPOSE]

CONFIRMATION = purposes.register(
    Purpose(
        key=confirmations.PURPOSE,
        label=gettext_lazy("confirmation of an answer"),
        priority=Email.Priority.CONFIRMATION,
        check=check_confirmation,
        links=links,
        attach=entry_if_coming,
        reply_to=desk_of,
        needs_approval=False,
        address=mail_replies.address_now,
        **mail_replies.HOOKS,
    )
)
