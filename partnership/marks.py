"""Marks: what a stored text holds where a personal link goes. No token is at rest; the mailer fills the marks.

A mark is written with two private-use characters that no typed text may hold, so a value can never pass for one.
"""

import re
from collections.abc import Mapping

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")


def mark(name: str) -> str:
    """The mark of the link called ``name``, to stand in a stored text."""
    return f"{_OPEN}{name}{_CLOSE}"


def without_marks(value: str) -> str:
    """A value that people typed, with the two characters taken out."""
    return value.replace(_OPEN, "").replace(_CLOSE, "")


def fill(text: str, links: Mapping[str, str]) -> str:
    """The text with every mark replaced, in one pass.

    Raises:
        KeyError: when a mark has no link; the mail then fails and nothing leaves.
    """
    return _MARK.sub(lambda match: links[match.group(1)], text)


def shown(text: str, words: str) -> str:
    """The text for the eyes of staff: ``words`` (such as “[personal link]”) instead of each mark."""
    return _MARK.sub(words, text)
