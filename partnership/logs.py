"""Log lines without personal links: whoever reads a log must not be able to answer for a guest."""

import logging
import re

_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])")  # the shape of partnership/tokens.py


def without_tokens(text: str) -> str:
    """The text with […] for everything that has the shape of a token."""
    return _TOKEN.sub("[…]", text)


class Formatter(logging.Formatter):
    """Formats a line, its arguments and its traceback, and then takes the tokens out."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        return without_tokens(super().format(record))
