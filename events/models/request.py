"""What an accepted request became: an event, or a co-host of one; and the products and performers that came with it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from municipalities.models import Attraction, MunicipalRequest


class EventRequest(models.Model):
    """A request and an event that it became, or joined."""

    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("event"), related_name="event_requests")
    request = models.ForeignKey(MunicipalRequest, models.PROTECT, verbose_name=_("request"), related_name="event_requests")
    is_origin = models.BooleanField(default=False, help_text="the event was made from it; otherwise its applicants joined")
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["event", "id"]
        verbose_name = _("request of an event")
        verbose_name_plural = _("requests of an event")
        constraints = [models.UniqueConstraint(fields=["event", "request"], name="one_tie_per_event_and_request")]

    def __str__(self) -> str:
        return f"{self.event}: {self.request}"


class EventAttraction(models.Model):
    """A product or a performer at an event; what it is stays in the local government's own row."""

    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("event"), related_name="event_attractions")
    attraction = models.ForeignKey(Attraction, models.PROTECT, verbose_name=_("attraction"), related_name="+")
    request = models.ForeignKey(MunicipalRequest, models.SET_NULL, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["event", "attraction__kind", "id"]
        verbose_name = _("attraction at an event")
        verbose_name_plural = _("attractions at an event")
        constraints = [models.UniqueConstraint(fields=["event", "attraction"], name="one_row_per_event_and_attraction")]

    def __str__(self) -> str:
        return f"{self.event}: {self.attraction}"
