"""The list of an event's invitations as a mailing sends them: rows for posts and their secretariats, and what is missing for it."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import card, invitations, invitees, windows, written
from events.models import Event, EventMailing, Invitation, LeftOut
from partnership import emails, letters, positions
from partnership.models import Email, Mailing, Position, Recipient


def event_of(mailing: Mailing) -> Event:
    """The event that a mailing belongs to."""
    return mailing.event_mailing.event


def events_of(mailings: Sequence[Mailing]) -> dict[int, Event]:
    """The events of many mailings, by the mailing's primary key."""
    links = EventMailing.objects.filter(mailing__in=mailings).select_related("event")
    return {link.mailing_id: link.event for link in links}


def in_language(language: str, words: object) -> str:
    """A translated word in that language, whatever language is active."""
    with translation.override(language):
        return str(words)


def of(mailing: Mailing) -> list[Recipient]:
    """The posts that stand on the event's list and have no letter with their present link yet, each followed by its secretariat's copy."""
    return [row for invitation in _to_be_invited(mailing) for row in _rows(mailing, invitation)]


def _to_be_invited(mailing: Mailing) -> list[Invitation]:
    event, kind = event_of(mailing), ContentType.objects.get_for_model(Invitation)
    elsewhere = Recipient.objects.filter(
        mailing__purpose=written.PURPOSE,
        mailing__state__in=[Mailing.State.READY, Mailing.State.SENDING, Mailing.State.PAUSED],
        content_type=kind,
    ).exclude(mailing=mailing)
    waiting = Q() if event.reply_mode == Event.ReplyMode.REMIND else Q(reply=Invitation.Reply.NONE)
    rows = event.invitations.filter(waiting).exclude(reply__in=[Invitation.Reply.WITHDRAWN, Invitation.Reply.DECLINED])
    rows = rows.exclude(written.any_of_them()).exclude(pk__in=elsewhere.values("object_id"))
    return list(
        rows.select_related("position__organisation__country", "organisation", "country", "event").order_by(
            "country__name_en", "organisation_id", "id"
        )
    )


def _rows(mailing: Mailing, invitation: Invitation) -> list[Recipient]:
    seat, body = invitation.position, invitation.organisation
    main = _main_address(seat)
    copy = seat.secretariat_email if seat.secretariat_email.lower() != main.lower() else ""
    if not main:
        return []
    label_ja, label_en = _label(invitation, "ja"), _label(invitation, "en")
    values = {
        language: {"salutation": salutation(invitation, language), "guest": card.guest(invitation, language)} for language in ("ja", "en")
    }
    shared = {"mailing": mailing, "language": invitation.language, "values": values, "about": invitation}
    key = f"{written.PURPOSE}:{invitation.pk}"
    rows = [Recipient(key=key, label_ja=label_ja[:300], label_en=label_en[:300], address=main, **shared)]
    if copy:
        label_ja, label_en = f"{body.name_ja}　{in_language('ja', _COPY)}", f"{body.name_en}: {in_language('en', _COPY)}"
        rows.append(
            Recipient(key=f"{key}{_TO_SECRETARIAT}", label_ja=label_ja[:300], label_en=label_en[:300], address=copy, is_copy=True, **shared)
        )
    return rows


def _label(invitation: Invitation, language: str) -> str:
    """The body, then its guest; a post that names its body (経済担当, Economic Section) does not name it twice."""
    body, between, after = (
        (invitation.organisation.name_en, ", ", ": ") if language == "en" else (invitation.organisation.name_ja, "　", "　")
    )
    guest = between.join(part for part in card.guest(invitation, language).split(between) if part != body)
    return f"{body}{after}{guest}" if guest else body


_COPY = gettext_lazy("copy for the secretariat")
_TO_SECRETARIAT = ":secretariat"  # ends the key of such a copy


def _main_address(seat: Position) -> str:
    return seat.email or seat.secretariat_email


def address_now(email: Email) -> str:
    """Where the register says today that this letter, or this copy for the secretariat, should go; where it went, if it says nothing."""
    seat = Position.objects.filter(invitations=email.object_id).first()
    if seat is None:
        return email.to_address
    wanted = seat.secretariat_email if email.recipient_key.endswith(_TO_SECRETARIAT) else _main_address(seat)
    return wanted or email.to_address


def salutation(invitation: Invitation, language: str) -> str:
    """How a letter greets, from what is kept as printed."""
    return positions.greeting(
        name=getattr(invitation, f"name_{language}"),
        post=getattr(invitation, f"post_{language}"),
        rank=invitation.rank,
        role=invitation.position.role,
        language=language,
    )


def missing(mailing: Mailing) -> list[str]:
    """Sentences that say what is still missing for a complete list and a complete card."""
    event = event_of(mailing)
    found = _missing_facts(event)
    rows = _to_be_invited(mailing)
    found += _outdated(event, rows)
    if silent := [str(row.organisation) for row in rows if not (row.position.email or row.position.secretariat_email)]:
        found.append(_("Posts without an address: %(names)s.") % {"names": _named(silent)})
    written_to = {address for row in rows for address in (row.position.email, row.position.secretariat_email) if address}
    found += sorted({problem for address in written_to if (problem := emails.address_problem(address))})
    if left := [str(body) for body in invitees.unexplained(event)]:
        words = _("Neither invited nor left out with a reason: %(names)s (%(count)s).") % {"names": _named(left), "count": len(left)}
        found.append(format_html('<a href="{}">{}</a>', reverse("admin:events_event_left_out", args=[event.pk]), words))
    return found


def changed_hands(mailing: Mailing) -> list[str]:
    """Whether a post on the frozen list has another holder or title by now, so that its letter would greet the wrong person."""
    printed = {key: values for key, values in mailing.recipients.values_list("object_id", "values") if key is not None}
    rows = list(Invitation.objects.filter(pk__in=printed).select_related("position__organisation__country", "organisation"))
    renewed = [row for row in rows if any(printed[row.pk][one]["guest"] != letters.clean(card.guest(row, one)) for one in ("ja", "en"))]
    found = _outdated(event_of(mailing), rows, renewed)
    return [*found, _("Then free the list and freeze it again.")] if found else []


def _outdated(event: Event, rows: Iterable[Invitation], renewed: Iterable[Invitation] = ()) -> list[str]:
    """A sentence about those that the register holds otherwise by now, or whose names were renewed after the list was frozen."""
    found = list(dict.fromkeys(str(row.organisation) for row in (*invitations.outdated(rows), *renewed)))
    if not found:
        return []
    words = _("Held by another person, or under another title, than will be printed: %(names)s. Renew the names.") % {
        "names": _named(found)
    }
    return [format_html('<a href="{}">{}</a>', reverse("admin:events_event_invited", args=[event.pk]), words)]


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
