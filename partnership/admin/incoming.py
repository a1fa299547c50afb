"""The tray of what came in: people’s replies, letters that came back, what machines said. Each is settled by one click."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partnership import admin_pages, holds, incoming, incoming_words, purposes, received
from partnership.admin.base import is_key
from partnership.admin.pages import PAGE_ROWS, Work, act, demand, framed, next_page, person
from partnership.fields import TextField
from partnership.models import AddressHold, Email, IncomingMail
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


def shown(mails: Sequence[IncomingMail], bound: tuple[str, GivenForm] | None = None) -> list[Shown]:
    """The mails with what is to be said about each; the same number of queries for one and for many."""
    places = purposes.places([mail.email for mail in mails if mail.email])
    return [_shown(mail, places, bound) for mail in mails]


def _shown(mail: IncomingMail, places: dict[int, Place], bound: tuple[str, GivenForm] | None) -> Shown:
    words = received.own_words(mail.text)
    email = mail.email
    return Shown(
        mail=mail,
        words=words,
        rest=mail.text if mail.text.strip() != words else "",
        told=incoming_words.told(mail),
        outcome=incoming.outcome(mail),
        place=places.get(email.pk) if email else None,
        choices=[(choice, _form(mail, choice, bound)) for choice in incoming.choices(mail)] if mail.handled_at is None else (),
        stranger=bool(email and mail.kind == IncomingMail.Kind.REPLY and holds.key(email.to_address) != mail.from_address.lower()),
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
        "found": list(incoming.letters(sought)) if sought and email is None else [],
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
        "reopen": _saying(incoming.reopen, _("The mail waits again."), incoming=mail, by=by),
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
