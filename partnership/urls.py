"""Addresses: strings only, so that the project composes everything and imports nothing above itself."""

from django.contrib import admin
from django.urls import include, path

from partnership import health, views

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", views.front, name="front"),
    path("landing/", views.landing, name="landing"),
    path("account/", views.account, name="account"),
    path("accounts/kept/", views.kept_form, name="kept_form"),
    path("accounts/", include("partnership.account_urls")),
    path("portal/", include("municipalities.portal.urls")),
    path("portal/events/", include("events.portal.urls")),
    path("rsvp/", include("events.rsvp.urls")),
    path("mailbox/", include("partnership.mailbox.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "partnership.errors.bad_request"
handler403 = "partnership.errors.forbidden"
handler404 = "partnership.errors.not_found"
handler429 = "partnership.errors.too_many"
handler500 = "partnership.errors.server_error"
