"""The thread of a request: everything that was said and done, in order, as its people read it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.kinds import kind_choices
from municipalities.models.local_government import LocalGovernment
from municipalities.models.request import MunicipalRequest
from partnership.models.base import Bilingual, Versioned


class RequestMessage(models.Model):
    """One entry: a message with text, or a step that the timeline tells. Never changed; internal notes never leave the division."""

    class Kind(models.TextChoices):
        """What it is. The words are the timeline's."""

        SUBMITTED = "submitted", pgettext_lazy("request", "submitted")
        CONFIRMED = "confirmed", _("joint application confirmed")
        REFUSED = "refused", _("joint application refused")
        RELAYED = "relayed", _("passed on with the prefecture’s opinion")
        TAKEN = "taken", _("consideration began")
        QUESTION = "question", _("question")
        RETURNED = "returned", _("returned for correction")
        REPLY = "reply", pgettext_lazy("request", "reply")
        MESSAGE = "message", _("message")
        NOTE = "note", _("internal note")
        ACCEPTED = "accepted", pgettext_lazy("request", "accepted")
        DECLINED = "declined", pgettext_lazy("request", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
        REOPENED = "reopened", _("reopened")
        CLOSED = "closed", pgettext_lazy("request", "closed")
        LINKED = "linked", _("became part of an event")

    class Side(models.TextChoices):
        """Who speaks."""

        DIVISION = "division", _("the division")
        APPLICANT = "applicant", _("local government")
        RELAY = "relay", _("prefecture")
        SYSTEM = "system", _("the system")

    request = models.ForeignKey(MunicipalRequest, models.CASCADE, related_name="messages")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    side = models.CharField(_("side"), max_length=10, choices=Side)
    body = models.ForeignKey(
        LocalGovernment, models.PROTECT, related_name="+", null=True, blank=True, help_text="of whoever speaks for a local government"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    author_label = models.CharField(max_length=220, blank=True, help_text="post and name as they were then")
    text = models.TextField(_("text"), blank=True)
    reply_by = models.DateTimeField(_("reply by"), null=True, blank=True)
    is_internal = models.BooleanField(_("internal"), default=False)
    facts = models.JSONField(default=dict, blank=True, help_text="such as how it came, or which event it became")
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        ordering = ["request", "id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["request", "id"])]
        constraints = [models.CheckConstraint(condition=~models.Q(kind="note") | models.Q(is_internal=True), name="notes_are_internal")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.request.number})"

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the words."""
        return f"message {self.pk}"


class MessageDraft(models.Model):
    """What somebody was typing when the session ended or the telephone rang."""

    request = models.ForeignKey(MunicipalRequest, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.TextField()
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="one_draft_per_person_and_request")]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class CannedReply(Bilingual, Versioned):
    """A reply that the division gives often, for one kind of request or for all."""

    kind = models.CharField(_("kind"), max_length=40, choices=kind_choices, blank=True, help_text=_("Empty: for every kind."))
    title = models.CharField(_("title"), max_length=100)
    text_ja = models.TextField(_("text (Japanese)"))
    text_en = models.TextField(_("text (English)"), blank=True)

    class Meta:
        ordering = ["kind", "title"]
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")

    def __str__(self) -> str:
        return self.title
