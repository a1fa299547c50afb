"""Addresses below /portal/events/."""

from django.urls import URLPattern

app_name = "portal_events"
urlpatterns: list[URLPattern] = []
