"""The ways that papers take, with their stops, for those who look after them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import approval_routes, roles
from partnership.admin.base import BaseAdmin, BaseTabularInline
from partnership.admin.submission import stops_of
from partnership.forms import TidyModelForm
from partnership.models import ApprovalRoute, RouteStop


class StopForm(TidyModelForm):
    """One stop: a role or a person, and neither both nor none."""

    class Meta(TidyModelForm.Meta):
        model = RouteStop
        fields = ("order", "name_ja", "name_en", "group", "person")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        if "group" in fields:
            fields["group"].queryset = fields["group"].queryset.filter(name__in=roles.STAFF)
            fields["group"].label_from_instance = lambda group: roles.label(group.name)
        if "person" in fields:
            fields["person"].queryset = approval_routes.deciders().order_by("name", "pk")

    def clean(self) -> dict[str, Any] | None:
        """Say it before the database does."""
        cleaned = super().clean()
        said = self.cleaned_data
        if not said.get("DELETE") and bool(said.get("group")) == bool(said.get("person")):
            self.add_error("group", _("Choose a role or a person for this stop, not both."))
        return cleaned


class StopsFormSet(forms.BaseInlineFormSet):
    """The stops of a way; one without stops would let nothing be decided."""

    def clean(self) -> None:
        """At least one stop stays."""
        super().clean()
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        if not [form for form in kept if not form.cleaned_data.get("DELETE")]:
            raise ValidationError(_("A route needs at least one stop."))


class StopInline(BaseTabularInline):
    """Its stops in their order; those of the same number are asked at the same time."""

    model = RouteStop
    form = StopForm
    formset = StopsFormSet
    fields = ("order", "name_ja", "name_en", "group", "person")
    extra = 0


@admin.register(ApprovalRoute)
class ApprovalRouteAdmin(BaseAdmin):
    """Ways of papers. Steps are copied when a paper is submitted: a change here touches no paper that is on its way."""

    list_display = ("name", "stops_in_words", "order", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name_ja", "name_en", "key")
    ordering = ("order", "key")
    inlines = (StopInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (("name_ja", "name_en"), ("key", "order"), "is_active"),
                "description": gettext_lazy(
                    "A change here holds for papers that are submitted from now on. Those on their way keep their stops."
                ),
            },
        ),
    )
    export_fields = ("key", "name_ja", "name_en", "stops_in_words", "order", "is_active")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ApprovalRoute]:
        """With their stops."""
        return super().get_queryset(request).prefetch_related("stops")

    @admin.display(description=gettext_lazy("name"), ordering="order")
    def name(self, route: ApprovalRoute) -> str:
        """In the reader's language."""
        return str(route)

    @admin.display(description=gettext_lazy("stops"))
    def stops_in_words(self, route: ApprovalRoute) -> str:
        """In their order."""
        return stops_of(route)

    def has_delete_permission(self, request: HttpRequest, obj: ApprovalRoute | None = None) -> bool:
        """Only one that no paper ever took; another is taken out of use."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.approvals.exists())
