"""What enquiries put on the work desk: the button of the phone note, what waits for me or for nobody, and how many wait at all."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import enquiries
from municipalities.models import Enquiry
from partnership import desk
from partnership.models import User


def waiting(user: User) -> Iterable[desk.Turn]:
    """Mine, and those that nobody has taken."""
    if not user.has_perm("municipalities.change_enquiry"):
        return
    for one in enquiries.waiting_for(user, timezone.localdate()):
        yield desk.Turn(
            title=one.topic,
            remark=_remark(one),
            whom=str(one.organisation or one.asker),
            url=reverse("admin:municipalities_enquiry_home", args=[one.pk]),
            act=_("Answer") if one.assignee_id else _("Take charge"),
            due=one.due_on,
        )


def _remark(enquiry: Enquiry) -> str:
    """Enquiry R8-Q0012, and what is peculiar about it."""
    number = _("enquiry %(number)s") % {"number": enquiry.number}
    if enquiry.state == Enquiry.State.ASKED:
        return f"{number}　{enquiry.get_state_display()}"
    return number if enquiry.assignee_id else f"{number}　{_('nobody in charge')}"


def button(request: HttpRequest) -> dict[str, Any] | None:
    """For those who take enquiries down."""
    return {} if request.user.has_perm("municipalities.add_enquiry") else None


def numbers(request: HttpRequest) -> dict[str, Any] | None:
    """How many wait, for whom; one query."""
    if not request.user.has_perm("municipalities.view_enquiry"):
        return None
    rows = Enquiry.objects.filter(state__in=Enquiry.WAITING)
    counts = rows.aggregate(
        open=Count("pk"),
        nobody=Count("pk", filter=Q(assignee=None)),
        late=Count("pk", filter=Q(due_on__lt=timezone.localdate())),
        asked=Count("pk", filter=Q(state=Enquiry.State.ASKED)),
    )
    return {"counts": counts}


desk.register_queue(
    desk.Queue("enquiries", gettext_lazy("Enquiries"), waiting, lambda: f"{reverse('admin:municipalities_enquiry_changelist')}?queue=open")
)
desk.register_panel(desk.Panel("note_enquiry", "municipalities/enquiry_button.html", button, place="head", order=0))
desk.register_panel(desk.Panel("enquiries", "municipalities/enquiry_desk.html", numbers, place="side", order=10))
