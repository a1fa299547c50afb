"""The events’ part of the administration; importing it registers its classes."""

from events.admin import events, from_request, invitation

__all__ = ["events", "from_request", "invitation"]
