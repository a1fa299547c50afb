"""Where uploaded bytes lie on this machine: on the disk, and not only on their way there, before their row is committed."""

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """Files in a folder that no web server serves; each is flushed to the disk with the name that leads to it."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Write the file, and return only when it would survive a power cut."""
        saved = super().save(name, content, max_length)
        place = Path(self.path(saved))
        for one in (place, place.parent):
            handle = os.open(one, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return saved

    def url(self, name: str | None) -> str:
        """There is none."""
        raise ValueError("attachments are not served by an address of their own")
