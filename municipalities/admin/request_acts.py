"""What a member of the division can do at a request's home: each act with its form, its verb, and the words that confirm it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from municipalities import applicants, requests, threads
from municipalities.admin.queue_forms import (
    AssignForm,
    NoteForm,
    OpinionForm,
    ReasonForm,
    RelateForm,
    RelayForm,
    ReplyForm,
    TagsForm,
    WriteForm,
)
from municipalities.models import MunicipalRequest, RequestParty
from partnership.admin.pages import keys, person


@dataclass(frozen=True)
class Act:
    """One act that was posted. ``name`` is the form's in the page; without a form there is nothing to correct."""

    name: str
    form: forms.Form
    work: Callable[[], Any]
    words: str
    place: str = ""  # where on the page one goes on
    is_guarded: bool = True  # refused when somebody acted on the request since the page was shown


Acts = Mapping[str, Callable[[HttpRequest, MunicipalRequest], Act]]


def _plain(work: Callable[[], Any], words: str) -> Act:
    """An act that asks for nothing."""
    return Act("", forms.Form({}), work, words)


def _take(request: HttpRequest, row: MunicipalRequest) -> Act:
    by = person(request)
    if row.state == MunicipalRequest.State.SUBMITTED:
        return _plain(lambda: requests.take(request=row, by=by), _("You took it up; the applicants are told."))
    return _plain(lambda: requests.assign(request=row, to=by, by=by), _("You are in charge."))


def _close(request: HttpRequest, row: MunicipalRequest) -> Act:
    return _plain(lambda: requests.close(request=row, by=person(request)), _("Closed."))


def _write(request: HttpRequest, row: MunicipalRequest) -> Act:
    by = person(request)
    form = WriteForm(row, by, request.POST, request.FILES)
    words = {
        "ask": _("The question is on its way. The clock stops until they reply."),
        "send_back": _("Returned for correction. The clock stops until they send it again."),
        "say": _("The message is on its way."),
    }
    return Act("write", form, lambda: _send(form, row, request), words.get(request.POST.get("write-way", ""), ""))


def _send(form: WriteForm, row: MunicipalRequest, request: HttpRequest) -> None:
    values, by = form.cleaned_data, person(request)
    if values["way"] == "ask":
        threads.ask(request=row, by=by, text=values["text"], reply_by=form.reply_at(), uploads=values["uploads"])
    elif values["way"] == "send_back":
        threads.send_back(request=row, by=by, text=values["text"], reply_by=form.reply_at())
    else:
        threads.say(request=row, by=by, text=values["text"], uploads=values["uploads"])


def _note(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = NoteForm(request.POST, request.FILES)

    def work() -> None:
        threads.note(request=row, by=person(request), text=form.cleaned_data["text"], uploads=form.cleaned_data["uploads"])

    return Act("note", form, work, _("Noted. The local government does not see it."), "#thread", is_guarded=False)


def _assign(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = AssignForm(request.POST)
    return Act("assign", form, lambda: requests.assign(request=row, to=form.cleaned_data["to"], by=person(request)), _("Assigned."))


def _tag(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = TagsForm(request.POST, may_be_empty=True)
    return Act("tagging", form, lambda: requests.tag(request=row, tags=form.chosen(), by=person(request)), _("The tags were saved."))


def _relate(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = RelateForm(row, person(request), request.POST)

    def work() -> None:
        requests.relate(request=row, others=form.cleaned_data["numbers"], by=person(request))

    return Act("relating", form, work, _("The related requests were saved."))


def _opinion(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = OpinionForm(request.POST)

    def work() -> None:
        requests.record_opinion(request=row, text=form.cleaned_data["text"], by=person(request))

    return Act("opinion", form, work, _("The opinion of the mission was recorded."))


# ── on behalf of a local government ──────────────────────────────────────────


def _reply(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = ReplyForm(row, request.POST, request.FILES)

    def work() -> None:
        values = form.cleaned_data
        threads.reply(request=row, by=person(request), text=values["text"], uploads=values["uploads"], body=values["body"])

    return Act("replying", form, work, _("The reply was entered. The clock runs again."))


def _party(request: HttpRequest, row: MunicipalRequest) -> RequestParty:
    rows = row.parties.select_related("local_government__organisation")
    return get_object_or_404(rows, pk__in=keys(request.POST.getlist("party")[:1]))


def _confirm(request: HttpRequest, row: MunicipalRequest) -> Act:
    body = _party(request, row).local_government
    words = _("%(body)s takes part.") % {"body": body}
    return _plain(lambda: applicants.confirm(request=row, body=body, by=person(request)), words)


def _refuse(request: HttpRequest, row: MunicipalRequest) -> Act:
    body = _party(request, row).local_government
    words = _("%(body)s does not take part.") % {"body": body}
    return _plain(lambda: applicants.refuse(request=row, body=body, by=person(request)), words)


def _relay(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = RelayForm(request.POST)

    def work() -> None:
        values = form.cleaned_data
        applicants.relay(request=row, body=row.relay, by=person(request), comment=values["comment"], rank=values["rank"])  # type: ignore[arg-type]

    return Act("relaying", form, work, _("The prefecture’s opinion was entered."))


def _withdraw(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = ReasonForm(request.POST, prefix="withdraw")

    def work() -> None:
        requests.withdraw(request=row, by=person(request), reason=form.cleaned_data["reason"])

    return Act("withdrawing", form, work, _("Withdrawn; the applicants are told by mail."))


def _reopen(request: HttpRequest, row: MunicipalRequest) -> Act:
    form = ReasonForm(request.POST, prefix="reopen")

    def work() -> None:
        requests.reopen(request=row, by=person(request), reason=form.cleaned_data["reason"])

    return Act("reopening", form, work, _("Taken up again; the applicants are told by mail."))


TABLE: Acts = {
    "take": _take,
    "assign": _assign,
    "write": _write,
    "note": _note,
    "tag": _tag,
    "relate": _relate,
    "opinion": _opinion,
    "reply": _reply,
    "confirm": _confirm,
    "refuse": _refuse,
    "relay": _relay,
    "withdraw": _withdraw,
    "reopen": _reopen,
    "close": _close,
}
