"""What an approval of a mailing binds, how two such contents differ in words, and the letters that they print."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnership import letters, purposes
from partnership.models import Email, Mailing, Recipient
from partnership.purposes import Letter
from partnership.subjects import Change

LANGUAGES = ("ja", "en")
_TEXTS = ("subject_ja", "subject_en", "body_ja", "body_en")


def content(mailing: Mailing) -> dict[str, Any]:
    """Texts, recipients and everything that is printed, as plain JSON.

    Names that came later (additions) have a paper of their own. An address is left out: correcting it for the same post is
    audited, not approved again. What is equal for all and printed is bound too, unless a material fact of the same name
    tells of it already.
    """
    purpose = purposes.get(mailing.purpose)
    facts = purpose.facts(mailing)
    used = letters.names(*(getattr(mailing, name) for name in _TEXTS)) - fresh(purpose)
    values = {language: {k: v for k, v in common_values(mailing, language).items() if k in used} for language in LANGUAGES}
    return {
        "purpose": mailing.purpose,
        "texts": {name: getattr(mailing, name) for name in _TEXTS},
        "recipients": _bound(mailing.recipients.filter(addition=0)),
        "facts": [{"key": key, **fact} for key, fact in facts.items()],
        "values": values,
    }


def waiting_additions(mailing: Mailing) -> QuerySet[Recipient]:
    """The names that were added after the start and have no letter yet."""
    written = Email.objects.filter(mailing=OuterRef("mailing_id"), recipient_key=OuterRef("key"))
    return mailing.recipients.filter(~Exists(written), addition__gt=0).order_by("id")


def supplement(mailing: Mailing) -> dict[str, Any]:
    """The names that came later and have no letter yet, alone; empty when there are none."""
    rows = waiting_additions(mailing)
    last = rows.aggregate(last=Max("addition"))["last"]
    return {} if last is None else {"addition": last, "recipients": _bound(rows.filter(addition=last))}


def supplement_again(mailing: Mailing, bound: Mapping[str, Any]) -> dict[str, Any]:
    """The names of an earlier supplement as they stand on the list now."""
    return {"addition": bound.get("addition"), "recipients": _bound(mailing.recipients.filter(addition=bound.get("addition") or -1))}


def _bound(rows: QuerySet[Recipient]) -> list[dict[str, Any]]:
    """Rows as a content holds them.

    In an order of our own: a database sorts by rules that its next version may change, and the approval would seem void.
    """
    plain = rows.order_by().values("key", "label_ja", "label_en", "language", "is_copy", "values")
    return sorted((dict(row) for row in plain), key=lambda row: (row["label_ja"], row["key"]))


def listed(mailing: Mailing) -> list[Recipient]:
    """The list as its purpose makes it now, with values fit to be printed; unsaved."""
    purpose = purposes.get(mailing.purpose)
    rows = purpose.recipients(mailing) if purpose.recipients else []
    for row in rows:
        row.values = {
            language: {name: letters.clean(value) for name, value in row.values.get(language, {}).items()} for language in LANGUAGES
        }
    return rows


def common_values(mailing: Mailing, language: str) -> dict[str, str]:
    """The placeholders that are equal for all, fit to be printed."""
    values = purposes.get(mailing.purpose).values(mailing, language)
    return {name: letters.clean(value) for name, value in values.items()}


def links(purpose: purposes.Purpose) -> frozenset[str]:
    """The placeholders that become marks."""
    return frozenset(placeholder.name for placeholder in purpose.placeholders if placeholder.link)


def fresh(purpose: purposes.Purpose) -> frozenset[str]:
    """The placeholders that are printed as they are when the letters are written, and that no approval binds."""
    return frozenset(placeholder.name for placeholder in purpose.placeholders if placeholder.fresh)


def as_of_now(bound: Mapping[str, Any], mailing: Mailing) -> dict[str, Any]:
    """A content with what moves by a rule (fresh placeholders) as it stands now, to be printed."""
    moving = fresh(purposes.get(mailing.purpose))
    now = {one: {k: v for k, v in common_values(mailing, one).items() if k in moving} for one in LANGUAGES} if moving else {}
    return {**bound, "values": {one: {**bound.get("values", {}).get(one, {}), **now.get(one, {})} for one in LANGUAGES}}


def _explained(purpose: purposes.Purpose, language: str) -> dict[str, str]:
    """What stands for a fresh placeholder where nobody said how things are now."""
    with translation.override(language):
        return {one.name: f"[{one.explanation}]" for one in purpose.placeholders if one.fresh}


def letter(bound: Mapping[str, Any], recipient: Mapping[str, Any], language: str) -> Letter:
    """The letter that ``recipient`` gets from a content.

    Raises:
        KeyError: when the text uses a placeholder that nobody gave a value.
    """
    purpose = purposes.get(bound["purpose"])
    values = {**_explained(purpose, language), **bound["values"].get(language, {}), **recipient["values"].get(language, {})}
    texts, marked = bound["texts"], links(purpose)
    return Letter(
        letters.render_subject(texts[f"subject_{language}"], values), letters.render(texts[f"body_{language}"], values, marked), language
    )


def row(recipient: Recipient) -> dict[str, Any]:
    """A recipient as a content holds it."""
    return {name: getattr(recipient, name) for name in ("key", "label_ja", "label_en", "language", "is_copy", "values")}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What changed between two contents, in words of the active language."""
    return [*_facts(before, after), *_values(before, after), *_texts(before, after), *_recipients(before, after)]


def _side() -> str:
    return "en" if (get_language() or "ja").startswith("en") else "ja"


def _facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old = {fact["key"]: fact for fact in before.get("facts", ())}
    new = {fact["key"]: fact for fact in after.get("facts", ())}
    side, changes = _side(), []
    for key in dict.fromkeys([*new, *old]):
        one, other = old.get(key, {}), new.get(key, {})
        if one == other:
            continue
        label = (other or one).get(f"label_{side}", key)
        told, telling = str(one.get(f"value_{side}", "–")), str(other.get(f"value_{side}", "–"))
        if told == telling:  # it differs in the other language only
            rest = "ja" if side == "en" else "en"
            told, telling = str(one.get(f"value_{rest}", "–")), str(other.get(f"value_{rest}", "–"))
        changes.append(Change(label, told or "–", telling or "–"))
    return changes


def _values(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    told = {fact["key"] for fact in [*before.get("facts", ()), *after.get("facts", ())]}
    known = purposes.get(after["purpose"]).placeholders if "purpose" in after else ()  # a supplement holds names only
    explained = {placeholder.name: str(placeholder.explanation) for placeholder in known}
    changes = []
    for language in LANGUAGES:
        old, new = before.get("values", {}).get(language, {}), after.get("values", {}).get(language, {})
        changes += [
            Change(f"{explained.get(name, name)} ({_language_name(language)})", old.get(name, "–"), new.get(name, "–"))
            for name in dict.fromkeys([*new, *old])
            if name not in told and old.get(name) != new.get(name)
        ]
    return changes


def _language_name(language: str) -> str:
    return _("English") if language == "en" else _("Japanese")


def _texts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    labels = {
        "subject_ja": _("Subject (Japanese)"),
        "subject_en": _("Subject (English)"),
        "body_ja": _("Letter (Japanese)"),
        "body_en": _("Letter (English)"),
    }
    old, new = before.get("texts", {}), after.get("texts", {})
    return [
        Change(labels[name], old.get(name, ""), new.get(name, ""), kind="text") for name in _TEXTS if old.get(name, "") != new.get(name, "")
    ]


def _recipients(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old = {one["key"]: one for one in before.get("recipients", ())}
    new = {one["key"]: one for one in after.get("recipients", ())}
    added = [new[key] for key in new if key not in old]
    removed = [old[key] for key in old if key not in new]
    altered = [new[key] for key in new if key in old and old[key] != new[key]]
    if not (added or removed or altered):
        return []
    change = Change(
        _("Recipients"), str(len(old)), str(len(new)), kind="list", added=_named(added), removed=_named(removed), altered=_named(altered)
    )
    return [change]


def _named(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [one[f"label_{_side()}"] or one["label_ja"] for one in rows]
