"""Reads the dates that people in Japanese offices type: 2027-01-14, 2027年1月14日, R9.1.14, 令和9年1月14日, in any width of figures."""

import datetime as dt
import re
import unicodedata

# the year before the first of each era, and its first and last day
_ERAS = {
    "明治": (1867, dt.date(1868, 1, 25), dt.date(1912, 7, 29)),
    "大正": (1911, dt.date(1912, 7, 30), dt.date(1926, 12, 24)),
    "昭和": (1925, dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    "平成": (1988, dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    "令和": (2018, dt.date(2019, 5, 1), dt.date(9999, 12, 31)),
}
_SHORT = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}
_DATE = re.compile(
    r"(?:(明治|大正|昭和|平成|令和|[MTSHR])\s?)?(\d{1,4}|元)[年./-](\d{1,2})[月./-](\d{1,2})日?(?:\s?\([月火水木金土日]\))?", re.ASCII
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = re.compile(r"(午前|午後)?(\d{1,2})[:時](?:(\d{1,2})分?)?(?::\d{2})?", re.ASCII)
EARLIEST, LATEST = dt.date(1868, 1, 25), dt.date(2199, 12, 31)


def _folded(text: str) -> str:
    """One width, one kind of dash, no spaces between the parts."""
    plain = re.sub(r"[‐‑‒–—―−ー]", "-", unicodedata.normalize("NFKC", text))
    return re.sub(r"\s+(?=[年月日./:時分-])|(?<=[年月日./:時分-])\s+", "", plain).strip().upper()


def parse(text: str) -> dt.date:
    """The day that the text names.

    Raises:
        ValueError: for anything else, for a day that does not exist, one outside its era, or one before 1868 or after 2199.
    """
    folded = _folded(text)
    if compact := _COMPACT.fullmatch(folded):
        day = dt.date(int(compact[1]), int(compact[2]), int(compact[3]))
    elif match := _DATE.fullmatch(folded):
        era, year, month, number = match.groups()
        count = 1 if year == "元" else int(year)
        if era:
            before, first, last = _ERAS[_SHORT.get(era, era)]
            day = dt.date(before + count, int(month), int(number))
            if not first <= day <= last:
                raise ValueError(text)
        elif len(year) == 4:
            day = dt.date(count, int(month), int(number))
        else:
            raise ValueError(text)
    else:
        raise ValueError(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day


def parse_time(text: str) -> dt.time:
    """The hour that the text names: 18:30, １８：３０, 18時30分, 午後6時.

    Raises:
        ValueError: for anything else.
    """
    match = _TIME.fullmatch(_folded(text))
    if match is None:
        raise ValueError(text)
    half, hour, minute = match.groups()
    if half and int(hour) > 11:  # noon and midnight are read in two ways
        raise ValueError(text)
    hours = int(hour) + (12 if half == "午後" else 0)
    return dt.time(hours, int(minute or 0))
