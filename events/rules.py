"""Narrowing rules: which of the invited still get a letter. The same rule makes its list and is asked again for each letter when it leaves.

A rule only narrows. What its approval binds is the list as it was frozen and the words of the rule; whoever does not satisfy
it by then gets no letter, and the letter's row says why.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events import told, written
from events.letter_kinds import TELLING
from events.models import Event, Invitation, Participant
from partnership import reasons
from partnership.models import Email, Mailing

Rows = QuerySet[Invitation]
Reply = Invitation.Reply

ANSWERED = reasons.register("answered", _("The guest answered before it left"))
NOT_WRITTEN = reasons.register("not_written", _("No earlier letter about the event had reached the guest"))
NOT_COMING = reasons.register("not_coming", _("The guest was not among those expected when it was to leave"))
DECLINED = reasons.register("declined", _("The guest had declined before it left"))
TOLD = reasons.register("told", _("Another letter had told the guest already"))


@dataclass(frozen=True)
class Condition:
    """One part of a rule; ``reason`` is the word for whoever does not satisfy it."""

    keeps: Callable[[Rows, Mailing | None], Rows]
    reason: str


@dataclass(frozen=True)
class Rule:
    """Who gets a letter, in words, and the conditions in the order in which they are asked."""

    key: str
    label: Promise
    conditions: tuple[Condition, ...]


def _kind() -> ContentType:
    return ContentType.objects.get_for_model(Invitation)


def _informed(rows: Rows, _mailing: Mailing | None) -> Rows:
    mails = Email.objects.filter(purpose__in=TELLING, content_type=_kind(), object_id=OuterRef("pk"), state__in=told.LEFT)
    return rows.filter(Exists(mails))


def _linked(rows: Rows, _mailing: Mailing | None) -> Rows:
    return rows.filter(written.any_that_left())


def _silent(rows: Rows, _mailing: Mailing | None) -> Rows:
    return rows.filter(reply=Reply.NONE)


def _coming(rows: Rows, _mailing: Mailing | None) -> Rows:
    by_silence = Q(reply=Reply.NONE, event__reply_mode__in=(Event.ReplyMode.REGRETS, Event.ReplyMode.REMIND))
    return rows.filter(Q(reply=Reply.ACCEPTED) | by_silence)


def _not_declined(rows: Rows, _mailing: Mailing | None) -> Rows:
    return rows.exclude(reply=Reply.DECLINED)


def _expected(rows: Rows, _mailing: Mailing | None) -> Rows:
    """Those of whom somebody was expected by name: until arrivals are recorded, that is the best that is known of who came."""
    expected = Participant.objects.filter(invitation=OuterRef("pk"), state=Participant.State.EXPECTED)
    return rows.filter(Exists(expected))


def _told_otherwise(rows: Rows, mailing: Mailing | None) -> Rows:
    first = rows.select_related("event").first()
    return rows.filter(pk__in=told.otherwise(first.event, mailing, rows)) if first else rows


_INFORMED = Condition(_informed, NOT_WRITTEN)
_NOT_DECLINED = Condition(_not_declined, DECLINED)
_OTHERWISE = Condition(_told_otherwise, TOLD)

RULES = {
    rule.key: rule
    for rule in (
        Rule("everyone", _("everyone to whom a letter about the event has left"), (_INFORMED,)),
        Rule(
            "not_declined",
            _("everyone to whom a letter about the event has left, without those who declined"),
            (_INFORMED, _NOT_DECLINED),
        ),
        Rule(
            "unanswered",
            _("those who were invited and have not answered"),
            (Condition(_silent, ANSWERED), Condition(_linked, NOT_WRITTEN)),
        ),
        Rule("accepted", _("those who have accepted, or whose substitute was agreed to"), (_INFORMED, Condition(_coming, NOT_COMING))),
        Rule("told_otherwise", _("those who hold a letter that says otherwise"), (_INFORMED, _OTHERWISE)),
        Rule(
            "told_otherwise_not_declined",
            _("those who hold a letter that says otherwise, without those who declined"),
            (_INFORMED, _NOT_DECLINED, _OTHERWISE),
        ),
        Rule(
            "attended",
            _("those who were expected (nobody has recorded yet who came), after the event"),
            (_INFORMED, Condition(_expected, NOT_COMING)),
        ),
    )
}


def kept(rule: str, rows: Rows, mailing: Mailing | None = None) -> Rows:
    """Those of the invitations that the rule leaves; a withdrawn one never stays.

    Args:
        rule: a key; "" keeps all.
        rows: invitations of one event.
        mailing: the letter that asks, which itself tells nobody anything yet.
    """
    rows = rows.exclude(reply=Reply.WITHDRAWN)
    for condition in RULES[rule].conditions if rule in RULES else ():
        rows = condition.keeps(rows, mailing)
    return rows


def reason(rule: str, invitation: Invitation, mailing: Mailing | None = None) -> str:
    """The word why this one does not get the letter now; "" when it does."""
    row = Invitation.objects.filter(pk=invitation.pk)
    for condition in RULES[rule].conditions if rule in RULES else ():
        if not condition.keeps(row, mailing).exists():
            return condition.reason
    return ""
