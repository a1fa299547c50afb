"""Who has held an account: it belongs to a post, and people fill the post in turn."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnership.models.user import User


class Tenure(models.Model):
    """One person's time with an account. The open one names whoever holds it now, as ``User.name`` does."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("account"), related_name="tenures")
    name = models.CharField(_("name"), max_length=100)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    handed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["user", "-starts_on", "-id"]
        verbose_name = _("holder of an account")
        verbose_name_plural = _("holders of accounts")
        constraints = [models.UniqueConstraint(fields=["user"], condition=Q(ends_on=None), name="one_present_holder")]

    def __str__(self) -> str:
        return f"{self.name} ({self.user.post})"

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the name."""
        return f"holder {self.pk}"
