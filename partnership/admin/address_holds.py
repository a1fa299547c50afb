"""The addresses on hold: why, who uses them, and the way to let mail go there again."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from partnership import admin_pages, holds
from partnership.admin.base import is_key
from partnership.admin.pages import PAGE_ROWS, act, demand, framed, person
from partnership.incoming import HANDLE
from partnership.models import AddressHold
from partnership.transitions import Refused


def index(request: HttpRequest) -> HttpResponse:
    """Those in force, the newest first; below them those that somebody lifted."""
    demand(request, HANDLE)
    if request.method == "POST":
        return act(request, {"lift": lambda: _lift(request)}, reverse("admin:mail_holds"))
    page = Paginator(holds.in_force().select_related("email", "incoming"), PAGE_ROWS).get_page(request.GET.get("page"))
    lifted = AddressHold.objects.filter(lifted_at__isnull=False).select_related("lifted_by").order_by("-lifted_at")[:20]
    rows = list(page.object_list)
    users = holds.users_of(rows)
    named = [(hold, [_entry(one) for one in users.get(hold.address, [])]) for hold in rows]
    context: dict[str, Any] = {"page_obj": page, "rows": named, "lifted": lifted}
    return framed(request, "incoming/holds.html", _("Addresses on hold"), **context)


def _entry(thing: Model) -> dict[str, str]:
    """Who uses an address, and the form in which it is corrected."""
    return {"name": str(thing), "url": reverse(f"admin:partnership_{thing._meta.model_name}_change", args=[thing.pk])}


def _lift(request: HttpRequest) -> str:
    key = request.POST.get("hold", "")
    hold = AddressHold.objects.filter(pk=int(key)).first() if is_key(key) else None
    if hold is None:
        raise Refused(_("This address is not on hold."))
    holds.lift(hold=hold, by=person(request))
    return _("Mail goes to %(address)s again.") % {"address": hold.address}


admin_pages.register("mail/holds/", index, "mail_holds")
