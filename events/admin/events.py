"""Events in the administration: a readable list, a form in sections, and the pages around an event’s home."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from events import events, replies
from events.admin import calls, decide, guests, home, invitees, left_out, letters, next_edition, sheets, voided
from events.admin.event_form import EventForm, HostForm, HostFormSet, defaults_of
from events.admin.pages import demand, person, render
from events.kinds import KINDS
from events.models import Event, EventHost
from events.search import fitting
from events.templatetags.events_admin import event_day
from partnership import mailings, search
from partnership.admin.base import BaseAdmin, BaseTabularInline
from partnership.models import Mailing


class HostInline(BaseTabularInline):
    """The hosts, in protocol order."""

    model = EventHost
    form = HostForm
    formset = HostFormSet
    fields = ("order", "role", "organisation", "name_ja", "name_en", "group")
    ordering = ("order",)
    extra = 2
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """The hosts of a record stay as they are."""
        return not (obj and obj.is_record) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """The hosts of a record stay as they are."""
        return not (obj and obj.is_record) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """The hosts of a record stay as they are."""
        return not (obj and obj.is_record) and super().has_delete_permission(request, obj)


@admin.register(Event)
class EventAdmin(BaseAdmin):
    """The division’s programme."""

    form = EventForm
    inlines = (HostInline,)
    list_display = ("named", "when", "stage", "answers")
    list_display_links = None
    list_filter = ("state", "kind", "is_record")
    search_fields = ("title_ja", "title_en", "hosts__organisation__name_ja", "hosts__organisation__name_en")
    search_help_text = _("Title, kind, host or year, in any width and any kana.")
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "-id")
    export_fields = ("title_ja", "title_en", "kind", "when", "stage", "invited", "coming", "to_decide", "unanswered")
    fieldsets = (
        (_("The event itself"), {"fields": ("kind", ("ordinal", "part_of"), "title_ja", "title_en", "owners", "note")}),
        (
            _("Date and hours"),
            {
                "fields": (
                    ("starts_on", "ends_on", "precision"),
                    ("start_time", "end_time", "time_zone"),
                    "before_ja",
                    "before_en",
                )
            },
        ),
        (_("Place"), {"fields": ("venue_ja", "venue_en", "address_ja", "address_en", "country")}),
        (
            _("The answer"),
            {
                "fields": (
                    "reply_mode",
                    "reply_by",
                    "guest_list_closes_at",
                    ("capacity", "companions_allowed"),
                    "dress_ja",
                    "dress_en",
                    "contact_email",
                    "contact_phone",
                )
            },
        ),
    )

    # ── the list ─────────────────────────────────────────────────────────────
    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet[Event], search_term: str) -> Any:
        """As the masthead searches: any width and any kana, by title, kind, host or year."""
        for word in search.words(search_term):
            queryset = queryset.filter(fitting(word))
        return queryset, False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Event]:
        """The events with how their answers stand."""
        return replies.with_counts(super().get_queryset(request))

    @admin.display(description=_("event"), ordering="title_ja")
    def named(self, event: Event) -> str:
        """The title, leading to the event’s home, and the kind."""
        home_page = reverse("admin:events_event_home", args=[event.pk])
        return format_html('<a href="{}">{}</a><br><small>{}</small>', home_page, event, event.get_kind_display())

    @admin.display(description=_("date"), ordering="starts_on")
    def when(self, event: Event) -> str:
        """The date, no more exactly than it is known; a second day stands below the first."""
        first, dash, last = event_day(event).partition("–")
        below = format_html('<br><span class="nowrap">–{}</span>', last) if dash else ""
        return format_html('<span class="nowrap">{}</span>{}', first, below)

    @admin.display(description=_("stage"), ordering="state")
    def stage(self, event: Event) -> str:
        """Where it stands; history says so."""
        return str(_("published record")) if event.is_record else event.get_state_display()

    @admin.display(description=_("answers"))
    def answers(self, event: Event) -> str:
        """From invited to not answered, in one line."""
        if not event.n_invited:  # type: ignore[attr-defined]
            return ""
        return _("invited %(invited)s, coming %(coming)s, to decide %(to_decide)s, no answer %(none)s") % {
            "invited": self.invited(event),
            "coming": self.coming(event),
            "to_decide": self.to_decide(event) or 0,
            "none": self.unanswered(event),
        }

    @admin.display(description=_("invited"))
    def invited(self, event: Event) -> int | str:
        """Invitations that stand."""
        return event.n_invited or ""  # type: ignore[attr-defined]

    @admin.display(description=_("coming"))
    def coming(self, event: Event) -> int | str:
        """Acceptances."""
        return event.n_accepted if event.n_invited else ""  # type: ignore[attr-defined]

    @admin.display(description=_("to decide"))
    def to_decide(self, event: Event) -> int | str:
        """Answers that wait for the hosts."""
        return event.n_substitute + event.n_late + event.n_waitlisted or ""  # type: ignore[attr-defined]

    @admin.display(description=_("no answer"))
    def unanswered(self, event: Event) -> int | str:
        """Those who have not answered."""
        return event.n_none if event.n_invited else ""  # type: ignore[attr-defined]

    # ── what may be done ─────────────────────────────────────────────────────
    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Nobody changes the record."""
        return not (obj and obj.is_record) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Only a plan that nobody has been invited to can be removed."""
        if obj is None:
            return super().has_delete_permission(request)
        removable = not obj.is_record and obj.state == Event.State.PLANNED and not obj.invitations.exists()
        return removable and super().has_delete_permission(request, obj)

    # ── the form ─────────────────────────────────────────────────────────────
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What events of the chosen kind usually have."""
        initial = super().get_changeform_initial_data(request)
        return {**defaults_of(request.GET.get("kind", "")), "owners": [request.user.pk], **initial}

    def get_form(self, request: HttpRequest, obj: Event | None = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:  # noqa: FBT001, FBT002 Django's signature
        """The form, told which approvals the posted change would void."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.would_void = getattr(request, "would_void", ())
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """The sections; one more question when a save would void an approval."""
        fieldsets = super().get_fieldsets(request, obj)
        if getattr(request, "would_void", ()):
            fieldsets = [(None, {"fields": ["confirm_void"]}), *fieldsets]
        return fieldsets

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Without “save and add another”: the next event begins with the choice of its kind."""
        return super().render_change_form(request, {**context, "show_save_and_add_another": False}, *args, **kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ask for the kind first: it decides what the form begins with."""
        if request.method == "GET" and request.GET.get("kind") not in KINDS:
            demand(request, "events.add_event")
            return render(request, "events/kinds.html", None, str(_("Add an event")), kinds=KINDS.values())
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Save; when that would void an approval, take it back and ask first."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except voided.WouldVoid as stop:
            request.would_void = stop.letters  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Event, form: ModelForm, change: bool) -> None:  # noqa: FBT001 Django's signature
        """Store through the verbs, so that the checklist and the calendar follow."""
        if change:
            request.approved_before = voided.approved(obj)  # type: ignore[attr-defined]
            events.edit(event=obj, fields=form.changed_data, by=person(request))
        else:
            events.create(event=obj, by=person(request))

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:  # noqa: FBT001 Django's signature
        """Store hosts and owners; then look whether an approval still holds. A letter that is under way stops with the save itself."""
        super().save_related(request, form, formsets, change)
        if not change:
            return
        if not form.cleaned_data.get("confirm_void"):
            voided.refuse_silently_voided(form.instance, request.approved_before)  # type: ignore[attr-defined]
        mailings.settle(Mailing.objects.filter(event_mailing__event=form.instance), by=person(request))

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """The verb has put it on record."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """The verb has put the facts on record; the hosts are added here."""
        if "eventhost" in message:
            super().log_change(request, obj, {"hosts": message["eventhost"]})

    def response_post_save_add(self, request: HttpRequest, obj: Event) -> HttpResponseRedirect:
        """To the event’s home."""
        return redirect("admin:events_event_home", obj.pk)

    def response_post_save_change(self, request: HttpRequest, obj: Event) -> HttpResponseRedirect:
        """To the event’s home."""
        return redirect("admin:events_event_home", obj.pk)

    def delete_model(self, request: HttpRequest, obj: Event) -> None:
        """A plan is removed with its checklist."""
        with transaction.atomic():
            events.refuse_record(obj)
            super().delete_model(request, obj)

    # ── the pages around it ──────────────────────────────────────────────────
    def get_urls(self) -> list[Any]:
        """The pages of an event before Django’s own."""
        pages: list[tuple[str, Callable[..., Any], str]] = [
            ("home", home.home, "home"),
            ("invitees", invitees.choose, "invitees"),
            ("invitees/list", invitees.invited, "invited"),
            ("left-out", left_out.left_out, "left_out"),
            ("letters", letters.letters, "letters"),
            ("calls", calls.calls, "calls"),
            ("guests", guests.guests, "guests"),
            ("labels", sheets.print_labels, "labels"),
            ("notes/<int:mailing>", sheets.notes, "notes"),
            ("decide", decide.decide, "decide"),
            ("next", next_edition.next_edition, "next"),
        ]
        own = [path(f"<int:pk>/{route}/", self.admin_site.admin_view(view), name=f"events_event_{name}") for route, view, name in pages]
        return [*own, *super().get_urls()]
