"""The events' word in the main menu."""

from django.utils.translation import gettext_lazy as _

from partnership import menu

menu.register(menu.Item("events", _("Events"), "admin:events_event_changelist", ["events.view_event"], ["events/"], order=10))
menu.register(menu.Item("our_events", _("Events"), "portal_events:events", order=30, door="portal", of_a_body=True))
