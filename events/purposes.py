"""What the mails of an event are for: the invitation, and the confirmation of an answer."""

from collections.abc import Mapping, Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import calendar, card, confirmations, invitations, windows
from events.models import Event, Invitation, LeftOut
from partnership import emails, positions, purposes, reasons
from partnership.models import Email, Mailing, Organisation, Recipient
from partnership.purposes import Attached, Placeholder, Purpose

ANSWERED = reasons.register("answered", gettext_lazy("The guest answered before it left"))
WITHDRAWN = reasons.register("withdrawn", gettext_lazy("The invitation was withdrawn before it left"))
CALLED_OFF = reasons.register("called_off", gettext_lazy("The event was cancelled or postponed before it left"))
OVER = reasons.register("over", gettext_lazy("The event was over before it left"))
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


def event_of(mailing: Mailing) -> Event:
    """The event that a mailing belongs to."""
    return mailing.event_mailing.event


# ── the list ─────────────────────────────────────────────────────────────────


def recipients(mailing: Mailing) -> list[Recipient]:
    """The posts that stand on the event's list and have no invitation yet, each followed by its secretariat's copy."""
    return [row for invitation in _to_be_invited(mailing) for row in _rows(mailing, invitation)]


def _to_be_invited(mailing: Mailing) -> list[Invitation]:
    event, kind = event_of(mailing), ContentType.objects.get_for_model(Invitation)
    written = Email.objects.filter(purpose=confirmations.INVITATION, content_type=kind)
    written = written.exclude(state__in=[Email.State.CANCELLED, Email.State.FAILED])
    elsewhere = Recipient.objects.filter(
        mailing__purpose=confirmations.INVITATION,
        mailing__state__in=[Mailing.State.READY, Mailing.State.SENDING, Mailing.State.PAUSED],
        content_type=kind,
    ).exclude(mailing=mailing)
    waiting = Q() if event.reply_mode == Event.ReplyMode.REMIND else Q(reply=Invitation.Reply.NONE)
    rows = event.invitations.filter(waiting).exclude(reply__in=[Invitation.Reply.WITHDRAWN, Invitation.Reply.DECLINED])
    rows = rows.exclude(pk__in=written.values("object_id")).exclude(pk__in=elsewhere.values("object_id"))
    return list(rows.select_related("position", "organisation", "country", "event").order_by("country__name_en", "organisation_id", "id"))


def _rows(mailing: Mailing, invitation: Invitation) -> list[Recipient]:
    seat, body = invitation.position, invitation.organisation
    main = seat.email or seat.secretariat_email
    copy = seat.secretariat_email if seat.secretariat_email.lower() != main.lower() else ""
    if not main:
        return []
    label_ja, label_en = f"{body.name_ja}　{card.guest(invitation, 'ja')}", f"{body.name_en}: {card.guest(invitation, 'en')}"
    values = {
        language: {"salutation": salutation(invitation, language), "guest": card.guest(invitation, language)} for language in ("ja", "en")
    }
    rows = [
        Recipient(
            mailing=mailing,
            key=f"invitation:{invitation.pk}",
            label_ja=label_ja[:300],
            label_en=label_en[:300],
            address=main,
            language=invitation.language,
            values=values,
            about=invitation,
        )
    ]
    if copy:
        rows.append(
            Recipient(
                mailing=mailing,
                key=f"invitation:{invitation.pk}:secretariat",
                label_ja=f"{body.name_ja}　{_in('ja', _COPY)}"[:300],
                label_en=f"{body.name_en}: {_in('en', _COPY)}"[:300],
                address=copy,
                language=invitation.language,
                is_copy=True,
                values=values,
                about=invitation,
            )
        )
    return rows


_COPY = gettext_lazy("copy for the secretariat")


def _in(language: str, words: object) -> str:
    with translation.override(language):
        return str(words)


def salutation(invitation: Invitation, language: str) -> str:
    """How a letter greets, from what is kept as printed."""
    return positions.greeting(
        name=getattr(invitation, f"name_{language}"),
        post=getattr(invitation, f"post_{language}"),
        rank=invitation.rank,
        role=invitation.position.role,
        language=language,
    )


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
            "label_ja": _in("ja", label),
            "label_en": _in("en", label),
            "value_ja": getattr(ja, attribute),
            "value_en": getattr(en, attribute),
        }
        for name, (label, attribute) in _FACTS.items()
    }


# ── before the list is frozen ────────────────────────────────────────────────


def unexplained(event: Event) -> list[Organisation]:
    """Bodies of the event's audience that are neither invited nor left out with a reason."""
    bodies = Organisation.objects.current().filter(kind__in=event.kind_facts.audience)
    invited = event.invitations.exclude(reply=Invitation.Reply.WITHDRAWN).values("organisation_id")
    return list(bodies.exclude(pk__in=invited).exclude(pk__in=event.left_out.values("organisation_id")))


def before_freeze(mailing: Mailing) -> list[str]:
    """Sentences that say what is still missing for a complete list and a complete card."""
    event = event_of(mailing)
    found = _missing_facts(event)
    rows = _to_be_invited(mailing)
    if silent := [row for row in rows if not (row.position.email or row.position.secretariat_email)]:
        found.append(_("Posts without an address: %(names)s.") % {"names": _named([str(row.organisation) for row in silent])})
    broken = {
        problem
        for row in rows
        for address in (row.position.email, row.position.secretariat_email)
        if address and (problem := emails.address_problem(address))
    }
    found += sorted(broken)
    if left := unexplained(event):
        found.append(
            _("Neither invited nor left out with a reason: %(names)s (%(count)s).")
            % {"names": _named([str(body) for body in left]), "count": len(left)}
        )
    return found


def _named(names: Sequence[str], shown: int = 6) -> str:
    return _(", ").join(names[:shown]) + (" …" if len(names) > shown else "")


def _missing_facts(event: Event) -> list[str]:
    needed = {
        _("hour of the beginning"): event.start_time,
        _("venue in Japanese"): event.venue_ja,
        _("venue in English"): event.venue_en,
        _("hosts"): event.hosts.exists(),
        _("date until which the answer is expected"): event.reply_by or event.reply_mode == Event.ReplyMode.REMIND,
    }
    found = [_("The card is not complete: the event has no %(fact)s.") % {"fact": name} for name, value in needed.items() if not value]
    if event.state in (*windows.CALLED_OFF, *windows.OVER):
        found.append(_("Nobody can be invited to this event now: it is “%(state)s”.") % {"state": event.get_state_display()})
    return found


def left_out(mailing: Mailing) -> Sequence[Mapping[str, str]]:
    """Who does not get the letter, why, and who decided it."""
    rows = LeftOut.objects.filter(event=event_of(mailing)).select_related("organisation", "decided_by")
    return [
        {
            "label": str(row.organisation),
            "reason": f"{row.get_reason_display()}{_(': ')}{row.note}" if row.note else row.get_reason_display(),
            "by": str(row.decided_by),
        }
        for row in rows
    ]


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
    event = invitation.event
    if invitation.reply == Invitation.Reply.WITHDRAWN:
        return WITHDRAWN
    if event.state in windows.CALLED_OFF:
        return CALLED_OFF
    if windows.staff_window(invitation).is_closed:
        return OVER
    answered = invitation.reply != Invitation.Reply.NONE
    return ANSWERED if answered and email.seq == 0 and event.reply_mode != Event.ReplyMode.REMIND else ""


def links(email: Email) -> Mapping[str, str]:
    """The guest's personal address."""
    invitation = _invitation(email)
    return {"link": invitations.rsvp_url(invitation)} if invitation else {}


def entry(email: Email) -> Sequence[Attached]:
    """The calendar entry."""
    invitation = _invitation(email)
    return calendar.attached(invitation.event, email.language) if invitation else ()


def entry_if_coming(email: Email) -> Sequence[Attached]:
    """The calendar entry, for those who come."""
    invitation = _invitation(email)
    coming = invitation is not None and invitation.reply == Invitation.Reply.ACCEPTED
    return calendar.attached(invitation.event, email.language) if invitation and coming else ()


INVITATION = purposes.register(
    Purpose(
        key=confirmations.INVITATION,
        label=gettext_lazy("invitation"),
        priority=Email.Priority.MAILING,
        check=check,
        links=links,
        attach=entry,
        placeholders=PLACEHOLDERS,
        recipients=recipients,
        facts=facts,
        values=values,
        before_freeze=before_freeze,
        left_out=left_out,
        home=lambda mailing: reverse("admin:events_event_home", args=[event_of(mailing).pk]),
        about=event_of,
    )
)

CONFIRMATION = purposes.register(
    Purpose(
        key=confirmations.PURPOSE,
        label=gettext_lazy("confirmation of an answer"),
        priority=Email.Priority.CONFIRMATION,
        links=links,
        attach=entry_if_coming,
        needs_approval=False,
    )
)
