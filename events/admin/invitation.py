"""One invitation: its answers from the first to the last, and what staff enter for the guest."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import call_sheet, guests, invitations, windows
from events.admin import decide
from events.admin.calls import SOURCES
from events.admin.pages import act, demand, next_page, person, render, unchanged
from events.answers import in_force
from events.models import Event, Invitation
from partnership.admin.base import BaseAdmin
from partnership.fields import TextField
from partnership.models import Email
from partnership.transitions import Refused

REPLIES = [
    ("accept", gettext_lazy("accepts")),
    ("decline", gettext_lazy("declines")),
    ("substitute", gettext_lazy("asks that someone else attends")),
]


class AnswerForm(forms.Form):
    """An answer as it came by telephone, mail, letter or fax."""

    reply = forms.ChoiceField(label=capfirst(gettext_lazy("reply")), choices=REPLIES, widget=forms.RadioSelect)
    source = forms.ChoiceField(label=capfirst(gettext_lazy("the answer came")), choices=SOURCES)
    attendee_name = TextField(label=capfirst(gettext_lazy("name of the substitute")), max_length=150, required=False)
    attendee_post = TextField(label=capfirst(gettext_lazy("post of the substitute")), max_length=150, required=False)
    companions = TextField(
        label=capfirst(gettext_lazy("companions")),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One name a line."),
    )
    diet = TextField(label=capfirst(gettext_lazy("dietary needs")), max_length=300, required=False)
    access = TextField(label=capfirst(gettext_lazy("access needs")), max_length=300, required=False)
    note = TextField(
        label=capfirst(gettext_lazy("a word to the hosts")), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, event: Event, may_see_needs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        if not may_see_needs:
            del self.fields["diet"], self.fields["access"]
        if not event.companions_allowed:
            del self.fields["companions"]

    def clean_companions(self) -> list[str]:
        """The names, one a line."""
        names = [line.strip() for line in self.cleaned_data["companions"].splitlines() if line.strip()]
        if len(names) > self.event.companions_allowed:
            raise forms.ValidationError(
                _("Each guest may bring %(count)s; these are %(named)s.") % {"count": self.event.companions_allowed, "named": len(names)}
            )
        return names

    def clean(self) -> dict[str, Any]:
        """A substitute has a name."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("reply") == "substitute" and not values.get("attendee_name"):
            self.add_error("attendee_name", _("Enter the name of the person who attends instead."))
        return values


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the invitation, or do one of its acts."""
    demand(request, "events.view_invitation")
    invitation = get_object_or_404(
        Invitation.objects.select_related("event", "organisation", "country", "position__organisation__country", "added_by"), pk=pk
    )
    if request.method == "POST":
        return _act(request, invitation)
    return _show(request, invitation, _form(request, invitation))


def _form(request: HttpRequest, invitation: Invitation) -> AnswerForm:
    may_see_needs = request.user.has_perm("events.view_guestneeds")
    if request.method == "POST":
        return AnswerForm(request.POST, event=invitation.event, may_see_needs=may_see_needs)
    current = in_force(invitation)
    diet, access = guests.needs_of(invitation) if may_see_needs else ("", "")
    known = {
        "source": request.GET.get("source", "phone"),
        "companions": "\n".join(current.companions) if current else "",
        "attendee_name": current.attendee_name if current else "",
        "attendee_post": current.attendee_post if current else "",
        "note": current.note if current else "",
        "diet": diet,
        "access": access,
    }
    if request.GET.get("reply") in dict(REPLIES):
        known["reply"] = request.GET["reply"]
    return AnswerForm(initial=known, event=invitation.event, may_see_needs=may_see_needs)


def _show(request: HttpRequest, invitation: Invitation, form: AnswerForm, status: int = 200) -> HttpResponse:
    kind = ContentType.objects.get_for_model(Invitation)
    window = windows.staff_window(invitation)
    withdrawn = invitation.reply == Invitation.Reply.WITHDRAWN
    may_change = request.user.has_perm("events.change_invitation") and not invitation.event.is_record
    context = {
        "invitation": invitation,
        "form": form,
        "answers": list(invitation.answers.select_related("entered_by")),
        "people": list(invitation.participants.exclude(state="cancelled").order_by("order")),
        "notes": list(invitation.calls.select_related("by")),
        "mails": list(Email.objects.filter(content_type=kind, object_id=invitation.pk).order_by("-id")[:20]),
        "window": window,
        "may_answer": may_change and not window.is_closed,
        "may_change": may_change and not withdrawn,
        "may_decide": request.user.has_perm("events.decide_invitation") and invitation.reply in decide.WAITING and not window.is_closed,
        "next": next_page(request, ""),
    }
    response = render(request, "events/invitation.html", invitation.event, str(invitation), **context)
    response.status_code = status
    return response


def _act(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    here = reverse("admin:events_invitation_home", args=[invitation.pk])
    if request.POST.get("act") in {"consent", "refuse"}:
        demand(request, "events.decide_invitation")
        return act(request, decide.acts(request, invitation), here)
    demand(request, "events.change_invitation")
    if request.POST.get("act") == "answer":
        return _answer(request, invitation, here)
    table = {"reissue": lambda: _reissue(request, invitation), "withdraw": lambda: _withdraw(request, invitation)}
    return act(request, table, here)


def _answer(request: HttpRequest, invitation: Invitation, here: str) -> HttpResponse:
    form = _form(request, invitation)
    if not form.is_valid():
        return _show(request, invitation, form, status=422)
    try:
        with unchanged(request, invitation):
            call_sheet.enter(invitation=invitation, by=person(request), **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _show(request, invitation, form, status=409)
    said = _("%(guest)s: %(reply)s. The confirmation is on its way.") % {"guest": invitation, "reply": invitation.get_reply_display()}
    return act(request, {"answer": lambda: said}, here)


def _reissue(request: HttpRequest, invitation: Invitation) -> str:
    with unchanged(request, invitation):
        invitations.reissue(invitation=invitation, by=person(request))
    return _("The link is new; the old one leads nowhere any more. Send the letter again so that the guest gets it.")


def _withdraw(request: HttpRequest, invitation: Invitation) -> str:
    reason = request.POST.get("reason", "").strip()[:300]
    with unchanged(request, invitation):
        invitations.withdraw(invitation=invitation, by=person(request), reason=reason)
    return _("%(guest)s: withdrawn. Nothing is sent by itself; tell the guest.") % {"guest": invitation}


@admin.register(Invitation)
class InvitationAdmin(BaseAdmin):
    """All invitations of all events, to look something up; each is changed on its own page."""

    list_display = ("guest", "event", "reply", "replied_at", "language")
    list_display_links = None
    list_filter = ("reply", "organisation__kind")
    search_fields = ("organisation__search_key", "name_en", "name_ja")
    list_select_related = ("event", "organisation")
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("invitation"))
    def guest(self, invitation: Invitation) -> str:
        """Who is invited, leading to the page."""
        return format_html('<a href="{}">{}</a>', reverse("admin:events_invitation_home", args=[invitation.pk]), invitation)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Guests are chosen on their event’s page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Answers are entered on the invitation’s page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Taken off the list, or withdrawn, on the event’s pages."""
        return False

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Lead to the page."""
        demand(request, "events.view_invitation")
        if self.get_object(request, object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect("admin:events_invitation_home", object_id)

    def get_urls(self) -> list[Any]:
        """The page before Django’s own."""
        return [path("<int:pk>/", self.admin_site.admin_view(page), name="events_invitation_home"), *super().get_urls()]
