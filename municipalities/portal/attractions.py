"""The body's attractions: a form each with its pictures, which requests choose from and events reuse."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from municipalities import attractions, file_access, officials
from municipalities.models import Attraction
from municipalities.officials import Official
from municipalities.portal.body import body_of
from municipalities.portal.entry import confirmed_only, show
from partnership import attachments
from partnership.forms import VersionedModelForm
from partnership.models import Attachment, User
from partnership.transitions import Refused

KEPT = 86_400  # seconds that a browser keeps a small picture: its key never gets another content


class AttractionForm(VersionedModelForm):
    """One attraction, and pictures to add."""

    pictures = attachments.UploadField(
        label=gettext_lazy("Add pictures"),
        required=False,
        accept=attractions.PICTURES,
        help_text=gettext_lazy("jpg or png, at most 5 MB each and five in all. Send only pictures that the Ministry may show and print."),
    )

    class Meta(VersionedModelForm.Meta):
        model = Attraction
        fields = (
            "kind", "name_ja", "kana", "name_en", "text_ja", "text_en", "origin", "allergens", "people", "minutes", "needs", "website",
        )  # fmt: skip
        labels = {"people": gettext_lazy("Number of performers"), "minutes": gettext_lazy("Length in minutes")}
        help_texts = {
            "name_ja": gettext_lazy("As it is to be printed."),
            "name_en": gettext_lazy("As it is to be printed; leave it empty if you are not sure."),
            "text_ja": gettext_lazy("What makes it special, in two or three sentences for people who have never heard of it."),
            "people": gettext_lazy("Of a performing art or mascot, with helpers."),
            "minutes": gettext_lazy("Of a performance or a visit."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("text_ja", "text_en"):
            self.fields[name].widget.attrs["rows"] = 4
        for name in ("people", "minutes"):
            self.fields[name].widget.attrs["class"] = "w-8"


def _attraction(official: Official, pk: int) -> Attraction:
    return get_object_or_404(attractions.of(body_of(official)), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def add(request: HttpRequest, official: Official) -> HttpResponse:
    """Something new to show."""
    return _write(request, official, Attraction(local_government=body_of(official)))


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def attraction(request: HttpRequest, official: Official, pk: int) -> HttpResponse:
    """One attraction: its form, its pictures, and taking it off the list."""
    row = _attraction(official, pk)
    act = request.POST.get("act", "save")
    if request.method != "POST" or act == "save":
        return _write(request, official, row)
    if act in {"retire", "restore"}:
        attractions.show(attraction=row, shown=act == "restore", by=official.user)
        messages.success(request, _("It is on the list again.") if act == "restore" else _("It is off the list. What names it keeps it."))
        return redirect("portal:body")
    if act == "remove_picture":
        picture = _picture_of(row, request.POST.get("picture", ""))
        attractions.remove_picture(picture=picture, by=official.user)
        messages.success(request, _("The picture is removed."))
        return redirect("portal:attraction", row.pk)
    raise BadRequest(_("This page has no such act."))


def _picture_of(row: Attraction, key: str) -> Attachment:
    found = next((picture for picture in attractions.pictures(row) if str(picture.key) == key), None)
    if found is None:
        raise Http404(key)
    return found


@transaction.atomic
def _write(request: HttpRequest, official: Official, row: Attraction) -> HttpResponse:
    is_new = row.pk is None
    form = AttractionForm(request.POST or None, request.FILES or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                attractions.save(attraction=form.save(commit=False), uploads=form.cleaned_data["pictures"], by=official.user)
        except Refused as refused:
            form.add_error("pictures", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:body")
    stored = None if is_new else Attraction.objects.get(pk=row.pk)
    context: dict[str, Any] = {"form": form, "attraction": stored, "pictures": attractions.pictures(stored) if stored else []}
    return show(request, official, "portal/attraction.html", status=422 if form.errors else 200, **context)


@require_safe
def picture(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A small picture for lists and pages: for whoever may see the attraction, the division included."""
    assert isinstance(request.user, User)  # noqa: S101  nobody else gets past the door
    found = _seen_by(request.user, key)
    if found is None or found.mimetype not in attachments.SHOWN:
        raise Http404(str(key))
    try:
        content = attractions.small(found)
    except Refused as refused:
        raise Http404(str(refused)) from refused
    headers = {"Cache-Control": f"private, max-age={KEPT}", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


def _seen_by(user: User, key: UUID) -> Attachment | None:
    if user.is_staff:
        return attractions.picture_by_key(key) if user.has_perm("municipalities.view_attraction") else None
    official = officials.of(user)
    return file_access.of(official, key) if official else None


urlpatterns = [
    path("body/attractions/new/", add, name="attraction_new"),
    path("body/attractions/<int:pk>/", attraction, name="attraction"),
    path("pictures/<uuid:key>/", picture, name="picture"),
]
