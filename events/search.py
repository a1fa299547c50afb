"""What the masthead’s search finds of events: the events themselves, and the invitations to those that are still to come."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from events import days
from events.kinds import KINDS
from events.models import Event, EventHost, Invitation
from partnership import search
from partnership.normalise import search_key, spellings
from partnership.search import Hit


def fitting(word: str) -> Q:
    """Events with the word in their title or their kind, with such a host, or of that year."""
    condition = Q()
    for spelling in spellings(word):
        condition |= Q(title_ja__icontains=spelling) | Q(title_en__icontains=spelling)
    key = search_key(word)
    condition |= Q(kind__in=[name for name, kind in KINDS.items() if key in search_key(str(kind.name))])
    condition |= Q(Exists(EventHost.objects.filter(event=OuterRef("pk"), organisation__search_key__contains=key)))
    if len(key) == 4 and key.isascii() and key.isdecimal() and int(key) >= dt.MINYEAR:
        condition |= Q(starts_on__year=int(key))
    return condition


def _events(words: Sequence[str], limit: int) -> list[Hit]:
    rows = Event.objects.all()
    for word in words:
        rows = rows.filter(fitting(word))
    language = get_language() or "ja"
    return [
        Hit(
            str(event),
            reverse("admin:events_event_home", args=[event.pk]),
            f"{event.get_kind_display()}　{days.words(event, language)}　{_RECORD if event.is_record else event.get_state_display()}",
        )
        for event in rows.order_by("-starts_on", "-pk")[:limit]
    ]


def _invitations(words: Sequence[str], limit: int) -> list[Hit]:
    rows = Invitation.objects.filter(event__state__in=Event.OPEN, event__ends_on__gte=timezone.localdate(), event__is_record=False)
    for word in words:
        names = Q(organisation__search_key__contains=search_key(word))
        for spelling in spellings(word):
            names |= Q(name_ja__icontains=spelling) | Q(name_en__icontains=spelling)
        rows = rows.filter(names)
    found = rows.select_related("event", "organisation", "position").order_by("event__starts_on", "organisation__name_en", "pk")[:limit]
    return [
        Hit(
            f"{one.organisation}　{one.position.get_role_display()}",
            reverse("admin:events_invitation_home", args=[one.pk]),
            f"{one.event}　{one.get_reply_display()}",
        )
        for one in found
    ]


_RECORD = gettext_lazy("published record")

search.register(
    search.Kind(
        "events",
        gettext_lazy("events"),
        "events.view_event",
        _events,
        lambda text: f"{reverse('admin:events_event_changelist')}?{urlencode({'q': text})}",
        order=10,
    )
)
search.register(search.Kind("invitations", gettext_lazy("invitations to coming events"), "events.view_invitation", _invitations, order=15))
