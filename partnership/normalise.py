"""Text as people type it, made comparable: identifiers and search keys only, never personal names."""

import re
import unicodedata

_KATAKANA = re.compile(r"[ァ-ヶ]")
_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_VOWELS = {
    vowel: set(row)
    for vowel, row in zip(
        "あいうえお",
        ("あかさたなはまやらわ", "いきしちにひみり", "うくすつぬふむゆる", "えけせてねへめれ", "おこそとのほもよろを"),
        strict=True,
    )
}
_DASHES = re.compile(r"[‐‑‒–—―−－﹣]|(?<=[0-9])ー(?=[0-9])")  # ー is a dash between figures and a vowel elsewhere


def identifier(text: str) -> str:
    """NFKC, dashes and spaces unified, ends trimmed: for codes, numbers, telephones and mail addresses."""
    folded = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return re.sub(r"\s+", " ", folded).strip()


def search_key(*texts: str) -> str:
    """One folded string to search in: NFKC, case folded, no accents (Türkiye is turkiye), katakana as hiragana, single spaces."""
    folded = unicodedata.normalize("NFKC", " ".join(text for text in texts if text)).casefold().replace("’", "'")
    folded = "".join(_plain(sign) for sign in folded)
    hiragana = _KATAKANA.sub(lambda match: chr(ord(match.group()) - 0x60), folded)
    return re.sub(r"\s+", " ", hiragana).strip()


def kana_order(kana: str) -> str:
    """What sorts readings as a Japanese dictionary does (after JIS X 4061), which the code points of kana do not.

    ー counts as the vowel it draws out (オーストラリア stands before オマーン), が as か and っ as つ; only between readings
    that are equal then does the difference count.
    """
    key = search_key(kana)
    plain = ""
    for sign in key:
        base = unicodedata.normalize("NFD", sign)[0].translate(_SMALL)
        if base == "ー" and plain:
            base = next((vowel for vowel, row in _VOWELS.items() if plain[-1] in row), "")
        plain += base if base.isalnum() else ""
    return f"{plain} {key}"


def spellings(text: str) -> list[str]:
    """The ways in which a word may stand in a text that is kept as typed: half or full width, hiragana or katakana."""
    half = unicodedata.normalize("NFKC", text).strip()
    hiragana = _KATAKANA.sub(lambda match: chr(ord(match.group()) - 0x60), half)
    katakana = _HIRAGANA.sub(lambda match: chr(ord(match.group()) + 0x60), half)
    full = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in half)
    return list(dict.fromkeys([half, hiragana, katakana, full]))


def _plain(sign: str) -> str:
    """A Latin letter without its accents; every other sign as it is (が keeps its mark)."""
    base = unicodedata.normalize("NFD", sign)[0]
    return base if base.isascii() else sign
