"""What the masthead’s search finds of local governments: by name, reading, code, or prefecture."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from municipalities import requests_queue
from municipalities.models import Enquiry, LocalGovernment, MunicipalRequest
from partnership import search
from partnership.normalise import identifier, search_key
from partnership.search import Hit


def _local_governments(words: Sequence[str], limit: int) -> list[Hit]:
    rows = LocalGovernment.objects.select_related("organisation", "prefecture__organisation")
    for word in words:
        key = search_key(word)
        fits = Q(organisation__search_key__contains=key) | Q(code=identifier(word))
        if len(words) > 1:  # “広島 府中町”: the prefecture tells namesakes apart
            fits |= Q(prefecture__organisation__search_key__contains=key)
        rows = rows.filter(fits)
    return [
        Hit(str(one), reverse("admin:municipalities_localgovernment_change", args=[one.pk]), _remark(one))
        for one in rows.order_by(F("prefecture").asc(nulls_first=True), "code")[:limit]
    ]


def _remark(one: LocalGovernment) -> str:
    parts = [one.get_kind_display(), str(one.prefecture) if one.prefecture else "", one.code]
    return "　".join(part for part in parts if part)


search.register(
    search.Kind(
        "local_governments",
        gettext_lazy("local governments"),
        "municipalities.view_localgovernment",
        _local_governments,
        lambda text: f"{reverse('admin:municipalities_localgovernment_changelist')}?{urlencode({'q': text})}",
        order=25,
    )
)


def _enquiries(words: Sequence[str], limit: int) -> list[Hit]:
    rows = Enquiry.objects.select_related("organisation")
    for word in words:
        rows = rows.filter(search_key__contains=search_key(word))
    return [
        Hit(
            str(one),
            reverse("admin:municipalities_enquiry_home", args=[one.pk]),
            "　".join(part for part in (str(one.organisation or ""), one.asker, one.get_state_display()) if part),
        )
        for one in rows.order_by("-pk")[:limit]
    ]


search.register(
    search.Kind(
        "enquiries",
        gettext_lazy("enquiries"),
        "municipalities.view_enquiry",
        _enquiries,
        lambda text: f"{reverse('admin:municipalities_enquiry_changelist')}?{urlencode({'q': text})}",
        order=14,
    )
)


def _requests(words: Sequence[str], limit: int) -> list[Hit]:
    rows = MunicipalRequest.objects.exclude(state=MunicipalRequest.State.DRAFT).select_related("applicant__organisation")
    for word in words:
        rows = rows.filter(requests_queue.fitting(word))
    return [
        Hit(
            str(one),
            reverse("admin:municipalities_municipalrequest_home", args=[one.pk]),
            f"{one.applicant}　{one.kind_facts.title}　{one.get_state_display()}",
        )
        for one in rows.order_by("-submitted_at", "-pk")[:limit]
    ]


search.register(
    search.Kind(
        "requests",
        gettext_lazy("requests"),
        "municipalities.view_municipalrequest",
        _requests,
        lambda text: f"{reverse('admin:municipalities_municipalrequest_changelist')}?{urlencode({'q': text})}",
        order=12,
    )
)
