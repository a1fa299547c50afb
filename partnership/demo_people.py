"""Invented people for the demonstration: heads of mission, sections, officials, and the accounts of every role.

All of it is marked, lives under example.jp and is the same on every machine. No office holder is meant; names are drawn from
a small stock for each part of the world (data/demo_names.csv).
"""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from partnership import accounts, demo, roles
from partnership.models import Appointment, Organisation, Person, Position, User
from partnership.registers import rows

DATA = Path(__file__).parent / "data"
REASON = "load_demo"
_SEED = 2015

CHARGES = frozenset({"HN", "LR", "PG", "KH", "MD", "BZ"})  # the ambassador's post is vacant, a chargé ad interim acts
CHARGE_EN_TITRE = frozenset({"SD"})
DESIGNATES = frozenset({"FI", "PE", "NP", "GH", "OM"})  # arrived, credentials not yet presented
VACANT = frozenset({"XK", "TG"})  # nobody at all


@dataclass(frozen=True)
class Account:
    """One demo account."""

    email: str
    name: str
    post: str
    roles: tuple[str, ...]
    body: str  # register key
    language: str = "ja"


ACCOUNTS = (
    Account("desk@mofa.example.jp", "佐藤（デモ）", "室員", (roles.DESK,), "body:division"),
    Account("unit-chief@mofa.example.jp", "村井（デモ）", "係長", (roles.DESK,), "body:division"),
    Account("chief@mofa.example.jp", "田所（デモ）", "課長補佐", (roles.DESK, roles.SECTION), "body:division"),
    Account("director@mofa.example.jp", "有馬（デモ）", "室長", (roles.APPROVER,), "body:division"),
    Account("viewer@mofa.example.jp", "三宅（デモ）", "地域局", (roles.VIEWER,), "body:mofa"),
    Account("door@mofa.example.jp", "小川（デモ）", "受付", (roles.DOOR,), "body:division"),
    Account("minister-office@mofa.example.jp", "藤原（デモ）", "大臣室", (roles.VIEWER, roles.MINISTER_OFFICE), "body:mofa"),
    Account("protocol@mofa.example.jp", "水野（デモ）", "儀典", (roles.PROTOCOL,), "body:protocol"),
    Account("personnel@mofa.example.jp", "岡田（デモ）", "人事課", (roles.PERSONNEL,), "body:mofa"),
    Account("osaka@mofa.example.jp", "中西（デモ）", "大阪分室", (roles.OSAKA,), "body:osaka"),
    Account("hiroshima-pref@lg.example.jp", "森脇（デモ）", "国際課", (roles.MUNICIPAL_MANAGER,), "lg:340006"),
    Account("hiroshima@lg.example.jp", "平田（デモ）", "国際交流課", (roles.MUNICIPAL_MANAGER,), "lg:341002"),
    Account("chiba@lg.example.jp", "石橋（デモ）", "国際課", (roles.MUNICIPAL_MEMBER,), "lg:120006"),
    Account("matsudo@lg.example.jp", "大森（デモ）", "国際推進課", (roles.MUNICIPAL_MEMBER,), "lg:122076"),
    Account("vancouver@mission.example.jp", "吉田（デモ）", "地方連携担当官", (roles.MISSION_OFFICER,), "mission:CG-CA-VANCOUVER"),
)


@transaction.atomic
def load_accounts() -> int:
    """Give each account that is missing; returns how many are new."""
    bodies = {body.register_key: body for body in Organisation.objects.filter(register_key__in={one.body for one in ACCOUNTS})}
    known = set(User.objects.filter(email__in=[one.email for one in ACCOUNTS]).values_list("email", flat=True))
    missing = [one for one in ACCOUNTS if one.email not in known]
    for one in missing:
        accounts.create(
            email=one.email,
            name=one.name,
            post=one.post,
            roles=one.roles,
            organisation=bodies[one.body],
            language=one.language,
            is_demo=True,
            by=None,
        )
    if missing:  # one slow hash for all of them
        User.objects.filter(email__in=[one.email for one in missing]).update(password=make_password(demo.password()))
    return len(missing)


@transaction.atomic
def load_people() -> int:
    """Fill the posts of the embassies in Tokyo, once; returns how many people were invented."""
    if Person.objects.filter(is_demo=True).exists():
        return 0
    stock = _Stock()
    seats = Position.objects.filter(organisation__register_key__startswith="embassy:").select_related("organisation__country")
    by_country: dict[str, dict[str, Position]] = defaultdict(dict)
    for seat in seats.order_by("organisation__register_key"):
        by_country[seat.organisation.country.iso2][seat.role] = seat
    people: list[Person] = []
    held: list[Appointment] = []
    for number, (iso2, posts) in enumerate(sorted(by_country.items())):
        _addresses(iso2, number, posts)
        for person, appointment in stock.holders(iso2, posts):
            people.append(person)
            held.append(appointment)
    officer = Position.objects.get(organisation__register_key="mission:CG-CA-VANCOUVER", role=Position.Role.PARTNERSHIP_OFFICER)
    officer.email = "vancouver@mission.example.jp"
    people.append(Person(name_ja="吉田 香織（デモ）", name_en="YOSHIDA Kaori (demo)", kana="よしだ かおり", courtesy="Ms.", is_demo=True))
    held.append(Appointment(position=officer, starts_on=timezone.localdate() - dt.timedelta(days=500), is_demo=True))
    changed = [officer, *(seat for posts in by_country.values() for seat in posts.values())]
    bulk_update_with_history(changed, Position, ["email", "secretariat_email", "phone"], batch_size=500, default_change_reason=REASON)
    for person, appointment in zip(people, held, strict=True):
        person.save()
        appointment.person = person
        appointment.save()
    return len(people)


def _addresses(iso2: str, number: int, posts: dict[str, Position]) -> None:
    code = iso2.lower()
    for role, seat in posts.items():
        if role == Position.Role.HEAD:
            seat.email = f"ambassador.{code}@embassy.example.jp"
            seat.secretariat_email = f"secretariat.{code}@embassy.example.jp"
        else:
            seat.email = f"{role}.{code}@embassy.example.jp"
        seat.phone = f"03-0000-{1000 + number * 10 + (0 if role == Position.Role.HEAD else 5):04d}"


class _Stock:
    """Draws names, ranks and dates; the same ones each time."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
        for row in rows(DATA / "demo_names.csv", "zone", "part", "name_en", "name_ja", "family_first"):
            self.names[row["zone"]][row["part"]].append(row)
        self.zones = {row["country"]: row["zone"] for row in rows(DATA / "demo_zones.csv", "country", "zone")}
        self.taken: set[str] = set()
        self.today = timezone.localdate()

    def holders(self, iso2: str, posts: dict[str, Position]) -> list[tuple[Person, Appointment]]:
        """The people of one embassy: a head (or none), and the sections that have somebody."""
        draw = random.Random(f"{_SEED}{iso2}")  # noqa: S311  a demonstration that is the same everywhere, no secret
        found = []
        if Position.Role.HEAD in posts and iso2 not in VACANT:
            found.append(self._head(iso2, posts[Position.Role.HEAD], draw))
        for role, rank in (
            (Position.Role.ECONOMIC, Appointment.Rank.COUNSELLOR),
            (Position.Role.CULTURAL, Appointment.Rank.FIRST_SECRETARY),
        ):
            if role in posts and draw.random() < 0.6:
                woman = draw.random() < 0.5
                starts = self.today - dt.timedelta(days=draw.randrange(60, 1200))
                found.append(
                    (self._person(iso2, draw, woman=woman), Appointment(position=posts[role], rank=rank, starts_on=starts, is_demo=True))
                )
        return found

    def _head(self, iso2: str, seat: Position, draw: random.Random) -> tuple[Person, Appointment]:
        woman = (draw.random() < 0.36 and iso2 != "VA") or iso2 == "NO"
        person = self._person(iso2, draw, woman=woman)
        arrived = self.today - dt.timedelta(days=draw.randrange(150, 1900))
        appointment = Appointment(position=seat, rank=Appointment.Rank.AMBASSADOR, starts_on=arrived, is_demo=True)
        if iso2 in CHARGES or iso2 in CHARGE_EN_TITRE:
            appointment.rank = Appointment.Rank.CHARGE_EN_TITRE if iso2 in CHARGE_EN_TITRE else Appointment.Rank.CHARGE_AD_INTERIM
            return person, appointment
        person.prefix = "Her Excellency" if woman else "His Excellency"
        if iso2 == "VA":
            person.courtesy = "Most Rev. Archbishop"
        if iso2 in DESIGNATES:
            appointment.rank = Appointment.Rank.DESIGNATE
            appointment.starts_on = self.today - dt.timedelta(days=draw.randrange(10, 40))
        elif iso2 not in {"EU", "PS"}:
            day = arrived + dt.timedelta(days=draw.randrange(20, 70))
            day -= dt.timedelta(days=max(0, day.weekday() - 4))  # no ceremonies at the week's end
            hour = draw.choice((dt.time(10, 30), dt.time(11, 0), dt.time(11, 30), dt.time(14, 30)))
            appointment.credentials_presented_at = dt.datetime.combine(day, hour, timezone.get_default_timezone())
        else:
            appointment.credentials_presented_at = dt.datetime.combine(arrived, dt.time(15, 0), timezone.get_default_timezone())
        return person, appointment

    def _person(self, iso2: str, draw: random.Random, *, woman: bool) -> Person:
        zone = self.names[self.zones[iso2]]
        if iso2 == "NO" and "Marit Ekdal" not in self.taken:
            self.taken.add("Marit Ekdal")
            return Person(name_en="Marit Ekdal", name_ja="マリット・エクダール", courtesy="Ms." if woman else "Mr.", is_demo=True)
        pairs = [
            (family, given) if given["family_first"] else (given, family)
            for given in zone["woman" if woman else "man"]
            for family in zone["family"]
        ]
        free = [pair for pair in pairs if _joined(pair, " ", "name_en") not in self.taken]
        pair = draw.choice(free or [(*pair, zone["family"][-1]) for pair in pairs])  # where all are taken, with a second family name
        name_en = _joined(pair, " ", "name_en")
        self.taken.add(name_en)
        kanji = all("\u4e00" <= sign <= "\u9fff" for part in pair for sign in part["name_ja"])
        name_ja = _joined(pair, "　" if kanji else "・", "name_ja")
        return Person(name_en=name_en, name_ja=name_ja, courtesy="Ms." if woman else "Mr.", is_demo=True)


def _joined(parts: Sequence[Mapping[str, str]], by: str, name: str) -> str:
    return by.join(part[name] for part in parts)
