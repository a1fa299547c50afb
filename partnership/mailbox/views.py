"""The pages of the mailbox: in a demonstration it stands for the mail programs of embassies and local governments, open to all."""

from collections.abc import Callable
from functools import wraps

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from partnership.mailbox import store
from partnership.mailbox.letters import Letter, letter
from partnership.normalise import search_key

PER_PAGE = 50
FRAME_POLICY = {"sandbox": True, "default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]}
_View = Callable[..., HttpResponseBase]


def _demo_only(view: _View) -> _View:
    @wraps(view)
    def asked(request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, **kwargs)

    return login_not_required(require_safe(never_cache(asked)))


@_demo_only
def index(request: HttpRequest) -> HttpResponse:
    """All letters, the newest first; ``q`` finds those to an address or about a subject."""
    sought = request.GET.get("q", "").strip()
    page = Paginator(_found(sought) if sought else store.numbers(), PER_PAGE).get_page(request.GET.get("page"))
    letters = [found for number in page if (found := letter(number, head_only=True))]
    return render(request, "mailbox/index.html", {"page_obj": page, "letters": letters, "sought": sought})


@_demo_only
def read(request: HttpRequest, number: int) -> HttpResponse:
    """One letter: its head, its text, its HTML in a frame that may do nothing."""
    return render(request, "mailbox/letter.html", {"letter": _letter_or_404(number)})


@_demo_only
@xframe_options_sameorigin
@csp(FRAME_POLICY)  # type: ignore[arg-type]  # its annotation forgets that views take arguments
def html(request: HttpRequest, number: int) -> HttpResponse:
    """The HTML of one letter as it came, under a policy of its own: no script, no picture, no link followed."""
    found = _letter_or_404(number)
    if not found.html:
        raise Http404
    return HttpResponse(found.html)


@_demo_only
def download(request: HttpRequest, number: int) -> HttpResponse:
    """The message itself."""
    data = store.read(number)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="message/rfc822", headers={"Content-Disposition": f'attachment; filename="{number}.eml"'})


def _found(sought: str) -> list[int]:
    key = search_key(sought)
    heads = (letter(number, head_only=True) for number in store.numbers())
    return [head.number for head in heads if head and key in search_key(head.to, head.subject)]


def _letter_or_404(number: int) -> Letter:
    if found := letter(number):
        return found
    raise Http404
