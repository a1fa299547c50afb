"""The list of enquiries, its fixed questions, and the form of the facts."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities import enquiries
from municipalities.admin import enquiry_home, enquiry_note
from municipalities.models import Enquiry
from partnership.admin.base import BaseAdmin
from partnership.admin.pages import person
from partnership.models import Organisation
from partnership.templatetags.partnership import short_date

_NAMED = (Organisation.Kind.LOCAL_GOVERNMENT, Organisation.Kind.EMBASSY, Organisation.Kind.MISSION)  # those who ask most


class QueueFilter(admin.SimpleListFilter):
    """The questions that are asked every day."""

    title = pgettext_lazy("enquiry", "waiting")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Fixed."""
        return [
            ("mine", _("waiting for me")),
            ("nobody", _("nobody in charge")),
            ("open", _("all that are open")),
            ("late", _("late")),
            ("asked", _("others were asked")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Enquiry]) -> models.QuerySet[Enquiry]:
        """The rows of the chosen question."""
        waiting = Q(state__in=Enquiry.WAITING)
        conditions = {
            "mine": waiting & Q(assignee=person(request)),
            "nobody": waiting & Q(assignee=None),
            "open": waiting,
            "late": waiting & Q(due_on__lt=timezone.localdate()),
            "asked": Q(state=Enquiry.State.ASKED),
        }
        return self.one_of(queryset, conditions)

    def one_of(self, queryset: models.QuerySet[Enquiry], conditions: dict[str, Q]) -> models.QuerySet[Enquiry]:
        """The rows of one condition; an unknown one is the reader’s mistake."""
        chosen = self.value()
        if chosen is None:
            return queryset
        if chosen not in conditions:
            raise ValueError(chosen)
        return queryset.filter(conditions[chosen])


class AskerFilter(QueueFilter):
    """What sort of body asks, or a person without one."""

    title = _("who asks")
    parameter_name = "asker"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The kinds of organisation, and none."""
        named = [(kind.value, kind.label) for kind in _NAMED]
        return [*named, ("other", _("other organisations")), ("none", _("no organisation of the registers"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Enquiry]) -> models.QuerySet[Enquiry]:
        """The rows of the chosen sort."""
        kinds = {kind.value: Q(organisation__kind=kind) for kind in _NAMED}
        other = Q(organisation__isnull=False) & ~Q(organisation__kind__in=_NAMED)
        return self.one_of(queryset, {**kinds, "other": other, "none": Q(organisation=None)})


class AssigneeFilter(QueueFilter):
    """Whose they are."""

    title = _("in charge")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Those who answer enquiries."""
        return [(str(user.pk), str(user)) for user in enquiries.colleagues()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Enquiry]) -> models.QuerySet[Enquiry]:
        """The rows of that person."""
        return self.one_of(queryset, {key: Q(assignee_id=key) for key, _label in self.lookup_choices})


@admin.register(Enquiry)
class EnquiryAdmin(BaseAdmin):
    """Everything that was asked by telephone, mail, visit."""

    list_display = ("about", "where", "in_charge", "due", "came")
    list_display_links = None
    list_filter = (QueueFilter, "state", AssigneeFilter, AskerFilter, "channel")
    list_select_related = ("organisation", "assignee")
    search_fields = ("search_key",)
    search_help_text = _("Topic, who asked, or number.")
    autocomplete_fields = ("organisation",)
    fields = (("organisation", "asker"), "contact", "channel", "topic", "text", "due_on", "received_at")
    export_fields = (
        "numbered",
        "received_at",
        "channel",
        "organisation",
        "topic",
        "state",
        "assignee",
        "due_on",
        "reaction_minutes",
        "processing_minutes",
        "answered_at",
    )

    # ── the list ─────────────────────────────────────────────────────────────
    @admin.display(description=_("topic"), ordering="topic")
    def about(self, enquiry: Enquiry) -> str:
        """The topic, leading to the enquiry’s home, with its number and who asked."""
        home = reverse("admin:municipalities_enquiry_home", args=[enquiry.pk])
        who = "　".join(part for part in (enquiry.number, str(enquiry.organisation or ""), enquiry.asker) if part)
        return format_html('<a href="{}">{}</a><br><small>{}</small>', home, enquiry.topic, who)

    @admin.display(description=_("in charge"), ordering="assignee")
    def in_charge(self, enquiry: Enquiry) -> str:
        """The name alone; the post is on the home."""
        return enquiry.assignee.name if enquiry.assignee else ""

    @admin.display(description=_("number"), ordering="pk")
    def numbered(self, enquiry: Enquiry) -> str:
        """The number for people, in the download."""
        return enquiry.number

    @admin.display(description=_("state"), ordering="state")
    def where(self, enquiry: Enquiry) -> str:
        """The state as a word."""
        return enquiry.get_state_display()

    @admin.display(description=_("answer by"), ordering="due_on")
    def due(self, enquiry: Enquiry) -> str:
        """The day; a late one says so."""
        if not enquiry.due_on or enquiry.state not in Enquiry.WAITING:
            return ""
        late = enquiry.due_on < timezone.localdate()
        return format_html('<span class="{}">{}</span>', "late" if late else "nowrap", short_date(enquiry.due_on))

    @admin.display(description=_("received"), ordering="received_at")
    def came(self, enquiry: Enquiry) -> str:
        """The day, and how it came."""
        return format_html(
            '<span class="nowrap">{}</span><br><small>{}</small>', short_date(enquiry.received_at), enquiry.get_channel_display()
        )

    # ── what may be done ─────────────────────────────────────────────────────
    def has_delete_permission(self, request: HttpRequest, obj: Enquiry | None = None) -> bool:
        """A number that was given stays."""
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The phone note instead of Django’s form."""
        return enquiry_note.note(request)

    def save_model(self, request: HttpRequest, obj: Enquiry, form: ModelForm, change: bool) -> None:  # noqa: FBT001 Django's signature
        """Store through the verb."""
        enquiries.edit(enquiry=obj, fields=form.changed_data, by=person(request))

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """The verb has put it on record."""

    def response_post_save_change(self, request: HttpRequest, obj: Enquiry) -> HttpResponseRedirect:
        """To the enquiry’s home."""
        return redirect("admin:municipalities_enquiry_home", obj.pk)

    def get_urls(self) -> list[Any]:
        """Our own pages before Django’s."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/home/", wrap(enquiry_home.home), name="municipalities_enquiry_home"),
            path("similar/", wrap(enquiry_note.similar), name="municipalities_enquiry_similar"),
            path("organisations/", wrap(enquiry_note.organisations), name="municipalities_enquiry_organisations"),
            *super().get_urls(),
        ]
