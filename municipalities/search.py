"""What the masthead’s search finds of local governments: by name, reading, code, or prefecture."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from municipalities.models import LocalGovernment
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
