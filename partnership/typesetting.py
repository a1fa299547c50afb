"""Sets a paper as PDF: a template of Typst filled with plain values, and fonts of our own, so that it looks alike on every machine.

Values reach the template as data (JSON), never as source: nothing that a person typed is read as a command.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import typst
from django.utils import timezone

HOME = Path(__file__).resolve().parent
TEMPLATES = HOME / "data" / "papers"
FONTS = HOME / "data" / "fonts"


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])


def pdf(template: str, values: Mapping[str, Any], *, title: str = "") -> bytes:
    """The paper as a tagged PDF.

    Args:
        template: the name of a file in data/papers, without its ending.
        values: what it prints, as plain JSON; the template reads it as ``data``.
        title: of the document, for those who hear it.

    Raises:
        typst.TypstError: for a template that is wrong; values cannot make it so.
    """
    compiler = typst.Compiler(TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
    told = json.dumps({**values, "document_title": title}, ensure_ascii=False)
    made = compiler.compile(format="pdf", sys_inputs={"data": told}, timestamp=int(timezone.now().timestamp()))
    return cast("bytes", made)  # several only for pictures, nothing only where a file is named
