"""The page of the search, and what the kernel lets one find: people with their posts, and organisations."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partnership import admin_pages, search
from partnership.models import Appointment, Organisation, Person
from partnership.normalise import search_key
from partnership.search import Hit


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What fits to ``?q=``, by kind."""
    kinds = search.kinds(request.user)  # type: ignore[arg-type]
    if not kinds:
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[: search.LONGEST]
    found = search.find(request.user, text)  # type: ignore[arg-type]
    return TemplateResponse(request, "search.html", {"search_text": text, "found": found, "kinds": kinds})


def changelist(name: str) -> Any:
    """Gives the address of a list of the administration for what was typed."""
    return lambda text: f"{reverse(f'admin:{name}_changelist')}?{urlencode({'q': text})}"


def _people(words: Sequence[str], limit: int) -> list[Hit]:
    held = Appointment.objects.current().select_related("position__organisation")
    rows = Person.objects.all()
    named = Q()
    for word in words:
        key = search_key(word)
        seat = Appointment.objects.current().filter(person=OuterRef("pk"), position__organisation__search_key__contains=key)
        rows = rows.filter(Q(search_key__contains=key) | Exists(seat))
        named &= Q(search_key__contains=key)
    rows = rows.annotate(other=models.Case(models.When(named, then=0), default=1)).order_by("other", "name_en", "name_ja", "pk")
    people = rows.prefetch_related(Prefetch("appointments", held, to_attr="held"))[:limit]
    return [
        Hit(str(one), reverse("admin:partnership_person_change", args=[one.pk]), _(", ").join(str(seat.position) for seat in one.held))
        for one in people
    ]


def _organisations(words: Sequence[str], limit: int) -> list[Hit]:
    rows = Organisation.objects.exclude(kind=Organisation.Kind.LOCAL_GOVERNMENT).select_related("country")
    for word in words:
        rows = rows.filter(search_key__contains=search_key(word))
    return [
        Hit(str(one), reverse("admin:partnership_organisation_change", args=[one.pk]), f"{one.get_kind_display()}　{one.country}")
        for one in rows.order_by(models.F("valid_to").desc(nulls_first=True), "kind", "name_en", "pk")[:limit]
    ]


search.register(
    search.Kind("people", gettext_lazy("people"), "partnership.view_person", _people, changelist("partnership_person"), order=30)
)
search.register(
    search.Kind(
        "organisations",
        gettext_lazy("organisations"),
        "partnership.view_organisation",
        _organisations,
        changelist("partnership_organisation"),
        order=20,
    )
)
admin_pages.register("search/", page, "search")
