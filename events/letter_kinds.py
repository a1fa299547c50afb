"""The kinds of letters to an event's guests, as data: a new kind is one declaration here and its texts (events/letter_templates.py).

events/purposes.py makes a purpose of each; the page of letters offers them; events/leaving.py says when one leaves by itself.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnership.models import Email

# the state of the event in which a letter is written and leaves
OPEN, CANCELLED, POSTPONED, AFTER = "open", "cancelled", "postponed", "after"
# what its calendar entry does
PUBLISH, TENTATIVE, CANCEL = "publish", "tentative", "cancel"
# the date from which the days before it are counted
REPLY_BY, BEGINNING, END = "reply_by", "beginning", "end"

_CARD = ("hosts", "event", "title", "when", "where", "dress", "before")
_SHORT = ("hosts", "event", "title", "when", "where")


@dataclass(frozen=True)
class LetterKind:
    """One kind of letter.

    ``rules`` are keys of events/rules.py, the usual one first: who gets it. None: the posts that have had no such letter yet.
    ``facts`` of the card are bound by its approval. What is in ``fresh`` is printed as it is when the letters are written,
    and not bound: the reminder moves with the date by which answers are expected, so its approval binds the rule and not
    the date. Otherwise every new deadline would void the approval of a letter whose sense it does not touch. It is the same
    with the day that a letter of thanks names.
    ``needs`` are facts of the event without which the letter cannot be written.
    """

    key: str
    label: Promise
    facts: tuple[str, ...]
    rules: tuple[str, ...] = ()
    when: str = OPEN
    entry: str = ""
    link: str = ""  # "", "optional", "required"
    fresh: tuple[str, ...] = ()
    needs: tuple[str, ...] = ("hosts",)
    changes: bool = False  # whether it says, to each guest, what is otherwise than that guest was told
    on_paper: bool = False  # one sheet for each mission, printed and delivered by hand
    tells: bool = True  # whether guests know the facts of the event from it
    anchor: str = ""
    days_before: int | None = None  # as a companion of the invitation; negative: after
    priority: int = Email.Priority.MAILING
    uncertain: str = "hold"


_NEEDED = ("hosts", "start_time", "venue_ja", "venue_en")

LETTERS = {
    kind.key: kind
    for kind in (
        LetterKind("save_the_date", _("save the date"), _SHORT, entry=TENTATIVE, needs=("hosts", "day")),
        LetterKind(
            "invitation",
            _("letter of invitation"),
            (*_CARD, "reply_by", "reply_line"),
            entry=PUBLISH,
            link="required",
            needs=(*_NEEDED, "reply_by"),
        ),
        LetterKind(
            "reminder",
            _("reminder to answer"),
            _SHORT,
            ("unanswered",),
            link="required",
            fresh=("reply_by", "reply_line"),
            needs=(*_NEEDED, "reply_by"),
            anchor=REPLY_BY,
            days_before=3,
            priority=Email.Priority.REMINDER,
            uncertain="sent",
        ),
        LetterKind(
            "practical",
            _("practical information"),
            (*_CARD, "list_closes"),
            ("accepted",),
            entry=PUBLISH,
            link="optional",
            needs=_NEEDED,
            anchor=BEGINNING,
            days_before=5,
            uncertain="resend",
        ),
        LetterKind(
            "change",
            _("notice of change"),
            _CARD,
            ("told_otherwise", "told_otherwise_not_declined"),
            entry=PUBLISH,
            link="optional",
            needs=_NEEDED,
            changes=True,
            priority=Email.Priority.REMINDER,
        ),
        LetterKind(
            "cancellation",
            _("notice of cancellation"),
            _SHORT,
            ("not_declined", "everyone"),
            when=CANCELLED,
            entry=CANCEL,
            needs=(),
            priority=Email.Priority.REMINDER,
        ),
        LetterKind(
            "postponement",
            _("notice of postponement"),
            _SHORT,
            ("not_declined", "everyone"),
            when=POSTPONED,
            entry=CANCEL,
            needs=(),
            priority=Email.Priority.REMINDER,
        ),
        LetterKind("note_verbale", _("note verbale"), _SHORT, needs=_NEEDED, on_paper=True, tells=False),
        LetterKind(
            "thanks",
            _("letter of thanks"),
            ("hosts", "title"),
            ("attended",),
            when=AFTER,
            fresh=("day",),
            tells=False,
            anchor=END,
            days_before=-2,
            uncertain="sent",
        ),
        LetterKind(
            "survey",
            _("questionnaire"),
            ("hosts", "title"),
            ("attended",),
            when=AFTER,
            fresh=("day",),
            tells=False,
            anchor=END,
            days_before=-5,
            uncertain="sent",
        ),
    )
}

COMPANIONS = ("reminder", "thanks")  # drafted along with an invitation, and approved with it
TELLING = tuple(kind.key for kind in LETTERS.values() if kind.tells)
