"""Addresses below /portal/events/."""

from django.urls import path

from events.portal import events

app_name = "portal_events"
urlpatterns = [path("", events.index, name="events"), path("<int:pk>/", events.event, name="event")]
