"""What comes back: reports of failure, automatic replies, and what people write."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.models.email import Email


class IncomingMail(models.Model):
    """One mail that reached the address of our letters; read once, whatever the mailbox hands out twice."""

    class Kind(models.TextChoices):
        """What it turned out to be."""

        BOUNCE = "bounce", _("did not arrive")
        DELAY = "delay", _("is delayed")
        DELIVERED = "delivered", _("report of arrival")
        AUTOMATIC = "automatic", _("automatic reply")
        REPLY = "reply", _("written by a person")
        FORGED = "forged", _("names a letter that is not ours")
        OTHER = "other", _("could not be placed")

    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the bytes")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    email = models.ForeignKey(Email, models.PROTECT, verbose_name=_("our letter"), related_name="returns", null=True, blank=True)
    matched_by = models.CharField(max_length=20, blank=True, help_text="sender, message_id, thread or staff")
    status = models.CharField(_("status"), max_length=20, blank=True, help_text="RFC 3463, such as 5.1.1")
    is_permanent = models.BooleanField(default=False)
    diagnostic = models.CharField(_("what the server said"), max_length=500, blank=True)
    from_address = models.CharField(_("from"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    handled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("settled by"), related_name="+", null=True, blank=True
    )
    outcome = models.CharField(_("what was done"), max_length=60, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("mail that came in")
        verbose_name_plural = _("mails that came in")
        indexes = [models.Index(fields=["kind", "handled_at", "-id"])]
        permissions = [("handle_incomingmail", _("Can settle mails that came in"))]

    def __str__(self) -> str:
        return self.subject or self.get_kind_display()

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the text."""
        return f"incoming mail {self.pk}"


class AddressHold(models.Model):
    """An address that a server called unknown: nothing is sent there until somebody lifts it or writes another one down."""

    address = models.EmailField(_("address"), max_length=320, unique=True, help_text="normalised")
    incoming = models.ForeignKey(IncomingMail, models.PROTECT, related_name="+", null=True, blank=True)
    email = models.ForeignKey(Email, models.PROTECT, related_name="+", null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, blank=True)
    diagnostic = models.CharField(_("what the server said"), max_length=500, blank=True)
    since = models.DateTimeField(_("on hold since"), auto_now=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["-since"]
        verbose_name = _("address on hold")
        verbose_name_plural = _("addresses on hold")

    def __str__(self) -> str:
        return self.address

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the address."""
        return f"address on hold {self.pk}"
