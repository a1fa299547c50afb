"""The files that come with what a person wrote: looked at, kept and scanned like any file that is sent through a form.

One that is not taken is named in the mail with the reason; the words of its sender are kept all the same.
"""

import re
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile

from partnership import attachments, received
from partnership.models import Attachment, IncomingMail
from partnership.transitions import Refused

NAMED = "📎 "  # begins a line that names a file
KINDS = (IncomingMail.Kind.REPLY, IncomingMail.Kind.OTHER)  # machines send files that nobody asked for


def keep(row: IncomingMail, data: bytes) -> list[Attachment]:
    """Keep the files of a mail that was just stored, inside its transaction."""
    if row.kind not in KINDS:
        return []
    kept: list[Attachment] = []
    refused: list[str] = []
    for name, content in received.files(received.parse(data)):
        try:
            kept.append(
                attachments.attach(about=row, upload=SimpleUploadedFile(name, content), by=None, already=sum(file.size for file in kept)),
            )
        except Refused as no:
            refused.append(str(no))
    if refused:
        row.text = "\n".join([words(row.text), *(NAMED + file.name for file in kept), *(NAMED + said for said in refused)]).strip()
        row.save(update_fields=["text"])
    return kept


def words(text: str) -> str:
    """What was written, without the lines that name files."""
    return re.sub(rf"^{NAMED}.*$\n?", "", text, flags=re.MULTILINE).strip()


def not_kept(text: str, kept: Sequence[Attachment]) -> list[str]:
    """The files that only their names are left of, with the reason where one is known."""
    there = {file.name for file in kept}
    named = [line.removeprefix(NAMED) for line in text.splitlines() if line.startswith(NAMED)]
    return [name for name in named if name not in there]
