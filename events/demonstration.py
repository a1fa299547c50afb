"""The demonstration's next reception: invited, approved, sent and partly answered, by the same acts that staff use.

It is a marked copy of the reception with Hiroshima Prefecture and Hiroshima City of 2015. Everything goes through the verbs of
the product, so it obeys their rules and leaves their trail.
"""

import datetime as dt
import random
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from events import call_sheet, checklist, editions, event_mailings, events, from_requests, invitations, invitees
from events.models import Answer, Event, Invitation, LeftOut
from municipalities import demonstration as portal
from partnership import approvals, mailer, mailings
from partnership.demo_people import VACANT
from partnership.models import Email, Organisation, Position, User

_SEED = 2015
_LIVE = "NO"  # the embassy whose link is printed when the demonstration starts; it has not answered
_SECTIONS = 48  # economic sections of the second letter


@dataclass(frozen=True)
class Cast:
    """Who acts."""

    desk: User
    chief: User
    director: User


def cast() -> Cast:
    """The accounts of the division."""
    found = {user.email.split("@")[0]: user for user in User.objects.filter(is_demo=True, email__endswith="@mofa.example.jp")}
    return Cast(found["desk"], found["chief"], found["director"])


def reception() -> Event | None:
    """The demonstration's reception, once it was made."""
    return Event.objects.filter(is_demo=True, kind="iikura_reception", previous__record_key="IIK-2015-3").first()


def live_invitation() -> Invitation | None:
    """An invitation that still waits for its answer."""
    waiting = Invitation.objects.filter(event=reception(), reply=Invitation.Reply.NONE, position__role=Position.Role.HEAD)
    return waiting.filter(country__iso2=_LIVE).first() or waiting.order_by("pk").first()


def load(*, send: bool = True) -> list[str]:
    """Make what is missing of it; returns what was done, a line each. A first run that broke off is finished by the next."""
    told = []
    people = cast()
    event = reception()
    if event is None:
        event = _begin(people)
        told.append(
            f"the reception on {event.starts_on}: {event.invitations.count()} invitations, letter no. 1 under way, its reminder set"
        )
    if not Answer.objects.filter(invitation__event=event).exists():
        if send:
            told.append(f"{mailer.run().handled} mails delivered to the built-in mailbox")
        told.append(_answers(event, people))
    if not event.event_mailings.filter(mailing__purpose="invitation", number=2).exists():
        told.append(_second_letter(event, people))
        told.append(_seminar(people))
    request = portal.linked_request()
    if request is not None and not event.event_requests.exists():
        from_requests.add_as_co_host(request=request, event=event, by=people.desk)
        told.append(f"the reception came from the request {request.number}")
    return told


@transaction.atomic
def _begin(people: Cast) -> Event:
    event = _event(people)
    heads = list(_corps().filter(role=Position.Role.HEAD))
    vacant = [seat for seat in heads if seat.organisation.country.iso2 in VACANT]
    invitees.add(event=event, positions=[seat for seat in heads if seat not in vacant], by=people.desk)
    if vacant:
        bodies = [seat.organisation for seat in vacant]
        invitees.leave_out(event=event, organisations=bodies, reason=LeftOut.Reason.VACANT, by=people.desk)
    letter = event_mailings.write_package(
        event=event, by=people.desk
    ).mailing  # with the reminder and the thanks, which leave by themselves
    mailings.freeze(mailing=letter, by=people.desk)
    note = "在京大使館の長あての招待状です。未回答の方への回答のお願いと、終了後の礼状を併せて伺います。"
    paper = approvals.draft(thing=letter, by=people.desk, note=note)
    approvals.submit(approval=paper, by=people.desk)
    approvals.agree(approval=paper, by=people.director, opinion="差し支えありません。")
    mailings.send(mailing=letter, by=people.desk)
    return event


def _corps() -> QuerySet[Position]:
    """The posts of the embassies that the register knows, in a fixed order."""
    seats = Position.objects.filter(organisation__in=Organisation.objects.current(), organisation__register_key__startswith="embassy:")
    return seats.select_related("organisation__country").order_by("organisation__register_key", "role")


def _event(people: Cast) -> Event:
    """The next edition of the reception with Hiroshima: six weeks from now, on a working day."""
    original = Event.objects.get(record_key="IIK-2015-3")
    day = _working_day(timezone.localdate() + dt.timedelta(weeks=6), step=1)
    event, _list = editions.next_edition(
        event=original, by=people.desk, starts_on=day, title_ja="ディスカバー広島", title_en="Discover Hiroshima", with_hosts=True
    )
    tokyo = timezone.get_default_timezone()
    facts = {
        "is_demo": True,
        "start_time": dt.time(18, 30),
        "end_time": dt.time(20, 0),
        "before_ja": "セミナー（広島県・広島市主催）17:30～18:10、開場17:00",
        "before_en": "Seminar by Hiroshima Prefecture and Hiroshima City, 17:30–18:10, doors 17:00",
        "venue_ja": "外務省飯倉公館",
        "venue_en": "Iikura Guest House",
        "dress_ja": "平服又は民族衣装",
        "dress_en": "Informal (lounge suit) or national dress",
        "capacity": 300,
        "companions_allowed": 2,
        "reply_by": dt.datetime.combine(_working_day(day - dt.timedelta(days=9)), dt.time(17), tokyo),
        "guest_list_closes_at": dt.datetime.combine(day - dt.timedelta(days=1), dt.time(12), tokyo),
        "contact_email": "reception@mofa.example.jp",
        "contact_phone": "03-0000-0000",
    }
    for name, value in facts.items():
        setattr(event, name, value)
    events.edit(event=event, fields=facts, by=people.desk)
    event.owners.set([people.desk, people.chief])
    _tick(event, people)
    return event


def _working_day(day: dt.date, step: int = -1) -> dt.date:
    """The day itself, or the nearest working day before it (after it, with ``step`` 1); offices rest from 29 December to 3 January."""
    while day.weekday() > 4 or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        day += dt.timedelta(days=step)
    return day


def _tick(event: Event, people: Cast) -> None:
    """What was due before today is done, but for one line that is late."""
    past = list(event.tasks.filter(due_on__lt=timezone.localdate()).order_by("due_on"))
    for number, task in enumerate(past):
        if number != len(past) - 2:
            checklist.tick(task=task, by=people.chief if number % 2 else people.desk)
    for task in event.tasks.filter(done_at=None).order_by("due_on")[:6]:
        task.owner = people.desk
        task.save(update_fields=["owner"])


@transaction.atomic
def _answers(event: Event, people: Cast) -> str:
    """Part of the guests answer: by link, by telephone, by letter; some ask to send somebody else, some are to be called again."""
    draw = random.Random(_SEED)  # noqa: S311  a demonstration that is the same everywhere, no secret
    written = Email.objects.filter(state=Email.State.SENT, content_type__model="invitation").values("object_id")
    rows = list(
        event.invitations.filter(pk__in=written, reply=Invitation.Reply.NONE)
        .exclude(country__iso2=_LIVE)
        .select_related("event", "organisation", "position", "country")
        .order_by("country__iso2")
    )
    draw.shuffle(rows)
    counts = dict.fromkeys(("accepted", "declined", "substitute"), 0)
    for number, row in enumerate(rows[: len(rows) * 45 // 100]):
        reply = "substitute" if number % 12 == 5 else "decline" if number % 7 == 3 else "accept"
        _answer(row, reply, number, draw, people)
        counts[{"accept": "accepted", "decline": "declined"}.get(reply, reply)] += 1
    asked = event.invitations.filter(reply=Invitation.Reply.SUBSTITUTE).select_related("event").order_by("pk")
    for row in asked[:2]:
        invitations.consent(invitation=row, by=people.chief)
    _calls(event, people)
    return f"answers: {', '.join(f'{count} {word}' for word, count in counts.items())}"


def _answer(row: Invitation, reply: str, number: int, draw: random.Random, people: Cast) -> None:
    by_staff = number % 9 in {4, 7}
    source = (Answer.Source.PHONE if number % 9 == 4 else Answer.Source.EMAIL) if by_staff else Answer.Source.LINK
    coming = reply == "accept"
    if source == Answer.Source.PHONE:
        call_sheet.answered(invitation=row, by=people.chief)
    invitations.answer(
        invitation=row,
        reply=reply,
        source=source,
        by=people.chief if by_staff else None,
        attendee_name=draw.choice(_STAND_INS) if reply == "substitute" else "",
        attendee_post="Minister-Counsellor" if reply == "substitute" else "",
        companions=[draw.choice(_SPOUSES)] if coming and number % 2 else [],
        diet=draw.choice(_DIETS) if coming and number % 5 == 1 else "",
        access="Wheelchair" if coming and number == 12 else "",
        note="With many thanks for the kind invitation." if number % 17 == 2 else "",
    )


def _calls(event: Event, people: Cast) -> None:
    """Some of those who have not answered were telephoned already."""
    tomorrow = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    waiting = event.invitations.filter(reply=Invitation.Reply.NONE).exclude(country__iso2=_LIVE).select_related("event").order_by("pk")
    for number, row in enumerate(waiting[:8]):
        if number < 3:
            call_sheet.call_again(
                invitation=row, at=tomorrow + dt.timedelta(hours=number), by=people.chief, note="秘書の方が確認のうえ御連絡（デモ）"
            )
        else:
            call_sheet.not_reached(invitation=row, by=people.desk)


@transaction.atomic
def _second_letter(event: Event, people: Cast) -> str:
    """Economic sections, in a second letter whose 決裁 waits for the director."""
    seats = list(_corps().filter(role=Position.Role.ECONOMIC))
    random.Random(_SEED).shuffle(seats)  # noqa: S311
    invitees.add(event=event, positions=seats[:_SECTIONS], by=people.desk)
    letter = event_mailings.write(event=event, purpose="invitation", by=people.desk).mailing
    mailings.freeze(mailing=letter, by=people.desk)
    due = timezone.localtime().replace(hour=17, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    paper = approvals.draft(thing=letter, by=people.desk, note="経済担当あての招待状です。第1次と同じ文面です。", due_at=due)
    approvals.submit(approval=paper, by=people.desk)
    return f"letter no. 2 to {letter.recipients.count()} economic sections waits for its approval"


@transaction.atomic
def _seminar(people: Cast) -> str:
    """The next seminar, only planned yet."""
    original = Event.objects.get(record_key="SEM-18")
    day = _working_day(timezone.localdate() + dt.timedelta(weeks=15))
    event, _list = editions.next_edition(event=original, by=people.chief, starts_on=day)
    event.is_demo = True
    events.edit(event=event, fields=["is_demo"], by=people.chief)
    event.owners.set([people.chief])
    return f"a seminar planned for {day}"


_STAND_INS = ("Mr. Paul Stanley (demo)", "Ms. Anna Deputy (demo)", "Mr. Luis Segundo (demo)", "Ms. Mina Acting (demo)")
_SPOUSES = ("Mr. Robin Example (demo)", "Ms. Maria Example (demo)", "Ms. Lena Example (demo)", "Mr. Tom Example (demo)")
_DIETS = ("Vegetarian", "No pork, no alcohol", "Vegan", "No shellfish", "Nuts (allergy)", "No beef")
