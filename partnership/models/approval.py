"""決裁: who may let a letter, a decision or a figure go out, and over exactly what they decided."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnership.models.base import Bilingual
from partnership.models.constraints import all_or_none


class Approval(Bilingual, models.Model):
    """One 決裁 over one subject. ``content`` is what was put before the deciders and ``digest`` its SHA-256.

    Whether it still holds is derived by comparing the digest with the subject as it is now (partnership/approvals.py).
    """

    class State(models.TextChoices):
        """drafted → circulating → approved | rejected | dropped; returned and recalled ones circulate again."""

        DRAFTED = "drafted", _("drafted")
        CIRCULATING = "circulating", _("circulating")
        RETURNED = "returned", _("returned")
        RECALLED = "recalled", _("recalled")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        DROPPED = "dropped", _("dropped")

    OPEN = (State.DRAFTED, State.CIRCULATING, State.RETURNED, State.RECALLED)

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey()
    title_ja = models.CharField(_("title (Japanese)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFTED)
    content = models.JSONField(default=dict)
    earlier_content = models.JSONField(default=dict, blank=True, help_text="what the round before put before the deciders")
    digest = models.CharField(max_length=64, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, related_name="superseded_by", null=True, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("drafted by"), related_name="drafted_approvals")
    drafted_at = models.DateTimeField(_("drafted"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    due_at = models.DateTimeField(_("to be decided by"), null=True, blank=True)
    note = models.TextField(_("note to the deciders"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        permissions = [("decide_approval", _("Can decide approvals"))]
        indexes = [models.Index(fields=["content_type", "object_id", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"],
                condition=Q(state__in=["drafted", "circulating", "returned", "recalled"]),
                name="one_open_approval_per_subject",
            )
        ]

    def __str__(self) -> str:
        return self.in_language("title")


class ApprovalStep(models.Model):
    """One stop of the route: who is to decide there, and what they decided."""

    class Decision(models.TextChoices):
        """What a decider can say."""

        AGREE = "agree", _("agreed")
        RETURN = "return", _("returned")
        REJECT = "reject", _("rejected")

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField(default=1, help_text="raised each time a returned or recalled paper is submitted again")
    order = models.PositiveSmallIntegerField(_("order"))
    group = models.ForeignKey(Group, models.PROTECT, verbose_name=_("role"), related_name="+")
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)

    class Meta:
        ordering = ["round", "order"]
        verbose_name = _("step of an approval")
        verbose_name_plural = _("steps of an approval")
        constraints = [
            models.UniqueConstraint(fields=["approval", "round", "order"], name="one_step_per_place"),
            all_or_none("step_decision_has_who_and_when", "decision", "decided_by", "decided_at"),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id}/{self.order} {self.group}"
