"""A mailing as the page of its approval shows it: made from what was submitted, so that the deciders see what they bind."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from partnership import approval_content, approvals, letters, mailing_content, mailing_warnings, marks, previews, purposes
from partnership.models import Approval


@dataclass(frozen=True)
class ShownLetter:
    """One letter with what changed marked."""

    language: str
    subject: SafeString
    text: SafeString


def context(approval: Approval, query: Mapping[str, str]) -> dict[str, Any]:
    """Letters of recipient ``n``, the list by name, who is left out, and the facts."""
    mailing: Any = approval.subject
    bound = mailing_content.as_of_now(_content(approval, mailing), mailing)
    rows = sorted(bound["recipients"], key=_as_read)
    number = max(1, min(_number(query.get("n", "1")), len(rows)))
    side = "en" if (get_language() or "ja").startswith("en") else "ja"
    chosen = rows[number - 1] if rows else None
    return {
        "mailing": mailing,
        "about": purposes.get(bound["purpose"]).about(mailing),
        "letters": [letter for language in mailing_content.LANGUAGES if (letter := _shown(approval, bound, chosen, language))],
        "recipient": {**chosen, "label": chosen[f"label_{side}"] or chosen["label_ja"]} if chosen else None,
        "number": number,
        "total": len(rows),
        "previous": number - 1,
        "next": number + 1 if number < len(rows) else 0,
        "recipients": [{**row, "label": row[f"label_{side}"] or row["label_ja"]} for row in rows],
        "languages": Counter(row["language"] for row in rows),
        "copies": sum(row["is_copy"] for row in rows),
        "left_out": purposes.get(bound["purpose"]).left_out(mailing),
        "notes": purposes.get(bound["purpose"]).notes(mailing),
        "facts": [{"label": fact.get(f"label_{side}"), "value": fact.get(f"value_{side}")} for fact in bound["facts"]],
        "cautions": _cautions(approval, mailing, rows),
    }


def _content(approval: Approval, mailing: Any) -> dict[str, Any]:
    """What the paper shows: names that came later alone, with the texts of the paper to which they were added."""
    main = approval.supplements
    if main is None:
        return approval.content or approvals.content_of(mailing)
    return {**approval_content.part_of(main, mailing), **(approval.content or approval_content.additions_of(mailing))}


def _cautions(approval: Approval, mailing: Any, rows: Sequence[Mapping[str, Any]]) -> list[mailing_warnings.Caution]:
    """What to look at before it is decided; nothing on a paper of the past."""
    if approval.state not in Approval.OPEN:
        return []
    return mailing_warnings.of(mailing, list(mailing.recipients.filter(key__in=[row["key"] for row in rows])))


def _as_read(row: Mapping[str, Any]) -> tuple[str, bool, str]:
    """By body, each letter before its copies."""
    side = "en" if (get_language() or "ja").startswith("en") else "ja"
    label = str(row[f"label_{side}"] or row["label_ja"])
    return (re.split("　|: ", label)[0], row["is_copy"], label)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _shown(approval: Approval, bound: Mapping[str, Any], row: Mapping[str, Any] | None, language: str) -> ShownLetter | None:
    """The letter, with the words marked that are new since the deciders last saw it."""
    new = _printed(bound, row, language)
    if new is None:
        return None
    before = approvals.content_before(approval)
    if before:
        before = mailing_content.as_of_now(before, approval.subject)  # type: ignore[arg-type]
    rows_before = {one["key"]: one for one in before.get("recipients", ())}
    known = row is not None and row["key"] in rows_before
    old = _printed(before, rows_before[row["key"]], language) if known and row is not None else None
    if old is None:
        old = new
    return ShownLetter(language, letters.compared(old.subject, new.subject), letters.compared(old.text, new.text))


def _printed(bound: Mapping[str, Any], row: Mapping[str, Any] | None, language: str) -> mailing_content.Letter | None:
    if row is None:
        return None
    try:
        letter = mailing_content.letter(bound, row, language)
    except KeyError:
        return None
    return mailing_content.Letter(letter.subject, marks.shown(letter.text, previews.link_words(language)), language)
