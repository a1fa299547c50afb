"""Letters: text with {placeholders}, checked before it is stored, rendered in a single pass, and made into HTML.

The plain text carries everything; the HTML part is made from it and adds nothing but looks.
"""

import difflib
import html as escaping
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from partnership import marks
from partnership.purposes import Purpose

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACES = re.compile(r"[{}｛｝]")
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, halves of surrogate pairs, separators
_MARK_LINE = re.compile(r"^\s*(\ue000[a-z_]+\ue001)\s*$")
_WORD = re.compile(r"\s+|[A-Za-z0-9]+|[\u3041-\u309f]+|[\u30a1-\u30ff]+|[\u3400-\u9fff々]+|.", re.DOTALL)

_BODY = "margin:0;padding:24px;background:#f8f8fb;color:#1a1a1a;font-family:serif;font-size:16px;line-height:1.8"
_SHEET = "max-width:640px;margin:0 auto;padding:32px;background:#ffffff;border:1px solid #e6e6e6"
_BUTTON = "display:inline-block;padding:12px 24px;border-radius:6px;background:#00428c;color:#ffffff;font-weight:bold;text-decoration:none"
_ADDRESS = "font-size:14px;word-break:break-all"


def names(*texts: str) -> set[str]:
    """The placeholders that the texts use."""
    return {name for text in texts for name in _PLACEHOLDER.findall(text)}


def problems(purpose: Purpose, subject: str, body: str) -> list[str]:
    """What keeps a letter from being stored: one sentence each, none when it is fit.

    Args:
        purpose: whose placeholders count.
        subject: of one language.
        body: of the same language.
    """
    known = {placeholder.name: placeholder for placeholder in purpose.placeholders}
    found = [
        _("{%(name)s} is not a placeholder of this letter. Known are: %(known)s.")
        % {"name": name, "known": " ".join(f"{{{one}}}" for one in known) or "–"}
        for name in sorted(names(subject, body) - known.keys())
    ]
    found += [
        _("{%(name)s} is missing: a letter without it cannot do its work.") % {"name": name}
        for name, placeholder in known.items()
        if placeholder.required and name not in names(body)
    ]
    found += [
        _("{%(name)s} is a personal link and cannot stand in the subject.") % {"name": name}
        for name in sorted(names(subject))
        if name in known and known[name].link
    ]
    found += [
        _("{%(name)s} must stand on a line of its own, so that the address stays whole in every mail program.") % {"name": name}
        for name in sorted(names(body))
        if name in known
        and known[name].link
        and not all(line.strip() == f"{{{name}}}" for line in body.splitlines() if f"{{{name}}}" in line)
    ]
    rest = _PLACEHOLDER.sub("", f"{subject}\n{body}")
    if brace := _BRACES.search(rest):
        found.append(
            _("There is a brace that belongs to no placeholder: “%(near)s”. Placeholders are written like {name}, in half-width letters.")
            % {"near": _near(rest, brace.start())}
        )
    if _TOKEN.search(f"{subject}\n{body}"):
        found.append(_("There is somebody’s personal link in the text. Write the placeholder of the link instead."))
    if marks.without_marks(f"{subject}{body}") != f"{subject}{body}":
        found.append(_("There are invisible signs in the text that are reserved for links. Type it again instead of pasting it."))
    if "\n" in subject.strip() or "\r" in subject.strip():
        found.append(_("The subject must be a single line."))
    return found


def _near(text: str, at: int) -> str:
    return " ".join(text[max(0, at - 8) : at + 12].split())


def clean(value: str) -> str:
    """A value as it may be printed: no marks, no control characters but the end of a line."""
    text = marks.without_marks(str(value).replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(sign if sign == "\n" or unicodedata.category(sign) not in _UNPRINTABLE else " " for sign in text)


def render(text: str, values: Mapping[str, str], links: frozenset[str] | set[str] = frozenset()) -> str:
    """The text with its placeholders filled, in one pass: what a value holds is never looked at again.

    A line that consists of placeholders without a value, and the words that introduce them, is left out: an event without
    a dress has no line “Dress:”.

    Args:
        text: with {name}.
        values: by name.
        links: names that become marks instead.

    Raises:
        KeyError: when the text uses a name that is neither.
    """

    def one(match: re.Match[str]) -> str:
        name = match.group(1)
        return marks.mark(name) if name in links else clean(values[name])

    def says_something(line: str) -> bool:
        used = _PLACEHOLDER.findall(line)
        return not used or any(name in links or name not in values or clean(values[name]).strip() for name in used)

    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _PLACEHOLDER.sub(one, "\n".join(line for line in lines if says_something(line)))


def render_subject(text: str, values: Mapping[str, str]) -> str:
    """A subject is one line, whatever its values hold."""
    return " ".join(render(text, values).split())


def html(text: str, language: str, *, stand_in: str = "") -> str:
    """The HTML part of a mail, made from its plain text.

    A blank line begins a paragraph. A link on a line of its own becomes a button, with its whole address in text below,
    so that it can still be read where buttons are cut away.

    Args:
        text: as stored, with marks.
        language: ja or en, for ``lang``.
        stand_in: words shown instead of each link, for a preview that must lead nowhere.
    """
    paragraphs = re.split(r"\n\s*\n", text.strip("\n"))
    inner = "\n".join(_paragraph(paragraph, language, stand_in) for paragraph in paragraphs)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title></title></head>\n'
        f'<body style="{_BODY}">\n<div style="{_SHEET}">\n{inner}\n</div>\n</body>\n</html>\n'
    )


def _paragraph(paragraph: str, language: str, stand_in: str) -> str:
    return "<p>" + "<br>\n".join(_line(line, language, stand_in) for line in paragraph.split("\n")) + "</p>"


def _line(line: str, language: str, stand_in: str) -> str:
    if link := _MARK_LINE.match(line):
        return _button(link.group(1), language, stand_in)
    escaped = escaping.escape(line)
    return marks.shown(escaped, escaping.escape(stand_in)) if stand_in else escaped


def _button(mark: str, language: str, stand_in: str) -> str:
    with translation.override(language):
        words = escaping.escape(_("Open your page"))
    if stand_in:
        return f'<span style="{_BUTTON}">{words}</span><br>\n<span style="{_ADDRESS}">{escaping.escape(stand_in)}</span>'
    return f'<a href="{mark}" style="{_BUTTON}">{words}</a><br>\n<span style="{_ADDRESS}">{mark}</span>'


@dataclass(frozen=True)
class Piece:
    """A run of words in a comparison: ``same``, ``ins`` (only in the new text) or ``del`` (only in the old one)."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Two texts word by word, Japanese by runs of one script."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("del", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("ins", "".join(new[c:d])))
    return pieces


def compared(before: str, after: str) -> SafeString:
    """The comparison as ``<ins>`` and ``<del>``, for staff."""
    out = []
    for piece in compare(before, after):
        text = escaping.escape(piece.text)
        out.append(text if piece.kind == "same" else f"<{piece.kind}>{text}</{piece.kind}>")
    return mark_safe("".join(out))  # noqa: S308 - every piece is escaped above
