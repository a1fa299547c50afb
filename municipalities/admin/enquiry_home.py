"""An enquiry's home: what was asked, whom we asked, what we answered, and each act one click away."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import enquiries
from municipalities.admin.enquiry_forms import AnswerForm, AskForm, CloseForm, HeardForm
from municipalities.models import Consultation, Enquiry
from partnership import acts, audit
from partnership.admin.pages import demand, framed, keys, person
from partnership.transitions import Refused

VIEW, CHANGE = "municipalities.view_enquiry", "municipalities.change_enquiry"
_FORMS: dict[str, type[forms.Form]] = {"ask": AskForm, "hear": HeardForm, "answer": AnswerForm, "close": CloseForm}
_NEEDED = ("organisation", "assignee", "received_by", "reuses", "request__applicant__organisation")
TRAIL = 12


def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the enquiry, or do one of its acts. A form that is refused comes back with what was typed."""
    demand(request, VIEW)
    enquiry = get_object_or_404(Enquiry.objects.select_related(*_NEEDED), pk=pk)
    if request.method != "POST":
        return _show(request, enquiry, {})
    demand(request, CHANGE)
    chosen = request.POST.get("act", "")
    kind = _FORMS.get(chosen)
    form = kind(request.POST, prefix=_prefix(request, chosen)) if kind else None
    if form is not None and not form.is_valid():
        return _show(request, enquiry, {chosen: form}, status=422)
    try:
        said = _act(request, enquiry, chosen, form.cleaned_data if form else {})
    except Refused as refused:
        if form is None:
            messages.error(request, str(refused))
        else:
            form.add_error(None, str(refused))
            return _show(request, get_object_or_404(Enquiry.objects.select_related(*_NEEDED), pk=pk), {chosen: form}, status=422)
    else:
        messages.success(request, said)
    return redirect("admin:municipalities_enquiry_home", enquiry.pk)


def _prefix(request: HttpRequest, chosen: str) -> str:
    """The forms of several consultations stand on one page: each has its number before its fields."""
    return f"hear-{_consultation_key(request)}" if chosen == "hear" else chosen


def _consultation_key(request: HttpRequest) -> int:
    return next(iter(keys(request.POST.getlist("consultation")[:1])), 0)


def _act(request: HttpRequest, enquiry: Enquiry, chosen: str, values: dict[str, Any]) -> str:
    """Do the act.

    Raises:
        BadRequest: for an act that this page does not have.
    """
    table: dict[str, Callable[[HttpRequest, Enquiry, dict[str, Any]], str]] = {
        "take": _take,
        "assign": _assign,
        "ask": _ask,
        "hear": _hear,
        "answer": _answer,
        "close": _close,
        "reopen": _reopen,
    }
    if chosen not in table:
        raise BadRequest(_("This page has no such act."))
    return table[chosen](request, enquiry, values)


def _take(request: HttpRequest, enquiry: Enquiry, _values: dict[str, Any]) -> str:
    enquiries.take(enquiry=enquiry, by=person(request))
    return _("You are in charge now.")


def _assign(request: HttpRequest, enquiry: Enquiry, _values: dict[str, Any]) -> str:
    to = get_object_or_404(enquiries.colleagues(), pk__in=keys(request.POST.getlist("to")[:1]))
    enquiries.assign(enquiry=enquiry, to=to, by=person(request))
    return _("%(person)s is in charge now.") % {"person": to}


def _ask(request: HttpRequest, enquiry: Enquiry, values: dict[str, Any]) -> str:
    who = values["asked_of"]
    enquiries.ask(
        enquiry=enquiry,
        question=values["question"],
        organisation=who.organisation,
        asked_of=who.name,
        due_on=values["due_on"],
        by=person(request),
    )
    return _("Noted. It waits for those you asked.")


def _hear(request: HttpRequest, enquiry: Enquiry, values: dict[str, Any]) -> str:
    consultation = get_object_or_404(Consultation.objects.select_related("enquiry"), pk=_consultation_key(request), enquiry=enquiry)
    enquiries.hear(consultation=consultation, answer=values["answer"], by=person(request))
    return _("Their answer is noted.")


def _answer(request: HttpRequest, enquiry: Enquiry, values: dict[str, Any]) -> str:
    reused = keys(request.POST.getlist("reuse")[:1])
    earlier = get_object_or_404(Enquiry, pk=reused[0], state=Enquiry.State.ANSWERED) if reused else None
    enquiries.answer(enquiry=enquiry, text=values["text"], reuses=earlier, by=person(request))
    return _("The answer is noted.")


def _close(request: HttpRequest, enquiry: Enquiry, values: dict[str, Any]) -> str:
    enquiries.close(enquiry=enquiry, reason=values["reason"], by=person(request))
    return _("The enquiry is closed.")


def _reopen(request: HttpRequest, enquiry: Enquiry, _values: dict[str, Any]) -> str:
    enquiries.reopen(enquiry=enquiry, by=person(request))
    return _("The enquiry is open again.")


# ── the page ─────────────────────────────────────────────────────────────────


def _show(request: HttpRequest, enquiry: Enquiry, refused: dict[str, forms.Form], status: int = 200) -> HttpResponse:
    waiting = enquiry.state in Enquiry.WAITING
    reuse = _chosen_earlier(request) if waiting else None
    found = enquiries.similar(enquiry.topic, but=enquiry) if waiting else []
    context = {
        "enquiry": enquiry,
        "waiting": waiting,
        "is_late": waiting and enquiry.due_on is not None and enquiry.due_on < timezone.localdate(),
        "may_change": request.user.has_perm(CHANGE),
        "consultations": _consultations(enquiry, refused),
        "reuse": reuse,
        "similar": found,
        "answer_form": refused.get("answer") or AnswerForm(prefix="answer", initial={"text": reuse.answer if reuse else enquiry.answer}),
        "ask_form": refused.get("ask") or AskForm(prefix="ask"),
        "close_form": refused.get("close") or CloseForm(prefix="close"),
        "form": next(iter(refused.values()), None),
        "colleagues": enquiries.colleagues() if waiting else [],
        "trail": [
            {"at": row.at, "who": acts.actor(row), "what": acts.in_words(row, enquiry.number)} for row in audit.about(enquiry)[:TRAIL]
        ],
        "request_url": _request_url(request, enquiry),
    }
    return framed(request, "municipalities/enquiry_home.html", str(enquiry), status=status, **context)


def _chosen_earlier(request: HttpRequest) -> Enquiry | None:
    """The earlier enquiry whose answer shall be used: of the address, or of a form that came back."""
    chosen = keys((request.POST.getlist("reuse") or request.GET.getlist("reuse"))[:1])
    return Enquiry.objects.filter(pk__in=chosen, state=Enquiry.State.ANSWERED).first() if chosen else None


def _consultations(enquiry: Enquiry, refused: dict[str, forms.Form]) -> list[dict[str, Any]]:
    """Whom we asked; a form for each that has not answered."""
    rows = enquiry.consultations.select_related("organisation", "asked_by", "noted_by")
    heard = refused.get("hear")
    shown = []
    for row in rows:
        prefix = f"hear-{row.pk}"
        form = heard if heard is not None and heard.prefix == prefix else HeardForm(prefix=prefix)
        shown.append({"row": row, "form": form if row.answered_at is None else None})
    return shown


def _request_url(request: HttpRequest, enquiry: Enquiry) -> str:
    """Where a request is begun for whoever asked; nothing for those who cannot begin one, or when one was."""
    if enquiry.request_id is not None or not request.user.has_perm("municipalities.add_municipalrequest"):
        return ""
    return f"{reverse('admin:municipalities_municipalrequest_add')}?enquiry={enquiry.pk}"
