"""Reads the months that people wish for: 令和9年5月、2027年5月〜7月, R9.5, 2027/5, May or June 2027, in any width of figures."""

import datetime as dt
import re
import unicodedata

from partnership.japanese_dates import parse

MOST = 24  # months in one answer
_CIRCLED = re.compile("[①-⑳❶-❿]")
_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_YEAR = r"(?:(?P<era>明治|大正|昭和|平成|令和|[MTSHR])\s*)?(?P<year>\d{1,4}|元)\s*(?:年|[./-])\s*"
_DAYS = r"(?:\s*\d{1,2}日(?:\s*[〜~-]\s*\d{1,2}日)?)?"
_TOKEN = re.compile(
    rf"{_YEAR}(?P<month>\d{{1,2}})(?:\s*月{_DAYS}|[./-]\d{{1,2}}(?!\d)|(?!\d))"
    rf"|(?P<alone>\d{{1,2}})\s*月{_DAYS}"
    rf"|\b(?P<name>{'|'.join(_NAMES)})[A-Z]*\.?,?(?:\s*(?P<english_year>\d{{4}}))?"
    r"|(?P<to>〜|~|–|—|―|から|\bTO\b|(?<=[\s月\d])-(?=\s*[\d令RMJASOND]))"
)
_FILLER = re.compile(
    r"第?\s*\d{1,2}\s*(?:希望|候補)|[上中下初]旬|前半|後半|末|頃|ごろ|又は|または|若しくは|もしくは|及び|および|まで|中|と|か|の"
    r"|\b(?:OR|AND|EARLY|MID|LATE|CHOICE|\d{1,2}(?:ST|ND|RD|TH))\b|[\s、,。.・;:/()\[\]「」]"
)


def read(text: str) -> list[str]:
    """The months that the text names, as “2027-05”, in its order and each once.

    Raises:
        ValueError: for words that name no month, a month without a year, or more than two years of them.
    """
    folded = unicodedata.normalize("NFKC", _CIRCLED.sub(" ", text)).upper()
    if len(folded) > 1000 or _FILLER.sub("", _TOKEN.sub(" ", folded)):
        raise ValueError(text)
    found: list[str] = []
    is_range = False
    for piece in _with_years(folded):
        if piece == "to":
            is_range = True
            continue
        found += _between(found[-1], piece)[1:] if is_range and found else [piece]
        is_range = False
    months = list(dict.fromkeys(found))
    if not months or is_range or len(months) > MOST:
        raise ValueError(text)
    return months


def _with_years(text: str) -> list[str]:
    """The months and range signs in order; a month without a year takes that of the one before, in English also of the one after."""
    pieces = list(_TOKEN.finditer(text))
    found: list[str] = []
    year: int | None = None
    for place, piece in enumerate(pieces):
        if piece["to"]:
            found.append("to")
            continue
        if piece["month"]:
            year, month = _year(piece), int(piece["month"])
        elif piece["alone"]:
            month = int(piece["alone"])
        else:
            following = (int(one["english_year"]) for one in pieces[place:] if one["english_year"])
            year, month = next(following, year), _NAMES.index(piece["name"]) + 1
        if year is None or not 1 <= month <= 12 or not 2000 <= year <= 2199:
            raise ValueError(text)
        found.append(f"{year}-{month:02d}")
    return found


def _year(piece: re.Match[str]) -> int:
    if piece["era"]:
        return parse(f"{piece['era']}{piece['year']}年{piece['month']}月28日").year
    if len(piece["year"]) != 4:
        raise ValueError(piece[0])
    return int(piece["year"])


def _between(first: str, last: str) -> list[str]:
    """All months from the first to the last."""
    if first > last:
        raise ValueError(last)
    found = [first]
    while found[-1] < last and len(found) <= MOST:
        found.append(following(found[-1]))
    return found


def following(month: str) -> str:
    """The next month."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def coming(today: dt.date, count: int) -> list[str]:
    """This many months, from the next one on."""
    found = [f"{today:%Y-%m}"]
    while len(found) <= count:
        found.append(following(found[-1]))
    return found[1:]


def is_month(text: str) -> bool:
    """Whether this is a month as answers keep it."""
    return bool(re.fullmatch(r"2[01][0-9]{2}-(0[1-9]|1[0-2])", text))
