"""The tray of what came in: people’s replies, letters that came back, what machines said. Each is settled by one click."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partnership import admin_pages, attachments, holds, incoming, incoming_files, incoming_words, purposes
from partnership.admin.base import is_key
from partnership.admin.pages import PAGE_ROWS, Work, act, demand, framed, next_page, person
from partnership.fields import TextField
from partnership.models import AddressHold, Attachment, Email, IncomingMail
from partnership.purposes import Place, ReplyChoice
from partnership.transitions import Refused

HANDLE = incoming.HANDLE
TABS = (
    ("settle", gettext_lazy("To settle")),
    ("replies", gettext_lazy("Replies")),
    ("back", gettext_lazy("Returned")),
    ("automatic", gettext_lazy("Automatic")),
    ("unplaced", gettext_lazy("Not placed")),
    ("forged", gettext_lazy("Not about our letters")),
)


class GivenForm(forms.Form):
    """What an answer needs besides its word, such as the name of a substitute."""

    def __init__(self, *args: Any, choice: ReplyChoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, needed in choice.fields:
            self.fields[name] = TextField(label=str(label), max_length=150, required=needed)


@dataclass
class Shown:
    """One mail as the tray shows it."""

    mail: IncomingMail
    words: str
    rest: str
    told: incoming_words.Told
    outcome: str
    place: Place | None = None
    choices: Sequence[tuple[ReplyChoice, GivenForm | None]] = field(default=())
    stranger: bool = False  # written from another address than the letter went to
    files: Sequence[Attachment] = field(default=())
    not_kept: Sequence[str] = field(default=())
    may_reopen: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.mail.handled_at is None

    @property
    def sent_again(self) -> Email | None:
        """The letter that took the place of the one that came back."""
        return getattr(self.mail.email, "resent_as", None) if self.mail.email else None


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One tab of the tray."""
    demand(request, HANDLE)
    tab = request.GET.get("tab", "settle")
    if tab not in incoming.TABS:
        raise Http404
    rows = incoming.tray(tab)
    page = Paginator(rows.order_by("pk") if tab == "settle" else rows, PAGE_ROWS // 2).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "tabs": [(key, label, key == tab) for key, label in TABS],
        "tab": tab,
        "waiting": incoming.to_settle().count(),
        "page_obj": page,
        "rows": shown(list(page.object_list)),
    }
    return framed(request, "incoming/list.html", _("Mail that came in"), **context)


def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail: whole, with everything that can be done about it."""
    demand(request, HANDLE)
    if not is_key(str(pk)):
        raise Http404
    mail = get_object_or_404(IncomingMail.objects.select_related("email__mailing", "email__resent_as", "handled_by"), pk=pk)
    if request.method == "POST":
        return _act(request, mail)
    return _page(request, mail)


@require_safe
def file(request: HttpRequest, pk: int, key: UUID) -> HttpResponse | FileResponse:
    """A file that came with a mail, as a download."""
    demand(request, HANDLE)
    if not is_key(str(pk)):
        raise Http404
    found = attachments.of(get_object_or_404(IncomingMail, pk=pk)).filter(key=key).first()
    if found is None:
        raise Http404
    try:
        return attachments.download(found)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("admin:mail_incoming_one", pk)


def shown(mails: Sequence[IncomingMail], bound: tuple[str, GivenForm] | None = None) -> list[Shown]:
    """The mails with what is to be said about each; the same number of queries for one and for many."""
    places = purposes.places([mail.email for mail in mails if mail.email])
    files = attachments.of_many(mails)
    return [_shown(mail, places, bound, files.get(mail.pk, [])) for mail in mails]


def _shown(mail: IncomingMail, places: dict[int, Place], bound: tuple[str, GivenForm] | None, files: list[Attachment]) -> Shown:
    words = incoming.words(mail)
    email = mail.email
    place = places.get(email.pk, Place("")) if email else None
    return Shown(
        mail=mail,
        words=words,
        rest=mail.text if incoming_files.words(mail.text) != words else "",
        told=incoming_words.told(mail),
        outcome=incoming.outcome(mail),
        place=place,
        choices=[(choice, _form(mail, choice, bound)) for choice in incoming.choices(mail, place)] if mail.handled_at is None else (),
        stranger=bool(email and mail.kind == IncomingMail.Kind.REPLY and holds.key(email.to_address) != mail.from_address.lower()),
        files=files,
        not_kept=incoming_files.not_kept(mail.text, files),
        may_reopen=incoming.may_reopen(mail),
    )


def _form(mail: IncomingMail, choice: ReplyChoice, bound: tuple[str, GivenForm] | None) -> GivenForm | None:
    if bound is not None and bound[0] == choice.key:
        return bound[1]
    return GivenForm(choice=choice, auto_id=f"id_{mail.pk}_{choice.key}_%s") if choice.fields else None


def _page(request: HttpRequest, mail: IncomingMail, bound: tuple[str, GivenForm] | None = None, status: int = 200) -> HttpResponse:
    sought = request.GET.get("q", "").strip()[:200]
    email = mail.email
    is_back = email is not None and mail.kind == IncomingMail.Kind.BOUNCE
    context = {
        "row": shown([mail], bound)[0],
        "sought": sought,
        "found": list(incoming.letters(sought) if sought else incoming.likely(mail)) if email is None else [],
        "address_now": incoming.address_now(email) if email and is_back else "",
        "hold": holds.in_force().filter(address=holds.key(email.to_address)).first() if email and is_back else None,
        "form": bound[1] if bound else None,
        "next": next_page(request, ""),
    }
    return framed(request, "incoming/one.html", mail.subject or _("(no subject)"), status=status, **context)


def _act(request: HttpRequest, mail: IncomingMail) -> HttpResponse:
    by = person(request)
    here = reverse("admin:mail_incoming_one", args=[mail.pk])
    wanted = request.POST.get("act", "")
    for choice in incoming.choices(mail):
        if wanted == f"record:{choice.key}":
            return _record(request, mail, choice)
    table: dict[str, Work] = {
        "nothing": _saying(incoming.settle, _("Settled; nothing was to be done."), incoming=mail, by=by),
        "reopen": _saying(incoming.reopen, "", incoming=mail, by=by),
        "attach": lambda: _attach(request, mail),
        "send_again": lambda: _send_again(request, mail),
        "lift": lambda: _lift(request, mail),
    }
    if wanted.startswith("record:"):  # somebody else settled or placed it meanwhile; the verb says who
        table[wanted] = _saying(incoming.record, "", incoming=mail, choice=wanted.partition(":")[2], by=by, given={})
    return act(request, table, here)


def _record(request: HttpRequest, mail: IncomingMail, choice: ReplyChoice) -> HttpResponse:
    form = GivenForm(request.POST, choice=choice, auto_id=f"id_{mail.pk}_{choice.key}_%s")
    if not form.is_valid():
        return _page(request, mail, (choice.key, form), status=422)
    try:
        said = incoming.record(incoming=mail, choice=choice.key, by=person(request), given=form.cleaned_data)
    except Refused as refused:
        mail.refresh_from_db()
        if choice.fields and mail.handled_at is None:
            form.add_error(None, str(refused))
            return _page(request, mail, (choice.key, form), status=409)
        return act(request, {request.POST["act"]: _refusing(refused)}, reverse("admin:mail_incoming_one", args=[mail.pk]))
    return act(request, {request.POST["act"]: lambda: said}, reverse("admin:mail_incoming_one", args=[mail.pk]))


def _attach(request: HttpRequest, mail: IncomingMail) -> str:
    key = request.POST.get("email", "")
    email = Email.objects.filter(pk=int(key)).first() if is_key(key) else None
    if email is None:
        raise Refused(_("Choose the letter that it speaks of."))
    incoming.attach(incoming=mail, email=email, by=person(request))
    return _("Placed: it speaks of the letter to %(whom)s.") % {"whom": incoming_words.whom_of(email)}


def _send_again(request: HttpRequest, mail: IncomingMail) -> str:
    new = incoming.send_again(incoming=mail, by=person(request))
    return _("The letter leaves again, to %(address)s.") % {"address": new.to_address}


def _lift(request: HttpRequest, mail: IncomingMail) -> str:
    hold = AddressHold.objects.filter(address=holds.key(mail.email.to_address)).first() if mail.email else None
    if hold is None:
        raise Refused(_("This address is not on hold."))
    holds.lift(hold=hold, by=person(request))
    return _("Mail goes to %(address)s again.") % {"address": hold.address}


def _saying(verb: Callable[..., Any], words: str, **arguments: Any) -> Work:
    def work() -> str:
        return str(verb(**arguments) or words)

    return work


def _refusing(refused: Refused) -> Work:
    def work() -> str:
        raise refused

    return work


admin_pages.register("mail/incoming/", index, "mail_incoming")
admin_pages.register("mail/incoming/<int:pk>/", one, "mail_incoming_one")
admin_pages.register("mail/incoming/<int:pk>/files/<uuid:key>/", file, "mail_incoming_file")
