"""What the mails of an event are for: the invitation, and the confirmation of an answer."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy

from events import calendar, card, confirmations, invitations, mail_replies, recipients, windows, written
from events.models import Event, Invitation
from events.recipients import event_of, events_of, in_language
from partnership import purposes, reasons
from partnership.models import Email, Mailing
from partnership.purposes import Attached, Placeholder, Purpose

ANSWERED = reasons.register("answered", gettext_lazy("The guest answered before it left"))
WITHDRAWN = reasons.register("withdrawn", gettext_lazy("The invitation was withdrawn before it left"))
CALLED_OFF = reasons.register("called_off", gettext_lazy("The event was cancelled or postponed before it left"))
OVER = reasons.register("over", gettext_lazy("The event was over before it left"))
REACHED = reasons.register("reached", gettext_lazy("Another letter had brought the invitation by then"))
OVERTAKEN = reasons.register("overtaken", gettext_lazy("A newer answer came before it left"))
NO_INVITATION = reasons.register("no_invitation", gettext_lazy("What it is about no longer exists"))

PLACEHOLDERS = (
    Placeholder("salutation", gettext_lazy("how the letter greets its reader")),
    Placeholder("guest", gettext_lazy("name and post of the guest, as printed")),
    Placeholder("hosts", gettext_lazy("the hosts in protocol order")),
    Placeholder("event", gettext_lazy("what it is: reception, seminar, tour")),
    Placeholder("title", gettext_lazy("title of the event")),
    Placeholder("when", gettext_lazy("day, weekday and hours")),
    Placeholder("where", gettext_lazy("venue and address")),
    Placeholder("dress", gettext_lazy("dress")),
    Placeholder("before", gettext_lazy("what happens before it")),
    Placeholder("reply_by", gettext_lazy("until when the answer is expected")),
    Placeholder("reply_line", gettext_lazy("the request for an answer, as a sentence")),
    Placeholder("link", gettext_lazy("the guest’s personal address for the answer"), required=True, link=True),
    Placeholder("contact", gettext_lazy("address and telephone for questions")),
)

_FACTS = {
    "hosts": (gettext_lazy("Hosts"), "inviters"),
    "event": (gettext_lazy("Occasion"), "event"),
    "title": (gettext_lazy("Title"), "title"),
    "when": (gettext_lazy("Date and time"), "when"),
    "where": (gettext_lazy("Place"), "where"),
    "dress": (gettext_lazy("Dress"), "dress"),
    "before": (gettext_lazy("Before it"), "before"),
    "reply_by": (gettext_lazy("Reply by"), "reply_by"),
    "reply_line": (gettext_lazy("How to reply"), "reply_line"),
    "contact": (gettext_lazy("Contact for guests"), "contact"),
}


# ── the letter ───────────────────────────────────────────────────────────────


def values(mailing: Mailing, language: str) -> Mapping[str, str]:
    """The placeholders that are equal for all guests."""
    printed = card.of(event_of(mailing), language)
    return {name: getattr(printed, attribute) for name, (_label, attribute) in _FACTS.items()}


def facts(mailing: Mailing) -> Mapping[str, Mapping[str, str]]:
    """What is printed in the letter and bound by its approval."""
    ja, en = (card.of(event_of(mailing), language) for language in ("ja", "en"))
    return {
        name: {
            "label_ja": in_language("ja", label),
            "label_en": in_language("en", label),
            "value_ja": getattr(ja, attribute),
            "value_en": getattr(en, attribute),
        }
        for name, (label, attribute) in _FACTS.items()
    }


# ── right before a mail leaves ───────────────────────────────────────────────


def _invitation(email: Email) -> Invitation | None:
    if email.object_id is None:
        return None
    return Invitation.objects.select_related("event__country", "organisation").filter(pk=email.object_id).first()


def check(email: Email) -> str:
    """Whether an invitation is still wanted; a word of partnership/reasons.py cancels it.

    One that staff send again on purpose leaves also after the answer: its reader asked for the link.
    """
    invitation = _invitation(email)
    if invitation is None:
        return NO_INVITATION
    if word := _fallen_away(invitation):
        return word
    if windows.staff_window(invitation).is_closed:
        return OVER
    if _has_reached(email, invitation):
        return REACHED
    answered = invitation.reply != Invitation.Reply.NONE
    return ANSWERED if answered and email.seq == 0 and invitation.event.reply_mode != Event.ReplyMode.REMIND else ""


def check_confirmation(email: Email) -> str:
    """Whether a confirmation still says what is true: mails that wait for a slow server may be overtaken by newer ones."""
    invitation = _invitation(email)
    if invitation is None:
        return ""
    return _fallen_away(invitation) or (OVERTAKEN if confirmations.is_overtaken(email, invitation) else "")


def _fallen_away(invitation: Invitation) -> str:
    if invitation.reply == Invitation.Reply.WITHDRAWN:
        return WITHDRAWN
    return CALLED_OFF if invitation.event.state in windows.CALLED_OFF else ""


def _has_reached(email: Email, invitation: Invitation) -> bool:
    """Whether a letter of another mailing left for the same address before, such as one that took in who had failed here."""
    left = (Email.State.TRANSMITTING, Email.State.SENT, Email.State.UNCERTAIN)
    others = written.of(invitation).filter(to_address=email.to_address, state__in=left)
    return others.exclude(pk=email.pk).exclude(mailing=email.mailing_id).exists()


def links(email: Email) -> Mapping[str, str]:
    """The guest's personal address."""
    invitation = _invitation(email)
    return {"link": invitations.rsvp_url(invitation)} if invitation else {}


def renew(email: Email) -> None:
    """Make the personal address anew: the letter goes elsewhere now, and what the old address holds must lead nowhere."""
    invitation = _invitation(email)
    if invitation is not None and email.created_by is not None and invitation.reply != Invitation.Reply.WITHDRAWN:
        invitations.reissue(invitation=invitation, by=email.created_by)


def entry(email: Email) -> Sequence[Attached]:
    """The calendar entry."""
    invitation = _invitation(email)
    return calendar.attached(invitation.event, email.language) if invitation else ()


def entry_if_coming(email: Email) -> Sequence[Attached]:
    """The calendar entry, for those who come."""
    invitation = _invitation(email)
    coming = invitation is not None and invitation.reply == Invitation.Reply.ACCEPTED
    return calendar.attached(invitation.event, email.language) if invitation and coming else ()


def desk_of(email: Email) -> str:
    """The address that the letter names for questions: who answers by mail instead of the page is read there."""
    invitation = _invitation(email)
    return invitation.event.contact_email if invitation else ""


INVITATION = purposes.register(
    Purpose(
        key=written.PURPOSE,
        label=gettext_lazy("invitation"),
        priority=Email.Priority.MAILING,
        check=check,
        links=links,
        attach=entry,
        address=recipients.address_now,
        renew=renew,
        reply_to=desk_of,
        placeholders=PLACEHOLDERS,
        recipients=recipients.of,
        facts=facts,
        values=values,
        before_freeze=recipients.missing,
        before_send=recipients.changed_hands,
        left_out=recipients.left_out,
        home=lambda mailing: reverse("admin:events_event_home", args=[event_of(mailing).pk]),
        about=event_of,
        abouts=events_of,
        **mail_replies.HOOKS,
    )
)

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
        **mail_replies.HOOKS,
    )
)
