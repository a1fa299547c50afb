"""A mailing: texts in two languages, a frozen list of recipients, and the progress of many mails."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partnership.models.base import Bilingual, Versioned


class Mailing(Bilingual, Versioned):
    """A letter to many; what it is about is known to its purpose (partnership/purposes.py), not to the kernel."""

    class State(models.TextChoices):
        """How far it is. Whether it may be sent is derived from its approval, never stored here."""

        DRAFT = "draft", _("draft")
        READY = "ready", _("ready: the list is frozen")
        SENDING = "sending", _("sending")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("given up")

    purpose = models.CharField(_("purpose"), max_length=40)
    title_ja = models.CharField(_("title (Japanese)"), max_length=150)
    title_en = models.CharField(_("title (English)"), max_length=150)
    subject_ja = models.CharField(_("subject (Japanese)"), max_length=200)
    subject_en = models.CharField(_("subject (English)"), max_length=200)
    body_ja = models.TextField(_("letter (Japanese)"))
    body_en = models.TextField(_("letter (English)"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT, editable=False)
    package = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="companions",
        null=True,
        blank=True,
        editable=False,
        help_text="the mailing whose approval covers this one as well",
    )
    starts_at = models.DateTimeField(_("leaves by itself at"), null=True, blank=True, editable=False)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("drafted by"), related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False)
    state_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    state_changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        permissions = [("send_mailing", _("Can start, pause and cancel mailings"))]

    def __str__(self) -> str:
        return self.in_language("title")


class Recipient(Bilingual, models.Model):
    """One row of a mailing's frozen list: the address and the values that its letter is printed with."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="recipients")
    key = models.CharField(max_length=100)
    label_ja = models.CharField(_("recipient (Japanese)"), max_length=300)
    label_en = models.CharField(_("recipient (English)"), max_length=300)
    address = models.EmailField(_("address"), max_length=320)
    language = models.CharField(_("language"), max_length=2, choices=[("ja", _("Japanese")), ("en", _("English"))])
    addition = models.PositiveSmallIntegerField(default=0, help_text="0 for the list as frozen; n for the names of the nth supplement")
    is_copy = models.BooleanField(_("copy for the secretariat"), default=False)
    values = models.JSONField(default=dict)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    about = GenericForeignKey()

    class Meta:
        ordering = ["id"]
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [models.UniqueConstraint(fields=["mailing", "key"], name="recipient_once_per_mailing")]

    def __str__(self) -> str:
        return self.in_language("label")
