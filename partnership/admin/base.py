"""What every admin class derives from: Django's ModelAdmin with its weak places mended once.

Filters read declared columns only; keys that no row can have are answered with 404 or 400; forms carry a version; each change is
audited; nothing is deleted in bulk; a list can be downloaded as a safe CSV; the history page is our own.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.utils import flatten_fieldsets, label_for_field, lookup_field, unquote
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from partnership import acts, audit, changes, spreadsheets
from partnership.admin.changelist import LONGEST_SEARCH, MendedChangeList, declared_lookups
from partnership.fields import form_class_for
from partnership.forms import TidyModelForm, VersionedModelForm
from partnership.models.base import Versioned
from partnership.normalise import search_key

_KEY = re.compile(r"[0-9]{1,19}")
_LARGEST_KEY = 2**63 - 1


def is_key(text: str) -> bool:
    """Whether a row could have this key: ASCII figures within the column's range."""
    return bool(_KEY.fullmatch(text)) and int(text) <= _LARGEST_KEY


def _names(fields: Sequence[Any]) -> list[Any]:
    """The fields of a fieldset without the version, which is put in by itself."""
    kept = [tuple(_names(field)) if isinstance(field, list | tuple) else field for field in fields]
    return [field for field in kept if field not in ("version", ())]


class MendedSelect(AutocompleteSelect):
    """The searching choice; a key that no row can have is shown as nothing chosen, instead of asking the database for it."""

    def optgroups(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> Any:
        """The chosen row, if it can be one."""
        return super().optgroups(name, [one for one in value if is_key(str(one))], attrs)


def _plain(field: Any) -> Any:
    """The field with hours to the minute, a box for notes of a few lines, and no icons that only a script would answer."""
    widget = getattr(field, "widget", None)
    for part in getattr(widget, "widgets", [widget]):
        if isinstance(part, forms.TimeInput):
            part.format = "%H:%M"
        elif isinstance(part, forms.Textarea):
            part.attrs["rows"] = 4
        elif isinstance(part, RelatedFieldWidgetWrapper):
            part.can_change_related = part.can_delete_related = part.can_view_related = False
    return field


class Mended:
    """What classes for pages and for rows inside a page share."""

    is_mended = True
    model: type[models.Model]
    form: type[forms.ModelForm]

    def use_a_versioned_form(self) -> None:
        """Choose the form, or insist that a chosen one derives from ours.

        Raises:
            ImproperlyConfigured: when it does not.
        """
        wanted = VersionedModelForm if issubclass(self.model, Versioned) else TidyModelForm
        if self.form is forms.ModelForm:
            self.form = wanted
        elif not issubclass(self.form, wanted):
            msg = f"{type(self).__name__}.form must derive from {wanted.__name__}"
            raise ImproperlyConfigured(msg)

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Fields that tidy what was typed."""
        if (edits := form_class_for(db_field)) is not None:
            kwargs.setdefault("form_class", edits)
        return _plain(super().formfield_for_dbfield(db_field, request, **kwargs))  # type: ignore[misc]

    def without_version(self, request: HttpRequest, obj: Any, options: dict[str, Any]) -> dict[str, Any]:
        """The options of a form factory, told that the version is declared by the form itself."""
        if "fields" not in options:
            options["fields"] = flatten_fieldsets(self.get_fieldsets(request, obj))
        if options["fields"] is not None:
            options["fields"] = [name for name in options["fields"] if name != "version"]
        return options

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """A searching choice that survives any posted key."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", MendedSelect(db_field, self.admin_site, using=kwargs.get("using")))  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The declared fieldsets; a person who may change the row gets its version along, hidden."""
        fieldsets = [
            (title, {**options, "fields": _names(options["fields"])})
            for title, options in super().get_fieldsets(request, obj)  # type: ignore[misc]
        ]
        if issubclass(self.model, Versioned) and obj is not None and self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            fieldsets[-1][1]["fields"].append("version")
        return fieldsets


class BaseAdmin(Mended, admin.ModelAdmin):
    """The base of all admin classes.

    Attributes:
        export_fields: columns of the CSV download; those of the list unless said otherwise, () for none.
    """

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    save_as = False
    actions_selection_counter = True
    export_fields: ClassVar[Sequence[str] | None] = None

    def __init__(self, model: type[models.Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.use_a_versioned_form()
        if self.list_editable:
            msg = f"{type(self).__name__}: a list is not edited in place, because its rows carry no version"
            raise ImproperlyConfigured(msg)

    # ── lists ────────────────────────────────────────────────────────────────
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[MendedChangeList]:
        """The mended list."""
        return MendedChangeList

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the related rows that a line names, also where it is offered for completion."""
        queryset = super().get_queryset(request)
        return queryset.select_related(*self.list_select_related) if isinstance(self.list_select_related, list | tuple) else queryset

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what a declared filter reads; anything else would let a column be guessed letter by letter."""
        list_filter = self.get_list_filter(request) if request is not None else self.list_filter
        return lookup in declared_lookups(self.model, list_filter, self.date_hierarchy)

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str) -> Any:
        """Search in the folded key where there is one: any width, any kana."""
        term = search_term.replace("\x00", "")[:LONGEST_SEARCH]
        if any(field.endswith("search_key") for field in self.get_search_fields(request)):
            term = search_key(term)
        return super().get_search_results(request, queryset, term)

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any], *args: Any) -> Any:
        """Refuse keys that no row can have."""
        selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        if not all(is_key(key) for key in selected):
            raise BadRequest(helpers.ACTION_CHECKBOX_NAME)
        return super().response_action(request, queryset, *args)

    @admin.action(description=_("Download as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        """The chosen rows as a file for a spreadsheet."""
        names = self._exported(request)
        audit.record(f"{self.opts.model_name}.export", by=request.user, count=queryset.count())  # type: ignore[arg-type]
        header = [label_for_field(name, self.model, self) for name in names]
        return spreadsheets.response(self.opts.model_name or "rows", header, self._rows(names, queryset))

    def _exported(self, request: HttpRequest) -> list[Any]:
        return [*(self.get_list_display(request) if self.export_fields is None else self.export_fields)]

    def _rows(self, names: Sequence[str], queryset: models.QuerySet[Any]) -> Iterator[list[Any]]:
        for row in queryset.iterator(chunk_size=500):
            yield [self._exported_value(name, row) for name in names]

    def _exported_value(self, name: str, row: models.Model) -> Any:
        field, _attribute, value = lookup_field(name, row, self)
        if field is not None and getattr(field, "flatchoices", None):
            return dict(field.flatchoices).get(value, value)
        return strip_tags(value) if hasattr(value, "__html__") else value

    def get_actions(self, request: HttpRequest) -> Any:
        """The download beside what a class declares itself."""
        actions: dict[str, Any] = {**super().get_actions(request)}
        if self._exported(request) and self.has_view_permission(request) and "_popup" not in request.GET:
            actions["export_csv"] = (type(self).export_csv, "export_csv", _("Download as CSV"))
        return actions

    # ── one row ──────────────────────────────────────────────────────────────
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 Django's signature
        """The version is a field of the form, not one of the model's that people edit."""
        return super().get_form(request, obj, change, **self.without_version(request, obj, kwargs))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, or None for a key that none can have."""
        if from_field is None and not is_key(object_id):
            return None
        return super().get_object(request, object_id, from_field)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404(object_id)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Refuse “save as new” where it is not offered: Django would make a new row all the same."""
        if "_saveasnew" in request.POST and not self.save_as:
            raise BadRequest("_saveasnew")
        return super().changeform_view(request, object_id, form_url, extra_context)

    # ── what is known about a row ────────────────────────────────────────────
    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:  # noqa: FBT001, FBT002 Django's signature
        """What changed, by the names of the fields; the values are in the row's history."""
        facts: dict[str, Any] = {} if add else {"fields": sorted(form.changed_data)}
        for formset in formsets or ():
            counts = {
                "added": len(getattr(formset, "new_objects", ())),
                "changed": len(getattr(formset, "changed_objects", ())),
                "deleted": len(getattr(formset, "deleted_objects", ())),
            }
            if any(counts.values()):
                facts[formset.model._meta.model_name] = counts
        return facts

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """One audit event instead of Django's log entry."""
        return audit.record(f"{self.opts.model_name}.add", obj, by=request.user, **message)  # type: ignore[arg-type]

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """One audit event instead of Django's log entry; none when nothing changed."""
        if any(message.values()):
            return audit.record(f"{self.opts.model_name}.change", obj, by=request.user, **message)  # type: ignore[arg-type]
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """One audit event for each row."""
        return [audit.record(f"{self.opts.model_name}.delete", obj, by=request.user) for obj in queryset]  # type: ignore[arg-type]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who changed what, and which acts were done to it."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404(object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        page = Paginator(obj.history.all() if hasattr(obj, "history") else [], 30).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %s") % obj,
            "object": obj,
            "opts": self.opts,
            "page_obj": page,
            "savings": changes.savings(obj, page.start_index() - 1, 30) if page.object_list else [],
            "acts": [{"at": row.at, "who": acts.actor(row), "what": acts.in_words(row, str(obj))} for row in audit.about(obj)[:100]],
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


class BaseInline(Mended, admin.options.InlineModelAdmin):
    """Rows inside a page; use one of the two below."""

    extra = 0
    show_change_link = True

    def __init__(self, parent_model: type[models.Model], admin_site: admin.AdminSite) -> None:
        super().__init__(parent_model, admin_site)
        self.use_a_versioned_form()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """As in a page of its own."""
        return super().get_formset(request, obj, **self.without_version(request, obj, kwargs))


class BaseTabularInline(BaseInline, admin.TabularInline):
    """Rows as a table."""


class BaseStackedInline(BaseInline, admin.StackedInline):
    """Rows one below the other."""
