"""Which files an official may open: those of things that they may see. Upper packages register theirs (module ``file_access``)."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from municipalities.models import Attraction, Call, MunicipalRequest, RequestMessage
from municipalities.officials import Official
from partnership.models import Attachment

Things = Callable[[Official], QuerySet]

_seen: list[tuple[type[Model], Things]] = []


def register(model: type[Model], things: Things) -> None:
    """Add a reason to see files: ``things`` gives the rows of the model whose files this official may open."""
    _seen.append((model, things))


def of(official: Official, key: UUID) -> Attachment | None:
    """The file of a key, if it is about something this official may see: one question, whatever the answer."""
    allowed = Q()
    for model, things in _seen:
        kind = ContentType.objects.get_for_model(model)
        allowed |= Q(content_type=kind, object_id__in=things(official).order_by().values("pk"))
    return Attachment.objects.filter(allowed, key=key).exclude(state=Attachment.State.REMOVED).first()


def _requests(official: Official) -> QuerySet[MunicipalRequest]:
    return MunicipalRequest.objects.visible_to(official.user)


def _messages(official: Official) -> QuerySet[RequestMessage]:
    """Internal notes never leave the division, and neither do their files."""
    return RequestMessage.objects.filter(is_internal=False, request__in=_requests(official))


def _attractions(official: Official) -> QuerySet[Attraction]:
    chosen = Q(requests__in=_requests(official))
    return Attraction.objects.filter(chosen | Q(local_government=official.body) if official.body else chosen)


def _calls(_official: Official) -> QuerySet[Call]:
    return Call.objects.published()


register(MunicipalRequest, _requests)
register(RequestMessage, _messages)
register(Attraction, _attractions)
register(Call, _calls)
