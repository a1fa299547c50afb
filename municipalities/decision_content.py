"""What an approval of answers binds, how two such contents differ in words, and how the approval's page shows them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from municipalities import decision_letters, parties
from municipalities.models import Call, DecisionPaper, MunicipalRequest, RequestDecision
from partnership import approvals, letters
from partnership.models import Approval
from partnership.subjects import Change

_OUTCOMES = dict(RequestDecision.Outcome.choices)
_LABELS = {"title": gettext_lazy("Request"), "kind": gettext_lazy("Kind"), "applicants": gettext_lazy("Applicants")}
_OPEN_LETTERS = 3  # so many letters are shown unfolded; of more, those that changed


def content(paper: DecisionPaper) -> dict[str, Any]:
    """Each answer with its letter and what the letter is about, in the order of the numbers."""
    rows = paper.decisions.select_related("request__applicant__organisation", "request__call").prefetch_related(
        "request__parties__local_government__organisation"
    )
    return {
        "decisions": [_bound(row) for row in sorted(rows, key=lambda row: (row.request.number_year or 0, row.request.number_serial or 0))]
    }


def _bound(decision: RequestDecision) -> dict[str, Any]:
    request = decision.request
    subject, text = decision_letters.printed(decision, announced=False)
    return {
        "key": request.number,
        "outcome": decision.outcome,
        "language": decision_letters.language_of(request),
        "subject": subject,
        "text": text,
        "facts": {name: {side: _fact(request, name, side) for side in ("ja", "en")} for name in _LABELS},
    }


def _fact(request: MunicipalRequest, name: str, language: str) -> str:
    with translation.override(language):
        if name == "applicants":
            return _(", ").join(parties.named(request))
        return str(request.kind_facts.title) if name == "kind" else request.name


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What changed between two contents, in words of the active language."""
    old = {row["key"]: row for row in before.get("decisions", ())}
    new = {row["key"]: row for row in after.get("decisions", ())}
    found: list[Change] = []
    if old.keys() != new.keys():
        added, removed = [key for key in new if key not in old], [key for key in old if key not in new]
        found.append(Change(_("Requests"), str(len(old)), str(len(new)), kind="list", added=added, removed=removed))
    for key, row in new.items():
        if key in old:
            found += _changes(key, old[key], row)
    return found


def _changes(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    found = []
    if old["outcome"] != new["outcome"]:
        found.append(Change(_("%(number)s: answer") % {"number": key}, str(_OUTCOMES[old["outcome"]]), str(_OUTCOMES[new["outcome"]])))
    side = _side()
    for name, label in _LABELS.items():
        one, other = old["facts"].get(name, {}), new["facts"].get(name, {})
        if one != other:
            found.append(Change(f"{key}{_(': ')}{label}", one.get(side, "–"), other.get(side, "–")))
    labels = {"subject": _("%(number)s: subject of the letter"), "text": _("%(number)s: letter")}
    for name, words in labels.items():
        if old[name] != new[name]:
            found.append(Change(words % {"number": key}, old[name], new[name], kind="text"))
    return found


def titles(paper: DecisionPaper) -> tuple[str, str]:
    """What is asked, in Japanese and in English."""
    rows = list(paper.decisions.select_related("request__applicant__organisation"))
    if len(rows) == 1:
        one = rows[0]
        accepted = one.outcome == RequestDecision.Outcome.ACCEPTED
        act_ja, act_en = ("採択する", "accept") if accepted else ("採択しない", "decline")
        return (
            f"要望{one.request.number}「{one.request.name}」を{act_ja}こと",
            f"To {act_en} the request {one.request.number} “{one.request.name}”",
        )
    count = Counter(row.outcome for row in rows)
    ja: list[str] = []
    en: list[str] = []
    for outcome, word_ja, word_en in (("accepted", "採択", "accepted"), ("declined", "不採択", "declined")):
        if count[outcome]:
            ja.append(f"{word_ja}{count[outcome]}件")
            en.append(f"{count[outcome]} {word_en}")
    call_ja = f"「{paper.call.in_language('title', 'ja')}」への" if paper.call else ""
    call_en = f" of “{paper.call.in_language('title', 'en')}”" if paper.call else ""
    return f"{call_ja}要望{len(rows)}件に回答すること（{'、'.join(ja)}）", f"To answer {len(rows)} requests{call_en} ({', '.join(en)})"


def missing(paper: DecisionPaper) -> list[str]:
    """What keeps the paper from being put before its deciders."""
    if paper.state != DecisionPaper.State.DRAFT:
        return [_("This paper is “%(state)s”.") % {"state": paper.get_state_display()}]
    rows = list(paper.decisions.select_related("request__applicant__organisation"))
    gone = [row.request for row in rows if row.request.state not in MunicipalRequest.ACTIVE]
    if rows and len(gone) == len(rows):
        return [_("None of its requests can be answered any more. Drop the paper.")]
    return []


def abouts(keys: Sequence[int]) -> dict[int, Call]:
    """The calls that papers belong to."""
    papers = DecisionPaper.objects.filter(pk__in=keys, call__isnull=False).select_related("call")
    return {paper.pk: paper.call for paper in papers if paper.call is not None}


# ── the approval's page ──────────────────────────────────────────────────────


def context(approval: Approval, _query: Mapping[str, str]) -> dict[str, Any]:
    """Each answer with its letter as it was submitted, what is new in it marked, and what the division knows of the request."""
    paper: Any = approval.subject
    bound = approval.content or approvals.content_of(paper)
    before = {row["key"]: row for row in approvals.content_before(approval).get("decisions", ())}
    live = {row.request.number: row for row in paper.decisions.select_related("request__relay__organisation", "request__mission")}
    rows = [_shown(row, before.get(row["key"]), live.get(row["key"])) for row in bound["decisions"]]
    for row in rows:
        row["is_open"] = len(rows) <= _OPEN_LETTERS or row["is_changed"]
    count = Counter(row["outcome"] for row in bound["decisions"])
    facts = [{"label": _OUTCOMES[key], "value": str(count[key])} for key in _OUTCOMES if count[key]]
    if paper.call is not None:
        facts.insert(0, {"label": _("Call"), "value": str(paper.call)})
    if paper.note:
        facts.append({"label": _("Note"), "value": paper.note})
    return {"paper": paper, "rows": rows, "facts": facts}


def _shown(row: Mapping[str, Any], old: Mapping[str, Any] | None, decision: RequestDecision | None) -> dict[str, Any]:
    base, side = old or row, _side()
    return {
        "number": row["key"],
        "outcome": row["outcome"],
        "outcome_label": _OUTCOMES[row["outcome"]],
        "language": row["language"],
        "subject": letters.compared(_dated(base, "subject"), _dated(row, "subject")),
        "text": letters.compared(_dated(base, "text"), _dated(row, "text")),
        "is_changed": any(base[name] != row[name] for name in ("subject", "text", "outcome")),
        "facts": {name: fact[side] for name, fact in row["facts"].items()},
        "request": decision.request if decision else None,
    }


def _dated(row: Mapping[str, Any], name: str) -> str:
    """The letter as a decider reads it: in place of the day, which nobody knows yet, what will stand there."""
    with translation.override(row["language"]):
        words = _("[the day of the answer]")
    return str(row[name]).replace(f"{{{decision_letters.DATE}}}", words)


def _side() -> str:
    return "en" if (get_language() or "ja").startswith("en") else "ja"
