"""The list of an event's invitations as a mailing sends them: rows for posts and their secretariats, and what is missing for it."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import card, companions, invitations, invitees, leaving, rules, told, windows, written
from events.letter_kinds import AFTER, LETTERS, LetterKind
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
    """Who gets the letter: each post followed by its secretariat's copy.

    An invitation and a save-the-date go to those on the event's list who have none with their present link yet; any other letter
    to those whom its rule leaves; one that goes before the deciders with another, to that one's list and nobody else.
    """
    if mailing.package is not None:
        return companions.of_lead(mailing, list(mailing.package.recipients.filter(addition=0)) or of(mailing.package))
    differing = told.otherwise(event_of(mailing), besides=mailing) if LETTERS[mailing.purpose].changes else {}
    return [row for invitation in guests_of(mailing) for row in _rows(mailing, invitation, differing.get(invitation.pk, ()))]


def guests_of(mailing: Mailing) -> list[Invitation]:
    """The invitations that a letter with a list of its own is about."""
    row, kind = mailing.event_mailing, LETTERS[mailing.purpose]
    rows = rules.kept(row.rule or kind.rules[0], row.event.invitations.all(), mailing) if kind.rules else _unwritten(mailing)
    rows = rows.select_related("position__organisation__country", "organisation", "country", "event")
    return list(rows.order_by("country__name_en", "organisation_id", "id"))


def _unwritten(mailing: Mailing) -> QuerySet[Invitation]:
    """Those who have had no letter of this purpose yet, and stand on no other list of it."""
    event, kind = event_of(mailing), ContentType.objects.get_for_model(Invitation)
    listed = Q(mailing__state__in=[Mailing.State.READY, Mailing.State.SENDING, Mailing.State.PAUSED])
    # late names on a letter that is through, whose mails are not written yet
    added = Exists(Email.objects.filter(mailing=OuterRef("mailing"), recipient_key=OuterRef("key")))
    listed |= Q(~added, mailing__state=Mailing.State.FINISHED, addition__gt=0)
    elsewhere = Recipient.objects.filter(listed, mailing__purpose=mailing.purpose, content_type=kind).exclude(mailing=mailing)
    waiting = Q() if event.reply_mode == Event.ReplyMode.REMIND else Q(reply=Invitation.Reply.NONE)
    rows = event.invitations.filter(waiting).exclude(reply__in=[Invitation.Reply.WITHDRAWN, Invitation.Reply.DECLINED])
    if mailing.purpose != written.PURPOSE:
        rows = rows.exclude(written.any_for(mailing.purpose))
    return rows.exclude(written.any_of_them()).exclude(pk__in=elsewhere.values("object_id"))


def contradicts(mailing: Mailing, other: Mailing, rows: Sequence[Recipient]) -> Sequence[Recipient]:
    """Those who would get a letter that waits at the same time as another one of the same event.

    A letter that goes by a rule goes to those whom the rule leaves as things stand; what follows the event is no contradiction to
    what comes before it.
    """
    own, waiting = (EventMailing.objects.filter(mailing=one).select_related("event").first() for one in (mailing, other))
    if own is None or waiting is None or own.event_id != waiting.event_id:
        return ()
    kind, theirs = LETTERS[mailing.purpose], LETTERS[other.purpose]
    if (kind.when == AFTER) != (theirs.when == AFTER):
        return ()
    if not theirs.rules:
        return rows
    left = rules.kept(waiting.rule or theirs.rules[0], waiting.event.invitations.all(), other).values_list("pk", flat=True)
    kept = set(left.filter(pk__in={row.object_id for row in rows if row.object_id}))
    return [row for row in rows if row.object_id in kept]


def _rows(mailing: Mailing, invitation: Invitation, differing: Iterable[told.Change]) -> list[Recipient]:
    seat, body = invitation.position, invitation.organisation
    main = companions.main_address(seat)
    copy = seat.secretariat_email if seat.secretariat_email.lower() != main.lower() else ""
    if not main:
        return []
    label_ja, label_en = _label(invitation, "ja"), _label(invitation, "en")
    values = {
        language: {"salutation": salutation(invitation, language), "guest": card.guest(invitation, language)} for language in ("ja", "en")
    }
    if LETTERS[mailing.purpose].changes:
        for language, own in values.items():
            own["changes"] = told.in_words(differing, language)
    shared = {"mailing": mailing, "language": invitation.language, "values": values, "about": invitation}
    key = f"{mailing.purpose}:{invitation.pk}"
    rows = [Recipient(key=key, label_ja=label_ja[:300], label_en=label_en[:300], address=main, **shared)]
    if copy:
        label_ja, label_en = f"{body.name_ja}　{in_language('ja', _COPY)}", f"{body.name_en}: {in_language('en', _COPY)}"
        rows.append(
            Recipient(
                key=f"{key}{companions.TO_SECRETARIAT}",
                label_ja=label_ja[:300],
                label_en=label_en[:300],
                address=copy,
                is_copy=True,
                **shared,
            )
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


def address_now(email: Email) -> str:
    """Where the register says today that this letter, or this copy for the secretariat, should go; where it went, if it says nothing."""
    seat = Position.objects.filter(invitations=email.object_id).first()
    if seat is None:
        return email.to_address
    return companions.wanted(seat, email.recipient_key) or email.to_address


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
    """Sentences that say what is still missing for a complete list and a complete letter."""
    event, kind = event_of(mailing), LETTERS[mailing.purpose]
    found = _missing_facts(event, kind)
    if mailing.package is not None:
        return found
    found += leaving.not_now(event, kind) if kind.rules else _closed(event)
    rows = guests_of(mailing)
    found += _outdated(event, rows) if not kind.rules else []
    if silent := [str(row.organisation) for row in rows if not (row.position.email or row.position.secretariat_email)]:
        found.append(_("Posts without an address: %(names)s.") % {"names": _named(silent)})
    written_to = {address for row in rows for address in (row.position.email, row.position.secretariat_email) if address}
    found += sorted({problem for address in written_to if (problem := emails.address_problem(address))})
    if not kind.rules and (left := [str(body) for body in invitees.unexplained(event)]):
        words = _("Neither invited nor left out with a reason: %(names)s (%(count)s).") % {"names": _named(left), "count": len(left)}
        found.append(format_html('<a href="{}">{}</a>', reverse("admin:events_event_left_out", args=[event.pk]), words))
    return found


def changed(mailing: Mailing) -> list[str]:
    """Why a frozen list is not right any more: a post changed hands, the event is not in the state, the letter before it has not left."""
    event, kind = event_of(mailing), LETTERS[mailing.purpose]
    found = [] if not kind.rules else leaving.not_now(event, kind)
    if mailing.package is not None and mailing.package.started_at is None:
        found.append(_("“%(letter)s”, with which it was put before the deciders, has not left yet.") % {"letter": mailing.package})
    return [*found, *changed_hands(mailing)]


def changed_hands(mailing: Mailing) -> list[str]:
    """Whether a post on the frozen list has another holder or title by now, so that its letter would greet the wrong person.

    A letter that follows the invitation greets whoever the invitation named, until the names are renewed with a new invitation.
    """
    first = not LETTERS[mailing.purpose].rules
    printed = {key: values for key, values in mailing.recipients.values_list("object_id", "values") if key is not None}
    rows = list(Invitation.objects.filter(pk__in=printed).select_related("position__organisation__country", "organisation"))
    renewed = [row for row in rows if any(printed[row.pk][one]["guest"] != letters.clean(card.guest(row, one)) for one in ("ja", "en"))]
    found = _outdated(event_of(mailing), rows if first else (), renewed)
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


def _missing_facts(event: Event, kind: LetterKind) -> list[str]:
    needed = {
        "day": (_("day of the event"), event.precision == Event.Precision.DAY),
        "start_time": (_("hour of the beginning"), event.start_time),
        "venue_ja": (_("venue in Japanese"), event.venue_ja),
        "venue_en": (_("venue in English"), event.venue_en),
        "hosts": (_("hosts"), event.hosts.exists()),
        "reply_by": (
            _("date until which the answer is expected"),
            event.reply_by or event.reply_mode == Event.ReplyMode.REMIND,
        ),
    }
    missing_ones = [fact for name, (fact, value) in needed.items() if name in kind.needs and not value]
    return [_("The card is not complete: the event has no %(fact)s.") % {"fact": fact} for fact in missing_ones]


def _closed(event: Event) -> list[str]:
    if event.state not in (*windows.CALLED_OFF, *windows.OVER):
        return []
    return [_("Nobody can be invited to this event now: it is “%(state)s”.") % {"state": event.get_state_display()}]


def left_out(mailing: Mailing) -> Sequence[Mapping[str, str]]:
    """Who does not get the letter, why, and who decided it."""
    if LETTERS[mailing.purpose].rules:
        return _left_by_rule(mailing)
    rows = LeftOut.objects.filter(event=event_of(mailing)).select_related("organisation", "decided_by")
    return [
        {
            "label": str(row.organisation),
            "reason": f"{row.get_reason_display()}{_(': ')}{row.note}" if row.note else row.get_reason_display(),
            "by": str(row.decided_by),
        }
        for row in rows
    ]


def _left_by_rule(mailing: Mailing) -> list[dict[str, str]]:
    """The invited who are not on the frozen list: what they answered says why. One query."""
    listed = mailing.recipients.filter(object_id__isnull=False)
    rows = event_of(mailing).invitations.exclude(pk__in=listed.values("object_id")).select_related("organisation", "position")
    return [{"label": str(row), "reason": row.get_reply_display(), "by": "–"} for row in rows.order_by("country__name_en", "id")]
