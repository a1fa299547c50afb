"""One mail of the outbox: its text without secrets, each attempt, what came back, and the acts that its state allows."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from csp.decorators import csp
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from partnership import acts, audit, emails, evidence, mailings, marks, purposes, reasons
from partnership.admin.base import is_key
from partnership.admin.mailing_frames import FRAME_POLICY
from partnership.admin.pages import Work, act, framed, person
from partnership.admin.uncertain_mails import kind, whom
from partnership.models import Email, MailAttempt
from partnership.transitions import Refused

_State = Email.State
_LOST = (_State.FAILED, _State.UNCERTAIN)


@dataclass(frozen=True)
class Moment:
    """Something that happened to the mail."""

    at: dt.datetime
    what: str
    detail: str = ""
    said: str = ""  # in the server's own words
    tone: str = ""


def text_for_eyes(email: Email) -> str:
    """The text of a mail as staff may read it: secrets hidden, marks in words."""
    if is_secret(email):
        return _("(not shown: it holds a secret)")
    return marks.shown(email.text, _("[personal link]"))


def is_secret(email: Email) -> bool:
    """Whether its text may be seen by its reader only; a purpose that nobody knows may have been one of these."""
    try:
        return purposes.get(email.purpose).secret
    except KeyError:
        return True


def _email(request: HttpRequest, pk: int) -> Email:
    if not request.user.is_superuser:
        raise PermissionDenied
    if not is_key(str(pk)):
        raise Http404
    return get_object_or_404(Email.objects.select_related("mailing", "created_by", "resend_of"), pk=pk)


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one mail; its acts are posted."""
    email = _email(request, pk)
    if request.method == "POST":
        return act(request, _acts(request, email), reverse("admin:partnership_email_change", args=[pk]))
    resent_as = Email.objects.filter(resend_of=email).first()
    place = purposes.places([email]).get(email.pk)
    context: dict[str, Any] = {
        "email": email,
        "whom": whom(email),
        "kind": kind(email),
        "place": place,
        "why": reasons.sentence(email.reason, email.smtp_code),
        "text": text_for_eyes(email),
        "has_html": bool(email.html) and not is_secret(email),
        "resent_as": resent_as,
        "moments": moments(email),
        "may": {
            "resend": resent_as is None and bool(email.text) and (email.state in _LOST or email.bounced_at is not None),
            "arrived": resent_as is None and email.state == _State.UNCERTAIN,
            "cancel": email.state in {_State.QUEUED, _State.CLAIMED},
        },
    }
    return framed(request, "mail/letter.html", email.subject, **context)


@require_safe
@xframe_options_sameorigin
@csp(FRAME_POLICY)  # type: ignore[arg-type]  # its stubs know views without arguments only
def html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part, with words where the link goes; nothing of a secret."""
    email = _email(request, pk)
    return HttpResponse("" if is_secret(email) else marks.shown(email.html, _("[personal link]")))


def _acts(request: HttpRequest, email: Email) -> dict[str, Work]:
    by = person(request)
    return {
        "resend": lambda: _resend(email, by),
        "arrived": lambda: _arrived(email, by),
        "cancel": lambda: _cancel(email, by),
    }


def _resend(email: Email, by: Any) -> str:
    """A new row; a letter of a mailing is sent again by its mailing, which asks for its approval."""
    if email.mailing is not None:
        mailings.retry(mailing=email.mailing, by=by, email=email)
    else:
        try:
            emails.resend(email=email, by=by)
        except ValueError as error:
            raise Refused(str(error)) from None
    return _("Written again in a new row; this one stays as it is.")


def _arrived(email: Email, by: Any) -> str:
    evidence.accepted(email=email, source=evidence.STAFF, by=by)
    return _("Recorded as arrived, with your name.")


def _cancel(email: Email, by: Any) -> str:
    emails.cancel(email=email, by=by)
    return _("Taken back before it left.")


# ── what happened, in order ──────────────────────────────────────────────────


def moments(email: Email) -> list[Moment]:
    """When it was written, each attempt, what came back, and what people decided."""
    written = _("by %(who)s") % {"who": email.created_by} if email.created_by else ""
    found = [Moment(email.created_at, _("written"), written)]
    found += [_attempt(one) for one in email.tries.all()]
    found += [Moment(one.received_at, one.get_kind_display(), one.status, one.diagnostic, "bad") for one in email.returns.all()]
    found += [Moment(one.at, acts.label(one.act).rpartition(" (")[0], acts.actor(one)) for one in audit.about(email)]
    return sorted(found, key=lambda one: one.at)


def _attempt(one: MailAttempt) -> Moment:
    phases = {
        "build": _("while the message was made"),
        "connect": _("while connecting"),
        "envelope": _("when the address was named"),
        "check": _("when it was asked whether it is still wanted"),
        "data": _("while the text was handed over"),
        "reply": _("after the text"),
    }
    outcomes = {
        "sent": (_("taken by the server"), "ok"),
        "queued": (_("put off"), ""),
        "failed": (_("refused"), "bad"),
        "uncertain": (_("no answer came"), "turn"),
        "cancelled": (_("no longer wanted"), ""),
    }
    what, tone = outcomes.get(one.outcome, (one.outcome, ""))
    said = f"{one.code or ''} {one.reply}".strip()
    return Moment(one.ended_at, what, phases.get(one.phase, one.phase), said, tone)
