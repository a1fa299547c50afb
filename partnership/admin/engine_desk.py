"""What the work desk says when mail cannot leave: a red line at the top, and mailings that servers refuse."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import desk, gates, purposes, reasons
from partnership.models import AuditEvent, Email, Mailing, User

MAY = "partnership.send_mailing"


def red_line(request: HttpRequest) -> Mapping[str, Any] | None:
    """That no mail leaves, since when and why; nothing while it does."""
    gate = gates.alert() if request.user.has_perm(MAY) else None
    if gate is None:
        return None
    return {"gate": gate, "why": reasons.sentence(gate.reason)}


def refused(user: User) -> Iterable[desk.Turn]:
    """Mailings that paused by themselves because servers refused one letter after the other."""
    if not user.has_perm(MAY):
        return []
    rows = _paused_because(reasons.CONTENT)
    abouts, failed = purposes.abouts(rows), Email.objects.filter(state=Email.State.FAILED, reason__in=reasons.OF_CONTENT)
    counts = dict(failed.filter(mailing__in=rows).order_by().values_list("mailing").annotate(Count("pk")))
    return [_turn(mailing, str(abouts.get(mailing.pk, "")), counts.get(mailing.pk, 0)) for mailing in rows]


def _paused_because(word: str) -> list[Mailing]:
    """The paused mailings whose last pause has this reason in the trail."""
    paused = {mailing.pk: mailing for mailing in Mailing.objects.filter(state=Mailing.State.PAUSED)}
    kind = ContentType.objects.get_for_model(Mailing)
    trail = AuditEvent.objects.filter(act="mailing.pause", content_type=kind, object_id__in=paused).order_by("id")
    last = {pk: facts.get("reason") for pk, facts in trail.values_list("object_id", "facts") if pk is not None}
    return [mailing for pk, mailing in paused.items() if last.get(pk) == word]


def _turn(mailing: Mailing, about: str, count: int) -> desk.Turn:
    remark = _("Paused: servers refused %(count)s letters one after the other") % {"count": count}
    url = reverse("admin:partnership_mailing_home", args=[mailing.pk])
    return desk.Turn(str(mailing), "　".join(filter(None, (remark, about))), "", url, _("Look into it"), mailing.state_changed_at)


desk.register_panel(desk.Panel("mail_stands_still", "mail/alert.html", red_line, place="head", order=-10))
desk.register_queue(
    desk.Queue("refused_mailings", gettext_lazy("refused mailings"), refused, lambda: reverse("admin:partnership_mailing_changelist"))
)
