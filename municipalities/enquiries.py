"""The phone note: taken down in twenty seconds, passed on, asked about, answered, and found again when somebody asks the same.

Two times are stored with each: until the first act after it came (reaction), and until the answer (processing).
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import Any

from django.db import models, transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import numbers
from municipalities.models import Consultation, Enquiry, MunicipalRequest
from partnership import audit, business_days, roles
from partnership.models import Organisation, User
from partnership.normalise import identifier, search_key
from partnership.transitions import Refused, move, step

State = Enquiry.State
STEPS = {
    "ask": step("open", "asked", to="asked"),
    "hear": step("asked", to="open"),
    "answer": step("open", "asked", to="answered"),
    "become": step("open", "asked", to="answered"),
    "close": step("open", "asked", to="closed"),
    "reopen": step("answered", "closed", to="open"),
}
DUE_DAYS = 3  # open days until an answer is due, unless the note says otherwise
SAME = dt.timedelta(minutes=2)  # a note sent twice within it, word for word, is one note


def may(enquiry: Enquiry, act: str) -> bool:
    """Whether the act is possible in the enquiry's present state."""
    return enquiry.state in STEPS[act].sources


def default_due(today: dt.date) -> dt.date:
    """Until when an answer is promised, when nothing else was said."""
    return business_days.add(today, DUE_DAYS)


@transaction.atomic
def note(*, by: User, topic: str, **facts: Any) -> Enquiry:
    """Take an enquiry down.

    Args:
        by: who holds the receiver.
        topic: what it is about, in a line.
        facts: further fields: organisation, asker, contact, channel, text, due_on, received_at, assignee, is_demo.

    Raises:
        Refused: when it is said to have come later than now.
    """
    User.objects.select_for_update().get(pk=by.pk)  # one note of a person at a time, so that a second press finds the first
    values = {"received_at": timezone.now(), **{name: value for name, value in facts.items() if value is not None}}
    if values["received_at"] > timezone.now() + dt.timedelta(minutes=5):
        raise Refused(_("It cannot have come later than now."))
    twin = _twin(by, topic, facts)
    if twin is not None:
        return twin
    year, serial = numbers.take("enquiry", timezone.localdate())
    enquiry = Enquiry.objects.create(number_year=year, number_serial=serial, topic=topic, received_by=by, **values)
    audit.record("enquiry.note", enquiry, by=by, channel=enquiry.channel, organisation=enquiry.organisation_id)
    return enquiry


def _twin(by: User, topic: str, facts: dict[str, Any]) -> Enquiry | None:
    """The same note, sent a moment ago by the same person."""
    same = {name: facts.get(name) for name in ("organisation", "due_on", "assignee")}
    same |= {name: facts.get(name) or "" for name in ("asker", "contact", "text")}
    recent = Enquiry.objects.filter(pk__in=Enquiry.history.filter(history_type="+", history_date__gte=timezone.now() - SAME).values("id"))
    return recent.filter(received_by=by, topic=topic, **same).order_by("-pk").first()


@transaction.atomic
def edit(*, enquiry: Enquiry, fields: Iterable[str], by: User) -> Enquiry:
    """Store changed facts.

    Args:
        enquiry: with the new values set.
        fields: the names of the fields that were changed.
        by: who did it.
    """
    enquiry.save()
    changed = sorted(fields)
    if changed:
        audit.record("enquiry.edit", enquiry, by=by, fields=changed)
    return enquiry


@transaction.atomic
def take(*, enquiry: Enquiry, by: User) -> None:
    """Take an enquiry upon oneself."""
    assign(enquiry=enquiry, to=by, by=by)


@transaction.atomic
def assign(*, enquiry: Enquiry, to: User, by: User) -> None:
    """Give an enquiry to a person, or take it oneself.

    Raises:
        Refused: when it is answered or closed, or when that person may not answer enquiries.
    """
    stored = _waiting(enquiry)
    if not (to.is_active and to.has_perm("municipalities.change_enquiry")):
        raise Refused(_("%(person)s does not answer enquiries.") % {"person": to})
    if stored.assignee_id == to.pk:
        _copy(stored, enquiry)
        return
    stored.assignee = to
    _react(stored)
    stored.save(update_fields=["assignee", "reacted_at", "reaction_minutes"])
    audit.record("enquiry.take" if to == by else "enquiry.assign", stored, by=by, to=to.pk)
    _copy(stored, enquiry)


@transaction.atomic
def ask(
    *,
    enquiry: Enquiry,
    question: str,
    by: User,
    organisation: Organisation | None = None,
    asked_of: str = "",
    due_on: dt.date | None = None,
) -> Consultation:
    """Note that a bureau or a mission was asked; the enquiry waits for it.

    Raises:
        Refused: when it is answered or closed, or when nobody is named.
    """
    if organisation is None and not asked_of:
        raise Refused(_("Say whom you asked."))
    _step(enquiry, "ask", by)
    return Consultation.objects.create(
        enquiry=enquiry, organisation=organisation, asked_of=asked_of, question=question, asked_by=by, due_on=due_on
    )


@transaction.atomic
def hear(*, consultation: Consultation, answer: str, by: User) -> None:
    """Note what those said whom we asked. With the last of them the enquiry waits for us again.

    Raises:
        Refused: when their answer was noted already, or the enquiry is over.
    """
    enquiry = _waiting(consultation.enquiry)
    stored = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if stored.answered_at is not None:
        raise Refused(_("Their answer has been noted already."))
    stored.answer, stored.answered_at, stored.noted_by = answer, timezone.now(), by
    stored.save(update_fields=["answer", "answered_at", "noted_by"])
    if enquiry.state == State.ASKED and not enquiry.consultations.filter(answered_at=None).exists():
        _step(enquiry, "hear", by)
    else:
        audit.record("enquiry.hear", enquiry, by=by)
    _copy(enquiry, consultation.enquiry)


@transaction.atomic
def answer(*, enquiry: Enquiry, text: str, by: User, reuses: Enquiry | None = None) -> None:
    """Note what we answered.

    Args:
        enquiry: that was answered.
        text: the answer, as given.
        by: who answered.
        reuses: the earlier enquiry whose answer it was taken from.

    Raises:
        Refused: when it is answered or closed already, or the answer is empty.
    """
    if not text.strip():
        raise Refused(_("Write what you answered."))
    now = timezone.now()
    changes = {"answer": text, "answered_at": now, "processing_minutes": _minutes(enquiry.received_at, now)}
    if reuses is not None and reuses.pk != enquiry.pk:
        changes["reuses"] = reuses
    if enquiry.assignee_id is None:
        changes["assignee"] = by
    _step(enquiry, "answer", by, changes, reuses=reuses.number if reuses else "")


@transaction.atomic
def close(*, enquiry: Enquiry, reason: str, by: User) -> None:
    """Close an enquiry that needs no answer, and say why.

    Raises:
        Refused: without a reason, or when it is over already.
    """
    if not reason.strip():
        raise Refused(_("Say why no answer is needed."))
    now = timezone.now()
    _step(enquiry, "close", by, {"answer": reason, "answered_at": now, "processing_minutes": _minutes(enquiry.received_at, now)})


@transaction.atomic
def reopen(*, enquiry: Enquiry, by: User) -> None:
    """Take an enquiry up again: they called once more, or the answer was wrong. What was answered stays as a draft."""
    changes: dict[str, Any] = {"answered_at": None, "processing_minutes": None}
    if enquiry.state == State.CLOSED:
        changes["answer"] = ""  # a reason, and no draft of an answer
    move(enquiry, STEPS, "reopen", by=by, changes=changes)


@transaction.atomic
def became(*, enquiry: Enquiry, request: MunicipalRequest, by: User) -> None:
    """Note that an enquiry became a request; from there on the request is what is followed.

    Raises:
        Refused: when it became another request already.
    """
    stored = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if stored.request_id == request.pk:
        _copy(stored, enquiry)
        return
    if stored.request_id is not None:
        raise Refused(_("This enquiry has become a request already."))
    now = timezone.now()
    if stored.state in Enquiry.WAITING:
        changes = {"request": request, "answered_at": now, "processing_minutes": _minutes(stored.received_at, now)}
        _step(stored, "become", by, {**changes, "answer": stored.answer or _("Taken on as a request.")}, request=request.pk)
    else:
        stored.request = request
        stored.save(update_fields=["request"])
        audit.record("enquiry.become", stored, by=by, request=request.pk)
    _copy(stored, enquiry)


# ── what the verbs share ─────────────────────────────────────────────────────


def _step(enquiry: Enquiry, act: str, by: User, changes: dict[str, Any] | None = None, **facts: Any) -> None:
    """One step of the table; the first act after the receiver was put down is the reaction."""
    changes = dict(changes or {})
    stored = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if stored.reacted_at is None:
        _react(stored)
        changes |= {"reacted_at": stored.reacted_at, "reaction_minutes": stored.reaction_minutes}
    move(enquiry, STEPS, act, by=by, changes=changes, **facts)


def _react(enquiry: Enquiry) -> None:
    if enquiry.reacted_at is None:
        enquiry.reacted_at = timezone.now()
        enquiry.reaction_minutes = _minutes(enquiry.received_at, enquiry.reacted_at)


def _minutes(since: dt.datetime, until: dt.datetime) -> int:
    return max(0, int((until - since).total_seconds() // 60))


def _waiting(enquiry: Enquiry) -> Enquiry:
    """The stored row, locked.

    Raises:
        Refused: when nobody waits for an answer any more.
    """
    stored = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if stored.state not in Enquiry.WAITING:
        raise Refused(_("This enquiry is “%(state)s”. Open it again first.") % {"state": stored.get_state_display()})
    return stored


def _copy(stored: Enquiry, shown: Enquiry) -> None:
    """Tell the caller's row what is stored now."""
    if shown is not stored:
        for field in Enquiry._meta.concrete_fields:
            setattr(shown, field.attname, getattr(stored, field.attname))


# ── who answers, and how to reach who asked ──────────────────────────────────


def colleagues() -> models.QuerySet[User]:
    """Those who answer enquiries: the division and the Osaka Liaison Office."""
    return User.objects.filter(is_active=True, groups__name__in=[roles.DESK, roles.OSAKA]).distinct().order_by("name", "pk")


def contact_link(contact: str) -> str:
    """``mailto:`` or ``tel:`` for what is one address or one number, else nothing."""
    said = identifier(contact)
    if _MAIL.fullmatch(said):
        return f"mailto:{said}"
    figures = said.translate(str.maketrans("", "", "-() "))
    return f"tel:{figures}" if _PHONE.fullmatch(figures) else ""


_MAIL = re.compile(r"[^@\s?&]+@[^@\s?&]+\.[a-z]+", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9]{6,15}", re.ASCII)

# ── what waits, and what was asked before ────────────────────────────────────


def waiting_for(user: User, today: dt.date) -> models.QuerySet[Enquiry]:
    """What this person must act on: their own and nobody's open ones, and those asked of others whose day has come."""
    ours = Q(assignee=user) | Q(assignee=None)
    ready = Q(state=State.OPEN) | Q(state=State.ASKED, due_on__lte=today)
    return Enquiry.objects.filter(ours & ready).select_related("organisation", "assignee").order_by(F("due_on").asc(nulls_last=True), "pk")


_RUNS = re.compile(r"[一-龯々〆ヶ]{2,}|[ァ-ヺー]{2,}|[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'-]{2,}|[0-9]{3,}")
_EVERYWHERE = frozenset(
    {"問合", "質問", "相談", "依頼", "確認", "連絡", "希望", "方法", "場合", "必要", "the", "and", "for", "about", "from", "with"}
)
_TERMS = 10
_SURE = 3  # so much must fit; one word of two signs is too little


def terms(text: str) -> list[str]:
    """The words worth looking for: katakana and Latin words whole, kanji by pairs, because Japanese puts no spaces."""
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text)[:300]):
        kanji = "一" <= run[0] <= "龯"
        parts = [run[place : place + 2] for place in range(len(run) - 1)] if kanji else [run]
        found += [search_key(part) for part in parts]
    return [term for term in dict.fromkeys(found) if term not in _EVERYWHERE][:_TERMS]


def _weight(word: str) -> Combinable:
    """As many points as the word has signs, for rows that hold it."""
    return Case(When(search_key__contains=word, then=Value(len(word))), default=Value(0), output_field=IntegerField())


def similar(text: str, *, but: Enquiry | None = None, limit: int = 4) -> list[Enquiry]:
    """Answered enquiries that share words with the text, the most alike and the newest first; one query."""
    words = terms(text)
    if not words:
        return []
    fits = Q()
    for word in words:
        fits |= Q(search_key__contains=word)
    rows = Enquiry.objects.filter(fits, state=State.ANSWERED, request=None).annotate(score=reduce(add, map(_weight, words)))
    rows = rows.filter(score__gte=min(_SURE, sum(len(word) for word in words)))
    if but is not None and but.pk:
        rows = rows.exclude(pk=but.pk)
    return list(rows.select_related("organisation").order_by("-score", "-pk")[:limit])
