"""Addresses of the portal; each module brings its own."""

from municipalities.portal import access, accounts, body, calls, files, finder, following, home, writing

app_name = "portal"
urlpatterns = [
    *home.urlpatterns,
    *access.urlpatterns,
    *calls.urlpatterns,
    *finder.urlpatterns,
    *writing.urlpatterns,
    *following.urlpatterns,
    *files.urlpatterns,
    *body.urlpatterns,
    *accounts.urlpatterns,
]
