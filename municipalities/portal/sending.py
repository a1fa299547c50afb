"""A message sent twice is one message: its form carries a key, which is kept with what was sent and asked for under the request's lock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from municipalities import threads
from municipalities.models import MunicipalRequest, RequestMessage
from municipalities.officials import Official
from municipalities.portal.entry import acting


@transaction.atomic
def send(*, request: MunicipalRequest, official: Official, act: str, text: str, uploads: Sequence[Any], key: UUID | None) -> bool:
    """Reply, or say something; False when this form was sent before.

    Raises:
        Refused: as the verbs do.
    """
    locked = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    if _was_sent(locked, official, text, key):
        return False
    verb = threads.reply if act == "reply" else threads.say
    message = verb(request=request, by=official.user, text=text, uploads=uploads, body=acting(official))
    if key:
        message.facts = {**message.facts, "once": str(key)}
        message.save(update_fields=["facts"])
    return True


def _was_sent(request: MunicipalRequest, official: Official, text: str, key: UUID | None) -> bool:
    """By the key of the form; of a form without one, whether the very last message is the same."""
    if key:
        return RequestMessage.objects.filter(request=request, author=official.user, facts__once=str(key)).exists()
    last = RequestMessage.objects.filter(request=request, is_internal=False).order_by("pk").last()
    return last is not None and last.author_id == official.user.pk and last.text == text
