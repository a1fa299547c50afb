"""What of the municipal side needs an approval: the answers to requests."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from municipalities import decision_content
from municipalities.models import DecisionPaper
from partnership import subjects

subjects.register(
    subjects.Subject(
        model=DecisionPaper,
        label=gettext_lazy("answer to requests"),
        content=decision_content.content,
        titles=decision_content.titles,
        differences=decision_content.differences,
        home=lambda paper: reverse("admin:municipalities_decisionpaper_home", args=[paper.pk]),
        may_submit=decision_content.missing,
        template="approvals/requests.html",
        context=decision_content.context,
        abouts=decision_content.abouts,
    )
)
