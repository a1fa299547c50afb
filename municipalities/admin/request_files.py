"""The files of a request, for the division."""

from uuid import UUID

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from municipalities.admin.request_home import address, request_for
from municipalities.models import MunicipalRequest, RequestMessage
from partnership import attachments
from partnership.models import Attachment
from partnership.transitions import Refused


@require_safe
def download(request: HttpRequest, pk: int, key: UUID) -> HttpResponseBase:
    """A file of the request or of one of its messages, for whoever may see the request; nothing else is reached through it."""
    row = request_for(request, pk)
    kinds = ContentType.objects.get_for_models(MunicipalRequest, RequestMessage)
    said = RequestMessage.objects.filter(request=row).values("pk")
    about = Q(content_type=kinds[MunicipalRequest], object_id=row.pk) | Q(content_type=kinds[RequestMessage], object_id__in=said)
    file = get_object_or_404(Attachment.objects.exclude(state=Attachment.State.REMOVED).filter(about), key=key)
    try:
        return attachments.download(file)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(address(row) + "#files")
