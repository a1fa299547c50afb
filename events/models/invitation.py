"""Invitations, the answers to them, and what was said on the telephone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.event import Event
from partnership.models import Country, Organisation, Position
from partnership.models.base import Bilingual, Versioned


class Invitation(Bilingual, Versioned):
    """An event invites a post, once. Name, post and country are kept as printed (as they were on the day)."""

    class Reply(models.TextChoices):
        """Where the answer stands."""

        NONE = "none", _("no answer yet")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        SUBSTITUTE = "substitute", _("substitute asked for")
        LATE = "late", _("late acceptance, to be decided")
        WAITLISTED = "waitlisted", _("waiting for a place")
        WITHDRAWN = "withdrawn", _("withdrawn")

    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="invitations")
    position = models.ForeignKey(Position, models.PROTECT, verbose_name=_("post"), related_name="invitations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="invitations")
    country = models.ForeignKey(Country, models.PROTECT, verbose_name=_("country"), related_name="+")
    name_ja = models.CharField(_("name as printed (Japanese)"), max_length=200, blank=True)
    name_en = models.CharField(_("name as printed (English)"), max_length=250, blank=True)
    post_ja = models.CharField(_("post as printed (Japanese)"), max_length=250)
    post_en = models.CharField(_("post as printed (English)"), max_length=300)
    rank = models.CharField(_("rank"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=[("ja", _("Japanese")), ("en", _("English"))])
    reply = models.CharField(_("reply"), max_length=20, choices=Reply, default=Reply.NONE, editable=False)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True, editable=False)
    token_version = models.PositiveSmallIntegerField(default=1, editable=False)
    linked_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="when its present link was made; letters that left before lead nowhere"
    )
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["event", "id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        permissions = [("decide_invitation", _("Can decide about substitutes and late acceptances"))]
        constraints = [
            models.UniqueConstraint(fields=["event", "position"], name="one_invitation_per_event_and_post"),
            models.CheckConstraint(condition=Q(reply__in=["none", "withdrawn"]) | Q(replied_at__isnull=False), name="reply_has_a_time"),
        ]
        indexes = [models.Index(fields=["event", "reply"])]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.in_language('post')}"


class Answer(models.Model):
    """One answer as it was given; append-only. The newest is the one in force."""

    class Source(models.TextChoices):
        """How it reached us."""

        LINK = "link", _("by link")
        EMAIL = "email", _("by e-mail")
        PHONE = "phone", _("by telephone")
        LETTER = "letter", _("by letter")
        FAX = "fax", _("by fax")
        STAFF = "staff", _("decided by staff")

    invitation = models.ForeignKey(Invitation, models.PROTECT, verbose_name=_("invitation"), related_name="answers")
    reply = models.CharField(_("reply"), max_length=20, choices=Invitation.Reply)
    attendee_name = models.CharField(_("name of the substitute"), max_length=150, blank=True)
    attendee_post = models.CharField(_("post of the substitute"), max_length=150, blank=True)
    companions = models.JSONField(_("companions"), default=list, blank=True)
    note = models.TextField(_("a word to the hosts"), blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    answered_at = models.DateTimeField(_("answered at"), auto_now_add=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("entered by"), related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return f"{self.get_reply_display()} ({self.get_source_display()})"


class CallNote(models.Model):
    """What came of a telephone call to someone who has not answered."""

    class Outcome(models.TextChoices):
        """What was said."""

        NOT_REACHED = "not_reached", _("nobody reached")
        CALL_BACK = "call_back", _("to be called again")
        ANSWERED = "answered", _("answered")

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="calls")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    call_back_at = models.DateTimeField(_("call again at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("telephone note")
        verbose_name_plural = _("telephone notes")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.get_outcome_display()}"
