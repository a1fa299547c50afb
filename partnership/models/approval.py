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
    supplements = models.ForeignKey(
        "self", models.PROTECT, related_name="supplemented_by", null=True, blank=True, help_text="追加決裁: the approved paper it adds to"
    )
    route = models.ForeignKey(
        "partnership.ApprovalRoute", models.PROTECT, verbose_name=_("route"), related_name="approvals", null=True, blank=True
    )
    is_urgent = models.BooleanField(_("urgent: one decision now, the others see it afterwards"), default=False)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("drafted by"), related_name="drafted_approvals")
    drafted_at = models.DateTimeField(_("drafted"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    carried_out_at = models.DateTimeField(_("carried out"), null=True, blank=True, help_text="施行日")
    due_at = models.DateTimeField(_("to be decided by"), null=True, blank=True)
    outdated_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="its content was found changed while it circulated")
    reminded_on = models.DateField(null=True, blank=True, editable=False, help_text="the last day on which its deciders were reminded")
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


class ApprovalRoute(Bilingual, models.Model):
    """A way that papers take, as data: a new way is a new row, no code."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name_ja = models.CharField(_("name (Japanese)"), max_length=100)
    name_en = models.CharField(_("name (English)"), max_length=100)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("offered to those who draft"), default=True)

    class Meta:
        ordering = ["order", "key"]
        verbose_name = _("route of approvals")
        verbose_name_plural = _("routes of approvals")

    def __str__(self) -> str:
        return self.in_language("name")


class RouteStop(Bilingual, models.Model):
    """One stop of a route: a role or a person. Stops of the same ``order`` are asked at the same time."""

    route = models.ForeignKey(ApprovalRoute, models.CASCADE, related_name="stops")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    name_ja = models.CharField(_("name of the stop (Japanese)"), max_length=60)
    name_en = models.CharField(_("name of the stop (English)"), max_length=60)
    group = models.ForeignKey(Group, models.PROTECT, verbose_name=_("role"), related_name="+", null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("stop of a route")
        verbose_name_plural = _("stops of a route")
        constraints = [
            models.CheckConstraint(
                condition=Q(group__isnull=False, person__isnull=True) | Q(group__isnull=True, person__isnull=False),
                name="stop_is_role_or_person",
            )
        ]

    def __str__(self) -> str:
        return self.in_language("name")


class Delegation(models.Model):
    """Who decides in whose absence (代決), from the first to the last day."""

    principal = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("absent"), related_name="delegations")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("deputy"), related_name="deputations")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-starts_on", "-id"]
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="delegation_ends_after_its_start"),
            models.CheckConstraint(condition=~Q(principal=models.F("deputy")), name="deputy_is_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.deputy}"


class ApprovalStep(Bilingual, models.Model):
    """One stop of the route: who is to decide there, and what they decided."""

    class Decision(models.TextChoices):
        """What a decider can say."""

        AGREE = "agree", _("agreed")
        RETURN = "return", _("returned")
        REJECT = "reject", _("rejected")

    class Medium(models.TextChoices):
        """How the decision was made; one made elsewhere is recorded with its evidence."""

        SCREEN = "screen", _("on the screen")
        PAPER = "paper", _("on paper")
        PHONE = "phone", _("by telephone")

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField(default=1, help_text="raised each time a returned or recalled paper is submitted again")
    order = models.PositiveSmallIntegerField(_("order"), help_text="steps of the same order are asked at the same time")
    place = models.PositiveSmallIntegerField(default=1, help_text="among the steps of the same order")
    name_ja = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    group = models.ForeignKey(Group, models.PROTECT, verbose_name=_("role"), related_name="+", null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="+", null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    medium = models.CharField(_("how"), max_length=10, choices=Medium, default=Medium.SCREEN)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), related_name="+", null=True, blank=True
    )
    in_place_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("in place of"), related_name="+", null=True, blank=True, help_text="代決"
    )
    review_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("seen afterwards by"), related_name="+", null=True, blank=True
    )
    needs_review = models.BooleanField(default=False, help_text="後閲: somebody still has to see it")
    reviewed_at = models.DateTimeField(_("seen afterwards"), null=True, blank=True)
    review_opinion = models.TextField(_("word on seeing it afterwards"), blank=True)

    class Meta:
        ordering = ["round", "order", "place"]
        verbose_name = _("step of an approval")
        verbose_name_plural = _("steps of an approval")
        constraints = [
            models.UniqueConstraint(fields=["approval", "round", "order", "place"], name="one_step_per_place"),
            models.UniqueConstraint(
                fields=["approval", "round", "decided_by"], condition=Q(decided_by__isnull=False), name="one_decision_per_person_and_round"
            ),
            all_or_none("step_decision_has_who_and_when", "decision", "decided_by", "decided_at"),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id}/{self.order} {self.group or self.person}"
