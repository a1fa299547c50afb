"""What a paper binds: the content of a thing, of its companions in a package, or of the additions alone; and its SHA-256."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from partnership import subjects
from partnership.models import Approval
from partnership.subjects import Change

COMPANIONS = "companions"  # the key under which a content holds those of the other letters of a package


def canonical(content: Mapping[str, Any]) -> bytes:
    """A content as bytes, independent of the order of its keys."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a content, independent of the order of its keys."""
    return hashlib.sha256(canonical(content)).hexdigest()


def own_content_of(thing: models.Model) -> dict[str, Any]:
    """What an approval of ``thing`` alone binds, as plain JSON."""
    return _plain(subjects.of(thing).content(thing))


def content_of(thing: models.Model) -> dict[str, Any]:
    """What an approval of ``thing`` binds, with the companions that are put before the deciders in the same paper."""
    subject = subjects.of(thing)
    companions = {str(one.pk): _plain(subject.content(one)) for one in subject.companions(thing)}
    own = own_content_of(thing)
    return {**own, COMPANIONS: companions} if companions else own


def additions_of(thing: models.Model) -> dict[str, Any]:
    """What came to ``thing`` and no paper covers yet; empty when there is nothing."""
    return _plain(subjects.of(thing).supplement(thing))


def content_now(approval: Approval, thing: models.Model) -> dict[str, Any]:
    """What the paper would bind if it were submitted now."""
    if approval.supplements_id is None:
        return content_of(thing)
    subject = subjects.of(thing)
    if subject.supplement_again is None or not approval.content:
        return additions_of(thing)
    return _plain(subject.supplement_again(thing, approval.content))


def part_of(approval: Approval, thing: models.Model) -> dict[str, Any]:
    """The part of a paper that is about ``thing``: its own, or that of one companion; empty when there is none."""
    if approval.object_id == thing.pk:
        return {key: value for key, value in approval.content.items() if key != COMPANIONS}
    return dict(approval.content.get(COMPANIONS, {}).get(str(thing.pk), {}))


def is_sound(approval: Approval) -> bool:
    """Whether the stored content still is the one whose digest was bound."""
    return bool(approval.digest) and digest_of(approval.content) == approval.digest


def shown(approval: Approval) -> dict[str, Any]:
    """What the page of a paper shows: for a supplement, the additions within the paper that they were added to."""
    main = approval.supplements
    if main is None:
        return dict(approval.content)
    return {**(part_of(main, approval.subject) if approval.subject else main.content), **approval.content}


def differences(model: type[models.Model] | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What changed between two contents in words, part by part: of the thing itself, then of each companion under its name."""
    subject = subjects.of_model(model)
    found = list(subject.differences(before, after))
    old, new = before.get(COMPANIONS, {}), after.get(COMPANIONS, {})
    if not (old or new):
        return found
    named = _named(subject.model, {*old, *new})
    added, removed = [named[key] for key in new if key not in old], [named[key] for key in old if key not in new]
    if added or removed:
        found.append(Change(_("Letters of the package"), str(len(old)), str(len(new)), kind="list", added=added, removed=removed))
    for key in new:
        if key in old and old[key] != new[key]:
            found += [replace(one, label=_("%(letter)s: %(what)s") % {"letter": named[key], "what": one.label})
                      for one in subject.differences(old[key], new[key])]  # fmt: skip
    return found


def _named(model: type[models.Model], keys: set[str]) -> dict[str, str]:
    found = {str(one.pk): str(one) for one in model._default_manager.filter(pk__in=keys)}
    return {key: found.get(key, key) for key in sorted(keys)}


def changes_since_last(approval: Approval) -> Sequence[Change]:
    """What a paper changes against the round before, or against the paper it follows; empty for a first one."""
    before = content_before(approval)
    if not before or not approval.content:
        return ()
    return differences(approval.content_type.model_class(), before, approval.content)


def content_before(approval: Approval) -> Mapping[str, Any]:
    """What the deciders saw last: in the round before, or in the approved paper that this one follows."""
    if approval.earlier_content:
        return approval.earlier_content
    if (former := approval.supersedes) is None:
        return {}
    if former.object_id == approval.object_id:
        return former.content
    return former.content.get(COMPANIONS, {}).get(str(approval.object_id), {})


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON gives it back, so that a content compares equal before and after it was stored."""
    return json.loads(canonical(content))
