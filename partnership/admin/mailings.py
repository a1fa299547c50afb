"""The mailings in the administration: a list to read, and each mailing's home."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from partnership.admin import mailing_frames, mailing_letter_pages, mailing_pages
from partnership.admin.base import BaseAdmin
from partnership.models import Mailing


@admin.register(Mailing)
class MailingAdmin(BaseAdmin):
    """Our own pages stand where Django's would be; a letter is written from what it is about, and never deleted."""

    def get_urls(self) -> list[URLPattern]:
        """Our pages first."""
        view = self.admin_site.admin_view
        home = "<int:pk>/home/"
        own = [
            path("", view(mailing_pages.index), name="partnership_mailing_changelist"),
            path("<int:pk>/change/", view(mailing_pages.edit), name="partnership_mailing_change"),
            path(home, view(mailing_pages.home), name="partnership_mailing_home"),
            path(home + "progress/", view(mailing_frames.progress), name="partnership_mailing_progress"),
            path("<int:pk>/letters/<int:email>/", view(mailing_letter_pages.letter), name="partnership_mailing_mail"),
            path(home + "letter/", view(mailing_frames.letter), name="partnership_mailing_letter"),
        ]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A letter begins at the home of what it is about."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was written stays; it can be cancelled."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Our list."""
        return mailing_pages.index(request)
