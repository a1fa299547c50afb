"""The list of a mailing on its home: by name before the sending, with the state of each letter and filters afterwards."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnership import dates, emails, mailings, purposes, reasons
from partnership.admin.mailing_forms import ListFilter
from partnership.models import Email, Mailing, Recipient

_TONES = {"sent": "ok", "failed": "bad", "uncertain": "turn", "transmitting": "run", "claimed": "run"}
# What a filter of the list means in states of a mail
FILTERS = {
    "sent": Q(state=Email.State.SENT),
    "running": Q(state__in=[Email.State.CLAIMED, Email.State.TRANSMITTING]),
    "waiting": Q(state=Email.State.QUEUED),
    "uncertain": Q(state=Email.State.UNCERTAIN),
    "failed": Q(state=Email.State.FAILED),
    "bounced": Q(state=Email.State.SENT, bounced_at__isnull=False),
    "cancelled": Q(state=Email.State.CANCELLED),
}


def listed(request: HttpRequest, mailing: Mailing, size: int, rows: Sequence[Recipient] = ()) -> dict[str, Any]:
    """A page of the list.

    Args:
        request: its query filters the list of a mailing that was started.
        mailing: whose list it is.
        size: rows on a page.
        rows: the list of a draft, which is made anew each time.
    """
    if mailing.started_at is None or purposes.get(mailing.purpose).issue:
        names = rows if mailing.state == Mailing.State.DRAFT else mailing.recipients.order_by("id")
        page = Paginator(names, size).get_page(request.GET.get("page"))
        return {"page_obj": page, "recipients": page.object_list}
    chosen = request.GET.get("state", "")
    wanted = ListFilter(request.GET)
    found = _filtered(mailing, wanted)
    if chosen in FILTERS:
        found = found.filter(FILTERS[chosen])
    shown = Paginator(found, size).get_page(request.GET.get("page"))
    return {
        "page_obj": shown,
        "mails": [mail(one) for one in shown.object_list],
        "state": chosen,
        "filters": _counted(mailing),
        "wanted": wanted,
        "is_filtered": chosen in FILTERS or any(request.GET.get(name) for name in wanted.fields),
    }


def _filtered(mailing: Mailing, wanted: ListFilter) -> QuerySet[Email]:
    rows = emails.current().filter(mailing=mailing).order_by("id")
    if not wanted.is_valid():
        return rows
    said = wanted.cleaned_data
    if said["language"]:
        rows = rows.filter(language=said["language"])
    if said["copies"]:
        copies = mailing.recipients.filter(is_copy=True).values("key")
        rows = rows.filter(recipient_key__in=copies) if said["copies"] == "only" else rows.exclude(recipient_key__in=copies)
    for word in said["q"].split():
        rows = rows.filter(Q(to_label_ja__icontains=word) | Q(to_label_en__icontains=word) | Q(to_address__icontains=word))
    return rows


def mail(email: Email) -> dict[str, Any]:
    """One letter in words: to whom, where it stands, since when, and why."""
    side = "en" if (get_language() or "ja").startswith("en") else "ja"
    label = getattr(email, f"to_label_{side}") or email.to_label_ja or email.to_address
    state, tone = email.get_state_display(), _TONES.get(email.state, "")
    at = email.finished_at or email.accepted_at or email.data_started_at
    if email.bounced_at is not None and email.state == Email.State.SENT:
        state, tone, at = _("came back"), "bad", email.bounced_at
    elif email.held:
        state, tone = _("on hold"), "turn"
    when = dates.clock(at, get_language() or "ja") if at else ""
    return {"email": email, "label": label, "state": state, "tone": tone, "said": said_of(email), "when": when, "act": _act(email)}


def said_of(email: Email) -> str:
    """Why it stands where it stands, and when it is tried again."""
    said = reasons.sentence(email.reason, email.smtp_code)
    if email.bounced_at is not None and email.state == Email.State.SENT:
        return _("It was taken, and came back later")
    if not said and email.state == Email.State.SENT:
        return _("The server of the recipient took it")
    if email.state == Email.State.QUEUED and email.attempts and not email.held:
        again = _("Tried again at %(when)s (attempt %(number)s)") % {
            "when": dates.clock(email.next_at, get_language() or "ja"),
            "number": email.attempts + 1,
        }
        return f"{said} {again}".strip()
    return said


def _act(email: Email) -> str:
    """The word on the way to the letter's own page."""
    if email.state == Email.State.UNCERTAIN:
        return _("Decide")
    lost = email.state == Email.State.FAILED or email.bounced_at is not None
    return _("Correct the address") if lost and email.reason in {reasons.UNKNOWN_ADDRESS, ""} else _("Course")


def _counted(mailing: Mailing) -> Sequence[tuple[str, str, int]]:
    counted = mailings.progress(mailing)
    words = {
        "sent": _("sent"),
        "running": _("being sent"),
        "waiting": _("waiting"),
        "uncertain": _("unknown"),
        "failed": _("did not arrive"),
        "bounced": _("came back"),
        "cancelled": _("not sent"),
    }
    some = [(name, word, getattr(counted, name)) for name, word in words.items() if getattr(counted, name)]
    return [("", _("all"), counted.total), *some]
