"""What the engine knows of the ways out: how fast they may be used, and whether they are closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailGate(models.Model):
    """One gate: ``*`` for our own mail server, else the domain of recipients. Shared by all workers, so it lives in the database."""

    ALL = "*"

    key = models.CharField(_("gate"), max_length=255, unique=True)
    per_minute = models.FloatField(_("mails per minute"), null=True, blank=True, help_text="lowered while a server asks for fewer")
    slowed_at = models.DateTimeField(_("slowed down at"), null=True, blank=True, help_text="from then on the pace rises again")
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(null=True, blank=True)
    server = models.CharField(max_length=64, blank=True, help_text="fingerprint of the EMAIL_URL that the failures below belong to")
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    closed_since = models.DateTimeField(_("closed since"), null=True, blank=True)
    opens_at = models.DateTimeField(_("tried again at"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped until a person lets it go on"), null=True, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=60, blank=True, help_text="a word of partnership/reasons.py")
    said = models.CharField(_("the server’s reply"), max_length=500, blank=True)

    class Meta:
        ordering = ["key"]
        verbose_name = _("way out for mail")
        verbose_name_plural = _("ways out for mail")

    def __str__(self) -> str:
        return self.key


class MailMark(models.Model):
    """One row: how many claims the outbox has seen. Its copy beside the database shows when the database went back in time."""

    identity = models.UUIDField(unique=True)
    claims = models.PositiveBigIntegerField(default=0)
    went_back_at = models.DateTimeField(_("found restored"), null=True, blank=True)
    went_back_from = models.PositiveBigIntegerField(default=0, help_text="the count that the copy beside the database showed")
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.ForeignKey("partnership.User", models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("mark of the outbox")
        verbose_name_plural = _("marks of the outbox")

    def __str__(self) -> str:
        return f"{self.identity}: {self.claims}"
