"""The page of one letter to one recipient: what happened to it, how it was printed, and what can be done about it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from partnership import emails, holds, mailing_letters, mailing_timeline, mailings, marks, previews, purposes
from partnership.admin.mailing_acts import SEND
from partnership.admin.mailing_forms import SendAgainForm
from partnership.admin.mailing_list import mail
from partnership.admin.mailing_pages import mailing_for
from partnership.admin.pages import act, demand, person
from partnership.models import Email, Mailing
from partnership.transitions import Refused

_AGAIN = (Email.State.FAILED, Email.State.UNCERTAIN, Email.State.SENT)
_BACK = (Email.State.QUEUED, Email.State.CLAIMED)


def letter(request: HttpRequest, pk: int, email: int) -> HttpResponse:
    """One letter; its acts are POSTs."""
    mailing = mailing_for(request, pk)
    row = get_object_or_404(Email.objects.select_related("approval"), pk=email, mailing=mailing)
    rows = list(mailing_timeline.chain(row))
    if request.method != "POST":
        return TemplateResponse(request, "mailings/mail.html", _context(request, mailing, rows))
    demand(request, SEND)
    newest = rows[-1]
    if request.POST.get("act") == "again":
        form = SendAgainForm(request.POST)
        if form.is_valid() and _sent_again(request, mailing, newest, form):
            return redirect(_page(mailing, mailing_timeline.chain(newest).last() or newest))
        return TemplateResponse(request, "mailings/mail.html", _context(request, mailing, rows, form), status=422)
    table = {"back": lambda: _take_back(request, newest), "confirm": lambda: _confirm(request, newest)}
    return act(request, table, _page(mailing, newest))


def _sent_again(request: HttpRequest, mailing: Mailing, row: Email, form: SendAgainForm) -> bool:
    try:
        count = mailings.retry(mailing=mailing, by=person(request), email=row, to_address=form.cleaned_data["to_address"])
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    words = _("Written again; it leaves next.")
    if count > 1:
        words += " " + _("The link was made anew, so the copies that held it are sent again too: %(count)s.") % {"count": count - 1}
    messages.success(request, words)
    return True


def _take_back(request: HttpRequest, row: Email) -> str:
    emails.cancel(email=row, by=person(request))
    return _("Taken back. It does not leave.")


def _confirm(request: HttpRequest, row: Email) -> str:
    emails.confirm(email=row, by=person(request))
    return _("Recorded as arrived, with your name.")


def _page(mailing: Mailing, row: Email) -> str:
    return reverse("admin:partnership_mailing_mail", args=[mailing.pk, row.pk])


def _context(request: HttpRequest, mailing: Mailing, rows: Sequence[Email], form: SendAgainForm | None = None) -> dict[str, Any]:
    row, purpose = rows[-1], purposes.get(mailing.purpose)
    registered = purpose.address(row)
    on_list = mailing.recipients.filter(key=row.recipient_key).first()
    sends = request.user.has_perm(SEND)
    return {
        "mailing": mailing,
        "about": purpose.about(mailing),
        "about_url": purpose.home(mailing),
        "row": row,
        "shown": mail(row),
        "rows": rows,
        "recipient": on_list,
        "timeline": mailing_timeline.of(rows),
        "text": marks.shown(row.text, previews.link_words(row.language)),
        "registered": registered if registered != row.to_address else "",
        "on_hold": holds.is_on_hold(row.to_address),
        "along": list(mailing_letters.same_link(row).filter(state=Email.State.SENT)) if purpose.renew else [],
        "renews": purpose.renew is not None and row.state in {Email.State.SENT, Email.State.UNCERTAIN},
        "form": form or SendAgainForm(initial={"to_address": registered}),
        "may": {
            "again": sends and row.state in _AGAIN and mailing.state != Mailing.State.CANCELLED,
            "back": sends and row.state in _BACK,
            "confirm": sends and row.state == Email.State.UNCERTAIN,
        },
    }
