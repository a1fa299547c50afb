"""What every page must be: checked on each HTML answer that any test receives (tests/conftest.py) and in the browser journeys."""

from collections import Counter
from html.parser import HTMLParser

_DATA_BLOCKS = {"application/json", "application/ld+json"}
_UNRENDERED = ("{{", "}}", "{%", "%}", "{#", "#}")
_RAW = {"script", "style", "textarea", "pre", "code"}  # may hold braces that somebody typed


class Page(HTMLParser):
    """Reads one page and notes what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.lang = ""
        self.h1 = 0
        self._ids: Counter[str] = Counter()
        self._inside: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"the id {name} stands on {count} elements" for name, count in self._ids.items() if count > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        values = dict(attrs)
        if tag == "html":
            self.lang = values.get("lang") or ""
        self.h1 += tag == "h1"
        if values.get("id"):
            self._ids[str(values["id"])] += 1
        if tag == "script" and "src" not in values and values.get("type") not in _DATA_BLOCKS:
            self.faults.append("an inline <script>")
        if tag == "style":
            self.faults.append("an inline <style>")
        for name, value in attrs:
            if name == "style" or (name.startswith("on") and name != "on"):
                self.faults.append(f"<{tag} {name}={value!r}>")
            if name in {"href", "src", "action"} and (value or "").strip().lower().startswith("javascript:"):
                self.faults.append(f"<{tag} {name}={value!r}>")
        if tag in _RAW:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element in which braces are text."""
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        """Find template tags that nobody rendered."""
        if not self._inside:
            self.faults += [f"unrendered {sign} in {data.strip()[:80]!r}" for sign in _UNRENDERED if sign in data]


def faults(html: str, *, whole: bool = True) -> list[str]:
    """What is wrong with a page; ``whole=False`` for a fragment that htmx puts into one."""
    page = Page(html)
    found = page.faults
    if whole:
        if page.h1 != 1:
            found.append(f"{page.h1} <h1> instead of one")
        if page.lang not in {"ja", "en"}:
            found.append(f"<html lang={page.lang!r}>")
    return found
