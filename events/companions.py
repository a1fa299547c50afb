"""Letters that are approved together with an invitation: their list is the invitation's, and only narrows from there."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef

from events.models import Invitation
from partnership import audit
from partnership.models import Email, Mailing, Position, Recipient

TO_SECRETARIAT = ":secretariat"  # ends the key of a copy


def of_lead(mailing: Mailing, rows: Iterable[Recipient]) -> list[Recipient]:
    """The lead's rows as rows of this letter, unsaved."""
    return [_taken(mailing, row) for row in rows]


def _taken(mailing: Mailing, row: Recipient) -> Recipient:
    return Recipient(
        mailing=mailing,
        key=row.key,  # the same as on the lead's list, so that what was approved for one is found for the other
        label_ja=row.label_ja,
        label_en=row.label_en,
        address=row.address,
        language=row.language,
        addition=row.addition,
        is_copy=row.is_copy,
        values={language: dict(values) for language, values in row.values.items()},
        content_type_id=row.content_type_id,
        object_id=row.object_id,
    )


def added(mailing: Mailing) -> list[Recipient]:
    """Those whom an approved supplement has added to the lead's list since, and to whom the lead was written; unsaved."""
    if mailing.package is None:
        return []
    mails = Email.objects.filter(mailing=OuterRef("mailing_id"), recipient_key=OuterRef("key"))
    known = set(mailing.recipients.values_list("key", flat=True))
    rows = of_lead(mailing, mailing.package.recipients.filter(Exists(mails), addition__gt=0).order_by("id"))
    return [row for row in rows if row.key not in known]


def follow_addresses(mailing: Mailing) -> int:
    """Send to where the register says by now: the list was frozen weeks before. An address is no part of what was approved."""
    rows = list(mailing.recipients.filter(content_type=ContentType.objects.get_for_model(Invitation)))
    seats = dict(_seats(row.object_id for row in rows))
    moved = []
    for row in rows:
        if (seat := seats.get(row.object_id or 0)) and (address := wanted(seat, row.key)) and address != row.address:
            row.address = address
            moved.append(row)
    if moved:
        Recipient.objects.bulk_update(moved, ["address"], batch_size=500)
        audit.record("mailing.follow_addresses", mailing, by=None, count=len(moved))
    return len(moved)


def _seats(guests: Iterable[int | None]) -> list[tuple[int, Position]]:
    rows = Invitation.objects.filter(pk__in=[pk for pk in guests if pk]).select_related("position")
    return [(row.pk, row.position) for row in rows]


def main_address(seat: Position) -> str:
    """Where a post is written to: its own address, else its secretariat's."""
    return seat.email or seat.secretariat_email


def wanted(seat: Position, key: str) -> str:
    """Where the register says that this letter, or this copy for the secretariat, should go; "" when it says nothing."""
    return seat.secretariat_email if key.endswith(TO_SECRETARIAT) else main_address(seat)
