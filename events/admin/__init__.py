"""The events’ part of the administration; importing it registers its classes."""

from events.admin import events, invitation

__all__ = ["events", "invitation"]
