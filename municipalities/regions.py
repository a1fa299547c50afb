"""Japan’s 47 prefectures by region, and where each stands on a map of tiles: no borders are drawn.

The eight regions are those in common use (八地方区分), with Mie in Kinki as in the State’s own statistics of regions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnership.models.base import Bilingual

REGIONS: dict[str, Promise] = {
    "hokkaido": _("Hokkaido"),
    "tohoku": _("Tohoku"),
    "kanto": _("Kanto"),
    "chubu": _("Chubu"),
    "kinki": _("Kinki"),
    "chugoku": _("Chugoku"),
    "shikoku": _("Shikoku"),
    "kyushu": _("Kyushu and Okinawa"),
}


@dataclass(frozen=True)
class Prefecture(Bilingual):
    """One prefecture: the first two digits of its code, its short names, its region, its place on the map of tiles."""

    code: str
    name_ja: str
    name_en: str
    region: str
    column: int
    row: int


PREFECTURES: Mapping[str, Prefecture] = {
    one.code: one
    for one in (
        Prefecture("01", "北海道", "Hokkaido", "hokkaido", 13, 0),
        Prefecture("02", "青森", "Aomori", "tohoku", 12, 1),
        Prefecture("03", "岩手", "Iwate", "tohoku", 12, 2),
        Prefecture("04", "宮城", "Miyagi", "tohoku", 12, 3),
        Prefecture("05", "秋田", "Akita", "tohoku", 11, 2),
        Prefecture("06", "山形", "Yamagata", "tohoku", 11, 3),
        Prefecture("07", "福島", "Fukushima", "tohoku", 12, 4),
        Prefecture("08", "茨城", "Ibaraki", "kanto", 13, 5),
        Prefecture("09", "栃木", "Tochigi", "kanto", 12, 5),
        Prefecture("10", "群馬", "Gunma", "kanto", 11, 5),
        Prefecture("11", "埼玉", "Saitama", "kanto", 11, 6),
        Prefecture("12", "千葉", "Chiba", "kanto", 13, 6),
        Prefecture("13", "東京", "Tokyo", "kanto", 12, 6),
        Prefecture("14", "神奈川", "Kanagawa", "kanto", 11, 7),
        Prefecture("15", "新潟", "Niigata", "chubu", 11, 4),
        Prefecture("16", "富山", "Toyama", "chubu", 10, 4),
        Prefecture("17", "石川", "Ishikawa", "chubu", 9, 4),
        Prefecture("18", "福井", "Fukui", "chubu", 8, 5),
        Prefecture("19", "山梨", "Yamanashi", "chubu", 10, 6),
        Prefecture("20", "長野", "Nagano", "chubu", 10, 5),
        Prefecture("21", "岐阜", "Gifu", "chubu", 9, 5),
        Prefecture("22", "静岡", "Shizuoka", "chubu", 10, 7),
        Prefecture("23", "愛知", "Aichi", "chubu", 9, 6),
        Prefecture("24", "三重", "Mie", "kinki", 8, 7),
        Prefecture("25", "滋賀", "Shiga", "kinki", 8, 6),
        Prefecture("26", "京都", "Kyoto", "kinki", 7, 5),
        Prefecture("27", "大阪", "Osaka", "kinki", 6, 6),
        Prefecture("28", "兵庫", "Hyogo", "kinki", 6, 5),
        Prefecture("29", "奈良", "Nara", "kinki", 7, 6),
        Prefecture("30", "和歌山", "Wakayama", "kinki", 7, 7),
        Prefecture("31", "鳥取", "Tottori", "chugoku", 5, 5),
        Prefecture("32", "島根", "Shimane", "chugoku", 4, 5),
        Prefecture("33", "岡山", "Okayama", "chugoku", 5, 6),
        Prefecture("34", "広島", "Hiroshima", "chugoku", 4, 6),
        Prefecture("35", "山口", "Yamaguchi", "chugoku", 3, 5),
        Prefecture("36", "徳島", "Tokushima", "shikoku", 5, 9),
        Prefecture("37", "香川", "Kagawa", "shikoku", 5, 8),
        Prefecture("38", "愛媛", "Ehime", "shikoku", 4, 8),
        Prefecture("39", "高知", "Kochi", "shikoku", 4, 9),
        Prefecture("40", "福岡", "Fukuoka", "kyushu", 2, 6),
        Prefecture("41", "佐賀", "Saga", "kyushu", 1, 6),
        Prefecture("42", "長崎", "Nagasaki", "kyushu", 0, 6),
        Prefecture("43", "熊本", "Kumamoto", "kyushu", 1, 7),
        Prefecture("44", "大分", "Oita", "kyushu", 2, 7),
        Prefecture("45", "宮崎", "Miyazaki", "kyushu", 2, 8),
        Prefecture("46", "鹿児島", "Kagoshima", "kyushu", 1, 8),
        Prefecture("47", "沖縄", "Okinawa", "kyushu", 0, 9),
    )
}
TILE = 48  # units of the drawing from one tile to the next
WIDTH, HEIGHT = 14 * TILE, 10 * TILE


def region_of(code: str) -> str:
    """The region in which a local government lies, by its code; "" for a code of no prefecture, which staff may have typed."""
    found = PREFECTURES.get(code[:2])
    return found.region if found else ""


@dataclass(frozen=True)
class Tile:
    """One tile of the map, ready to be drawn."""

    name: str
    count: int
    shade: str  # class of the drawing: c0 (none) … c4 (most)
    x: int
    y: int
    url: str = ""

    @property
    def is_dark(self) -> bool:
        """Whether the words on it are white."""
        return self.shade in {"c3", "c4"}

    @property
    def is_long(self) -> bool:
        """Whether its name, in Latin letters, must be drawn narrower to stay inside."""
        return self.name.isascii() and len(self.name) > 5

    @property
    def middle(self) -> float:
        """Where its words are centred."""
        return self.x + 22.5

    @property
    def name_y(self) -> int:
        """The line of its name."""
        return self.y + 19

    @property
    def count_y(self) -> int:
        """The line of its number."""
        return self.y + 37


def tiles(counts: Mapping[str, int], urls: Mapping[str, str] | None = None) -> list[Tile]:
    """The map of how many things each prefecture has.

    Args:
        counts: by the first two digits of the code.
        urls: where the number leads, by the same digits.
    """
    most = max(counts.values(), default=0)
    return [
        Tile(one.in_language("name"), count, _shade(count, most), 1 + one.column * TILE, 1 + one.row * TILE, (urls or {}).get(one.code, ""))
        for one in PREFECTURES.values()
        for count in [counts.get(one.code, 0)]
    ]


def _shade(count: int, most: int) -> str:
    """Four steps; small numbers each have their own."""
    if not count:
        return "c0"
    return f"c{min(4, count) if most <= 4 else 1 + (count - 1) * 4 // most}"
