"""Writing a draft, or a form that came back: saved while one writes, told when a colleague saved first, and nothing typed is lost."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages as flash
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from municipalities import attractions, drafts, messages, requests, rights
from municipalities.differences import Stale
from municipalities.draft_forms import CallForm, DocumentsForm, NewAttractionForm, TogetherForm
from municipalities.models import Call, MunicipalRequest, RequestMessage
from municipalities.officials import Official
from municipalities.portal import progress
from municipalities.portal.entry import official_only, request_of, show
from municipalities.questions import Type
from municipalities.request_forms import AnswersForm
from partnership import attachments
from partnership.transitions import Refused

ADD, REMOVE = "add:", "remove:"  # acts of the page that name a question or a file
PAGE_LIFE = 12 * 3600  # seconds; longer than a session


@dataclass
class Page:
    """The forms of one page and what became of them."""

    draft: MunicipalRequest
    key: str  # of this page in this window: what it saved itself is no surprise to it
    answers: AnswersForm
    together: TogetherForm
    documents: DocumentsForm
    call: CallForm | None
    new: dict[str, NewAttractionForm]
    seen: int = 0
    stale: Stale | None = None
    refused: str = ""

    @property
    def version(self) -> int:
        """What the page will save over: what it has seen."""
        return self.seen if self.stale or self.refused else self.draft.version

    @property
    def is_sent(self) -> bool:
        """Whether the form can be filled no more, and the page only keeps what was typed."""
        return self.draft.state not in rights.STATES["save"]

    @property
    def is_kept(self) -> bool:
        """Whether what could be read was saved."""
        return not (self.stale or self.refused or self.answers.errors)

    @property
    def faulty(self) -> list[Any]:
        """The forms with something to correct."""
        return [one for one in (self.answers, self.call, self.together, self.documents, *self.new.values()) if one and one.errors]


@require_http_methods(["GET", "HEAD", "POST"])
@official_only
def edit(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """The form in sections; a POST saves and goes where the button says. What was sent is shown instead."""
    draft = request_of(official, uuid)
    if request.method != "POST":
        return _open(request, official, draft)
    act = request.POST.get("act", "")
    if act == "discard":
        return _discard(request, official, draft)
    page = _page(request, official, draft)
    _save(request, official, page)
    if request.headers.get("HX-Request") == "true":
        return show(request, official, "portal/writing_saved.html", page=page, parts=progress.of(page.draft))
    if not page.is_kept or page.faulty:
        return _show(request, official, page, status=409 if page.stale or page.refused else 422)
    return _act(request, official, page, act)


def _open(request: HttpRequest, official: Official, draft: MunicipalRequest) -> HttpResponse:
    if rights.may(draft, "save", official.user):
        return _show(request, official, _page(request, official, draft))
    if draft.state == MunicipalRequest.State.DRAFT:
        raise Http404
    return redirect("portal:request", draft.uuid)


def _discard(request: HttpRequest, official: Official, draft: MunicipalRequest) -> HttpResponse:
    drafts.discard(request=draft, by=official.user)
    flash.success(request, _("The draft was thrown away."))
    return redirect("portal:requests")


def _page(request: HttpRequest, official: Official, draft: MunicipalRequest) -> Page:
    came = request.method == "POST"
    data, files, act = (request.POST, request.FILES, request.POST.get("act", "")) if came else (None, None, "")
    lists = [question for question in draft.kind_facts.questions if question.type == Type.ATTRACTIONS] if official.body else []
    return Page(
        draft,
        _key(request.POST.get("page", "")),
        AnswersForm(draft.kind_facts, request=draft, data=data, body=official.body, lenient=True),
        TogetherForm(data, request=draft, lenient=True),
        DocumentsForm(data, files, request=draft, already=attachments.size_of(draft) if files else 0),
        _call_form(data, draft),
        {one.key: NewAttractionForm(data if act == ADD + one.key else None, question=one) for one in lists},
        seen=_version(request) if came else draft.version,
    )


def _call_form(data: Any, draft: MunicipalRequest) -> CallForm | None:
    """Which call it answers, where there is something to choose."""
    if draft.state != MunicipalRequest.State.DRAFT:
        return None
    calls = [call for call in Call.objects.open().order_by("closes_at") if draft.kind in call.kinds]
    if not calls or [draft.call] == calls:
        return None
    return CallForm(data, draft=draft, calls=calls)


def _key(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())


# ── saving ───────────────────────────────────────────────────────────────────


def _save(request: HttpRequest, official: Official, page: Page) -> None:
    """Save what can be read. What cannot stays in the form, and its field says so."""
    is_readable = page.answers.is_valid()
    rest = [one.is_valid() for one in (page.together, page.documents, page.call) if one]
    if not (is_readable and rest):
        return
    try:
        page.draft = _keep(official, page, page.seen)
    except Stale as stale:
        _save_after(official, page, stale)
    except Refused as refused:
        page.refused = str(refused)


def _save_after(official: Official, page: Page, stale: Stale) -> None:
    """The newer version may come from this very page: saved by itself a moment ago, while the button was pressed."""
    if cache.get(_own(official, page)) != stale.version:
        page.stale = stale
        return
    try:
        page.draft = _keep(official, page, stale.version)
    except Stale as another:
        page.stale = another


@transaction.atomic
def _keep(official: Official, page: Page, version: int | None) -> MunicipalRequest:
    together = page.together
    saved = requests.save(
        request=page.draft, by=official.user, version=version, **page.answers.values(), joined=together.joined, relay=together.through
    )
    if page.call and page.call.is_valid():
        saved = drafts.choose_call(request=saved, call=page.call.cleaned_data["call"], by=official.user)
    for label, upload in page.documents.sent():
        try:
            attachments.attach(about=saved, upload=upload, by=official.user, label=label, already=attachments.size_of(saved))
        except Refused as refused:
            page.documents.add_error(label or DocumentsForm.OTHER, str(refused))
    cache.set(_own(official, page), saved.version, PAGE_LIFE)  # before the commit: whoever waits for the row finds it
    return saved


def _own(official: Official, page: Page) -> str:
    return f"draft-page:{official.user.pk}:{page.draft.pk}:{page.key}"


def _version(request: HttpRequest) -> int:
    """The version that the page was made from; of a page that is to replace a colleague's words, the version of those."""
    text = request.POST.get("theirs" if request.POST.get("act") == "replace" else "version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


# ── what the buttons do beside saving ────────────────────────────────────────


def _act(request: HttpRequest, official: Official, page: Page, act: str) -> HttpResponse:
    if act == "review":
        return redirect("portal:review", page.draft.uuid)
    if act.startswith(ADD) and act.removeprefix(ADD) in page.new:
        return _add(request, official, page, act.removeprefix(ADD))
    place = ""
    if act.startswith(REMOVE):
        _remove(official, page.draft, act.removeprefix(REMOVE))
        place = f"#part-{progress.DOCUMENTS}"
    elif request.FILES:
        place = f"#part-{progress.DOCUMENTS}"
    flash.success(request, _("Saved. Nothing has been sent yet."))
    return redirect(reverse("portal:edit", args=[page.draft.uuid]) + place)


def _add(request: HttpRequest, official: Official, page: Page, key: str) -> HttpResponse:
    """Add an attraction to the body's own and choose it here."""
    form = page.new[key]
    if not form.is_valid():
        return _show(request, official, page, status=422)
    form.instance.local_government = official.body
    values = page.answers.values()
    with transaction.atomic():
        new = attractions.save(attraction=form.save(commit=False), by=official.user)
        chosen = {**values, "attractions": [*values["attractions"], new]}
        requests.save(
            request=page.draft,
            by=official.user,
            version=page.draft.version,
            **chosen,
            joined=page.together.joined,
            relay=page.together.through,
        )
    flash.success(request, _("“%(name)s” was added to your attractions and chosen here.") % {"name": new})
    return redirect(reverse("portal:edit", args=[page.draft.uuid]) + f"#field-{key}")


def _remove(official: Official, draft: MunicipalRequest, key: str) -> None:
    found = get_object_or_404(attachments.of(draft), key=_key(key))
    attachments.remove(attachment=found, by=official.user)


# ── the page ─────────────────────────────────────────────────────────────────


def _show(request: HttpRequest, official: Official, page: Page, *, status: int = 200) -> HttpResponse:
    files = list(attachments.of(page.draft))
    context = {
        "page": page,
        "draft": page.draft,
        "parts": progress.of(page.draft),
        "sections": [(section, [(one, page.new.get(one.name)) for one in fields]) for section, fields in page.answers.sections()],
        "documents": [(field, [one for one in files if (one.label or DocumentsForm.OTHER) == field.name]) for field in page.documents],
        "returned": _returned(page.draft),
        "limits": attachments.HELP,
    }
    return show(request, official, "portal/writing.html", status=status, **context)


def _returned(draft: MunicipalRequest) -> RequestMessage | None:
    """The division's words with which it sent the form back."""
    if not draft.is_returned:
        return None
    return messages.for_officials(draft).filter(kind=RequestMessage.Kind.RETURNED).last()


urlpatterns = [path("requests/<uuid:uuid>/edit/", edit, name="edit")]
