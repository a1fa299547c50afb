"""An Excel form that came by mail: what it says becomes the draft; what it names for the first time is confirmed by a person."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import drafts, sheet_intake, sheets
from municipalities.models import Attraction, MunicipalRequest
from partnership import attachments
from partnership.models import User
from partnership.transitions import Refused


class ProposalsForm(forms.Form):
    """What the form names for the first time; whatever stays ticked becomes an attraction of the body."""

    chosen = forms.MultipleChoiceField(label=gettext_lazy("Add and choose"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, proposals: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [f"{one['name_ja']}　{Attraction.Kind(one['kind']).label}" for one in proposals]
        self.fields["chosen"].choices = [(str(number), name) for number, name in enumerate(names)]  # type: ignore[attr-defined]
        self.initial["chosen"] = [str(number) for number in range(len(names))]


@transaction.atomic
def take(request: HttpRequest, values: dict[str, Any], by: User) -> MunicipalRequest:
    """Begin the draft with what the form says; the form itself is kept with it, as it came.

    Raises:
        Refused: for a file that is no form of ours, or one that does not say whose it is.
    """
    upload = values["file"][0]
    sheet = sheets.read(upload)
    applicant = values["body"] or sheet.body
    if applicant is None:
        raise Refused(
            _("The form does not say which local government it is from. Name it here.") + " " + " ".join(map(str, sheet.errors[:3]))
        )
    if sheet.body is not None and sheet.body.pk != applicant.pk:
        raise Refused(_("The form names %(named)s; here %(chosen)s is chosen.") % {"named": sheet.body, "chosen": applicant})
    taken = sheet_intake.take(sheet=sheet, applicant=applicant, by=by, call=values["call"], start_key=values["key"])
    row = taken.request
    if values["call"] is not None and row.call_id != values["call"].pk:
        row = drafts.choose_call(request=row, call=values["call"], by=by)
    if not attachments.of(row).exists():
        attachments.attach(about=row, upload=upload, by=by)
    request.session[_key(row)] = {"faults": taken.faults, "proposals": [one.fields for one in taken.proposals]}
    return row


def told(request: HttpRequest, row: MunicipalRequest) -> dict[str, Any]:
    """What there is to say of the file: cells that could not be read, and the form of what is new."""
    kept = request.session.get(_key(row), {})
    proposals = kept.get("proposals") or []
    return {"faults": kept.get("faults", []), "proposals": ProposalsForm(proposals) if proposals else None}


def add(request: HttpRequest, row: MunicipalRequest, by: User) -> str:
    """Make attractions of what was ticked, and choose them."""
    kept = request.session.get(_key(row), {"proposals": []})
    form = ProposalsForm(kept["proposals"], request.POST)
    if not form.is_valid():
        raise Refused(_("Choose from the list."))
    chosen = [kept["proposals"][int(number)] for number in form.cleaned_data["chosen"]]
    sheet_intake.add(request=row, proposals=chosen, body=row.applicant, by=by)
    request.session[_key(row)] = {**kept, "proposals": []}
    return _("The attractions were added and chosen here.")


def forget(request: HttpRequest, row: MunicipalRequest) -> None:
    """The request is sent or thrown away."""
    request.session.pop(_key(row), None)


def _key(row: MunicipalRequest) -> str:
    return f"excel-of:{row.pk}"
