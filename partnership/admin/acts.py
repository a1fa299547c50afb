"""How a page of ours finds the posted act, does it, says how it went and goes back."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from partnership.transitions import Refused

Act = tuple[Callable[[], str | None], str]  # what to do, returning words for the person; and the permission it takes


def perform(request: HttpRequest, acts: Mapping[str, Act], back: str) -> HttpResponse:
    """Do the act named in the field ``act``.

    Raises:
        BadRequest: for an act that this page does not have.
        PermissionDenied: for someone who may not.
    """
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        raise BadRequest(_("This page has no such act."))
    work, permission = chosen
    if not request.user.has_perm(permission):
        raise PermissionDenied
    try:
        said = work()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if said:
            messages.success(request, said)
    return redirect(back)
