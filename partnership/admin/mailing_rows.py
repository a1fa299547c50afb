"""What a mailing's home shows beside its list: its stages, how many read which language, and examples of its placeholders."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnership import dates, mailing_content, mailings, purposes
from partnership.approvals import Standing
from partnership.models import Mailing


@dataclass(frozen=True)
class Stage:
    """One of the four steps of a mailing: done, now, or still to come."""

    name: str
    words: str
    mark: str


def stages(mailing: Mailing, standing: Standing) -> list[Stage]:
    """Text, list, approval, sending."""
    state = mailing.state
    frozen = state != Mailing.State.DRAFT
    through = state in {Mailing.State.FINISHED, Mailing.State.CANCELLED}
    started = mailing.started_at is not None
    approved = standing.holds or started
    paper = standing.approval
    words = _("not submitted yet")
    if standing.holds:
        words = _("approved")
    elif standing.void:
        words = _("changed since it was approved")
    elif paper is not None:
        words = paper.get_state_display()
    leaves = mailings.leaves_at(mailing)
    sending = _("not yet")
    if started or through:
        sending = mailing.get_state_display()
    elif leaves is not None:
        sending = _("by itself: %(when)s") % {"when": dates.short_moment(leaves, get_language() or "ja")}
    steps = [
        (_("Letter"), _("in Japanese and English"), True),
        (_("List of recipients"), _("frozen") if frozen else _("open"), frozen),
        (_("Approval"), words, approved),
        (_("Sending"), sending, through),
    ]
    if not purposes.get(mailing.purpose).needs_approval:
        steps.pop(2)
    first_open = next((index for index, (_name, _words, done) in enumerate(steps) if not done), len(steps))
    return [Stage(name, said, "done" if done else ("now" if index == first_open else "")) for index, (name, said, done) in enumerate(steps)]


def languages(mailing: Mailing) -> dict[str, int]:
    """How many read which language, and how many copies for secretariats there are."""
    rows = mailing.recipients.order_by().values("language", "is_copy").annotate(n=Count("pk"))
    out = {"ja": 0, "en": 0, "copies": 0}
    for row in rows:
        out[row["language"]] += row["n"]
        out["copies"] += row["n"] if row["is_copy"] else 0
    return out


def example(mailing: Mailing, placeholder: purposes.Placeholder) -> str:
    """What a placeholder prints now, in the reader's language; personal ones by the first of the list."""
    side = "en" if (get_language() or "ja").startswith("en") else "ja"
    if placeholder.link:
        return _("each recipient’s own address")
    common = mailing_content.common_values(mailing, side)
    if placeholder.name in common:
        return common[placeholder.name]
    return _("different for each recipient")
