"""Addresses of the portal; each module brings its own."""

from municipalities.portal import access, accounts, attractions, body, calls, files, finder, following, home, listing, relay, writing

app_name = "portal"
urlpatterns = [
    *home.urlpatterns,
    *access.urlpatterns,
    *calls.urlpatterns,
    *finder.urlpatterns,
    *writing.urlpatterns,
    *listing.urlpatterns,
    *following.urlpatterns,
    *relay.urlpatterns,
    *files.urlpatterns,
    *body.urlpatterns,
    *attractions.urlpatterns,
    *accounts.urlpatterns,
]
