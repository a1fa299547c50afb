"""The audit trail: read, never written, with the state of its seals."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnership import acts, admin_pages, audit
from partnership.admin.figures import ReadOnlyAdmin
from partnership.models import AuditDetail, AuditEvent, AuditSeal


class ActFilter(admin.AllValuesFieldListFilter):
    """The acts, in words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Each act as a person would say it."""
        for choice in super().choices(changelist):
            yield {**choice, "display": acts.label(str(choice["display"])) if "." in str(choice["display"]) else choice["display"]}


class KindFilter(admin.RelatedFieldListFilter):
    """What it was done to, by the name of its kind alone."""

    def __init__(self, field: models.Field, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, *args, **kwargs)
        self.title = str(_("object"))

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Only kinds to which something was done."""
        kinds = ContentType.objects.filter(models.Exists(AuditEvent.objects.filter(content_type=models.OuterRef("pk"))))
        return sorted(((kind.pk, str(kind.name)) for kind in kinds), key=lambda kind: kind[1])


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what, when, to what."""

    list_display = ("at", "who", "what", "is_sealed")
    list_display_links = ("at", "what")
    list_filter = (("act", ActFilter), ("content_type", KindFilter))
    search_fields = ("actor_label", "act", "object_label")
    date_hierarchy = "at"
    fields = ("at", "actor_label", "what", "act", "object_label", "facts_in_lines", "personal", "is_sealed")
    readonly_fields = fields
    export_fields = ("at", "actor_label", "act", "object_label", "facts_in_lines", "is_sealed")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[AuditEvent]:
        """With the state of the seal."""
        seal = AuditSeal.objects.filter(first_id__lte=models.OuterRef("pk"), last_id__gte=models.OuterRef("pk"))
        return super().get_queryset(request).annotate(sealed=models.Exists(seal))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Personal values are for superusers."""
        return [name for name in self.fields if name != "personal" or request.user.is_superuser]

    @admin.display(description=_("actor"), ordering="actor_label")
    def who(self, event: AuditEvent) -> str:
        """Who acted, as they were called then."""
        return acts.actor(event)

    @admin.display(description=_("what was done"), ordering="act")
    def what(self, event: AuditEvent) -> str:
        """The act as a person would say it."""
        return acts.in_words(event)

    @admin.display(description=_("sealed"), boolean=True, ordering="sealed")
    def is_sealed(self, event: AuditEvent) -> bool:
        """Whether a seal covers it; a change would now show."""
        return event.sealed  # type: ignore[attr-defined]

    @admin.display(description=_("facts"))
    def facts_in_lines(self, event: AuditEvent) -> str:
        """One fact a line."""
        return "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in sorted(event.facts.items()))

    @admin.display(description=_("personal values"))
    def personal(self, event: AuditEvent) -> str:
        """What a purge has left of them."""
        detail = AuditDetail.objects.filter(pk=event.pk).first()
        return json.dumps(detail.personal, ensure_ascii=False) if detail else ""


@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """Compare every seal with the rows it covers."""
    if not request.user.has_perm("partnership.view_auditevent"):
        raise PermissionDenied
    last = AuditSeal.objects.order_by("-last_id").first()
    context = {
        "title": _("Seals of the audit trail"),
        "broken": audit.broken_seals(),
        "number": AuditSeal.objects.count(),
        "last": last,
        "unsealed": AuditEvent.objects.filter(pk__gt=last.last_id if last else 0).count(),
    }
    return render(request, "audit/seals.html", {**admin.site.each_context(request), **context})


admin_pages.register("audit/seals/", seals, "audit_seals")
