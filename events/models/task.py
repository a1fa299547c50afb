"""The checklist of an event."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.event import Event
from partnership.models.base import Bilingual, Versioned
from partnership.models.constraints import all_or_none


class Task(Bilingual, Versioned):
    """One line of an event's checklist, due some days before or after it."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="tasks")
    title_ja = models.CharField(_("task (Japanese)"), max_length=200)
    title_en = models.CharField(_("task (English)"), max_length=200)
    due_on = models.DateField(_("due"))
    offset_days = models.SmallIntegerField(
        _("days from the event"), null=True, blank=True, help_text=_("negative before it; the due date follows the event")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("in charge"), related_name="tasks", null=True, blank=True
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("task")
        verbose_name_plural = _("checklist")
        constraints = [all_or_none("task_done_has_who_and_when", "done_at", "done_by")]

    def __str__(self) -> str:
        return self.in_language("title")
