"""Files that people send along: kept under generated keys outside every served path, handed out only by a view that asked first.

The bytes are written before the row, in its transaction: a row never lacks its bytes. Where the transaction is rolled back the
bytes stay behind alone, and the nightly ``sweep`` removes them.
"""

import datetime as dt
import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import audit, retention, scanner
from partnership.file_checks import ACCEPT, HELP, MOST, MOST_TOGETHER, Checked, Sent, check
from partnership.models import Attachment, User
from partnership.transitions import Refused
from partnership.uploads import UploadField

__all__ = ["ACCEPT", "HELP", "MOST", "MOST_TOGETHER", "Checked", "Refused", "UploadField", "check"]

logger = logging.getLogger(__name__)

ALIAS = "attachments"  # in settings.STORAGES
SHOWN = ("image/jpeg", "image/png")  # what a page may show in place
ORPHAN_AGE = dt.timedelta(hours=6)  # longer than any transaction of ours
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def storage() -> Storage:
    """Where the bytes lie."""
    return storages[ALIAS]


def path(key: uuid.UUID) -> str:
    """The place of one file in the storage."""
    return f"{key.hex[:2]}/{key}"


# ── adding and removing ──────────────────────────────────────────────────────
def attach(*, about: models.Model, upload: UploadedFile | Sent | Checked, by: User | None, label: str = "", already: int = 0) -> Attachment:
    """Keep one file about a row. With a virus scanner configured it waits to be checked; nobody can open it until then.

    Args:
        upload: what the form gave; it is checked here unless it is ``Checked`` already.
        label: the key of the document asked for, if it is one.
        already: bytes that the same request already has in other files (``size_of``).

    Raises:
        Refused: with a sentence about the file.
    """
    checked = check(upload, already=already)
    key = uuid.uuid4()
    _write(key, checked.content)
    try:
        return _row(key, checked, about=about, by=by, label=label)
    except BaseException:
        _delete(key)
        raise


def attach_all(
    *, about: models.Model, uploads: Iterable[UploadedFile | Sent | Checked], by: User | None, label: str = "", already: int = 0
) -> list[Attachment]:
    """Keep several files about a row, or none of them.

    Raises:
        Refused: with a sentence about the first file that cannot be kept; nothing is kept then.
    """
    checked = []
    for upload in uploads:
        checked.append(check(upload, already=already))
        already += checked[-1].size
    with transaction.atomic():
        return [attach(about=about, upload=one, by=by, label=label) for one in checked]


@transaction.atomic
def _row(key: uuid.UUID, checked: Checked, *, about: models.Model, by: User | None, label: str) -> Attachment:
    attachment = Attachment.objects.create(
        key=key,
        about=about,
        label=label,
        name=checked.name,
        mimetype=checked.mimetype,
        size=checked.size,
        sha256=checked.sha256,
        state=Attachment.State.PENDING if scanner.is_configured() else Attachment.State.CLEAN,
        uploaded_by=by,
    )
    audit.record("attachment.add", attachment, by=by, of=audit.label(about), kind=checked.mimetype, size=checked.size)
    if attachment.state == Attachment.State.PENDING:
        scanner.wake()
    return attachment


@transaction.atomic
def remove(*, attachment: Attachment, by: User | None) -> None:
    """Take a file away; its bytes are deleted when that is committed. Removing twice changes nothing."""
    row = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if row.state == Attachment.State.REMOVED:
        return
    row.state = attachment.state = Attachment.State.REMOVED
    row.save(update_fields=["state"])
    audit.record("attachment.remove", row, by=by)
    _delete_on_commit(row.key)


@transaction.atomic
def forget(*, things: Sequence[models.Model]) -> int:
    """Delete rows and bytes of things that are themselves deleted (a purge, a draft thrown away). Returns how many files."""
    rows = list(Attachment.objects.filter(_about(things)).select_for_update()) if things else []
    for row in rows:
        _delete_on_commit(row.key)
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


# ── reading ──────────────────────────────────────────────────────────────────
def of(thing: models.Model) -> models.QuerySet[Attachment]:
    """The files about a row, without removed ones."""
    return Attachment.objects.filter(_about([thing])).exclude(state=Attachment.State.REMOVED)


def of_many(things: Iterable[models.Model]) -> dict[Any, list[Attachment]]:
    """The files about many rows of one model by primary key, in one query; a row without files has an empty list."""
    things = list(things)
    found: dict[Any, list[Attachment]] = defaultdict(list)
    if things:
        for attachment in Attachment.objects.filter(_about(things)).exclude(state=Attachment.State.REMOVED):
            found[attachment.object_id].append(attachment)
    return found


def size_of(*groups: models.Model | Iterable[models.Model]) -> int:
    """The bytes of all files about these rows: rows, or lists of rows of one model each."""
    total = 0
    for group in groups:
        things = [group] if isinstance(group, models.Model) else list(group)
        if things:
            kept = Attachment.objects.filter(_about(things)).exclude(state__in=[Attachment.State.REMOVED, Attachment.State.INFECTED])
            total += kept.aggregate(total=models.Sum("size"))["total"] or 0
    return total


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a file that may be opened, for those who read it themselves (a sheet, a document).

    Raises:
        Refused: while it waits to be checked, and when it was refused or removed.
    """
    with _opened(attachment) as file:
        return file.read()


def copies(thing: models.Model) -> list[Checked]:
    """The files about a row, to be attached to another as well; a scanner looks at each copy anew before anybody can open it."""
    kept = of(thing).exclude(state=Attachment.State.INFECTED)
    return [Checked(file.name, file.mimetype, storage().open(path(file.key)).read()) for file in kept]


def download(attachment: Attachment) -> FileResponse:
    """The file as a download. Whoever calls this has made sure that the person may have it.

    Raises:
        Refused: while it waits to be checked, and when it was refused or removed.
    """
    return FileResponse(
        _opened(attachment), as_attachment=True, filename=attachment.name, content_type=attachment.mimetype, headers=dict(HEADERS)
    )


def inline(attachment: Attachment) -> HttpResponse | FileResponse:
    """A picture to be shown in a page; anything else comes as a download.

    Raises:
        Refused: as ``download``.
    """
    if attachment.mimetype not in SHOWN:
        return download(attachment)
    return FileResponse(_opened(attachment), filename=attachment.name, content_type=attachment.mimetype, headers=dict(HEADERS))


def _opened(attachment: Attachment) -> Any:
    if attachment.state == Attachment.State.PENDING:
        raise Refused(_("This file is still waiting for its virus check. Please try again in a few minutes."))
    if attachment.state == Attachment.State.INFECTED:
        raise Refused(_("The virus check found this file harmful; it was deleted. Please ask for it to be sent again."))
    if attachment.state == Attachment.State.REMOVED:
        raise Refused(_("This file was removed."))
    try:
        return storage().open(path(attachment.key))
    except FileNotFoundError:
        logger.exception("the bytes of file %s are missing; restore them from the backup", attachment.key)
        raise Refused(_("This file cannot be read at the moment. The fault is ours and has been recorded.")) from None


def _about(things: Sequence[models.Model]) -> models.Q:
    kind = ContentType.objects.get_for_model(things[0])
    return models.Q(content_type=kind, object_id__in=[thing.pk for thing in things])


# ── the bytes ────────────────────────────────────────────────────────────────
def _write(key: uuid.UUID, content: bytes) -> None:
    storage().save(path(key), ContentFile(content))


def _delete(key: uuid.UUID) -> None:
    storage().delete(path(key))


def _delete_on_commit(key: uuid.UUID) -> None:
    transaction.on_commit(lambda: _delete(key), robust=True)


def scan_pending() -> int:
    """Have the files checked that wait for it; how many were decided. A scanner that does not answer leaves them waiting."""
    if not scanner.is_configured():
        return 0
    decided = 0
    for attachment in Attachment.objects.filter(state=Attachment.State.PENDING).order_by("id").iterator():
        try:
            with storage().open(path(attachment.key)) as file:
                found = scanner.scan(file)
        except scanner.NoAnswer as fault:
            logger.warning("the virus scanner does not answer; files wait: %s", fault)
            break
        except scanner.NotScanned as fault:
            logger.warning("file %s could not be scanned and waits: %s", attachment.key, fault)
            continue
        except FileNotFoundError:
            logger.warning("the bytes of file %s are missing; restore them from the backup", attachment.key)
            continue
        decided += _decide(attachment, found)
    return decided


@transaction.atomic
def _decide(attachment: Attachment, found: str) -> bool:
    """Write down what the scanner said; False when another process did, or somebody removed the file meanwhile."""
    state = Attachment.State.INFECTED if found else Attachment.State.CLEAN
    mine = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.PENDING).update(state=state, scanned_at=timezone.now())
    if mine and found:
        audit.record("attachment.infected", attachment, by=None, found=found)
        _delete_on_commit(attachment.key)
    return bool(mine)


def sweep() -> int:
    """Delete bytes that have no row, or whose row needs them no more; how many. They are left by rollbacks and lost machines."""
    kept, removed = storage(), 0
    limit = timezone.now() - ORPHAN_AGE
    for folder in kept.listdir("")[0] if kept.exists("") else []:
        names = [name for name in kept.listdir(folder)[1] if kept.get_modified_time(f"{folder}/{name}") < limit]
        wanted = set(map(str, _wanted(names)))
        for name in set(names) - wanted:
            kept.delete(f"{folder}/{name}")
            removed += 1
    return removed


def _wanted(names: Sequence[str]) -> Iterable[uuid.UUID]:
    ours = [name for name in names if _is_key(name)]
    states = [Attachment.State.PENDING, Attachment.State.CLEAN]
    for start in range(0, len(ours), 500):
        yield from Attachment.objects.filter(key__in=ours[start : start + 500], state__in=states).values_list("key", flat=True)


def _is_key(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


# ── how long the traces stay ─────────────────────────────────────────────────
TRACE_DAYS = 365  # so that somebody who asks what became of a file is told that it was removed


@transaction.atomic
def purge_traces() -> int:
    """Remove the rows of files whose bytes have long been gone: their names may say something about a person."""
    gone = [Attachment.State.REMOVED, Attachment.State.INFECTED]
    old = Attachment.objects.filter(state__in=gone, uploaded_at__lt=timezone.now() - dt.timedelta(days=TRACE_DAYS))
    count: int = old.delete()[0]
    if count:
        audit.record("attachment.purge", by=None, count=count, days=TRACE_DAYS)
    return count


TRACES = retention.register(retention.Kept("file_traces", gettext_lazy("names of removed files"), TRACE_DAYS, purge_traces))
