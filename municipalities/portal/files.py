"""Files: handed out to those who may see what they are about, as downloads; to everyone else there is no such file."""

from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_safe

from municipalities import file_access
from municipalities.models import Attraction
from municipalities.officials import Official
from municipalities.portal.entry import official_only
from partnership import attachments


@require_safe
@official_only
def download(_request: HttpRequest, official: Official, key: UUID) -> HttpResponseBase:
    """One file as a download, the picture of an attraction in place; 409 while it waits for its virus check."""
    attachment = file_access.of(official, key)
    if attachment is None:
        raise Http404
    is_picture = attachment.content_type_id == ContentType.objects.get_for_model(Attraction).pk
    return attachments.inline(attachment) if is_picture else attachments.download(attachment)


urlpatterns = [path("files/<uuid:key>/", download, name="file")]
