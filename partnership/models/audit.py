"""Who did what: append-only, sealed in batches, personal values kept apart."""

from typing import Any, NoReturn

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One business act. Rows are never changed or removed; on PostgreSQL a trigger refuses it."""

    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), related_name="+", null=True, blank=True)
    actor_label = models.CharField(
        _("who, as it read then"), max_length=200, help_text=_("“the system” or “by link” where nobody was signed in")
    )
    act = models.CharField(_("act"), max_length=60, db_index=True, help_text=_("noun.verb, such as mailing.send"))
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    about = GenericForeignKey()
    object_label = models.CharField(_("about"), max_length=300, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True, help_text=_("from, to, counts; nothing personal"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [models.Index(fields=["content_type", "object_id", "-id"])]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.actor_label} {self.act} {self.object_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row, never an old one again."""
        if not self._state.adding:
            msg = "an audit event is never changed"
            raise TypeError(msg)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: the trail is append-only."""
        msg = "an audit event is never removed"
        raise TypeError(msg)


class AuditDetail(models.Model):
    """Personal values of an audit event, which a purge may remove without breaking the seal."""

    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="detail", primary_key=True)
    personal = models.JSONField(_("personal values"), default=dict)

    class Meta:
        verbose_name = _("personal values of an audit event")
        verbose_name_plural = _("personal values of audit events")

    def __str__(self) -> str:
        return f"{self.event_id}"


class AuditSeal(models.Model):
    """A hash over a run of audit events and the seal before it: a changed or missing row shows."""

    first_id = models.PositiveBigIntegerField()
    last_id = models.PositiveBigIntegerField(unique=True)
    events = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["last_id"]
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"
