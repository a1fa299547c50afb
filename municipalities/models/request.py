"""What local governments ask for: a request, its applicants, and the words people file it under."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from municipalities.kinds import Kind, kind_choices, kind_of
from municipalities.models.attraction import Attraction
from municipalities.models.call import Call
from municipalities.models.local_government import LocalGovernment
from partnership.models import Organisation, User
from partnership.models.base import Versioned
from partnership.models.constraints import all_or_none
from partnership.normalise import search_key


class RequestTag(models.Model):
    """A word that the division files requests under."""

    name = models.CharField(pgettext_lazy("tag", "name"), max_length=40, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class MunicipalRequestQuerySet(models.QuerySet["MunicipalRequest"]):
    """Questions about requests. Every page, list, search, export and file starts from ``visible_to``."""

    def visible_to(self, user: User) -> Self:
        """What this person may see: staff with the right all that was sent; officials their body's; others their own draft.

        A draft is seen by the applicant's accounts alone. What was sent is seen by all its applicants and its relay. An account that
        is not confirmed yet has no body and sees the drafts it began.
        """
        if user.is_staff:
            seen = Q(pk__gt=0) if user.has_perm("municipalities.view_municipalrequest") else Q(pk__in=())
            return self.filter(seen & (~Q(state="draft") | Q(created_by__is_staff=True)))
        if not user.has_perm("municipalities.use_portal"):
            return self.none()
        if user.organisation_id is None:
            return self.filter(state="draft", created_by=user)
        drafts = Q(state="draft", applicant__organisation=user.organisation_id, created_by__organisation=user.organisation_id)
        party = RequestParty.objects.filter(request=OuterRef("pk"), local_government__organisation=user.organisation_id)
        sent = ~Q(state="draft") & (Exists(party) | Q(relay__organisation=user.organisation_id))
        return self.filter(drafts | sent)

    def written_by(self, user: User) -> Self:
        """Of those, the ones whose form this person may fill."""
        return self.visible_to(user).filter(Q(state="draft") | Q(is_returned=True, applicant__organisation=user.organisation_id))

    def active(self) -> Self:
        """Sent and not decided."""
        return self.filter(state__in=MunicipalRequest.ACTIVE)

    def our_turn(self) -> Self:
        """Those that wait for the division."""
        return self.filter(state__in=MunicipalRequest.OUR_TURN)


class MunicipalRequest(Versioned):
    """One request. What its form asks is declared by its kind (municipalities/kinds.py); the answers are JSON by question.

    The key in addresses is ``uuid``; people say the number, R8-0147, which it gets when it is submitted.
    """

    class State(models.TextChoices):
        """From the draft to the file; the words are those a clerk would say."""

        DRAFT = "draft", pgettext_lazy("request", "draft")
        SUBMITTED = "submitted", pgettext_lazy("request", "submitted")
        IN_REVIEW = "in_review", _("being considered")
        WAITING = "waiting", _("waiting for the local government")
        ACCEPTED = "accepted", pgettext_lazy("request", "accepted")
        DECLINED = "declined", pgettext_lazy("request", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
        CLOSED = "closed", pgettext_lazy("request", "closed")

    OUR_TURN = (State.SUBMITTED, State.IN_REVIEW)
    ACTIVE = (*OUR_TURN, State.WAITING)
    DECIDED = (State.ACCEPTED, State.DECLINED)

    class Source(models.TextChoices):
        """How it reached us."""

        PORTAL = "portal", _("portal")
        EXCEL = "excel", _("form (Excel)")
        PHONE = "phone", pgettext_lazy("way of asking", "telephone")
        MAIL = "mail", _("mail")
        PAPER = "paper", _("paper")
        VISIT = "visit", _("visit")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    start_key = models.UUIDField(
        unique=True, null=True, blank=True, editable=False, help_text="of the form that began it: pressed twice, it begins once"
    )
    kind = models.CharField(_("kind"), max_length=40, choices=kind_choices)
    call = models.ForeignKey(Call, models.PROTECT, verbose_name=_("call"), related_name="requests", null=True, blank=True)
    applicant = models.ForeignKey(LocalGovernment, models.PROTECT, verbose_name=_("applicant"), related_name="requests")
    title = models.CharField(_("subject"), max_length=150, blank=True)
    answers = models.JSONField(default=dict, blank=True, help_text="by key of the question; dates as ISO text, choices as keys")
    attractions = models.ManyToManyField(Attraction, verbose_name=_("products and performers"), related_name="requests", blank=True)
    mission = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("mission abroad"), related_name="requests_about", null=True, blank=True
    )
    mission_opinion = models.TextField(_("opinion of the mission"), blank=True)
    mission_opinion_at = models.DateTimeField(null=True, blank=True)
    copied_from = models.ForeignKey("self", models.SET_NULL, related_name="copies", null=True, blank=True)
    related = models.ManyToManyField("self", verbose_name=_("related requests"), blank=True)
    tags = models.ManyToManyField(RequestTag, verbose_name=_("tags"), related_name="requests", blank=True)

    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    number_year = models.PositiveSmallIntegerField(_("fiscal year"), null=True, blank=True)
    number_serial = models.PositiveIntegerField(_("number"), null=True, blank=True)
    source = models.CharField(_("came by"), max_length=10, choices=Source, default=Source.PORTAL)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(_("last saved"), null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    submitted_at = models.DateTimeField(pgettext_lazy("request", "submitted"), null=True, blank=True)
    confirm_by = models.DateField(_("joint applicants confirm by"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("in charge"), related_name="assigned_requests", null=True, blank=True
    )
    # the clock: open days; it stands still while we wait for the local government
    expected_on = models.DateField(_("answer expected"), null=True, blank=True)
    reacted_at = models.DateTimeField(_("first reaction"), null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    waited_days = models.PositiveSmallIntegerField(_("open days waited"), default=0)
    reply_by = models.DateTimeField(_("the local government replies by"), null=True, blank=True)
    is_returned = models.BooleanField(
        _("returned for correction"), default=False, help_text="while waiting: the applicant may change the form"
    )
    decided_at = models.DateTimeField(pgettext_lazy("request", "answered"), null=True, blank=True)
    processing_days = models.PositiveSmallIntegerField(_("open days until the answer, without waiting"), null=True, blank=True)
    ended_at = models.DateTimeField(
        _("ended"), null=True, blank=True, help_text="decided or withdrawn: 30 days from here it can be reopened"
    )
    rank = models.PositiveSmallIntegerField(_("rank in the call"), null=True, blank=True)
    # 経由: the prefecture that passes it on
    relay = models.ForeignKey(
        LocalGovernment, models.PROTECT, verbose_name=_("through"), related_name="relayed_requests", null=True, blank=True
    )
    relay_rank = models.PositiveSmallIntegerField(_("the prefecture’s order"), null=True, blank=True)
    relay_comment = models.TextField(_("the prefecture’s opinion"), blank=True)
    relayed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    relayed_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_key = models.CharField(max_length=600, editable=False, default="", db_index=True)

    objects = MunicipalRequestQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_key"], m2m_fields=[attractions])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        permissions = [("use_portal", _("Can use the portal of local governments")), ("decide_municipalrequest", _("Can answer requests"))]
        indexes = [
            models.Index(fields=["state", "expected_on"]),
            models.Index(fields=["assignee", "state"]),
            models.Index(fields=["applicant", "state"]),
            models.Index(fields=["kind", "state"]),
            models.Index(fields=["call", "rank"]),
            models.Index(fields=["relay", "state"]),
            models.Index(fields=["submitted_at"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number_year", "number_serial"], name="one_request_per_number"),
            models.CheckConstraint(condition=Q(state="draft") | Q(submitted_at__isnull=False), name="sent_requests_say_when"),
            all_or_none("request_number_is_whole", "number_year", "number_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search key beside what people look for."""
        self.search_key = search_key(self.number, self.title, self.applicant.organisation.name_ja, self.applicant.organisation.name_en)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_key"}
        super().save(*args, **kwargs)

    @property
    def number(self) -> str:
        """R8-0147: the era’s year of the fiscal year, and a number that runs within it; empty for a draft."""
        return f"R{self.number_year - 2018}-{self.number_serial:04d}" if self.number_year and self.number_serial else ""

    @property
    def name(self) -> str:
        """What it is about: its own subject, else its kind."""
        return self.title or str(self.kind_facts.title)

    @property
    def kind_facts(self) -> Kind:
        """The declaration of its kind."""
        return kind_of(self.kind)


class RequestParty(models.Model):
    """One applicant of a request, in protocol order; those who join confirm that they do."""

    request = models.ForeignKey(MunicipalRequest, models.CASCADE, related_name="parties")
    local_government = models.ForeignKey(
        LocalGovernment, models.PROTECT, verbose_name=_("local government"), related_name="request_parties"
    )
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("protocol order; 1 comes first"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    refused_at = models.DateTimeField(_("does not take part"), null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["request", "order"]
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        constraints = [
            models.UniqueConstraint(fields=["request", "local_government"], name="one_party_per_body"),
            models.UniqueConstraint(fields=["request", "order"], name="one_party_per_place", deferrable=models.Deferrable.DEFERRED),
            models.CheckConstraint(condition=Q(confirmed_at=None) | Q(refused_at=None), name="party_confirms_or_refuses"),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.local_government}"
