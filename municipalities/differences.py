"""What somebody else changed in a request's form while one was writing, question by question, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from municipalities import answers, parties
from municipalities.kinds import kind_of
from municipalities.models import Attraction, LocalGovernment, MunicipalRequest
from partnership import audit, changes
from partnership.models import Organisation
from partnership.transitions import Refused

JOINED = "municipalrequest.join"  # the act that says which bodies joined from which version on


@dataclass(frozen=True)
class Difference:
    """One answer that is another one by now."""

    label: str
    before: str
    after: str


class Stale(Refused):
    """Somebody else saved the form meanwhile. ``differences`` says what they changed; ``version`` is the one to save over."""

    def __init__(self, sentence: str, differences: list[Difference], version: int) -> None:
        super().__init__(sentence)
        self.differences = differences
        self.version = version


def since(request: MunicipalRequest, version: int) -> list[Difference] | None:
    """How the form as it is stored differs from what it was at that version; None when that is not known any more."""
    seen = request.history.filter(version=version).order_by("-history_id").first()
    if seen is None:
        return None
    found = [Difference(_("Subject"), seen.title, request.title)] if seen.title != request.title else []
    found += [Difference(one.label, one.before, one.after) for one in _answered(seen, request)]
    before, after = set(seen.attractions.values_list("attraction_id", flat=True)), set(request.attractions.values_list("pk", flat=True))
    if before != after:
        found.append(Difference(_("Products and performers"), _named(Attraction, before), _named(Attraction, after)))
    if seen.mission_id != request.mission_id:
        found.append(Difference(_("Mission abroad"), _named(Organisation, [seen.mission_id]), _named(Organisation, [request.mission_id])))
    if seen.relay_id != request.relay_id:
        found.append(Difference(_("Through"), _named(LocalGovernment, [seen.relay_id]), _named(LocalGovernment, [request.relay_id])))
    return [*found, *_joined(request, version)]


def _answered(old: Any, new: Any) -> list[changes.Change]:
    """Question by question, how the answers of two states of one request differ."""
    found = []
    for question in kind_of(new.kind).questions:
        one, other = old.answers.get(question.key), new.answers.get(question.key)
        if one != other:
            said = [_said(answers.words(question, value)) for value in (one, other)]
            found.append(changes.Change(question.key, str(question.label), *said))
    return found


changes.tell_in_parts(MunicipalRequest, "answers", _answered)


def _joined(request: MunicipalRequest, version: int) -> list[Difference]:
    """The parties have no history of their own; the trail says from which version on they were these."""
    told = audit.about(request).filter(act=JOINED, facts__version__lte=version).order_by("-id").first()
    before = list(told.facts.get("bodies", ())) if told else []
    after = parties.joined_of(request)
    if before == [body.code for body in after]:
        return []
    was = LocalGovernment.objects.filter(code__in=before).select_related("organisation")
    return [Difference(_("Joint applicants"), _said(str(body) for body in was), _said(str(body) for body in after))]


def _said(lines: Iterable[str]) -> str:
    return _(", ").join(lines) or _("(empty)")


def _named(model: Any, keys: Iterable[Any]) -> str:
    return _said(str(row) for row in model.objects.filter(pk__in=[key for key in keys if key is not None]))
