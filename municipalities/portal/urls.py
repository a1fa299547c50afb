"""Addresses of the portal; each module brings its own."""

from municipalities.portal import (
    access,
    accounts,
    attractions,
    body,
    calls,
    endings,
    excel,
    files,
    finder,
    following,
    home,
    listing,
    relay,
    review,
    starting,
    workbooks,
    writing,
)

app_name = "portal"
urlpatterns = [
    *home.urlpatterns,
    *access.urlpatterns,
    *calls.urlpatterns,
    *finder.urlpatterns,
    *workbooks.urlpatterns,
    *excel.urlpatterns,
    *starting.urlpatterns,
    *writing.urlpatterns,
    *review.urlpatterns,
    *listing.urlpatterns,
    *following.urlpatterns,
    *endings.urlpatterns,
    *relay.urlpatterns,
    *files.urlpatterns,
    *body.urlpatterns,
    *attractions.urlpatterns,
    *accounts.urlpatterns,
]
