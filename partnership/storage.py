"""Where uploaded bytes lie on this machine: on the disk, and not only on their way there, before their row is committed."""

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """Files in a folder that no web server serves; each is flushed to the disk with the name that leads to it."""

    def _save(self, name: str, content: Any) -> str:
        saved = super()._save(name, content)
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
