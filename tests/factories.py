"""Rows for tests: plain functions with keyword arguments. Whatever is not said gets a plain value that is unique where it must be."""

import datetime as dt
import itertools
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from events.models import Answer, Event, EventHost, EventMailing, Invitation, Participant, Task
from municipalities.models import (
    AccessRequest,
    Attraction,
    Call,
    CannedReply,
    DecisionPaper,
    Enquiry,
    LocalGovernment,
    MunicipalRequest,
    RequestDecision,
    RequestMessage,
    RequestParty,
    RequestTag,
)
from municipalities.models.local_government import check_digit
from partnership.models import (
    Appointment,
    Approval,
    AuditEvent,
    Country,
    CountryGroup,
    Email,
    Figure,
    Mailing,
    Organisation,
    Person,
    Position,
    Recipient,
    User,
)

PASSWORD = "correct horse battery staple"  # of every account made here
STAFF = {"desk", "section", "approver", "minister_office", "viewer", "protocol", "door", "personnel", "osaka"}

_numbers = itertools.count(1)
_COUNTRIES = {
    "JP": ("日本", "Japan", "日本国", "Japan", "にほん", "asia"),
    "NO": ("ノルウェー", "Norway", "ノルウェー王国", "the Kingdom of Norway", "のるうぇー", "europe"),
    "FR": ("フランス", "France", "フランス共和国", "the French Republic", "ふらんす", "europe"),
    "KE": ("ケニア", "Kenya", "ケニア共和国", "the Republic of Kenya", "けにあ", "africa"),
    "SA": ("サウジアラビア", "Saudi Arabia", "サウジアラビア王国", "the Kingdom of Saudi Arabia", "さうじあらびあ", "middle_east"),
    "CA": ("カナダ", "Canada", "カナダ", "Canada", "かなだ", "north_america"),
}


def country(iso2: str = "", **fields: Any) -> Country:
    """The country of that code; without one, a new invented country each time."""
    if not iso2:
        taken = set(Country.objects.values_list("iso2", flat=True)) | set(_COUNTRIES)
        iso2 = next(code for code in map("".join, itertools.product("QXZABCDEFGHIJ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) if code not in taken)
    name_ja, name_en, formal_ja, formal_en, kana, region = _COUNTRIES.get(
        iso2, (f"国{iso2}", f"Country {iso2}", f"国{iso2}共和国", f"the Republic of {iso2}", "くに", "europe")
    )
    names = {"name_ja": name_ja, "name_en": name_en, "formal_ja": formal_ja, "formal_en": formal_en, "kana": kana, "region": region}
    return Country.objects.get_or_create(iso2=iso2, defaults={**names, **fields})[0]


def country_group(code: str = "", *countries: Country, **fields: Any) -> CountryGroup:
    """A group such as ASEAN, with its countries."""
    code = code or f"group-{next(_numbers)}"
    group = CountryGroup.objects.get_or_create(code=code, defaults={"name_ja": f"{code}諸国", "name_en": code.upper(), **fields})[0]
    group.countries.add(*countries)
    return group


def organisation(kind: str = "association", **fields: Any) -> Organisation:
    """A body of any kind; in Japan unless said otherwise."""
    number = next(_numbers)
    fields.setdefault("country", fields.get("country") or country("JP"))
    fields.setdefault("name_ja", f"団体{number}")
    fields.setdefault("name_en", f"Organisation {number}")
    return Organisation.objects.create(kind=kind, **fields)


def embassy(iso2: str = "", *, email: str = "", secretariat_email: str = "", head: str = "", **fields: Any) -> Organisation:
    """An embassy in Tokyo with the post of its head; ``head`` names an ambassador who holds it."""
    land = fields.pop("country", None) or country(iso2)
    code = land.iso2.lower()
    fields = {"name_ja": f"駐日{land.name_ja}大使館", "name_en": f"Embassy of {land.name_en}", "language": "en", **fields}
    body = organisation("embassy", country=land, **fields)
    seat = position(body, "head", email=email or f"ambassador@{code}.example.jp", secretariat_email=secretariat_email)
    if head:
        appointment(seat, person(name_en=head, prefix="His Excellency"), rank="ambassador")
    return body


def mission(iso2: str = "CA", **fields: Any) -> Organisation:
    """A Japanese mission abroad."""
    land = fields.pop("country", None) or country(iso2)
    fields = {"name_ja": f"在{land.name_ja}日本国大使館", "name_en": f"Embassy of Japan in {land.name_en}", "language": "ja", **fields}
    return organisation("mission", country=land, **fields)


def local_government(name_ja: str = "", *, kind: str = "city", prefecture: LocalGovernment | None = None, **fields: Any) -> LocalGovernment:
    """A local government with its organisation; its code gets the right check digit."""
    number = next(_numbers)
    first_five = fields.pop("first_five", f"{number:05d}")
    body = organisation(
        "local_government",
        name_ja=name_ja or f"試験市{number}",
        name_en=fields.pop("name_en", f"Shiken City {number}"),
        kana=fields.pop("kana", "しけんし"),
        email=fields.pop("email", f"kokusai{number}@lg.example.jp"),
    )
    code = first_five + check_digit(first_five)
    return LocalGovernment.objects.create(organisation=body, kind=kind, prefecture=prefecture, **{"code": code, **fields})


def person(**fields: Any) -> Person:
    """A person."""
    if not fields.get("name_ja") and not fields.get("name_en"):
        fields["name_en"] = f"Person {next(_numbers)}"
    return Person.objects.create(**fields)


def position(of: Organisation | None = None, role: str = "head", **fields: Any) -> Position:
    """A seat of an organisation; without one, the head of a new embassy."""
    of = of or organisation("embassy", country=country(), language="en")
    fields.setdefault("email", f"{role}{of.pk}@mission.example.jp")
    return Position.objects.create(organisation=of, role=role, **fields)


def head(of: Organisation) -> Position:
    """The seat of the head of an organisation that already has one."""
    return Position.objects.get(organisation=of, role="head")


def appointment(seat: Position | None = None, who: Person | None = None, **fields: Any) -> Appointment:
    """A person in a post since 2024, as ambassador unless said otherwise."""
    values = {"rank": "ambassador", "starts_on": dt.date(2024, 4, 1), **fields}
    return Appointment.objects.create(position=seat or position(), person=who or person(), **values)


def user(role: str = "", **fields: Any) -> User:
    """An account in the group of that role; staff roles may enter the admin. Its address is verified, its password is PASSWORD."""
    number = next(_numbers)
    superuser = role == "superuser"
    domain = "mofa.example.jp" if superuser or role in STAFF else "lg.example.jp"
    values = {
        "email": f"{role or 'nobody'}{number}@{domain}",
        "name": f"試験 {role or '太郎'}{number}",
        "is_staff": superuser or role in STAFF,
        "is_superuser": superuser,
        "password": PASSWORD,
        **fields,
    }
    account = User.objects.create_user(**values)
    if role and not superuser:
        account.groups.add(Group.objects.get_or_create(name=role)[0])
    EmailAddress.objects.get_or_create(user=account, email=account.email, defaults={"verified": True, "primary": True})
    return account


def event(**fields: Any) -> Event:
    """The next reception: planned, six weeks from today, answers due four weeks from today."""
    day = fields.pop("day", timezone.localdate() + dt.timedelta(weeks=6))
    now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    values = {
        "kind": "iikura_reception",
        "title_ja": "飯倉公館レセプション",
        "title_en": "Reception at Iikura Guest House",
        "starts_on": day,
        "ends_on": day,
        "start_time": dt.time(18, 30),
        "end_time": dt.time(20, 30),
        "venue_ja": "外務省飯倉公館",
        "venue_en": "Iikura Guest House",
        "country": fields.get("country") or country("JP"),
        "capacity": 200,
        "reply_by": now + dt.timedelta(weeks=4),
        "guest_list_closes_at": now + dt.timedelta(weeks=5),
        "contact_email": "reception@mofa.example.jp",
        "contact_phone": "03-5501-8000",
    }
    owners = fields.pop("owners", ())
    made = Event.objects.create(**{**values, **fields})
    made.owners.set(owners)
    return made


def host(of: Event, body: Organisation | None = None, **fields: Any) -> EventHost:
    """The next host of an event in protocol order."""
    values = {"order": of.hosts.count() + 1, "role": "co_host", **fields}
    return EventHost.objects.create(event=of, organisation=body or local_government().organisation, **values)


def invitation(to: Event | None = None, seat: Position | None = None, **fields: Any) -> Invitation:
    """An invitation as a row, with snapshots; to test the act of inviting use events.invitations.invite."""
    seat = seat or head(embassy())
    body = seat.organisation
    values = {
        "name_en": "Ms. Ingrid Example",
        "post_ja": f"駐日{body.country.name_ja}大使",
        "post_en": f"Ambassador of {body.country.formal_en}",
        "rank": "ambassador",
        "language": body.language,
        **fields,
    }
    if values.get("reply", "none") not in {"none", "withdrawn"}:
        values.setdefault("replied_at", timezone.now())
    return Invitation.objects.create(event=to or event(), position=seat, organisation=body, country=body.country, **values)


def answer(to: Invitation, reply: str = "accepted", **fields: Any) -> Answer:
    """One answer as a row; to test answering use events.invitations.answer."""
    return Answer.objects.create(invitation=to, reply=reply, **{"source": "link", **fields})


def participant(of: Event, **fields: Any) -> Participant:
    """A person expected at an event."""
    return Participant.objects.create(event=of, **{"part": "guest", "name_en": f"Guest {next(_numbers)}", **fields})


def task(of: Event, **fields: Any) -> Task:
    """A line of the checklist, due a week before the event."""
    values = {
        "title_ja": "招待状の決裁",
        "title_en": "Have the invitation approved",
        "due_on": of.starts_on - dt.timedelta(days=7),
        **fields,
    }
    return Task.objects.create(event=of, **values)


def mailing(by: User | None = None, **fields: Any) -> Mailing:
    """A draft letter to many."""
    values = {
        "purpose": "invitation",
        "title_ja": "招待状",
        "title_en": "Invitation",
        "subject_ja": "【外務省】ご案内",
        "subject_en": "[MOFA Japan] Invitation",
        "body_ja": "{salutation}\n\n御案内申し上げます。\n{link}\n",
        "body_en": "{salutation}\n\nWe have the honour to invite you.\n{link}\n",
        **fields,
    }
    return Mailing.objects.create(created_by=by or user("desk"), **values)


def event_mailing(of: Event | None = None, letter: Mailing | None = None, **fields: Any) -> EventMailing:
    """A letter of an event."""
    return EventMailing.objects.create(event=of or event(), mailing=letter or mailing(), **fields)


def recipient(of: Mailing, **fields: Any) -> Recipient:
    """A row of a mailing's frozen list."""
    number = next(_numbers)
    values = {
        "key": f"recipient:{number}",
        "label_ja": f"宛先{number}",
        "label_en": f"Recipient {number}",
        "address": f"recipient{number}@mission.example.jp",
        "language": "en",
        **fields,
    }
    return Recipient.objects.create(mailing=of, **values)


def email(**fields: Any) -> Email:
    """A queued mail as a row; to test queueing use partnership.emails.queue."""
    number = next(_numbers)
    values = {
        "message_id": f"<test-{number}@mofa.example.jp>",
        "purpose": "confirmation",
        "recipient_key": f"recipient:{number}",
        "to_address": f"recipient{number}@mission.example.jp",
        "language": "en",
        "subject": "Your reply",
        "text": "Thank you.",
        **fields,
    }
    if values.get("state") == "sent":
        values.setdefault("accepted_at", timezone.now())
    return Email.objects.create(**values)


def approval(about: Any, by: User | None = None, **fields: Any) -> Approval:
    """An approval as a row; to test deciding use partnership.approvals."""
    values = {"title_ja": "招待状について", "title_en": "On the invitation", **fields}
    kind = ContentType.objects.get_for_model(about)
    return Approval.objects.create(content_type=kind, object_id=about.pk, drafted_by=by or user("desk"), **values)


def figure(**fields: Any) -> Figure:
    """A stated number."""
    number = next(_numbers)
    values = {
        "key": f"figure-{number}",
        "label_ja": f"件数{number}",
        "label_en": f"Number {number}",
        "value": 57,
        "basis": "stated",
        "source": "外交青書 2016",
        **fields,
    }
    return Figure.objects.create(**values)


def audit_event(act: str = "event.edit", **fields: Any) -> AuditEvent:
    """One line of the audit trail."""
    return AuditEvent.objects.create(act=act, **{"actor_label": "system", **fields})


# ── requests ─────────────────────────────────────────────────────────────────


def official(body: LocalGovernment | None = None, role: str = "municipal_member", **fields: Any) -> User:
    """An account of a local government; of a new city unless said otherwise."""
    return user(role, organisation=(body or local_government()).organisation, **fields)


def attraction(of: LocalGovernment | None = None, **fields: Any) -> Attraction:
    """Something that a local government has to show."""
    values = {"kind": "product", "name_ja": f"名産{next(_numbers)}", "name_en": "Speciality", **fields}
    return Attraction.objects.create(local_government=of or local_government(), **values)


def call(**fields: Any) -> Call:
    """A published call for study tours, open since a week and for another month."""
    now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    values = {
        "title_ja": "駐日外交団視察ツアーの募集",
        "title_en": "Call for diplomats’ study tours",
        "kinds": ["diplomats_study_tour"],
        "guidelines_ja": "次のとおり募集します。",
        "guidelines_en": "The Ministry calls for hosts of study tours.",
        "opens_at": now - dt.timedelta(weeks=1),
        "closes_at": now + dt.timedelta(days=30),
        "is_published": True,
        **fields,
    }
    return Call.objects.create(**values)


def municipal_request(of: LocalGovernment | None = None, *joined: LocalGovernment, **fields: Any) -> MunicipalRequest:
    """A request as rows: submitted and being considered unless said otherwise; those who joined have confirmed."""
    body = of or local_government()
    number = next(_numbers)
    values = {
        "kind": "free_consultation",
        "state": "in_review",
        "title": f"相談{number}",
        "answers": {"purpose": "相談したいことがあります。"},
        **fields,
    }
    if values["state"] != "draft":
        values = {"number_year": 2026, "number_serial": number, "submitted_at": timezone.now(), **values}
        values.setdefault("expected_on", timezone.localdate() + dt.timedelta(days=28))
    if values["state"] in {"accepted", "declined", "withdrawn", "closed"}:
        values = {"ended_at": timezone.now(), "decided_at": timezone.now(), **values}
    if values["state"] == "draft":
        values.setdefault("created_by", user("municipal_member", organisation=body.organisation))
    made = MunicipalRequest.objects.create(applicant=body, **values)
    for order, one in enumerate((body, *joined), start=1):
        RequestParty.objects.create(request=made, local_government=one, order=order, confirmed_at=values.get("submitted_at"))
    return made


def request_message(on: MunicipalRequest | None = None, **fields: Any) -> RequestMessage:
    """An entry in the thread of a request; a message of the division unless said otherwise."""
    values = {"kind": "message", "side": "division", "text": "御連絡します。", "author_label": "担当", **fields}
    return RequestMessage.objects.create(request=on or municipal_request(), **values)


def request_tag(name: str = "") -> RequestTag:
    """A word to file requests under."""
    return RequestTag.objects.get_or_create(name=name or f"分類{next(_numbers)}")[0]


def canned_reply(**fields: Any) -> CannedReply:
    """A reply that is given often."""
    return CannedReply.objects.create(
        **{"title": "資料の送付", "text_ja": "資料をお送りします。", "text_en": "Please find the papers.", **fields}
    )


def decision_paper(on: MunicipalRequest | None = None, by: User | None = None, outcome: str = "accepted", **fields: Any) -> DecisionPaper:
    """A paper with the answer to one request."""
    paper = DecisionPaper.objects.create(created_by=by or user("desk"), **fields)
    values = {"subject": "【外務省】御要望について", "text": "御要望を承ります。"}
    RequestDecision.objects.create(paper=paper, request=on or municipal_request(), outcome=outcome, **values)
    return paper


def enquiry(**fields: Any) -> Enquiry:
    """A telephone note, open."""
    number = next(_numbers)
    values = {"number_year": 2026, "number_serial": number, "topic": f"問合せ{number}", "asker": "国際課", **fields}
    values.setdefault("received_by", fields.get("received_by") or user("desk"))
    return Enquiry.objects.create(**values)


def access_request(of: LocalGovernment | None = None, **fields: Any) -> AccessRequest:
    """Somebody asked for access; their account is not confirmed yet."""
    number = next(_numbers)
    values = {"email": f"shinsei{number}@lg.example.jp", "name": f"申請 花子{number}", "post": "国際課", **fields}
    values.setdefault("user", fields.get("user") or user("municipal_applicant", email=values["email"], name=values["name"]))
    return AccessRequest.objects.create(local_government=of or local_government(), **values)
