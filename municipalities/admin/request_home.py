"""A request's home: all of it on one screen, and every act in its place."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities import canned_replies, messages, requests_queue
from municipalities.admin import bulk, request_acts, request_page
from municipalities.admin.queue_forms import (
    AssignForm,
    CannedForm,
    NoteForm,
    OpinionForm,
    ReasonForm,
    RelateForm,
    RelayForm,
    ReplyForm,
    TagsForm,
    WriteForm,
)
from municipalities.models import MunicipalRequest
from partnership.admin.pages import demand, framed, keys, person
from partnership.transitions import Refused

VIEW, CHANGE, DECIDE = (
    "municipalities.view_municipalrequest",
    "municipalities.change_municipalrequest",
    "municipalities.decide_municipalrequest",
)
NEEDED = (
    "call", "applicant__organisation", "applicant__prefecture__organisation", "relay__organisation", "assignee", "mission",
    "created_by", "submitted_by", "copied_from", "relayed_by",
)  # fmt: skip
State = MunicipalRequest.State


def request_for(request: HttpRequest, pk: int) -> MunicipalRequest:
    """The request of the address, for someone who may see it."""
    demand(request, VIEW)
    return get_object_or_404(requests_queue.of(person(request)).select_related(*NEEDED), pk=pk)


def address(row: MunicipalRequest) -> str:
    """The address of a request's home."""
    return reverse("admin:municipalities_municipalrequest_home", args=[row.pk])


def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the request, or do one of its acts."""
    row = request_for(request, pk)
    if request.method == "POST":
        return _act(request, row)
    if row.state == State.DRAFT and request.user.has_perm(CHANGE):
        return redirect("admin:municipalities_municipalrequest_form", row.pk)
    return _show(request, row)


def _show(request: HttpRequest, row: MunicipalRequest, status: int = 200, typed: Mapping[str, forms.Form] | None = None) -> HttpResponse:
    """The page; forms that were sent keep what was typed."""
    user = person(request)
    shown: dict[str, Any] = {
        "write": WriteForm(row, user, initial={"text": _beginning(request, row)}),
        "note": NoteForm(),
        "assign": AssignForm(initial={"to": row.assignee_id}),
        "tagging": TagsForm(initial={"tags": row.tags.all()}),
        "relating": RelateForm(row, user, initial={"numbers": ", ".join(one.number for one in row.related.all())}),
        "opinion": OpinionForm(initial={"text": row.mission_opinion}),
        "withdrawing": ReasonForm(prefix="withdraw"),
        "reopening": ReasonForm(prefix="reopen"),
        "replying": ReplyForm(row),
        "relaying": RelayForm(),
        "canned": CannedForm(row),
        **(typed or {}),
    }
    wrong = next((form for form in (typed or {}).values() if form.errors), None)
    context = {**request_page.of(row, request, user), **shown, "form": wrong}
    return framed(request, "municipalities/request_home.html", str(row), status=status, **context)


def _beginning(request: HttpRequest, row: MunicipalRequest) -> str:
    """What the message begins with: what this person was typing when they left, and the canned reply of the address."""
    kept = messages.draft_of(row, person(request))
    return _joined(kept.text if kept else "", _canned(row, request.GET.get("canned", "")))


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text.strip())


def _canned(row: MunicipalRequest, key: str) -> str:
    """The text of a canned reply, with the facts of the request."""
    found = canned_replies.offered(row).filter(pk__in=keys([key])).first()
    return canned_replies.text_of(found, row) if found else ""


# ── acts ─────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def unchanged(request: HttpRequest, row: MunicipalRequest) -> Iterator[None]:
    """Hold a request as the page showed it, while somebody acts on it in one transaction.

    Raises:
        Refused: when something newer is known than the page showed.
    """
    seen = request.POST.get("seen", "")
    with transaction.atomic():
        stored = MunicipalRequest.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if seen and seen != request_page.mark(stored):
            raise Refused(
                _("Somebody acted on %(number)s in the meantime; it is now “%(state)s”. Nothing was done. Look again, then decide.")
                % {"number": stored.number, "state": stored.get_state_display()}
            )
        yield


def _act(request: HttpRequest, row: MunicipalRequest) -> HttpResponse:
    demand(request, CHANGE)
    wanted = request.POST.get("act", "")
    if wanted in request_acts.TABLE:
        return _do(request, row, request_acts.TABLE[wanted](request, row))
    others = {"insert": _insert, "keep": _keep, "accepted": _prepare, "declined": _prepare}
    if wanted not in others:
        raise BadRequest(_("This page has no such act."))
    return others[wanted](request, row)


def _do(request: HttpRequest, row: MunicipalRequest, act: request_acts.Act) -> HttpResponse:
    """Do what was posted; a refusal stands at the form, with everything that was typed."""
    try:
        with unchanged(request, row) if act.is_guarded else transaction.atomic():
            if is_done := act.form.is_valid():
                act.work()
    except Refused as refused:
        act.form.add_error(None, str(refused))
    else:
        if is_done:
            notices.success(request, act.words)
            return redirect(address(row) + act.place)
    fresh = request_for(request, row.pk)
    return _show(request, fresh, 422, {act.name: act.form} if act.name else {"plain": act.form})


def _insert(request: HttpRequest, row: MunicipalRequest) -> HttpResponse:
    """Put a canned reply behind what was typed; nothing is sent."""
    typed = {name: request.POST.get(f"write-{name}", "") for name in ("way", "text", "reply_by")}
    typed["text"] = _joined(typed["text"], _canned(row, request.POST.get("canned", "")))
    return _show(request, row, 200, {"write": WriteForm(row, person(request), initial=typed)})


def _keep(request: HttpRequest, row: MunicipalRequest) -> HttpResponse:
    """Keep what somebody is typing, should the session end."""
    with contextlib.suppress(Refused):  # too long: that is said when it is sent
        messages.keep_draft(request=row, user=person(request), text=request.POST.get("write-text", ""))
    return HttpResponse(status=204)


def _prepare(request: HttpRequest, row: MunicipalRequest) -> HttpResponse:
    """Write the letter of the answer and go to its paper."""
    demand(request, DECIDE)
    try:
        with unchanged(request, row):
            return bulk.prepare(request, [row], request.POST["act"], address(row))
    except Refused as refused:
        notices.error(request, str(refused))
        return redirect(address(row))
