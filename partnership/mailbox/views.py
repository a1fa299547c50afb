"""The pages of the mailbox: in a demonstration it stands for the mail programs of embassies and local governments, open to all."""

import contextlib
from collections.abc import Callable
from functools import wraps

from celery import current_app
from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from partnership.fields import TextField
from partnership.mailbox import returns, store
from partnership.mailbox.letters import Letter, letter
from partnership.normalise import search_key

PER_PAGE = 50
FRAME_POLICY = {"sandbox": True, "default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]}
_View = Callable[..., HttpResponseBase]


class ReplyForm(forms.Form):
    """What the recipient writes back."""

    text = TextField(label=capfirst(_("your reply")), max_length=returns.LONGEST, widget=forms.Textarea(attrs={"rows": 5}))


class ReturnForm(forms.Form):
    """What the recipient’s server says."""

    way = forms.ChoiceField(label=capfirst(_("what becomes of the letter")), choices=returns.WAYS, widget=forms.RadioSelect)


def _in_demo(view: _View) -> _View:
    @wraps(view)
    def asked(request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, **kwargs)

    return login_not_required(never_cache(asked))


def _demo_only(view: _View) -> _View:
    return _in_demo(require_safe(view))


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
    return _shown(request, _letter_or_404(number))


@_in_demo
@require_POST
def reply(request: HttpRequest, number: int) -> HttpResponse:
    """Write back as the recipient; the division reads it in its tray."""
    found, form = _letter_or_404(number), ReplyForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, reply_form=form)
    return _put(request, number, returns.reply(found, form.cleaned_data["text"]))


@_in_demo
@require_POST
def give_back(request: HttpRequest, number: int) -> HttpResponse:
    """Let the recipient’s server report about it."""
    found, form = _letter_or_404(number), ReturnForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, return_form=form)
    return _put(request, number, returns.report(found, form.cleaned_data["way"]))


def _put(request: HttpRequest, number: int, data: bytes) -> HttpResponse:
    returns.put(data)
    with contextlib.suppress(OperationalError):  # beat finds it as well
        current_app.send_task("partnership.tasks.read_inbox", expires=60, retry=False, ignore_result=True)
    messages.success(request, gettext("It is on its way to the division, who find it under “Mail that came in” within a minute."))
    return redirect("mailbox_letter", number=number)


def _shown(request: HttpRequest, found: Letter, **forms_as_sent: forms.Form) -> HttpResponse:
    given = {"reply_form": ReplyForm(), "return_form": ReturnForm(), **forms_as_sent}
    wrong = next(iter(forms_as_sent.values()), None)
    return render(request, "mailbox/letter.html", {"letter": found, "form": wrong, **given}, status=422 if forms_as_sent else 200)


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
