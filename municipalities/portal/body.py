"""The body's profile: its names from the register, its chief, how to reach it, and what it has to show."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from municipalities import attractions, chiefs, official_addresses
from municipalities.models import LocalGovernment
from municipalities.officials import Official
from municipalities.portal.entry import confirmed_only, show
from partnership import audit
from partnership.fields import DateField, TextField
from partnership.forms import VersionedModelForm
from partnership.models import Organisation, Person, Position
from partnership.positions import incumbent
from partnership.transitions import Refused

COURTESIES = [("", gettext_lazy("none")), ("Mr.", "Mr."), ("Ms.", "Ms."), ("Mx.", "Mx."), ("Dr.", "Dr.")]


def body_of(official: Official) -> LocalGovernment:
    """The body of a confirmed official."""
    assert official.body is not None  # noqa: S101  confirmed_only has made sure
    return official.body


class OfficialAddressForm(VersionedModelForm):
    """A form with an e-mail address, which must be one of the body's own."""

    def __init__(self, *args: Any, body: LocalGovernment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = body

    def clean_email(self) -> str:
        """Letters with other people's names go there."""
        email = self.cleaned_data["email"]
        if email and "email" in self.changed_data and (sentence := official_addresses.problem(email, self.body)):
            raise forms.ValidationError(sentence, code="not_official")
        return str(email)


class OfficeForm(OfficialAddressForm):
    """How the office is reached."""

    class Meta(VersionedModelForm.Meta):
        model = Organisation
        fields = ("email", "phone")
        labels = {"email": gettext_lazy("Shared mailbox of the office")}
        help_texts = {
            "email": gettext_lazy("Letters that go to no section in particular arrive here."),
            "phone": gettext_lazy("The office’s number, with extension where there is one."),
        }


class SectionForm(OfficialAddressForm):
    """The section for international affairs, to which the division writes."""

    class Meta(VersionedModelForm.Meta):
        model = Position
        fields = ("title_ja", "title_en", "email", "phone")
        labels = {
            "title_ja": gettext_lazy("Name of the section (Japanese)"),
            "title_en": gettext_lazy("Name of the section (English)"),
            "email": gettext_lazy("Mailbox of the section"),
        }
        help_texts = {
            "title_ja": gettext_lazy("With the name of the local government, as on an envelope."),
            "title_en": gettext_lazy("As on a name card."),
            "email": gettext_lazy("Invitations and news of the division arrive here."),
        }


class ChiefForm(VersionedModelForm):
    """The name of the chief in office, put right."""

    courtesy = forms.ChoiceField(label=capfirst(gettext_lazy("courtesy title")), choices=COURTESIES, required=False)

    class Meta(VersionedModelForm.Meta):
        model = Person
        fields = ("name_ja", "kana", "name_en", "courtesy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name_ja", "name_en"):
            self.fields[name].required = True
        known = self.instance.courtesy
        field = self.fields["courtesy"]
        if known and known not in dict(COURTESIES) and isinstance(field, forms.ChoiceField):
            field.choices = [*COURTESIES, (known, known)]


class SuccessorForm(forms.Form):
    """A new chief after an election."""

    name_ja = TextField(label=capfirst(gettext_lazy("full name (Japanese)")), max_length=100)
    kana = TextField(label=capfirst(gettext_lazy("reading")), max_length=100)
    name_en = TextField(
        label=capfirst(gettext_lazy("name (English), as printed")), max_length=150, help_text=gettext_lazy("Such as “HIROSHIMA Taro”.")
    )
    courtesy = forms.ChoiceField(label=capfirst(gettext_lazy("courtesy title")), choices=COURTESIES, required=False)
    starts_on = DateField(label=gettext_lazy("First day in office"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


@require_safe
@confirmed_only
def profile(request: HttpRequest, official: Official) -> HttpResponse:
    """All that others see of the body, each part with its way to change it."""
    body = body_of(official)
    posts = {post.role: post for post in Position.objects.select_related("organisation").filter(organisation=body.organisation_id)}
    chief = posts.get(Position.Role.CHIEF)
    newest = chiefs.newest(chief)
    rows = list(attractions.of(body))
    return show(
        request,
        official,
        "portal/body.html",
        phone=settings.CONTACT_PHONE,
        contact=settings.CONTACT_EMAIL,
        chief=chief,
        holder=incumbent(chief) if chief else None,
        coming=newest if chiefs.is_coming(newest) else None,
        section=posts.get(Position.Role.INTERNATIONAL),
        attractions=_with_pictures(rows),
    )


def _with_pictures(rows: list[Any]) -> list[tuple[Any, list[Any]]]:
    pictures = attractions.pictures_of(rows)
    return [(row, pictures.get(row.pk, [])) for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def office(request: HttpRequest, official: Official) -> HttpResponse:
    """How the office is reached."""
    body = body_of(official)
    return _edit(request, official, OfficeForm, row=body.organisation, title=_("Contact of the office"), act="organisation.contact")


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def section(request: HttpRequest, official: Official) -> HttpResponse:
    """How the section is reached."""
    organisation = body_of(official).organisation
    role = Position.Role.INTERNATIONAL
    post = Position.objects.filter(organisation=organisation, role=role).first() or Position(organisation=organisation, role=role)
    return _edit(request, official, SectionForm, row=post, title=_("Section for international affairs"), act="position.contact")


@transaction.atomic
def _edit(
    request: HttpRequest, official: Official, form_class: type[OfficialAddressForm], *, row: Any, title: str, act: str
) -> HttpResponse:
    form = form_class(request.POST or None, instance=row, body=body_of(official))
    if request.method == "POST" and form.is_valid():
        if form.changed_data or row.pk is None:
            form.save()
            audit.record(act, row, by=official.user, fields=sorted(form.changed_data))
        messages.success(request, _("Saved."))
        return redirect("portal:body")
    return show(request, official, "portal/body_form.html", form=form, title=title, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
@transaction.atomic
def chief(request: HttpRequest, official: Official) -> HttpResponse:
    """The chief's name, put right."""
    holder = chiefs.current(body_of(official))
    if holder is None:
        return redirect("portal:chief_new")
    form = ChiefForm(request.POST or None, instance=holder.person)
    if request.method == "POST" and form.is_valid():
        if form.changed_data:
            form.save()
            audit.record("chief.correct", holder, by=official.user, fields=sorted(form.changed_data))
        messages.success(request, _("Saved."))
        return redirect("portal:body")
    return show(
        request, official, "portal/body_form.html", form=form, title=_("Name of the chief"), chief=True, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def chief_new(request: HttpRequest, official: Official) -> HttpResponse:
    """A new chief takes office."""
    body = body_of(official)
    before = chiefs.newest(chiefs.position_of(body))
    form = SuccessorForm(request.POST or None, initial={"starts_on": timezone.localdate(), "seen": before.pk if before else None})
    if request.method == "POST" and form.is_valid():
        names = {name: form.cleaned_data[name] for name in ("name_ja", "kana", "name_en", "courtesy")}
        dates = {name: form.cleaned_data[name] for name in ("starts_on", "seen")}
        try:
            chiefs.succeed(body=body, names=names, by=official.user, is_demo=official.user.is_demo, **dates)
        except Refused as refused:
            form.add_error("starts_on", str(refused))
            form.data = {**form.data.dict(), "seen": before.pk if before else ""}  # type: ignore[attr-defined]
        else:
            messages.success(request, _("The new chief is entered. Letters name the new chief from the first day in office."))
            return redirect("portal:body")
    return show(request, official, "portal/chief_new.html", form=form, before=before, status=422 if form.errors else 200)


urlpatterns = [
    path("body/", profile, name="body"),
    path("body/office/", office, name="body_office"),
    path("body/section/", section, name="body_section"),
    path("body/chief/", chief, name="chief"),
    path("body/chief/new/", chief_new, name="chief_new"),
]
