"""Requests on the work desk: mine, late ones of mine, those in nobody's charge, and answers that may go out."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import decisions, requests_queue
from municipalities.models import DecisionPaper, MunicipalRequest
from partnership import desk
from partnership.models import User

LIST = "admin:municipalities_municipalrequest_changelist"
CHANGE, DECIDE = "municipalities.change_municipalrequest", "municipalities.decide_municipalrequest"


def mine(user: User) -> Iterable[desk.Turn]:
    """In my charge, our turn, not late."""
    return _turns(user, requests_queue.mine(user) & ~requests_queue.late(), _("Open"))


def late(user: User) -> Iterable[desk.Turn]:
    """In my charge, and the answer was expected by now."""
    return _turns(user, requests_queue.mine(user) & requests_queue.late(), _("Open"))


def unassigned(user: User) -> Iterable[desk.Turn]:
    """In nobody's charge: whoever is free takes them."""
    return _turns(user, requests_queue.unassigned(), _("Take charge"))


def answers(user: User) -> Iterable[desk.Turn]:
    """Answers that I prepared and that may be announced now."""
    if not user.has_perm(DECIDE):
        return
    papers = DecisionPaper.objects.filter(created_by=user, state=DecisionPaper.State.DRAFT).prefetch_related("decisions__request")
    for paper in papers.order_by("pk"):
        if decisions.may_announce(paper).holds:
            yield desk.Turn(
                title=str(paper),
                remark=_("answer　may be announced"),
                whom="",
                url=reverse("admin:municipalities_decisionpaper_home", args=[paper.pk]),
                act=_("Announce"),
            )


def _turns(user: User, condition: Q, act: str) -> Iterable[desk.Turn]:
    if not user.has_perm(CHANGE):
        return
    rows = MunicipalRequest.objects.visible_to(user).filter(condition)
    for row in rows.select_related("applicant__organisation").order_by("expected_on", "pk"):
        yield desk.Turn(
            title=str(row),
            remark=_("request　%(kind)s　%(state)s") % {"kind": row.kind_facts.title, "state": row.get_state_display()},
            whom=str(row.applicant),
            url=reverse("admin:municipalities_municipalrequest_home", args=[row.pk]),
            act=act,
            due=row.expected_on,
        )


for _key, _label, _source, _query in (
    ("requests", gettext_lazy("requests"), mine, "?assignee=me&turn=ours"),
    ("late_requests", gettext_lazy("late requests"), late, "?assignee=me&turn=late"),
    ("new_requests", gettext_lazy("requests in nobody’s charge"), unassigned, "?assignee=nobody&turn=ours"),
):
    desk.register_queue(desk.Queue(_key, _label, _source, lambda query=_query: reverse(LIST) + query))  # type: ignore[misc]
desk.register_queue(
    desk.Queue("answers", gettext_lazy("answers to announce"), answers, lambda: reverse("admin:municipalities_decisionpaper_changelist"))
)
