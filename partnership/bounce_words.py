"""What reports of failure say in words: a status of RFC 3463 for the sentences of servers, gateways and Japan's carriers.

A report that follows the standard carries its status; these words are for those that do not, and for standards filled in badly.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from partnership import reasons

UNKNOWN = reasons.register("back_unknown", gettext_lazy("It came back: the address does not exist"))
FULL = reasons.register("back_full", gettext_lazy("It came back: the mailbox is full"))
REFUSED = reasons.register("back_refused", gettext_lazy("It came back: the other side refuses it"))
TOO_LARGE = reasons.register("back_large", gettext_lazy("It came back: it was too large for the other side"))
NO_WAY = reasons.register("back_no_way", gettext_lazy("It came back: the other side could not be reached"))
OTHER = reasons.register("back", gettext_lazy("It came back"))

# In this order: a full mailbox belongs to somebody, and a sender that was refused says nothing of the address.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "4.2.2",
        (
            r"mailbox (?:is )?full",
            r"over ?quota",
            r"quota (?:exceeded|is full)",
            r"exceeded .{0,30}(?:quota|storage)",
            r"insufficient (?:disk|storage)",
            r"disk full",
            r"(?:受信|メール)(?:ボックス|BOX|箱)[^\n]{0,20}(?:一杯|いっぱい|満杯|あふれ|容量|上限)",
            r"容量を?(?:超|オーバー)",
            r"保存(?:件数|容量)[^\n]{0,20}(?:超|上限)",
        ),
    ),
    (
        "5.3.4",
        (r"message (?:size )?(?:is )?(?:too (?:large|big)|exceeds)", r"size (?:limit|exceeds)", r"サイズ[^\n]{0,25}(?:超|大き|制限)"),
    ),
    (
        "5.7.1",
        (
            r"spam|black ?list|blocked",
            r"policy (?:reason|violation)",
            r"access denied by",
            r"not authori[sz]ed",
            r"relay(?:ing)? (?:access )?denied",
            r"受信を?拒否|迷惑メール|ドメイン指定",
            r"(?:受信|指定)[^\n]{0,12}(?:許可されて|制限)",
        ),
    ),
    (
        "5.1.2",
        (
            r"(?:host|domain)(?: name)? (?:is )?(?:unknown|not found|does not exist)",
            r"unknown (?:host|domain)|unrouteable|NXDOMAIN",
            r"name or service not known",
            r"(?:ドメイン|サーバー?|ホスト)名?(?:が|は)?(?:存在し|見つかりません|不明)",
        ),
    ),
    (
        "5.1.1",
        (
            r"user (?:is )?unknown",
            r"unknown (?:user|address|recipient|mailbox|local)",
            r"no such (?:user|recipient|mailbox|person|address)",
            r"(?:address|user|mailbox|recipient|account|e-?mail)[^\n.]{0,60}(?:does not|doesn'?t|not) (?:exist|found|be found)",
            r"invalid (?:recipient|mailbox|address)",
            r"address(?:ee)? (?:rejected|not found)",
            r"couldn'?t be found",
            r"mailbox (?:unavailable|not found|disabled)",
            r"not a valid (?:mailbox|recipient)",
            r"(?:宛先|あて先)(?:の?(?:メール)?(?:アドレス|ユーザー?))?(?:が|は|の)?[^\n]{0,12}(?:不明|存在し|見つかり|ありません|使われて)",
            r"アドレス(?:が|は)[^\n]{0,12}(?:存在し|見つかり|間違|誤|使われて|無効)",
            r"ユーザー?(?:が|は)?[^\n]{0,8}(?:不明|存在し|見つかり|いません)",
            r"該当する(?:ユーザー?|アドレス)",
        ),
    ),
    (
        "4.4.1",
        (
            r"timed? ?out|connection refused|no route|unreachable|could not connect|too old",
            r"retry (?:timeout|time) (?:exceeded|not reached)",
            r"接続(?:でき|に失敗|が拒否|がタイムアウト)|タイムアウト|応答がありません|再送期限",
        ),
    ),
)
_KNOWN = tuple((status, re.compile("|".join(words), re.IGNORECASE)) for status, words in _WORDS)
_WAITS = re.compile(
    r"delayed|(?:will|being) (?:be )?(?:retri|re-?sent|attempted|tried)|could not send (?:message )?for (?:the )?past"
    r"|you do not need to resend|warning message only"
    r"|遅延|遅れて|引き続き(?:再送|配送|配信|送信)|再送信?を?(?:続け|試み|中)|再度送信する必要はありません",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![0-9.])[45]\.[0-9]{1,3}\.[0-9]{1,3}(?!\.?[0-9])")
_SMTP = re.compile(r"(?<![0-9.-])([45][0-9]{2})[ #-]")
# 5.4.1 is how Exchange Online says that it knows no such recipient
_NOBODY = re.compile(r"5\.(?:1\.(?:1|2|3|4|6|10)|2\.1|4\.1)")
_BY_KIND = (("2.2", FULL), ("3.4", TOO_LARGE), ("2.3", TOO_LARGE), ("7.", REFUSED), ("6.", REFUSED), ("4.", NO_WAY))


@dataclass(frozen=True)
class Verdict:
    """What a failure means."""

    status: str
    is_permanent: bool
    holds_address: bool  # nobody lives there
    word: str  # of partnership/reasons.py


def verdict(status: str, said: str) -> Verdict:
    """What a failure means, from its status and from what the server said; the more exact of both wins."""
    is_vague = not status or status.endswith(".0.0") or status == "5.5.0"
    exact = (_code(said) or _of_words(said) or status) if is_vague else status
    if exact.startswith("4.") and status.startswith("5.") and not exact.startswith("4.2.2"):
        exact = status
    nobody = bool(_NOBODY.fullmatch(exact))
    # a way that was not found by name servers may be found tomorrow; a mailbox that is full may be emptied
    permanent = exact.startswith("5.") and exact not in {"5.4.4", "5.2.2"}
    return Verdict(exact, permanent, nobody, UNKNOWN if nobody else _word(exact))


def find(written: str) -> tuple[str, str]:
    """The status that a free text speaks of, and the line that says so; empty for a text that speaks of no failure."""
    for status, words in _KNOWN:
        for line in written.splitlines():
            if words.search(line):
                return _code(line) or status, line.strip()[:500]
    for line in written.splitlines():
        code = _code(line) or (f"{found[1][0]}.0.0" if (found := _SMTP.search(line)) else "")
        if code:
            return code, line.strip()[:500]
    return "", ""


def only_waits(written: str) -> bool:
    """Whether the text says that the server goes on trying."""
    return bool(_WAITS.search(written))


def _code(said: str) -> str:
    codes = [code for code in _CODE.findall(said) if not code.endswith(".0.0")]
    return codes[0] if codes else ""


def _of_words(said: str) -> str:
    return next((status for status, words in _KNOWN if words.search(said)), "")


def _word(status: str) -> str:
    return next((word for ending, word in _BY_KIND if status[2:].startswith(ending)), OTHER)
