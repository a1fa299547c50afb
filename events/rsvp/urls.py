"""Addresses of the guests' pages."""

from django.urls import path

from events.rsvp import views

app_name = "rsvp"
urlpatterns = [
    path("<str:token>/", views.answer, name="invitation"),
    path("<str:token>/event.ics", views.entry, name="calendar"),
]
