"""Answers to requests: a paper with one decision or many, each with its own letter."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models.call import Call
from municipalities.models.request import MunicipalRequest
from partnership.models.base import Versioned


class DecisionPaper(Versioned):
    """What is put before the approver at once: the answer to one request, or to many of a call. Its approval binds all its letters."""

    class State(models.TextChoices):
        """Whether the answers have gone out; whether they may is derived from the paper's approval."""

        DRAFT = "draft", _("being prepared")
        ANNOUNCED = "announced", pgettext_lazy("request", "announced")
        DROPPED = "dropped", _("dropped")

    call = models.ForeignKey(Call, models.PROTECT, related_name="papers", null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    note = models.TextField(_("note"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    announced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("answer to requests")
        verbose_name_plural = _("answers to requests")

    def __str__(self) -> str:
        return ", ".join(str(decision.request) for decision in self.decisions.all()[:3]) or f"{self._meta.verbose_name} {self.pk}"


class RequestDecision(models.Model):
    """The answer to one request with its letter, in the language of the applicant's letters."""

    class Outcome(models.TextChoices):
        """The answer."""

        ACCEPTED = "accepted", pgettext_lazy("request", "accepted")
        DECLINED = "declined", pgettext_lazy("request", "declined")

    paper = models.ForeignKey(DecisionPaper, models.CASCADE, related_name="decisions")
    request = models.ForeignKey(MunicipalRequest, models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("answer"), max_length=10, choices=Outcome)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(pgettext_lazy("request", "letter"))
    is_open = models.BooleanField(default=True, editable=False, help_text="its paper is neither announced nor dropped")

    class Meta:
        ordering = ["paper", "id"]
        verbose_name = _("answer to a request")
        verbose_name_plural = _("answers to a request")
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(is_open=True), name="one_open_answer_per_request"),
            models.UniqueConstraint(fields=["paper", "request"], name="one_answer_per_paper_and_request"),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_outcome_display()}"
