"""Log lines without secrets: the key in a personal address is replaced before a line is written."""

import logging
import re

_KEYS = re.compile(r"(/(?:rsvp|embassy|accounts/password/reset/key)/)[^/\s\"'<>?]+")


def masked(line: str) -> str:
    """The line with ``…`` in the place of each key."""
    return _KEYS.sub(r"\1…", line)


class MaskingFormatter(logging.Formatter):
    """Formats a record, its traceback included, and masks the result."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        return masked(super().format(record))
