"""The outbox: a letter is a row before it is a message."""

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partnership.models.mailing import Mailing


class Email(models.Model):
    """One mail to one address. Its text keeps a mark where a personal link goes; the mailer fills it while it builds the message."""

    class State(models.TextChoices):
        """Where the mail stands; the words are those a person would say."""

        QUEUED = "queued", _("waiting")
        CLAIMED = "claimed", _("being sent (preparing)")
        TRANSMITTING = "transmitting", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("did not arrive")
        UNCERTAIN = "uncertain", _("not known whether it arrived")
        CANCELLED = "cancelled", _("not sent")

    FINAL = (State.SENT, State.FAILED, State.CANCELLED)
    UNFINISHED = (State.QUEUED, State.CLAIMED, State.TRANSMITTING, State.UNCERTAIN)

    class Priority(models.IntegerChoices):
        """Who goes first: a login code passes a running campaign."""

        LOGIN = 0, _("sign-in")
        CONFIRMATION = 10, _("confirmation")
        REMINDER = 20, _("reminder")
        MAILING = 30, _("mailing")

    outbox_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_id = models.CharField(max_length=200, unique=True, editable=False)
    mailing = models.ForeignKey(Mailing, models.PROTECT, verbose_name=_("mailing"), related_name="emails", null=True, blank=True)
    approval = models.ForeignKey(
        "partnership.Approval", models.PROTECT, related_name="+", null=True, blank=True, db_index=False, editable=False
    )
    purpose = models.CharField(_("purpose"), max_length=40)
    recipient_key = models.CharField(_("recipient"), max_length=100)
    seq = models.PositiveSmallIntegerField(_("sending"), default=0, help_text=_("Above 0 only when a person sent it again."))
    resend_of = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("sent again in place of"), related_name="resent_as", null=True, blank=True
    )
    to_address = models.EmailField(_("address"), max_length=320)
    to_label_ja = models.CharField(max_length=300, blank=True)
    to_label_en = models.CharField(max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=[("ja", _("Japanese")), ("en", _("English"))])
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    about = GenericForeignKey()

    state = models.CharField(_("state"), max_length=20, choices=State, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.CONFIRMATION)
    next_at = models.DateTimeField(_("not before"), db_default=Now())  # the database's clock decides, in every comparison
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    crashes = models.PositiveSmallIntegerField(_("claims that ended without a word"), default=0)
    owner = models.CharField(max_length=80, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    data_started_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("final since"), null=True, blank=True)
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)
    smtp_reply = models.CharField(_("the server’s reply"), max_length=500, blank=True)
    reason = models.CharField(_("reason"), max_length=60, blank=True, help_text=_("a word of partnership/reasons.py"))
    held = models.BooleanField(_("on hold"), default=False)
    bounced_at = models.DateTimeField(_("came back"), null=True, blank=True)
    evidence = models.CharField(_("how its arrival is known"), max_length=20, blank=True, help_text="log, answer, report, staff")
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    # not stored: what the messages of a batch are made of, read once for all its "emails", which leave within seconds
    at_hand: dict[Any, Any] | None = None

    class Meta:
        ordering = ["-id"]
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        constraints = [
            models.UniqueConstraint(fields=["mailing", "recipient_key", "purpose", "seq"], name="one_email_per_recipient"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(accepted_at__isnull=False), name="sent_means_accepted"),
        ]
        indexes = [
            models.Index(fields=["priority", "next_at", "id"], condition=Q(state="queued"), name="email_queue"),
            models.Index(fields=["lease_until"], condition=Q(state__in=["claimed", "transmitting"]), name="email_leases"),
            models.Index(fields=["mailing", "state"]),
            models.Index(fields=["content_type", "object_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.to_address}: {self.subject}"

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the address."""
        return f"mail {self.outbox_id}"


class MailAttempt(models.Model):
    """What happened each time a mail was tried; append-only."""

    email = models.ForeignKey(Email, models.PROTECT, related_name="tries")
    fence = models.PositiveIntegerField()
    worker = models.CharField(max_length=80)
    phase = models.CharField(max_length=20, help_text="connect, envelope, data, reply, build")
    outcome = models.CharField(max_length=20)
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    reply = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.email_id} {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row, never an old one again."""
        if not self._state.adding:
            msg = "an attempt is never changed"
            raise TypeError(msg)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: attempts are append-only."""
        msg = "an attempt is never removed"
        raise TypeError(msg)
