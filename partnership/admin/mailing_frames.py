"""Parts of a mailing's home that have an address of their own: the progress bar, and the HTML of a letter in its frame."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from partnership import previews
from partnership.admin.mailing_acts import SEND
from partnership.admin.mailing_pages import mailing_for, number, under_way
from partnership.models import Mailing

# A mail carries its looks in style attributes; here they may work, and nothing else may.
FRAME_POLICY = {"sandbox": True, "default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]}


@require_safe
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, as a part of the page; when the sending is over, the whole page is asked for again."""
    mailing = mailing_for(request, pk)
    if "HX-Request" not in request.headers:  # typed by hand, or opened in a tab of its own
        return redirect("admin:partnership_mailing_home", pk)
    context = {"mailing": mailing, **under_way(mailing), "may": {"send": request.user.has_perm(SEND)}}
    response = render(request, "mailings/progress.html", context)
    if mailing.state != Mailing.State.SENDING:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@xframe_options_sameorigin
@csp(FRAME_POLICY)  # type: ignore[arg-type]  # its stubs know views without arguments only
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part of recipient ``n``'s letter in one language, with words where the link goes."""
    mailing = mailing_for(request, pk)
    language = "en" if request.GET.get("language") == "en" else "ja"
    shown = previews.preview(mailing=mailing, number=number(request, "n"), language=language)
    return HttpResponse(shown.html)
