"""The rows that a mailing's home shows: its stages, its list with the state of each mail, and examples of its placeholders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnership import emails, mailing_content, mailings, purposes, reasons
from partnership.approvals import Standing
from partnership.models import Email, Mailing

_TONES = {"sent": "ok", "failed": "bad", "uncertain": "turn", "transmitting": "run", "claimed": "run"}
# What a filter of the list means in states of a mail
FILTERS = {
    "sent": (Email.State.SENT,),
    "running": (Email.State.CLAIMED, Email.State.TRANSMITTING),
    "waiting": (Email.State.QUEUED,),
    "uncertain": (Email.State.UNCERTAIN,),
    "failed": (Email.State.FAILED,),
    "cancelled": (Email.State.CANCELLED,),
}


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
    steps = [
        (_("Letter"), _("in Japanese and English"), True),
        (_("List of recipients"), _("frozen") if frozen else _("open"), frozen),
        (_("Approval"), words, approved),
        (_("Sending"), mailing.get_state_display() if started or through else _("not yet"), through),
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


def listed(request: HttpRequest, mailing: Mailing, size: int) -> dict[str, Any]:
    """A page of the list: by name before the sending, with the state of each mail afterwards."""
    if mailing.started_at is None:
        rows: Any = mailings.listed(mailing) if mailing.state == Mailing.State.DRAFT else mailing.recipients.order_by("id")
        page = Paginator(rows, size).get_page(request.GET.get("page"))
        return {"page_obj": page, "recipients": page.object_list}
    chosen = request.GET.get("state", "")
    rows = emails.current().filter(mailing=mailing).order_by("id")
    if chosen in FILTERS:
        rows = rows.filter(state__in=FILTERS[chosen])
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    return {"page_obj": page, "mails": [mail(one) for one in page.object_list], "state": chosen, "filters": _filters(mailing)}


def mail(email: Email) -> dict[str, Any]:
    """One mail in words."""
    side = "en" if (get_language() or "ja").startswith("en") else "ja"
    label = getattr(email, f"to_label_{side}") or email.to_label_ja or email.to_address
    said = reasons.sentence(email.reason, email.smtp_code)
    if not said and email.state == Email.State.SENT:
        said = _("The server of the recipient took it")
    at = email.finished_at or email.data_started_at
    return {"email": email, "label": label, "tone": _TONES.get(email.state, ""), "said": said, "at": at}


def _filters(mailing: Mailing) -> Sequence[tuple[str, str, int]]:
    counted = mailings.progress(mailing)
    words = {
        "sent": _("sent"),
        "running": _("being sent"),
        "waiting": _("waiting"),
        "uncertain": _("unknown"),
        "failed": _("did not arrive"),
        "cancelled": _("not sent"),
    }
    some = [(name, word, getattr(counted, name)) for name, word in words.items() if getattr(counted, name)]
    return [("", _("all"), counted.total), *some]


def example(mailing: Mailing, placeholder: purposes.Placeholder) -> str:
    """What a placeholder prints now, in the reader's language; personal ones by the first of the list."""
    side = "en" if (get_language() or "ja").startswith("en") else "ja"
    if placeholder.link:
        return _("each recipient’s own address")
    common = mailing_content.common_values(mailing, side)
    if placeholder.name in common:
        return common[placeholder.name]
    return _("different for each recipient")
