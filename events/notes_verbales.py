"""Notes verbales: one for each mission that is invited, approved like any letter, numbered when they are issued, printed on paper."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events import leaving
from events.letter_kinds import LETTERS
from events.models import Invitation, NoteVerbale
from events.recipients import event_of
from municipalities import numbers
from partnership import audit, dates, mailing_checks, typesetting
from partnership.models import Mailing, Organisation, Recipient, User
from partnership.purposes import Letter

PURPOSE = "note_verbale"
SERIES = "note_verbale"
MISSIONS = (Organisation.Kind.EMBASSY, Organisation.Kind.CONSULATE, Organisation.Kind.INTERNATIONAL)
_HEADINGS = {"ja": "口上書", "en": "NOTE VERBALE"}
_DRAFTS = {"ja": "（案）", "en": "DRAFT"}
_PLACES = {"ja": "", "en": "Tokyo, "}
_DAYS = {"ja": "（発出の日）", "en": "(date of issue)"}
MOST_NAMED = 5


def recipients(mailing: Mailing) -> list[Recipient]:
    """One row for each mission with an invitation that stands, in the order of the list of countries."""
    invited = event_of(mailing).invitations.exclude(reply=Invitation.Reply.WITHDRAWN)
    bodies = Organisation.objects.filter(pk__in=invited.values("organisation"), kind__in=MISSIONS).select_related("country")
    return [
        Recipient(
            mailing=mailing,
            key=f"{PURPOSE}:{body.pk}",
            label_ja=body.name_ja,
            label_en=body.name_en,
            language=body.language,
            values={"ja": {"mission": _named(body, "ja")}, "en": {"mission": _named(body, "en")}},
            about=body,
        )
        for body in bodies.order_by("country__name_en", "pk")
    ]


def _named(body: Organisation, language: str) -> str:
    """The mission in the middle of a sentence: an embassy by the formal name of its country, as notes have it."""
    country = body.country
    if language == "ja":
        is_usual = country is not None and body.name_ja == f"駐日{country.name_ja}大使館"
        name = f"駐日{country.formal_ja or country.name_ja}大使館" if country is not None and is_usual else body.name_ja
        return re.sub("^駐日", "在本邦", name)
    if country is not None and body.name_en == f"Embassy of {country.name_en}":
        return f"the Embassy of {country.formal_en or country.name_en}"
    return body.name_en if body.name_en.lower().startswith("the ") else f"the {body.name_en}"


def _addressee(row: Recipient) -> str:
    """The mission at the foot of its note, as the note itself names it."""
    name = str(row.values.get(row.language, {}).get("mission") or (row.label_en if row.language == "en" else row.label_ja))
    return name[:1].upper() + name[1:]


def without_address(mailing: Mailing) -> list[str]:
    """A sentence that names the missions to whose notes no envelope can be written, from the register as it is now."""
    keys = mailing.recipients.values_list("object_id", flat=True) or [row.object_id for row in recipients(mailing)]
    return unaddressed(Organisation.objects.filter(pk__in=[key for key in keys if key]))


def unaddressed(bodies: QuerySet[Organisation]) -> list[str]:
    """The same of any bodies; nothing where all have a postal address."""
    rows = bodies.filter(address_ja="", address_en="").order_by("country__name_en", "pk")
    names, count = [str(body) for body in rows[:MOST_NAMED]], rows.count()
    if not count:
        return []
    values = {"count": count, "names": _(", ").join(names)}
    if count > len(names):
        return [_("The register has no postal address of %(count)s bodies, among them %(names)s.") % values]
    return [_("The register has no postal address of %(names)s.") % values]


def missing(mailing: Mailing) -> list[str]:
    """What is still missing for complete notes."""
    event, kind = event_of(mailing), LETTERS[PURPOSE]
    needed: Mapping[str, tuple[str, Any]] = {
        "start_time": (_("hour of the beginning"), event.start_time),
        "venue_ja": (_("venue in Japanese"), event.venue_ja),
        "venue_en": (_("venue in English"), event.venue_en),
        "hosts": (_("hosts"), event.hosts.exists()),
    }
    found = [
        _("The card is not complete: the event has no %(fact)s.") % {"fact": fact}
        for name, (fact, value) in needed.items()
        if name in kind.needs and not value
    ]
    return [*found, *leaving.not_now(event, kind)]


def not_now(mailing: Mailing) -> list[str]:
    """Why frozen notes may not be issued now."""
    return leaving.not_now(event_of(mailing), LETTERS[PURPOSE])


def issue(mailing: Mailing, letters: Sequence[tuple[Recipient, Letter]], by: User) -> None:
    """Number the notes and keep them as they are printed, in the transaction of the mailing's own step."""
    today, event = timezone.localdate(), event_of(mailing)
    notes = []
    for row, letter in letters:
        year, serial = numbers.take(SERIES, today)
        notes.append(
            NoteVerbale(
                mailing=mailing,
                event=event,
                organisation_id=row.object_id or 0,  # every row is about a mission
                number_year=year,
                number_serial=serial,
                addressee=_addressee(row),
                language=row.language,
                text=letter.text,
                issued_on=today,
                issued_by=by,
            )
        )
    NoteVerbale.objects.bulk_create(notes, batch_size=500)
    audit.record("event.issue_notes", event, by=by, mailing=mailing.pk, count=len(notes))


def sheets(mailing: Mailing, *, test: bool = False) -> bytes:
    """All notes of a mailing as one PDF, a sheet each; before they are issued as drafts without a number.

    Args:
        mailing: whose notes.
        test: the first one of each language alone, to try the printer and the paper with.
    """
    notes = list(NoteVerbale.objects.filter(mailing=mailing)) or _drafts(mailing)
    if test:
        notes = list({note.language: note for note in reversed(notes)}.values())
    printed = [
        {
            "language": note.language,
            "number": note.number if note.pk else _DRAFTS[note.language],
            "heading": _HEADINGS[note.language],
            "paragraphs": [part.split("\n") for part in re.split(r"\n{2,}", note.text.strip())],
            "place_and_day": _PLACES[note.language] + (_day(note) if note.pk else _DAYS[note.language]),
            "addressee": [note.addressee],
        }
        for note in notes
    ]
    return typesetting.pdf("notes_verbales", {"notes": printed}, title=str(mailing))


def _day(note: NoteVerbale) -> str:
    return dates.long_date(note.issued_on, note.language, era=note.language == "ja")


def _drafts(mailing: Mailing) -> list[NoteVerbale]:
    rows = list(mailing.recipients.all()) or recipients(mailing)
    rendered, _problems = mailing_checks.letters_of(mailing, rows)
    return [NoteVerbale(addressee=_addressee(row), language=row.language, text=letter.text) for row, letter in rendered]


def url(mailing: Mailing) -> str:
    """Where its sheets are printed."""
    return reverse("admin:events_event_notes", args=[event_of(mailing).pk, mailing.pk])


HOOKS: dict[str, Any] = {
    "recipients": recipients,
    "before_freeze": missing,
    "before_send": not_now,
    "left_out": lambda _mailing: (),
    "notes": without_address,
    "issue": issue,
    "sheets": url,
    "check": lambda _email: "",
}
