"""The administration as one site: its own sign-in, a desk instead of a list of tables, and no admin class that is not mended.

It stands outside ``partnership/admin`` because Django builds the site before it imports the classes that register with it.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from partnership import admin_pages, work_desk

OWN_APPS = frozenset({"partnership", "municipalities", "events"})
# Django's own pages that we do without: “view on site” takes any pair of numbers, the password has its page in /accounts/.
CLOSED = frozenset({"view_on_site", "password_change", "password_change_done"})


class PartnershipAdminSite(admin.AdminSite):
    """``django.contrib.admin.site`` of this project (set by ``PartnershipAdminConfig``)."""

    site_title = "Partnership"
    site_header = "Partnership"
    index_title = _("Work desk")
    index_template = "admin/index.html"
    enable_nav_sidebar = False
    site_url = None

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take a class that is derived from BaseAdmin; a library's own is left out.

        Raises:
            ImproperlyConfigured: when one of our own apps registers a class that is not.
        """
        if getattr(admin_class, "is_mended", False):
            super().register(model_or_iterable, admin_class, **options)
            return
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        if any(model._meta.app_label in OWN_APPS for model in models):
            msg = f"{admin_class} must derive from partnership.admin.base.BaseAdmin"
            raise ImproperlyConfigured(msg)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The registered pages first, then Django's, without those we closed."""
        own = [path(page.route, self.admin_view(page.view), name=page.name) for page in admin_pages.every()]
        return [*own, *(url for url in super().get_urls() if getattr(url, "name", None) not in CLOSED)]

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 Django's signature
        """Refuse someone who is signed in and has no business here, instead of asking again who it is."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Everyone signs in at the same door."""
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next", request.path.removesuffix("login/")))

    @method_decorator(require_POST)
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign out, and out of the building."""
        logout(request)
        return redirect("front")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The work desk."""
        return super().index(request, {**work_desk.context(request), **(extra_context or {})})
