"""The list of guests as rows of a table for download: what a reception desk, a guard or a printer needs."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.models import Event, Participant
from partnership import audit
from partnership.models import User


def rows_of(event: Event) -> QuerySet[Participant]:
    """The people of an event by country, in the order of the reader's language: the guest first, then the companions."""
    name = "name_en" if (get_language() or "ja").startswith("en") else "kana_order"
    return (
        Participant.objects.filter(event=event)
        .select_related("invitation__organisation", "invitation__position", "country")
        .order_by(f"country__{name}", "invitation_id", "order", "pk")
    )


def columns(*, with_needs: bool) -> list[str]:
    """The heads of the columns."""
    heads = [
        _("Country"), _("Organisation"), _("Part"), _("State"), _("Name"), _("Name (Japanese)"), _("Post"), _("Post (Japanese)"),
        _("Invitation no."),
    ]  # fmt: skip
    return [*heads, _("Dietary needs"), _("Access needs")] if with_needs else heads


def _cells(row: Participant, *, with_needs: bool) -> list[Any]:
    invitation = row.invitation
    cells: list[Any] = [
        row.country or "",
        invitation.organisation if invitation else "",
        row.get_part_display(),
        row.get_state_display(),
        row.name_en,
        row.name_ja,
        row.post_en,
        row.post_ja,
        invitation.pk if invitation else "",
    ]
    if with_needs:
        # said once for the party, on the line of its first person
        needs = getattr(invitation, "needs", None) if invitation and row.order == 0 else None
        cells += [needs.diet, needs.access] if needs else ["", ""]
    return cells


def lines(rows: QuerySet[Participant], *, with_needs: bool) -> Iterator[list[Any]]:
    """The rows of the file, one by one; never the whole list in memory."""
    if with_needs:
        rows = rows.select_related("invitation__organisation", "invitation__position", "invitation__needs", "country")
    for row in rows.iterator(chunk_size=500):
        yield _cells(row, with_needs=with_needs)


def note_download(*, event: Event, count: int, with_needs: bool, by: User) -> None:
    """Put on record who took the list away, and with how many lines."""
    audit.record("guest_list.download", event, by=by, count=count, needs=with_needs)
