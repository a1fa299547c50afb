"""Which letters left, in a file beside the database: the one witness of our own that a restore of the database does not take back.

One line for each text that was about to leave: the letter's outbox id, and the number of the claim (``fence``) it left in. No address,
no text. When it has grown it is put aside once; both files together name some 200,000 letters.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import models

from partnership.models import Email

LARGEST = 4 * 2**20  # bytes, then the file is put aside

logger = logging.getLogger(__name__)


def left(email: Email) -> None:
    """Write down that the text of this letter leaves now; after the commit that says so in the database.

    One short append, without waiting for the disk: a restore is no power cut. A journal that cannot be written stops nothing, because
    the mark (partnership/restores.py) protects without it.
    """
    try:
        handle = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, f"{email.outbox_id} {email.fence}\n".encode())
            if os.fstat(handle).st_size > LARGEST:
                _path().replace(_aside())
        finally:
            os.close(handle)
    except OSError as error:
        logger.error("%s cannot be written: %s", _path(), type(error).__name__)  # noqa: TRY400


def left_since(rows: models.QuerySet[Email]) -> list[int]:
    """The keys of those of these rows that left after the state in which the database shows them.

    That cannot be unless the database is older than the journal: a row says that it left before the journal does.
    """
    wanted = rows.values_list("pk", "outbox_id", "fence", "state")
    shown = {str(outbox_id): (pk, fence, state) for pk, outbox_id, fence, state in wanted.iterator(chunk_size=2000)}
    found = set()
    for outbox_id, fence in _lines() if shown else ():
        pk, known, state = shown.get(outbox_id, (0, 0, ""))
        if pk and (fence > known or (fence == known and state == Email.State.CLAIMED)):
            found.add(pk)
    return sorted(found)


def _lines() -> Iterator[tuple[str, int]]:
    for path in (_aside(), _path()):
        try:
            file = path.open(encoding="ascii", errors="replace")
        except OSError:
            continue
        with file:
            for line in file:
                outbox_id, _space, fence = line.strip().partition(" ")
                if fence.isdigit():
                    yield outbox_id, int(fence)


def _path() -> Path:
    return Path(f"{settings.MAIL_MARK}.journal")


def _aside() -> Path:
    return Path(f"{settings.MAIL_MARK}.journal.1")
