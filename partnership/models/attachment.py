"""A file that somebody sent along: about a request, a message, a call, an attraction. Its bytes lie outside every served path."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Attachment(models.Model):
    """One file. The name it came with is data; the file itself is stored under ``key`` (partnership/attachments.py)."""

    class State(models.TextChoices):
        """Whether it may be opened. Only a clean one is ever handed out."""

        PENDING = "pending", _("waiting to be checked")
        CLEAN = "clean", _("checked")
        INFECTED = "infected", _("refused: harmful")
        REMOVED = "removed", _("removed")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()
    label = models.CharField(_("document"), max_length=40, blank=True, help_text="which of the documents asked for; empty for any other")
    name = models.CharField(_("file name"), max_length=200)
    mimetype = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"), help_text="bytes")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CLEAN)
    scanned_at = models.DateTimeField(null=True, blank=True, help_text="by the virus scanner; empty where none is configured")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    uploaded_at = models.DateTimeField(pgettext_lazy("file", "sent"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(fields=["content_type", "object_id"]),
            models.Index(fields=["id"], condition=models.Q(state="pending"), name="attachment_pending"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the name that somebody gave the file."""
        return f"file {self.key}"
