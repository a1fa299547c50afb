"""What the division and the applicants say to each other, and what it does to the clock."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import clock, messages, request_mails, rights
from municipalities.models import LocalGovernment, MunicipalRequest, RequestMessage
from partnership import audit
from partnership.models import User
from partnership.transitions import Refused, move, step

State = MunicipalRequest.State
Kind = RequestMessage.Kind
Side = RequestMessage.Side

TABLE = {
    "ask": step(State.SUBMITTED, State.IN_REVIEW, to=State.WAITING),
    "send_back": step(State.SUBMITTED, State.IN_REVIEW, to=State.WAITING),
    "reply": step(State.WAITING, to=State.IN_REVIEW),
}


@transaction.atomic
def ask(*, request: MunicipalRequest, by: User, text: str, reply_by: dt.datetime, uploads: Sequence[Any] = ()) -> RequestMessage:
    """Ask the applicants something; the clock stands still until they reply.

    Raises:
        Refused: without words, with a date that is past, or when it is not our turn.
    """
    return _wait(request, "ask", by=by, text=text, reply_by=reply_by, uploads=uploads)


@transaction.atomic
def send_back(*, request: MunicipalRequest, by: User, text: str, reply_by: dt.datetime) -> RequestMessage:
    """Return the form for correction (差戻し); the applicant changes it and sends it again under the same number.

    Raises:
        Refused: as ``ask``.
    """
    return _wait(request, "send_back", by=by, text=text, reply_by=reply_by)


def _wait(
    request: MunicipalRequest, act: str, *, by: User, text: str, reply_by: dt.datetime, uploads: Sequence[Any] = ()
) -> RequestMessage:
    request, said, now = _locked(request, act, by), messages.needed(text), timezone.now()
    if reply_by <= now:
        raise Refused(_("The reply would be due in the past. Choose a later day."))
    changes = {
        **clock.stopped(now, reply_by),
        "is_returned": act == "send_back",
        "reacted_at": request.reacted_at or now,
        "assignee": request.assignee or by,
    }
    move(request, TABLE, act, by=by, changes=changes, reply_by=reply_by.isoformat())
    kind = Kind.RETURNED if act == "send_back" else Kind.QUESTION
    message = messages.write(request=request, kind=kind, by=by, text=said, uploads=uploads, reply_by=reply_by)
    messages.drop_draft(request=request, user=by)
    request_mails.tell(message, by=by)
    return message


@transaction.atomic
def reply(
    *,
    request: MunicipalRequest,
    by: User,
    text: str,
    body: LocalGovernment,
    uploads: Sequence[Any] = (),
    came: Mapping[str, str] | None = None,
) -> RequestMessage:
    """An applicant replies; the clock runs again. Staff can enter a reply that came by telephone or mail.

    Args:
        came: how it reached us, where staff enter it.

    Raises:
        Refused: without words, or when nothing was asked.
    """
    request = _locked(request, "reply", by)
    _speaks_for(request, body, by)
    said = messages.needed(text)
    move(request, TABLE, "reply", by=by, changes=clock.started_again(request, timezone.now()), body=body.code)
    message = messages.write(request=request, kind=Kind.REPLY, by=by, body=body, text=said, uploads=uploads, facts=came)
    messages.drop_draft(request=request, user=by)
    request_mails.tell(message, by=by)
    return message


@transaction.atomic
def say(
    *,
    request: MunicipalRequest,
    by: User,
    text: str,
    uploads: Sequence[Any] = (),
    body: LocalGovernment | None = None,
    came: Mapping[str, str] | None = None,
) -> RequestMessage:
    """A message that changes nobody's turn.

    Args:
        body: that speaks; None when the division does.
        came: how it reached us, where staff enter it.

    Raises:
        Refused: without words, or when the request is filed.
    """
    request, said, now = _locked(request, "say", by), messages.needed(text), timezone.now()
    if body is not None:
        _speaks_for(request, body, by)
    elif not by.is_staff:
        raise Refused(_("This is not yours to do, or not possible any more."))
    elif request.reacted_at is None:
        request.reacted_at = now
        request.save(update_fields=["reacted_at"])
    side = Side.RELAY if body is not None and _only_relays(request, body) else ""
    message = messages.write(request=request, kind=Kind.MESSAGE, by=by, body=body, side=side, text=said, uploads=uploads, facts=came)
    messages.drop_draft(request=request, user=by)
    audit.record("municipalrequest.say", request, by=by)
    request_mails.tell(message, by=by)
    return message


@transaction.atomic
def note(*, request: MunicipalRequest, by: User, text: str, uploads: Sequence[Any] = ()) -> RequestMessage:
    """A note that never leaves the division.

    Raises:
        Refused: without words.
    """
    request = _locked(request, "note", by)
    said = messages.needed(text)
    message = messages.write(request=request, kind=Kind.NOTE, by=by, text=said, uploads=uploads, is_internal=True)
    audit.record("municipalrequest.note", request, by=by)
    return message


def _locked(request: MunicipalRequest, act: str, by: User) -> MunicipalRequest:
    row = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    rights.demand(row, act, by)
    return row


def _only_relays(request: MunicipalRequest, body: LocalGovernment) -> bool:
    return request.relay_id == body.pk and all(row.local_government_id != body.pk for row in request.parties.all())


def _speaks_for(request: MunicipalRequest, body: LocalGovernment, by: User) -> None:
    """A body speaks through its own accounts, or through staff who enter what it said."""
    takes_part = any(row.local_government_id == body.pk and row.refused_at is None for row in request.parties.all())
    if not (takes_part or request.relay_id == body.pk) or not (by.is_staff or by.organisation_id == body.organisation_id):
        raise Refused(_("This is not yours to do, or not possible any more."))
