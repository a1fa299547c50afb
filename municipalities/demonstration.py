"""The demonstration's portal: calls, attractions, requests in every state, enquiries, by the same acts that officials and staff use.

What is done at one moment here is told as if it had taken weeks: afterwards the moments are set back (not those of the audit trail).
"""

import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from openpyxl import Workbook

from municipalities import access, applicants, askers, attractions, calls, clock, decisions, enquiries, requests, threads
from municipalities.demo_texts import ATTRACTIONS, CANNED, ENQUIRIES, GUIDELINES, REQUESTS, TAGS, Asked, Wish
from municipalities.models import (
    AccessRequest,
    Attraction,
    Call,
    CannedReply,
    Consultation,
    Enquiry,
    LocalGovernment,
    MunicipalRequest,
    RequestMessage,
    RequestParty,
    RequestTag,
)
from partnership import approvals, attachments, business_days, dates
from partnership.models import Organisation, User

Kind = RequestMessage.Kind
LINKED = "reception"  # the request that the demonstration's reception came from
_OFFICIALS = {"340006": "hiroshima-pref", "341002": "hiroshima", "120006": "chiba", "122076": "matsudo"}
_ANSWERS = frozenset({"accept", "decline", "paper"})
_ASKS_FOR_ACCESS = "kokusai@fukuyama.lg.example.jp"


@dataclass(frozen=True)
class Scene:
    """Who and what there is."""

    users: Mapping[str, User]
    bodies: Mapping[str, LocalGovernment]
    calls: dict[str, Call]

    def official(self, code: str) -> User:
        """Who enters what a body says: its own account, or the division for those without one."""
        return self.users[_OFFICIALS.get(code, "desk")]


@transaction.atomic
def load() -> list[str]:
    """Make all of it, once; returns a line for each sort."""
    if MunicipalRequest.objects.filter(is_demo=True).exists():
        return []
    scene = _scene()
    _calls(scene)
    shown = sum(_attractions(scene, code) for code in ATTRACTIONS)
    for name in TAGS:
        RequestTag.objects.get_or_create(name=name)
    for kind, title, ja, en in CANNED:
        CannedReply.objects.get_or_create(kind=kind, title=title, defaults={"text_ja": ja, "text_en": en})
    for wish in sorted(REQUESTS, key=lambda one: -one.told[0][0] if one.told else 0):  # numbers run as they came
        _request(scene, wish)
    _close_call(scene.calls["iikura_before"])
    for asked in ENQUIRIES:
        _enquiry(scene, asked)
    _access(scene)
    return [f"{len(scene.calls)} calls, {shown} attractions, {len(REQUESTS)} requests, {len(ENQUIRIES)} enquiries"]


def linked_request() -> MunicipalRequest | None:
    """The accepted request of Hiroshima Prefecture and City, which the reception came from."""
    wish = next(one for one in REQUESTS if one.key == LINKED)
    return MunicipalRequest.objects.filter(is_demo=True, kind=wish.kind, applicant__code=wish.body, state="accepted").first()


def _scene() -> Scene:
    users = {user.email.split("@")[0]: user for user in User.objects.filter(is_demo=True)}
    codes = {wish.body for wish in REQUESTS} | set(ATTRACTIONS) | {code for wish in REQUESTS for code in (*wish.joined, wish.relay)}
    bodies = LocalGovernment.objects.filter(code__in=codes | {"342076"}).select_related("organisation", "prefecture__organisation")
    return Scene(users, {body.code: body for body in bodies}, {})


# ── days ─────────────────────────────────────────────────────────────────────


def _ago(days: int, hour: int = 11, minute: int = 20) -> dt.datetime:
    """An hour of office, about so many days ago; never later than now."""
    day = business_days.on_or_before(timezone.localdate() - dt.timedelta(days=days))
    moment = timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
    return min(moment, timezone.now())


def _in(days: int) -> dt.datetime:
    """17:00 on an open day, about so many days from now."""
    return clock.closing(business_days.on_or_after(timezone.localdate() + dt.timedelta(days=days)))


# ── calls and attractions ────────────────────────────────────────────────────


def _calls(scene: Scene) -> None:
    year = dates.fiscal_year(timezone.localdate())
    now, then = (dates.fiscal_year_ja(year), dates.fiscal_year_ja(year + 1))
    facts: dict[str, dict[str, Any]] = {
        "iikura": {
            "title_ja": f"{then}　飯倉公館レセプションの共催", "title_en": f"Receptions at Iikura Guest House, FY{year + 1}",
            "kinds": ["cohost_reception"], "closes_at": _in(57), "fiscal_year": year + 1, "places": 4, "relay": Call.Relay.NO,
        },
        "tours": {
            "title_ja": f"{then}　駐日外交団視察ツアー", "title_en": f"Diplomats’ study tours, FY{year + 1}",
            "kinds": ["diplomats_study_tour"], "closes_at": _in(71), "fiscal_year": year + 1, "places": 5,
        },
        "missions": {
            "title_ja": "在外公館の施設の利用", "title_en": "Premises of Japan’s missions abroad",
            "kinds": ["mission_facility"], "closes_at": None,
        },
        "iikura_before": {
            "title_ja": f"{now}　飯倉公館レセプションの共催", "title_en": f"Receptions at Iikura Guest House, FY{year}",
            "kinds": ["cohost_reception"], "closes_at": _in(1), "fiscal_year": year, "places": 4, "relay": Call.Relay.NO,
        },
    }  # fmt: skip
    for key, values in facts.items():
        ja, en = GUIDELINES[key.removesuffix("_before")]
        answer_by = (values["closes_at"] + dt.timedelta(weeks=7)).date() if values["closes_at"] else None
        call = Call.objects.create(
            **values,
            guidelines_ja=ja,
            guidelines_en=en,
            opens_at=_ago(21, 9, 0),
            answer_by=answer_by and business_days.on_or_after(answer_by),
            created_by=scene.users["desk"],
            is_demo=True,
        )
        calls.publish(call=call, by=scene.users["desk"])
        scene.calls[key] = Call.objects.get(pk=call.pk)


def _close_call(call: Call) -> None:
    """The call of this fiscal year closed long ago."""
    opened, closed, answered = _ago(120, 9, 0), _ago(60, 17, 0), _ago(38).date()
    Call.objects.filter(pk=call.pk).update(opens_at=opened, closes_at=closed, answer_by=answered)
    MunicipalRequest.objects.filter(call=call).update(expected_on=answered)


def _attractions(scene: Scene, code: str) -> int:
    for show in ATTRACTIONS[code]:
        row = Attraction(
            local_government=scene.bodies[code],
            kind=show.kind,
            name_ja=show.name_ja,
            name_en=show.name_en,
            kana=show.kana,
            text_ja=show.text_ja,
            text_en=show.text_en,
            **show.facts,
        )
        attractions.save(attraction=row, by=scene.official(code))
    return len(ATTRACTIONS[code])


# ── requests ─────────────────────────────────────────────────────────────────


def _request(scene: Scene, wish: Wish) -> None:
    body, by = scene.bodies[wish.body], scene.official(wish.body)
    row = requests.start(kind=wish.kind, applicant=body, by=by, call=scene.calls.get(wish.call), source=wish.source)
    row = requests.save(
        request=row,
        by=by,
        version=row.version,
        title=wish.title,
        answers=_answers(wish.answers),
        attractions=list(Attraction.objects.filter(is_demo=True, name_ja__in=wish.shows)),
        joined=[scene.bodies[code] for code in wish.joined],
        mission=Organisation.objects.filter(register_key=wish.mission).first() if wish.mission else None,
        relay=scene.bodies[wish.relay] if wish.relay else None,
    )
    if wish.key == "tour":
        attachments.attach(about=row, upload=_itinerary(), by=by, label="itinerary")
    for number, (_days, step, text) in enumerate(wish.told):
        if step in _ANSWERS:  # the letter names the day of the submission
            _set_back(row, [days for days, _word, _text in wish.told[:number]])
            row.refresh_from_db()
        _step(scene, wish, row, step, text)
        row.refresh_from_db()
    if wish.tags:
        requests.tag(request=row, tags=RequestTag.objects.filter(name__in=wish.tags), by=scene.users["desk"])
    _set_back(row, [days for days, step, _text in wish.told if step != "paper"])


def _answers(given: dict[str, Any]) -> dict[str, Any]:
    """The answers, with months and days that lie ahead wherever today is."""
    today = timezone.localdate()
    fiscal = dates.fiscal_year(today) + 1

    def month(word: str) -> str:
        number = today.month - 1 + int(word)
        return f"{today.year + number // 12}-{number % 12 + 1:02d}"

    made = dict(given)
    if "months" in made:
        made["months"] = [month(word) for word in made["months"]]
    if made.get("starts") == "+fiscal":
        made["starts"] = f"{fiscal}-04-01"
    return made


def _step(scene: Scene, wish: Wish, row: MunicipalRequest, step: str, text: str) -> None:
    """One act of the story: ``word`` or ``word:what``."""
    word, _colon, what = step.partition(":")
    desk, official, charge = scene.users["desk"], scene.official(wish.body), row.assignee or scene.users["desk"]
    acts: dict[str, Callable[[], object]] = {
        "submit": lambda: requests.submit(request=row, by=official, source=wish.source),
        "confirm": lambda: applicants.confirm(request=row, body=scene.bodies[what], by=scene.official(what)),
        "relay": lambda: applicants.relay(
            request=row, body=scene.bodies[wish.relay], by=scene.official(wish.relay), comment=text, rank=int(what)
        ),
        "take": lambda: requests.take(request=row, by=scene.users[what or "desk"]),
        "ask": lambda: threads.ask(request=row, by=charge, text=text, reply_by=_in(int(what))),
        "send_back": lambda: threads.send_back(request=row, by=charge, text=text, reply_by=_in(int(what))),
        "say": lambda: threads.say(request=row, by=charge, text=text),
        "note": lambda: threads.note(request=row, by=desk, text=text),
        "withdraw": lambda: requests.withdraw(request=row, by=official, reason=text),
        "close": lambda: requests.close(request=row, by=desk),
    }
    acts.get(word, lambda: _decide(scene, row, word))()


def _decide(scene: Scene, row: MunicipalRequest, word: str) -> None:
    """Answer it through the paper that the director approves; ``paper`` leaves that to the director."""
    desk = scene.users["desk"]
    outcome = "declined" if word == "decline" else "accepted"
    paper = decisions.prepare(requests=[row], outcome=outcome, by=desk).paper
    if paper is None:
        return
    if decisions.needs_approval(paper):
        note = "在外公館への推薦の回答です。" if word == "paper" else "要望への回答です。"
        draft = approvals.submit(approval=approvals.draft(thing=paper, by=desk, note=note), by=desk)
        if word == "paper":
            return
        approvals.agree(approval=draft, by=scene.users["director"], opinion="差し支えありません。")
    decisions.announce(paper=paper, by=desk)


def _set_back(row: MunicipalRequest, days: list[int]) -> None:
    """Tell the story at the days when it is said to have happened: the thread, and what the row keeps of it."""
    if not days:
        return
    moments: dict[str, dt.datetime] = {}
    for number, (message, ago) in enumerate(zip(row.messages.order_by("pk"), days, strict=True)):
        at = _ago(ago, 10 + number % 6, (7 * row.pk + 13 * number) % 60)
        RequestMessage.objects.filter(pk=message.pk).update(at=at)
        moments.setdefault(message.kind, at)
        if message.kind in {Kind.SUBMITTED, Kind.CONFIRMED}:
            RequestParty.objects.filter(request=row, local_government=message.body_id).update(confirmed_at=at)
    MunicipalRequest.objects.filter(pk=row.pk).update(**_fields(row, moments))


def _fields(row: MunicipalRequest, moments: Mapping[str, dt.datetime]) -> dict[str, Any]:
    """What the row keeps of the moments of its thread."""
    sent = moments[Kind.SUBMITTED]
    first = [moments[kind] for kind in (Kind.TAKEN, Kind.QUESTION, Kind.RETURNED, Kind.MESSAGE) if kind in moments]
    over = next((moments[kind] for kind in (Kind.ACCEPTED, Kind.DECLINED, Kind.WITHDRAWN) if kind in moments), None)
    asked = moments.get(Kind.QUESTION) or moments.get(Kind.RETURNED)
    fields: dict[str, Any] = {
        "created_at": sent - dt.timedelta(days=3),
        "saved_at": sent,
        "submitted_at": sent,
        "expected_on": clock.expected(row, sent),
        "confirm_by": clock.confirm_by(sent) if row.confirm_by else None,
        "reacted_at": min(first, default=None),
        "waiting_since": asked if row.waiting_since else None,
        "relayed_at": moments.get(Kind.RELAYED),
        "ended_at": over if row.ended_at else None,
    }
    if row.decided_at is not None and over is not None:
        row.submitted_at = sent
        fields |= {"decided_at": over, "processing_days": clock.processing(row, over, 0)}
    return fields


def _itinerary() -> SimpleUploadedFile:
    """A small table of the two days, as a town hall would send it."""
    book = Workbook()
    sheet = book.active
    lines: Iterable[tuple[str, str]] = (
        ("時刻", "行程（デモ）"), ("1日目 09:30", "東京駅を出発"), ("14:00", "平和記念公園"), ("18:30", "夕食会（市長の挨拶）"),
        ("2日目 09:00", "西条の酒蔵"), ("13:00", "厳島"), ("19:00", "東京駅に到着"),
    )  # fmt: skip
    for line in lines:
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return SimpleUploadedFile("行程案.xlsx", out.getvalue(), mimetype)


# ── enquiries and access ─────────────────────────────────────────────────────


def _enquiry(scene: Scene, asked: Asked) -> None:
    by, who = scene.users[asked.by], askers.recognise(asked.who)
    received = _ago(asked.ago, 9 + len(asked.topic) % 7, len(asked.who) * 2)
    enquiry = enquiries.note(
        by=by,
        topic=asked.topic,
        organisation=who.organisation,
        asker=who.name,
        contact=asked.contact,
        channel=asked.channel,
        text=asked.text,
        due_on=_in(asked.due).date() if asked.due is not None and asked.due >= 0 else _due(asked),
        received_at=received,
        assignee=scene.users[asked.assignee] if asked.assignee else None,
        is_demo=True,
    )
    changes: dict[str, Any] = {}
    if asked.asked:
        enquiries.ask(enquiry=enquiry, question=asked.question, asked_of=asked.asked, by=by, due_on=_ago(1).date())
        first = received + dt.timedelta(minutes=35)
        Consultation.objects.filter(enquiry=enquiry).update(asked_at=first)
        changes = {"reacted_at": first, "reaction_minutes": 35}
    if asked.answer:
        enquiries.answer(enquiry=enquiry, text=asked.answer, by=by)
        at = received + dt.timedelta(minutes=asked.minutes)
        first = received + dt.timedelta(minutes=min(15, asked.minutes))
        changes = {"answered_at": at, "processing_minutes": asked.minutes, "reacted_at": first, "reaction_minutes": min(15, asked.minutes)}
    if changes:
        Enquiry.objects.filter(pk=enquiry.pk).update(**changes)


def _due(asked: Asked) -> dt.date | None:
    """A day that is over, for the one that is late."""
    return None if asked.due is None else business_days.on_or_before(timezone.localdate() + dt.timedelta(days=asked.due))


def _access(scene: Scene) -> None:
    """Somebody of a city without an account waits for the division."""
    access.ask(
        body=scene.bodies["342076"], email=_ASKS_FOR_ACCESS, name="新田（デモ）", post="国際交流課", phone="084-000-0000",
        note="視察ツアーの募集に応募したいです。",
    )  # fmt: skip
    AccessRequest.objects.filter(email=_ASKS_FOR_ACCESS).update(is_demo=True)
    User.objects.filter(email=_ASKS_FOR_ACCESS).update(is_demo=True)
