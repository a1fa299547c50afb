"""Lay the log of our mail server beside the outbox: first what would change, then the change."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import admin_pages, reconciliations, relay_logs, restores
from partnership.admin.pages import demand, framed, person
from partnership.admin.uncertain_mails import DECIDE, whom
from partnership.models import Email
from partnership.reconciliations import ABSENT, ACCEPTED, NOT_COVERED, Comparison, Verdict

SALT = "partnership.relay_log"
SEEN_FOR = 3600  # seconds between what is shown and what is applied
SHOWN = 200
MOST = 300 * 2**20  # bytes after unpacking; a page must answer within a minute


class LogForm(forms.Form):
    """The files, and whether their silence is to be believed without question."""

    log = forms.FileField(
        label=gettext_lazy("Log of the mail server"),
        help_text=gettext_lazy(
            "The mail log of Postfix, or lines of JSON, also compressed. At most 20 MB; larger ones with “manage.py mail_reconcile”."
        ),
    )
    complete = forms.BooleanField(
        label=gettext_lazy("This log is whole: whatever is not in it never left"),
        help_text=gettext_lazy("Only if whoever runs the mail server says so. A letter that is wrongly called missing goes out twice."),
        required=False,
    )


def page(request: HttpRequest) -> HttpResponse:
    """The form; then what the log says; then, by a second button, the change."""
    demand(request, DECIDE)
    if request.method == "POST" and "seen" in request.POST:
        return _apply(request)
    form = LogForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        log = relay_logs.read([form.cleaned_data["log"].file], most=MOST)
        return _show(request, reconciliations.compare(log, complete=form.cleaned_data["complete"]))
    status = 422 if request.method == "POST" else 200
    return framed(request, "mail/log.html", _("Compare with the log of the mail server"), status=status, form=form)


def _show(request: HttpRequest, found: Comparison) -> HttpResponse:
    context: dict[str, Any] = {
        "found": found,
        "log": found.log,
        "accepted": [_row(one) for one in found.of(ACCEPTED)[:SHOWN]],
        "absent": [_row(one) for one in found.of(ABSENT)[:SHOWN]],
        "counts": {"accepted": len(found.of(ACCEPTED)), "absent": len(found.of(ABSENT)), "not_covered": len(found.of(NOT_COVERED))},
        "unknown": found.unknown[:SHOWN],
        "skew": round(found.skew.total_seconds() / 60),
        "form": LogForm(),
        "held": restores.is_held(),
        "seen": signing.dumps(_kept(found), salt=SALT, compress=True) if found.changes else "",
    }
    return framed(request, "mail/log.html", _("Compare with the log of the mail server"), **context)


def _row(one: Verdict) -> dict[str, Any]:
    return {"email": one.email, "whom": whom(one.email), "at": one.at or one.email.data_started_at}


def _kept(found: Comparison) -> dict[str, Any]:
    """What the person has seen, to be applied as it was seen: keys and words, no text and no address."""
    rows = [(one.email.pk, one.word, one.at.isoformat() if one.at else "") for one in found.changes]
    return {"rows": rows, "unknown": len(found.unknown)}


def _apply(request: HttpRequest) -> HttpResponse:
    try:
        kept = signing.loads(request.POST["seen"], salt=SALT, max_age=SEEN_FOR)
    except signing.BadSignature:
        messages.error(request, _("What you saw is older than an hour. Please choose the log once more."))
        return redirect("admin:mail_log")
    rows = Email.objects.select_related("mailing").in_bulk([pk for pk, _word, _at in kept["rows"]])
    verdicts = [Verdict(rows[pk], word, parse_datetime(at) if at else None) for pk, word, at in kept["rows"] if pk in rows]
    done = reconciliations.apply(verdicts, by=person(request), unknown=kept["unknown"])
    messages.success(
        request,
        _("By the log: %(accepted)s are sent, %(absent)s had not left.") % {"accepted": done[ACCEPTED], "absent": done[ABSENT]},
    )
    return redirect("admin:mail_engine" if restores.is_held() else "admin:mail_uncertain")


admin_pages.register("mail/uncertain/log/", page, "mail_log")
