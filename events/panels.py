"""What events put on the portal’s home: the next ones of the body, and how many there were."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from events import body_events
from municipalities import panels
from municipalities.officials import Official

SHOWN = 4


def our_events(official: Official) -> Mapping[str, Any] | None:
    """The next events with their hosts; nothing for an account without a body."""
    if official.body is None:
        return None
    today = timezone.localdate()
    coming = body_events.coming(official.body, today)
    return {
        "coming": body_events.with_part(body_events.with_hosts(coming)[:SHOWN], official.body, official.user),
        "n_coming": coming.count(),
        "n_past": body_events.past(official.body, today).count(),
    }


panels.register(panels.Panel("our_events", "portal/events_panel.html", our_events, place="main", order=40))
