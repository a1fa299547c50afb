"""Somebody of a local government asks for access to the portal."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models.local_government import LocalGovernment
from partnership.models.base import Versioned


class AccessRequest(Versioned):
    """Until the division or the body's manager confirms it, its account reaches only the draft that it began."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", pgettext_lazy("access", "waiting")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", pgettext_lazy("access", "refused")
        EXPIRED = "expired", _("expired")

    local_government = models.ForeignKey(
        LocalGovernment, models.CASCADE, verbose_name=_("local government"), related_name="access_requests"
    )
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=100)
    post = models.CharField(pgettext_lazy("account", "post"), max_length=100)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("account"), related_name="access_requests")
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(pgettext_lazy("access", "decided"), null=True, blank=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        permissions = [("manage_officials", _("Can give and take the accounts of a local government"))]
        indexes = [models.Index(fields=["state", "asked_at"])]
        constraints = [models.UniqueConstraint(Lower("email"), condition=Q(state="waiting"), name="one_waiting_request_per_address")]

    def __str__(self) -> str:
        return f"{self.local_government} {self.post}"

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the name and the address."""
        return f"request for access {self.pk}"
