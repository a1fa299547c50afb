"""What is said about a request: the entries of its thread, who reads them, and what somebody is still typing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from municipalities.models import LocalGovernment, MessageDraft, MunicipalRequest, RequestMessage
from partnership import attachments
from partnership.models import User
from partnership.transitions import Refused

LONGEST = 10_000  # characters of one message
Side = RequestMessage.Side


def for_staff(request: MunicipalRequest) -> QuerySet[RequestMessage]:
    """The whole thread, oldest first."""
    return request.messages.select_related("body__organisation", "author").order_by("id")


def for_officials(request: MunicipalRequest) -> QuerySet[RequestMessage]:
    """The thread without what stays inside the division."""
    return for_staff(request).filter(is_internal=False)


def sound(text: str, *, longest: int = LONGEST) -> str:
    """A text that somebody typed, fit to be kept; "" when there is none.

    Raises:
        Refused: when it is too long.
    """
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    if len(tidy) > longest:
        raise Refused(
            _("The text has %(count)s characters; %(most)s are possible. Send the rest as a file.") % {"count": len(tidy), "most": longest}
        )
    return tidy


def needed(text: str, *, longest: int = LONGEST) -> str:
    """The same, of a text that must not be empty.

    Raises:
        Refused: when it is empty or too long.
    """
    tidy = sound(text, longest=longest)
    if not tidy:
        raise Refused(_("Write a few words first."))
    return tidy


def write(
    *,
    request: MunicipalRequest,
    kind: str,
    by: User | None,
    body: LocalGovernment | None = None,
    side: str = "",
    text: str = "",
    uploads: Sequence[Any] = (),
    facts: Mapping[str, Any] | None = None,
    **fields: Any,
) -> RequestMessage:
    """Add one entry to the thread, with its files; inside the transaction of the act that it tells.

    Args:
        by: who acts; None for the system.
        body: the local government that is spoken for, also when staff enter it on its behalf.
        side: who speaks, if it is not the body or the division.
        fields: ``reply_by``, ``is_internal``.

    Raises:
        Refused: for a file that cannot be taken.
    """
    standard = Side.SYSTEM if by is None else Side.APPLICANT if body else Side.DIVISION
    on_behalf = {"on_behalf": True} if body and by and by.is_staff else {}
    message = RequestMessage.objects.create(
        request=request,
        kind=kind,
        side=side or standard,
        body=body,
        author=by,
        author_label=str(by)[:220] if by else "",
        text=text,
        facts={**(facts or {}), **on_behalf},
        **fields,
    )
    if uploads:
        # files of internal notes take no room from the applicants, nor tell them by a refusal that there are any
        seen = request.messages.all() if message.is_internal else request.messages.filter(is_internal=False)
        already = attachments.size_of(request, list(seen))
        attachments.attach_all(about=message, uploads=uploads, by=by, already=already)
    return message


# ── what somebody is still typing ────────────────────────────────────────────


def keep_draft(*, request: MunicipalRequest, user: User, text: str) -> None:
    """Keep what this person is typing, so that an ended session loses nothing; an empty text forgets it."""
    kept = sound(text)
    if kept:
        MessageDraft.objects.update_or_create(request=request, user=user, defaults={"text": kept})
    else:
        drop_draft(request=request, user=user)


def draft_of(request: MunicipalRequest, user: User) -> MessageDraft | None:
    """What this person was typing, with the hour."""
    return MessageDraft.objects.filter(request=request, user=user).first()


def drop_draft(*, request: MunicipalRequest, user: User | None) -> None:
    """Forget what was typed: it is sent."""
    MessageDraft.objects.filter(request=request, user=user).delete()
