"""People, the posts they hold, and from when until when."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from partnership.admin.base import BaseAdmin, BaseTabularInline
from partnership.admin.returned_letters import TellsOfReturnedLetters
from partnership.models import Appointment, Person, Position


class AppointmentOfPersonInline(BaseTabularInline):
    """The posts that a person held and holds."""

    model = Appointment
    fields = ("position", "rank", "starts_on", "ends_on", "credentials_presented_at")
    autocomplete_fields = ("position",)
    can_delete = False


class AppointmentToPositionInline(BaseTabularInline):
    """The people who held and hold a post."""

    model = Appointment
    fields = ("person", "rank", "starts_on", "ends_on", "credentials_presented_at")
    autocomplete_fields = ("person",)
    can_delete = False


@admin.register(Person)
class PersonAdmin(BaseAdmin):
    """People as the Ministry prints them."""

    list_display = ("name_ja", "name_en", "kana", "prefix", "is_demo")
    list_display_links = ("name_ja", "name_en")
    list_filter = ("is_demo",)
    search_fields = ("search_key",)
    search_help_text = _("Name or reading, in any width and any kana.")
    readonly_fields = ("is_demo",)
    fields = ("name_ja", "kana", ("prefix", "courtesy", "name_en"), "note", "is_demo")
    inlines = (AppointmentOfPersonInline,)


@admin.register(Position)
class PositionAdmin(TellsOfReturnedLetters, BaseAdmin):
    """Posts: letters go to them, whoever holds them."""

    list_display = ("organisation", "role", "title_ja", "title_en", "email", "secretariat_email")
    list_filter = ("role", "organisation__kind", "organisation__country__region", "is_demo")
    list_select_related = ("organisation",)
    search_fields = ("organisation__search_key",)
    search_help_text = _("Name or reading of the organisation.")
    autocomplete_fields = ("organisation",)
    readonly_fields = ("is_demo",)
    fields = ("organisation", "role", ("title_ja", "title_en"), ("email", "secretariat_email"), "phone", "is_demo")
    ordering = ("organisation__name_en", "role")
    inlines = (AppointmentToPositionInline,)


@admin.register(Appointment)
class AppointmentAdmin(BaseAdmin):
    """Who holds which post, from when until when."""

    list_display = ("person", "position", "rank", "starts_on", "ends_on", "credentials_presented_at")
    list_filter = ("rank", "position__role", "position__organisation__kind", "is_demo")
    list_select_related = ("person", "position__organisation")
    search_fields = ("person__search_key", "position__organisation__search_key")
    search_help_text = _("Name of the person or of the organisation.")
    autocomplete_fields = ("person", "position")
    readonly_fields = ("is_demo",)
    fields = ("person", "position", "rank", ("starts_on", "ends_on"), "credentials_presented_at", "is_demo")
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "-id")
