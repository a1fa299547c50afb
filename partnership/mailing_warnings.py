"""What people should look at before a letter leaves. Nothing here stops it: whoever sends, or decides, sees it and judges."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext as _

from partnership import holds, purposes, reasons
from partnership.models import Email, Mailing, Recipient

SHOWN = 6  # names in one sentence; the number of the others is said
_WAITING = (Mailing.State.READY, Mailing.State.SENDING, Mailing.State.PAUSED)


@dataclass(frozen=True)
class Caution:
    """One thing to look at: a sentence, whom it is about, and the letter it speaks of, if another one."""

    words: str
    names: str
    mailing: Mailing | None = None


def of(mailing: Mailing, rows: Sequence[Recipient]) -> list[Caution]:
    """Everything to look at about these recipients of a mailing; a query or two for each other letter that waits, whatever the lists."""
    if not rows:
        return []
    return [*_twice(rows), *_contradicting(mailing, rows), *_on_hold(rows), *_came_back(rows)]


def _twice(rows: Sequence[Recipient]) -> list[Caution]:
    by_address: dict[str, list[Recipient]] = {}
    for row in rows:
        by_address.setdefault(holds.key(row.address), []).append(row)
    double = [same for same in by_address.values() if len(same) > 1]
    return [
        Caution(
            _("One address gets %(count)s of these letters: %(address)s") % {"count": len(same), "address": same[0].address}, _named(same)
        )
        for same in double[:SHOWN]
    ]


def _contradicting(mailing: Mailing, rows: Sequence[Recipient]) -> list[Caution]:
    """The same guest, or the same address, in another letter that waits; letters of the same package belong together."""
    unfinished = Email.objects.filter(mailing=OuterRef("mailing_id"), recipient_key=OuterRef("key"), state__in=Email.UNFINISHED)
    about = {(row.content_type_id, row.object_id) for row in rows if row.object_id is not None}
    others = (
        Recipient.objects.filter(
            Q(object_id__in={key for _kind, key in about}) | Q(address__in={row.address for row in rows}), mailing__state__in=_WAITING
        )
        .filter(Q(mailing__state=Mailing.State.READY) | Exists(unfinished))
        .exclude(mailing=mailing)
        .select_related("mailing")
    )
    addresses = {row.address for row in rows}
    package = {mailing.pk, mailing.package_id}
    waiting: dict[Mailing, list[Recipient]] = {}
    for other in others:
        if other.mailing.package_id in package - {None} or other.mailing_id in package:
            continue
        if (other.content_type_id, other.object_id) in about or other.address in addresses:
            waiting.setdefault(other.mailing, []).append(other)
    found = {letter: purposes.get(letter.purpose).contradicts(mailing, letter, same) for letter, same in waiting.items()}
    return [
        Caution(
            _("%(count)s of them are also to get “%(letter)s”, which waits (%(state)s)")
            % {"count": len(same), "letter": letter, "state": letter.get_state_display()},
            _named(same),
            letter,
        )
        for letter, same in found.items()
        if same
    ]


def _on_hold(rows: Sequence[Recipient]) -> list[Caution]:
    held = holds.among({row.address for row in rows})
    names = [row for row in rows if row.address in held]
    return (
        [Caution(_("Nothing is sent to them: their address is on hold, because a server does not know it"), _named(names))] if names else []
    )


def _came_back(rows: Sequence[Recipient]) -> list[Caution]:
    """Those to whose address the last letter came back, or was refused as unknown."""
    lost = Q(bounced_at__isnull=False) | Q(state=Email.State.FAILED, reason=reasons.UNKNOWN_ADDRESS)
    arrived = Q(state=Email.State.SENT, bounced_at=None)
    addresses = {row.address for row in rows}
    last = Email.objects.filter(to_address__in=addresses).filter(lost | arrived).order_by().values("to_address")
    marked = last.annotate(bad=Max("id", filter=lost), good=Max("id", filter=arrived)).filter(bad__isnull=False)
    bad = {row["to_address"] for row in marked if row["good"] is None or row["good"] < row["bad"]}
    names = [row for row in rows if row.address in bad - holds.among(bad)]
    return [Caution(_("The last letter to this address did not arrive"), _named(names))] if names else []


def _named(rows: Iterable[Recipient]) -> str:
    names = list(dict.fromkeys(str(row) for row in rows))
    rest = len(names) - SHOWN
    return _(", ").join(names[:SHOWN]) + (" " + _("and %(count)s more") % {"count": rest} if rest > 0 else "")
