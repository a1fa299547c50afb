"""The mails of which nobody knows whether they arrived: what is known of each, and the two decisions that a person can make."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partnership import admin_pages, emails, evidence, mailings, purposes, reasons
from partnership.admin.base import is_key
from partnership.admin.pages import PAGE_ROWS, demand, framed, keys, person
from partnership.fields import TextField
from partnership.models import Email, MailAttempt
from partnership.transitions import Refused

DECIDE = "partnership.send_mailing"
ARRIVED, AGAIN = "arrived", "again"


class NoteForm(forms.Form):
    """How one knows; kept in the trail with the name of whoever decides."""

    note = TextField(
        label=gettext_lazy("How do you know? (kept in the audit trail)"),
        help_text=gettext_lazy("Such as: the embassy confirmed it by telephone."),
        required=False,
        max_length=300,
    )


@dataclass(frozen=True)
class Line:
    """One mail as a person reads it."""

    email: Email
    whom: str
    kind: str
    place: purposes.Place | None
    why: str
    server: str
    then: str
    at: dt.datetime | None


def waiting() -> QuerySet[Email]:
    """Those that a person has yet to decide about, the oldest first."""
    return emails.undecided().select_related("mailing").order_by("data_started_at", "id")


def index(request: HttpRequest) -> HttpResponse:
    """The list; decisions are posted, for one mail or for those that are marked."""
    demand(request, DECIDE)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _decide(request, form.cleaned_data["note"])
    page = Paginator(waiting(), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": lines(list(page.object_list)),
        "form": form,
        "wait": settings.MAIL_EVIDENCE_WAIT // 60,
        "marked": keys(request.POST.getlist("email")),
    }
    return framed(
        request, "mail/uncertain.html", _("Not known whether they arrived"), status=422 if request.method == "POST" else 200, **context
    )


def lines(rows: Sequence[Email]) -> list[Line]:
    """The rows in words; a fixed number of queries."""
    places = purposes.places(rows)
    said = {one.email_id: one for one in MailAttempt.objects.filter(email__in=[row.pk for row in rows]).order_by("id")}
    return [_line(row, places.get(row.pk), said.get(row.pk)) for row in rows]


def whom(email: Email) -> str:
    """The recipient in words, in the reader's language."""
    side = "en" if (get_language() or "ja").startswith("en") else "ja"
    return getattr(email, f"to_label_{side}") or email.to_label_ja or email.to_label_en or email.to_address


def kind(email: Email) -> str:
    """What it is: the name of its purpose; a purpose that is not installed any more keeps its key."""
    known = {purpose.key: purpose for purpose in purposes.every()}
    return str(known[email.purpose].label) if email.purpose in known else email.purpose


def _line(email: Email, place: purposes.Place | None, last: MailAttempt | None) -> Line:
    code = last.code if last is not None and last.outcome == Email.State.UNCERTAIN else None
    words = (last.reply if last is not None else "") or email.smtp_reply
    server = f"{code} {words}".strip() if code else words
    return Line(email, whom(email), kind(email), place, reasons.sentence(email.reason), server, _then(email), email.data_started_at)


def _then(email: Email) -> str:
    """What happens if nobody decides."""
    rule = evidence.rule(email.purpose)
    if email.held:
        return _("Nothing, as long as the hold after the restore lasts.")
    if rule == "sent":
        return _("It will be taken as sent.")
    if rule == "lapse":
        return _("It will rest: its text was a secret and is wiped; its reader asks for a new one.")
    if rule == "resend" and not email.seq and email.mailing_id is None:
        return _("It will be sent once more by itself.")
    return _("Nothing: it waits for you.")


def _decide(request: HttpRequest, note: str) -> HttpResponse:
    act, _colon, key = request.POST.get("act", "").partition(":")
    if act not in {ARRIVED, AGAIN} or (key and not is_key(key)):
        raise BadRequest(_("This page has no such act."))
    chosen = [int(key)] if key else keys(request.POST.getlist("email"))
    rows = list(Email.objects.filter(pk__in=chosen).select_related("mailing").order_by("id"))
    if not rows:
        messages.error(request, _("Mark the mails that you want to decide about."))
    done, refused = 0, []
    for email in rows:
        try:
            _settle(request, act, email, note)
            done += 1
        except (Refused, ValueError) as error:
            refused.append(f"{whom(email)}: {error}")
    if done:
        messages.success(request, _said(act, done))
    for sentence in refused[:10]:
        messages.error(request, sentence)
    return redirect("admin:mail_uncertain")


def _settle(request: HttpRequest, act: str, email: Email, note: str) -> None:
    """One decision; a letter of a mailing is sent again by its mailing, which asks for its approval."""
    by = person(request)
    if act == ARRIVED:
        evidence.accepted(email=email, source=evidence.STAFF, by=by, note=note)
    elif email.mailing is not None:
        mailings.retry(mailing=email.mailing, by=by, email=email)
    else:
        emails.resend(email=email, by=by, to_address=_address(email))


def _address(email: Email) -> str:
    """Where it goes this time: the register may have another address by now."""
    known = {purpose.key: purpose for purpose in purposes.every()}
    return known[email.purpose].address(email) if email.purpose in known else ""


def _said(act: str, count: int) -> str:
    arrived, again = _("Recorded as arrived, with your name: %(count)s."), _("%(count)s mails are written again and will be sent.")
    return (arrived if act == ARRIVED else again) % {"count": count}


def address() -> str:
    """Where the page is."""
    return reverse("admin:mail_uncertain")


admin_pages.register("mail/uncertain/", index, "mail_uncertain")
