"""CSV that Excel opens in the right letters and that starts no formula; written row by row, whatever its length."""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.utils import timezone

_STARTS_A_FORMULA = re.compile(r"^[\s\x00-\x20]*[=+\-@\t\r＝＋－＠]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def cell(value: Any) -> str:
    """One value as text; what a spreadsheet would take for a formula starts with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = _UNPRINTABLE.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if _STARTS_A_FORMULA.match(text) else text


class _Echo:
    """What csv.writer takes for a file: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file, line by line: UTF-8 with a mark of its encoding."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"
    yield writer.writerow([cell(value) for value in header]).encode()
    for row in rows:
        yield writer.writerow([cell(value) for value in row]).encode()


def response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download called ``name`` with today's date."""
    filename = f"{name}-{timezone.localdate():%Y%m%d}.csv"
    answer = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{filename.encode('ascii', 'replace').decode()}\"; filename*=UTF-8''{quote(filename)}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
