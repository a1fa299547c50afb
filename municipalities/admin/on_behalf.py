"""Requests that came by telephone, mail or paper: staff enter them for the body, in the same form that officials fill."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities import attractions, drafts, enquiries, requests, requests_queue, rights
from municipalities.admin import on_behalf_sheet
from municipalities.admin.on_behalf_forms import BeginForm, SheetForm, initial_of
from municipalities.differences import Stale
from municipalities.draft_forms import CallForm, DocumentsForm, NewAttractionForm, TogetherForm
from municipalities.models import Call, Enquiry, MunicipalRequest
from municipalities.questions import Type
from municipalities.request_forms import AnswersForm
from partnership import attachments
from partnership.admin.pages import act as do
from partnership.admin.pages import demand, framed, keys, person
from partnership.models import User
from partnership.transitions import Refused

ADD, CHANGE = "municipalities.add_municipalrequest", "municipalities.change_municipalrequest"
NEW, REMOVE = "add:", "remove:"  # acts of the form's page that name a question or a file


# ── who asks for what ────────────────────────────────────────────────────────


def begin(request: HttpRequest) -> HttpResponse:
    """Body, kind and how it came; or the Excel form. Then the form itself."""
    demand(request, ADD)
    enquiry = _enquiry_of(request.POST.get("enquiry") or request.POST.get("sheet-enquiry") or request.GET.get("enquiry", ""))
    initial = _asked_for(request, enquiry)
    context: dict[str, Any] = {"begin": BeginForm(initial=initial), "sheet": SheetForm(initial=initial), "enquiry": enquiry}
    if request.method != "POST":
        return _show_begin(request, context)
    form: BeginForm | SheetForm
    if request.POST.get("act") == "sheet":
        form = context["sheet"] = SheetForm(request.POST, request.FILES)
    else:
        form = context["begin"] = BeginForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            row = on_behalf_sheet.take(request, values, person(request)) if "file" in values else _start(values, person(request))
        except Refused as refused:
            form.add_error("file" if "file" in values else None, str(refused))
        else:
            return redirect(_address(row, values["enquiry"]))
    return _show_begin(request, {**context, "form": form}, status=422)


def _asked_for(request: HttpRequest, enquiry: Enquiry | None) -> dict[str, Any]:
    """What the address says: a body, a kind, a call, the enquiry from which one comes."""
    named = {name: request.GET[name] for name in ("body", "kind", "call") if request.GET.get(name)}
    return {"key": uuid4(), **initial_of(enquiry), **named}


def _enquiry_of(key: str) -> Enquiry | None:
    return Enquiry.objects.filter(pk__in=keys([key])).first()


def _show_begin(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return framed(request, "municipalities/on_behalf_begin.html", _("Enter a request on behalf"), status=status, **context)


@transaction.atomic
def _start(values: dict[str, Any], by: User) -> MunicipalRequest:
    """The draft; what an enquiry said already is not typed twice."""
    facts = {"kind": values["kind"], "applicant": values["body"], "call": values["call"], "source": values["source"]}
    row = requests.start(by=by, start_key=values["key"], **facts)
    enquiry: Enquiry | None = values["enquiry"]
    if enquiry is None or row.title:
        return row
    answers = {"purpose": enquiry.text} if enquiry.text and row.kind_facts.question("purpose") else {}
    return requests.save(request=row, by=by, version=row.version, title=enquiry.topic[:150], answers=answers, attractions=(), joined=())


def _address(row: MunicipalRequest, enquiry: Enquiry | None) -> str:
    address = reverse("admin:municipalities_municipalrequest_form", args=[row.pk])
    return f"{address}?enquiry={enquiry.pk}" if enquiry else address


# ── the form ─────────────────────────────────────────────────────────────────


@dataclass
class Page:
    """The forms of the page, and what became of them."""

    row: MunicipalRequest
    answers: AnswersForm
    together: TogetherForm
    documents: DocumentsForm
    call: CallForm | None  # of a draft
    new: dict[str, NewAttractionForm]
    enquiry: Enquiry | None = None
    stale: Stale | None = None
    refused: str = ""

    @property
    def faulty(self) -> list[Any]:
        """The forms with something to correct."""
        return [one for one in (self.answers, self.call, self.together, self.documents, *self.new.values()) if one and one.errors]

    @property
    def is_kept(self) -> bool:
        """Whether what could be read was saved."""
        return not (self.stale or self.refused or self.answers.errors)


def form(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a draft of mine, or of a request that was returned for correction."""
    demand(request, CHANGE)
    rows = requests_queue.of(person(request)).select_related(
        "applicant__organisation", "applicant__prefecture__organisation", "call", "relay"
    )
    row = get_object_or_404(rows, pk=pk)
    if not rights.may(row, "save", person(request)):
        return redirect("admin:municipalities_municipalrequest_home", row.pk)
    page = _page(request, row)
    return _sent(request, page) if request.method == "POST" else _show(request, page)


def _page(request: HttpRequest, row: MunicipalRequest) -> Page:
    is_sent = request.method == "POST"
    given: QueryDict = request.POST if is_sent else request.GET
    data, files, act = (request.POST, request.FILES, request.POST.get("act", "")) if is_sent else (None, None, "")
    lists = [question for question in row.kind_facts.questions if question.type == Type.ATTRACTIONS]
    return Page(
        row,
        AnswersForm(row.kind_facts, request=row, data=data, lenient=True),
        TogetherForm(data, request=row, lenient=True),
        DocumentsForm(data, files, request=row, already=attachments.size_of(row) if files else 0),
        CallForm(data, draft=row, calls=_calls_for(row)) if row.state == MunicipalRequest.State.DRAFT else None,
        {one.key: NewAttractionForm(data if act == NEW + one.key else None, question=one) for one in lists},
        enquiry=_enquiry_of(given.get("enquiry", "")),
    )


def _calls_for(row: MunicipalRequest) -> list[Call]:
    """The published calls that take its kind, also closed ones: what reached us in time is entered afterwards."""
    return [call for call in Call.objects.published() if row.kind in call.kinds]


def _sent(request: HttpRequest, page: Page) -> HttpResponse:
    act, by = request.POST.get("act", ""), person(request)
    if act == "discard":
        on_behalf_sheet.forget(request, page.row)
        drafts.discard(request=page.row, by=by)
        messages.success(request, _("The entry was thrown away."))
        return redirect("admin:municipalities_municipalrequest_changelist")
    if act == "propose":
        return do(request, {act: lambda: on_behalf_sheet.add(request, page.row, by)}, _address(page.row, page.enquiry))
    if act not in {"save", "submit"} and not act.startswith((NEW, REMOVE)):
        raise BadRequest(_("This page has no such act."))
    _save(request, page)
    if page.faulty or not page.is_kept:
        return _show(request, page, status=409 if page.stale else 422)
    if act == "submit":
        return _submit(request, page)
    if act.startswith(NEW) and act.removeprefix(NEW) in page.new:
        return _add(request, page, act.removeprefix(NEW))
    if act.startswith(REMOVE):
        file = get_object_or_404(attachments.of(page.row), key=_uuid(act.removeprefix(REMOVE)))
        attachments.remove(attachment=file, by=by)
    messages.success(request, _("Saved. Nothing has been sent yet."))
    return redirect(_address(page.row, page.enquiry))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@transaction.atomic
def _save(request: HttpRequest, page: Page) -> None:
    """Save what can be read. What cannot stays in the form, and its field says so."""
    by = person(request)
    together, documents = page.together, page.documents
    sound = [form.is_valid() for form in (page.answers, together, documents, page.call) if form]
    if not all(sound):
        return
    try:
        page.row = requests.save(
            request=page.row, by=by, version=_version(request), **page.answers.values(), joined=together.joined, relay=together.through
        )
        if page.call is not None and "call" in page.call.data:
            page.row = drafts.choose_call(request=page.row, call=page.call.cleaned_data["call"], by=by)
    except Stale as stale:
        page.stale = stale
        return
    except Refused as refused:
        page.refused = str(refused)
        return
    for label, upload in documents.sent():
        attachments.attach(about=page.row, upload=upload, by=by, label=label, already=attachments.size_of(page.row))


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _add(request: HttpRequest, page: Page, key: str) -> HttpResponse:
    """Add an attraction of the body and choose it here."""
    form, by = page.new[key], person(request)
    if not form.is_valid():
        return _show(request, page, status=422)
    form.instance.local_government = page.row.applicant
    with transaction.atomic():
        values, together = page.answers.values(), page.together
        new = attractions.save(attraction=form.save(commit=False), by=by)
        values["attractions"] = [*values["attractions"], new]
        requests.save(request=page.row, by=by, version=page.row.version, **values, joined=together.joined, relay=together.through)
    messages.success(request, _("“%(name)s” was added to their attractions and chosen here.") % {"name": new})
    return redirect(_address(page.row, page.enquiry) + f"#field-{key}")


def _submit(request: HttpRequest, page: Page) -> HttpResponse:
    """Send it in the body's name; the body gets its acknowledgement, the enquiry its link."""
    by = person(request)
    try:
        with transaction.atomic():
            row = requests.submit(request=page.row, by=by, source=page.row.source)
            if page.enquiry is not None:
                enquiries.became(enquiry=page.enquiry, request=row, by=by)
    except Refused as refused:
        page.refused = str(refused)
        return _show(request, page, status=422)
    messages.success(
        request, _("Entered as %(number)s. The acknowledgement is on its way to %(body)s.") % {"number": row.number, "body": row.applicant}
    )
    return redirect("admin:municipalities_municipalrequest_home", row.pk)


def _show(request: HttpRequest, page: Page, status: int = 200) -> HttpResponse:
    row, files = page.row, list(attachments.of(page.row))
    context = {
        "page": page,
        "row": row,
        "version": page.stale.version if page.stale else row.version,
        "sections": [(section, _fields(page, section.questions)) for section in row.kind_facts.sections],
        "documents": [(field, [one for one in files if (one.label or DocumentsForm.OTHER) == field.name]) for field in page.documents],
        "missing": [] if page.faulty else [(_anchor(row, key), sentence) for key, sentence in requests.missing(row)],
        "limits": attachments.HELP,
        **on_behalf_sheet.told(request, row),
    }
    title = _("Correct the form on their behalf") if row.is_returned else _("Enter a request on behalf")
    return framed(request, "municipalities/on_behalf_form.html", title, status=status, **context)


def _anchor(row: MunicipalRequest, key: str) -> str:
    is_file = key in {document.key for document in row.kind_facts.documents}
    return f"field-file-{key}" if is_file else f"field-{key}"


def _fields(page: Page, questions: Any) -> list[tuple[Any, NewAttractionForm | None]]:
    return [(page.answers[one.key], page.new.get(one.key)) for one in questions if one.key in page.answers.fields]
