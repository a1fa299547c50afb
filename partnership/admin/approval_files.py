"""The scans of a paper, for whoever may see the paper."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from partnership import admin_pages, attachments
from partnership.admin import approval_parts
from partnership.admin.approvals import address, approval_for
from partnership.transitions import Refused


@require_safe
def file(request: HttpRequest, pk: int, key: UUID) -> HttpResponseBase:
    """A file of this paper and of no other; a picture in place, anything else as a download."""
    approval = approval_for(request, pk)
    found = get_object_or_404(approval_parts.files(approval), key=key)
    try:
        return attachments.inline(found)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(address(approval) + "#files")


admin_pages.register("approvals/<int:pk>/files/<uuid:key>/", file, "approval_file")
