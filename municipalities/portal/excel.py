"""Uploading a filled Excel form: it becomes a draft, and the page says what was read and which cells were not."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from municipalities import request_forms, rights, sheet_intake, sheets
from municipalities.models import Attraction, Call, MunicipalRequest
from municipalities.officials import Official
from municipalities.portal.entry import official_only, request_of, show
from municipalities.portal.starting import applicant_of
from municipalities.sheet_intake import Taken
from partnership import attachments
from partnership.transitions import Refused


class SheetForm(forms.Form):
    """The file, and whether it begins a draft or goes into one."""

    start_key = forms.UUIDField(widget=forms.HiddenInput)
    file = attachments.UploadField(
        label=gettext_lazy("Filled form"),
        accept=".xlsx",
        multiple=False,
        help_text=gettext_lazy("The Excel form of a call or of a kind of request (xlsx, without macros, up to 5 MB)."),
    )
    into = forms.ModelChoiceField(
        MunicipalRequest.objects.none(),
        to_field_name="uuid",
        required=False,
        label=gettext_lazy("Where to put it"),
        empty_label=gettext_lazy("into a new draft"),
        help_text=gettext_lazy("Into a draft: what the form leaves empty stays as it is."),
    )
    call = forms.ModelChoiceField(Call.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = MunicipalRequest.objects.written_by(official.user).select_related("applicant__organisation").order_by("-id")
        self.fields["into"].queryset = mine  # type: ignore[attr-defined]
        self.fields["call"].queryset = Call.objects.open()  # type: ignore[attr-defined]
        if not mine.exists():
            del self.fields["into"]


@require_http_methods(["GET", "HEAD", "POST"])
@official_only
def upload(request: HttpRequest, official: Official) -> HttpResponse:
    """Choose a file; it becomes a draft at once, also with cells that could not be read."""
    if request.method != "POST":
        initial = {"start_key": uuid4(), "call": request.GET.get("call"), "into": request.GET.get("into")}
        return show(request, official, "portal/excel.html", form=SheetForm(initial=initial, official=official))
    form = SheetForm(request.POST, request.FILES, official=official)
    if not form.is_valid():
        return show(request, official, "portal/excel.html", status=422, form=form)
    try:
        taken = _take(official, form.cleaned_data)
    except Refused as refused:
        form.add_error("file", str(refused))
        return show(request, official, "portal/excel.html", status=422, form=form)
    request.session[_key(taken.request.uuid)] = {
        "faults": taken.faults,
        "proposals": [[one.name, one.fields] for one in taken.proposals],
    }
    return redirect("portal:excel_read", taken.request.uuid)


def _take(official: Official, asked: dict[str, Any]) -> Taken:
    into: MunicipalRequest | None = asked.get("into")
    sheet = sheets.read(asked["file"][0], into.kind_facts if into else None)
    applicant = into.applicant if into else applicant_of(official)
    return sheet_intake.take(
        sheet=sheet, applicant=applicant, by=official.user, into=into, call=asked["call"], start_key=asked["start_key"]
    )


def _key(uuid: UUID) -> str:
    return f"excel:{uuid}"


# ── afterwards: what was read, and attractions that are new ──────────────────


class ProposalsForm(forms.Form):
    """What the form names for the first time; whatever stays ticked becomes an attraction of the body."""

    chosen = forms.MultipleChoiceField(label=gettext_lazy("Add and choose"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(str(number), name) for number, name in enumerate(names)]  # type: ignore[attr-defined]
        self.initial["chosen"] = [str(number) for number in range(len(names))]


@require_http_methods(["GET", "HEAD", "POST"])
@official_only
def read(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """What the form gave, which cells could not be read, and the attractions that it names for the first time."""
    draft = request_of(official, uuid)
    told = request.session.get(_key(uuid))
    if told is None or not rights.may(draft, "save", official.user):
        return redirect("portal:edit", uuid)
    names = [_named(name, fields) for name, fields in told["proposals"]]
    form = ProposalsForm(request.POST if request.method == "POST" else None, names=names)
    if official.body and form.is_bound and form.is_valid():
        new = [told["proposals"][int(number)][1] for number in form.cleaned_data["chosen"]]
        sheet_intake.add(request=draft, proposals=new, body=official.body, by=official.user)
        del request.session[_key(uuid)]
        flash.success(request, _("The attractions were added and chosen in the draft."))
        return redirect("portal:edit", uuid)
    context = {"draft": draft, "form": form, "faults": told["faults"], "names": names, "content": request_forms.shown(draft)}
    return show(request, official, "portal/excel_read.html", status=422 if form.errors else 200, **context)


def _named(name: str, fields: dict[str, Any]) -> str:
    """A name with its kind."""
    return _("%(name)s (%(parts)s)") % {"name": name, "parts": Attraction.Kind(fields["kind"]).label}


urlpatterns = [
    path("requests/excel/", upload, name="excel"),
    path("requests/<uuid:uuid>/excel/", read, name="excel_read"),
]
