"""Requests for access, for the division: who asks, whether the body knows the address, and the decision."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from municipalities import access, colleagues, official_addresses
from municipalities.access_forms import GrantForm, RefuseForm
from municipalities.models import AccessRequest
from partnership.admin.base import BaseAdmin
from partnership.admin.pages import framed, person
from partnership.transitions import Refused


@admin.register(AccessRequest)
class AccessRequestAdmin(BaseAdmin):
    """The list, and one page each on which it is decided; nothing about them is edited."""

    list_display = ("local_government", "name", "post", "email", "state", "asked_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("local_government__organisation",)
    search_fields = ("name", "email", "local_government__organisation__search_key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come from the public page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are forgotten by the nightly purge."""
        return False

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The page of one request, and its decision."""
        asked = self.get_object(request, object_id or "")
        if asked is None:
            raise Http404(object_id)
        if not self.has_view_permission(request, asked):
            raise PermissionDenied
        if request.method != "POST":
            return _page(request, asked, GrantForm(), RefuseForm())
        if not self.has_change_permission(request, asked):
            raise PermissionDenied
        return _decide(request, asked)


def _decide(request: HttpRequest, asked: AccessRequest) -> HttpResponse:
    is_refusal = request.POST.get("act") == "refuse"
    grant = GrantForm(None if is_refusal else request.POST)
    refuse = RefuseForm(request.POST if is_refusal else None)
    if not (refuse if is_refusal else grant).is_valid():
        return _page(request, asked, grant, refuse, status=422)
    try:
        if is_refusal:
            access.refuse(request=asked, by=person(request), **refuse.cleaned_data)
            messages.success(request, _("Refused. %(name)s is told by mail.") % {"name": asked.name})
        else:
            access.grant(request=asked, by=person(request), **grant.cleaned_data)
            messages.success(request, _("%(name)s now has access and is told by mail.") % {"name": asked.name})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("admin:municipalities_accessrequest_change", asked.pk)


def _page(request: HttpRequest, asked: AccessRequest, grant: GrantForm, refuse: RefuseForm, *, status: int = 200) -> HttpResponse:
    body = asked.local_government
    context = {
        "asked": asked,
        "body": body,
        "known": official_addresses.is_known(asked.email, body),
        "may_decide": asked.state == AccessRequest.State.WAITING and access.may_decide(asked, person(request)),
        "grant": grant,
        "refuse": refuse,
        "accounts": list(colleagues.of(body)),
        "earlier": list(
            AccessRequest.objects.filter(user=asked.user_id).exclude(pk=asked.pk).select_related("local_government__organisation")
        ),
    }
    return framed(request, "municipalities/access.html", _("Request for access"), status=status, **context)
