"""The file of a paper on A4 (決裁文書), black on white."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnership import admin_pages, approval_content, subjects
from partnership.admin import approval_parts, approval_shown
from partnership.admin.approvals import approval_for, content_now
from partnership.admin.pages import framed
from partnership.models import Approval

SEALS = 4  # empty boxes that a paper without a way still has, for stamps


@require_safe
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """What is read on paper and kept: draft, way with its boxes, subject, letter, list, opinions, checksum."""
    approval = approval_for(request, pk)
    return framed(request, "approvals/print.html", str(approval), **_context(request, approval))


def _context(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    thing: Any = approval.subject
    subject = subjects.of(thing)
    content = approval.content or content_now(approval)
    return {
        "approval": approval,
        "subject": subject,
        "seals": [stop for place in approval_shown.way(approval) for stop in place.stops if stop.step is not None],
        "empty_seals": range(SEALS),
        "opinions": list(reversed(approval_shown.opinions(approval))),
        "changes": approval_content.changes_since_last(approval),
        "companions": approval_parts.companions(request, approval, content, printing=True),
        "files": approval_parts.files(approval),
        "related": approval_parts.related(approval),
        "rounds": approval_shown.rounds(approval),
        "printing": True,
        "printed_at": timezone.now(),
        **subject.context(approval, approval_parts.asked(request.GET, "")),
    }


admin_pages.register("approvals/<int:pk>/print/", printed, "approval_print")
