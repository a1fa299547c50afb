"""What a mail that came in is: a report of failure, of delay or of arrival, an automatic reply, or the words of a person.

Reports that follow RFC 3464 or RFC 6533 are read by their fields, the status before the action. Then come the words of gateways and
carriers, then flufl.bounce, which knows many odd mail servers but neither statuses nor RFC 6533.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from email.message import Message

from flufl.bounce import all_failures

from partnership import bounce_words, received
from partnership.bounce_words import Verdict
from partnership.models import IncomingMail

Kind = IncomingMail.Kind
STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
COPIES = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "Apparently-To", "To", "Cc")

_ACTIONS = {
    "failed": Kind.BOUNCE,
    "delayed": Kind.DELAY,
    "delivered": Kind.DELIVERED,
    "relayed": Kind.DELIVERED,
    "expanded": Kind.DELIVERED,
}
_WORST = (Kind.BOUNCE, Kind.DELAY, Kind.DELIVERED)
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_ID = re.compile(r"<[!-;=?-~]{1,300}>")
_OUTBOX = re.compile(
    r"^[>\s]*(?:X-Outbox-Id:\s*|Message-ID:\s*<)([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})", re.IGNORECASE | re.MULTILINE
)
_DAEMON = re.compile(
    r"mailer-?daemon|postmaster|mail-?daemon|mdaemon|mail(?:er)?-?delivery|(?:no-?reply-)?bounces?|returned-mail", re.IGNORECASE
)
_FAILURE = re.compile(
    r"undeliver|returned mail|delivery (?:status|failure|has failed|delayed)|mail delivery|failure notice|not delivered|mail system error"
    r"|配信不能|配信不可|配信でき|配送でき|配送不能|送信でき(?:ません|なかった)|送信エラー|エラーメール|不達|未配信|未達|届けでき|戻りました|配信エラー|配信の遅延",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"out of (?:the )?office|automatic reply|auto-?(?:matic(?:ally)?)? ?(?:reply|response|generated)|auto:"
    r"|away from (?:my|the) (?:mail|office)|on leave|vacation"
    r"|不在(?:通知|のお知らせ|です|のため|連絡)|自動(?:返信|応答|送信|配信)|休暇(?:中|のお知らせ)|受付完了|受け付けました",
    re.IGNORECASE,
)
_ANSWERS = re.compile(r"\s*(?:re|回复|返信|sv|aw)\s*[:：]", re.IGNORECASE)
_AUTOMATIC_HEADS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response", "X-Mail-Autoreply")
_COPY_BEGINS = re.compile(
    r"^(?:>|-{3,}.{0,60}(?:original|copy|header|returned|元の|オリジナル|原文|ヘッダ)"
    r"|received:\s|return-path:\s|message-id:\s|begin original)",
    re.IGNORECASE | re.MULTILINE,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What one mail says."""

    kind: str
    verdict: Verdict | None = None
    diagnostic: str = ""
    recipients: tuple[str, ...] = ()  # the addresses that it came to
    returned: tuple[str, ...] = ()  # outbox ids of ours in what it sends back
    named: tuple[str, ...] = ()  # Message-IDs that it sends back or names
    answers: tuple[str, ...] = ()  # Message-IDs that it answers, the nearest first
    sender: str = ""
    subject: str = ""
    text: str = ""
    attached: tuple[str, ...] = field(default=())


def read(data: bytes) -> Report:
    """What the bytes say; of bytes that say nothing, a report that says so."""
    try:
        return _read(received.parse(data))
    except Exception as error:  # noqa: BLE001 (whatever a stranger writes, the mails behind it are read)
        logger.warning("a mail that came in cannot be read: %s", type(error).__name__)
        return Report(Kind.OTHER, text=received.clean(received.characters(data[: received.MOST_TEXT])))


def _read(message: Message) -> Report:
    written = received.text(message)
    plain = Report(
        Kind.REPLY,
        recipients=tuple(dict.fromkeys(received.addresses(message, *ENVELOPE))),
        named=tuple(_named(message)),
        returned=tuple(_returned(message, written)),
        answers=tuple(_answers(message)),
        sender=received.address(message, "From"),
        subject=received.head(message, "Subject")[:300],
        text=written,
        attached=tuple(received.attached(message)),
    )
    report = _by_fields(message, plain) or _by_receipt(message, plain) or _by_words(message, plain)
    return report or (plain if plain.sender else replace(plain, kind=Kind.OTHER))  # a person has an address


# ── by the standard ──────────────────────────────────────────────────────────


def _by_fields(message: Message, plain: Report) -> Report | None:
    found = [_one(block, plain) for block in _blocks(message) if "action" in block or "status" in block]
    return min(found, key=lambda report: _WORST.index(Kind(report.kind))) if found else None


def _one(block: dict[str, str], plain: Report) -> Report:
    status = found.group() if (found := _STATUS.search(block.get("status", ""))) else ""
    action = block.get("action", "").split(" ")[0].strip("();,").lower()
    kind = _ACTIONS.get(action) or (Kind.DELIVERED if status.startswith("2") else Kind.BOUNCE)
    said = _untyped(block.get("diagnostic-code", ""))
    # some servers call a delay “failed” and some a failure “delayed”; the action says whether they go on trying
    meaning = bounce_words.verdict(status, said or plain.text[:2000]) if kind is not Kind.DELIVERED else None
    return replace(plain, kind=kind, verdict=meaning, diagnostic=(said or status)[:500])


def _blocks(message: Message) -> Iterable[dict[str, str]]:
    """The groups of fields of the report’s second part, one for each recipient (and one for the message, which has no action)."""
    for part in received.parts(message):
        if part.get_content_type() in STATUS_PARTS:
            for group in re.split(r"\n\s*\n", received.content(part).replace("\r\n", "\n")):
                yield _fields(group)


def _fields(group: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in re.sub(r"\n[ \t]+", " ", group).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def _untyped(value: str) -> str:
    """A diagnostic without its “smtp;”."""
    kind, semicolon, rest = value.partition(";")
    return received.clean(rest if semicolon and kind.strip().lower() in {"smtp", "x-unix", "x-postfix", "x400", "x-notes"} else value)


def _by_receipt(message: Message, plain: Report) -> Report | None:
    """A receipt of RFC 8098: somebody’s mail program says what became of the letter."""
    if not any(
        part.get_content_type() in {"message/disposition-notification", "message/global-disposition-notification"}
        for part in received.parts(message)
    ):
        return None
    return replace(plain, kind=Kind.DELIVERED)


# ── by words ─────────────────────────────────────────────────────────────────


def _by_words(message: Message, plain: Report) -> Report | None:
    said_by_machine = _from_a_server(message, plain)
    if said_by_machine and (report := _failure(message, plain)):
        return report
    if _is_automatic(message, plain):
        return replace(plain, kind=Kind.AUTOMATIC)
    if said_by_machine or _nobody_answers(message):
        return _failure(message, plain) or replace(plain, kind=Kind.OTHER)
    return None


def _from_a_server(message: Message, plain: Report) -> bool:
    if _ANSWERS.match(plain.subject):
        return False  # a person answers, even about a failure
    local = plain.sender.partition("@")[0]
    return bool(_DAEMON.fullmatch(local) or _FAILURE.search(plain.subject) or message.get("X-Failed-Recipients"))


def _nobody_answers(message: Message) -> bool:
    """Whether it came with an empty envelope sender, as reports and automatic replies do."""
    return received.head(message, "Return-Path").replace(" ", "") == "<>"


def _is_automatic(message: Message, plain: Report) -> bool:
    submitted = received.head(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if any(message.get(name) for name in _AUTOMATIC_HEADS):
        return True
    if received.head(message, "Precedence").lower() in {"auto_reply", "bulk", "junk", "list"}:
        return True
    if _ABSENT.search(plain.subject):
        return True
    # Outlook’s rules answer with this and an ordinary subject; people’s own mails carry it too, so it counts with other signs only
    return bool(message.get("X-Auto-Response-Suppress")) and _nobody_answers(message)


def _failure(message: Message, plain: Report) -> Report | None:
    """A failure or a delay told in words; None when it tells neither."""
    before = _COPY_BEGINS.split(plain.text, maxsplit=1)[0] or plain.text
    status, line = bounce_words.find(f"{plain.subject}\n{before}")
    if bounce_words.only_waits(f"{plain.subject}\n{before}") and not status.startswith("5."):
        return replace(plain, kind=Kind.DELAY, verdict=bounce_words.verdict(status or "4.0.0", line), diagnostic=line)
    if status:
        return replace(plain, kind=Kind.BOUNCE, verdict=bounce_words.verdict(status, line), diagnostic=line)
    temporary, permanent = _known_servers(message)
    if temporary or permanent:
        status = "5.0.0" if permanent else "4.0.0"
        meaning = bounce_words.verdict(status, before[:2000])
        return replace(plain, kind=Kind.BOUNCE if permanent else Kind.DELAY, verdict=meaning, diagnostic=before.strip()[:300])
    if _FAILURE.search(plain.subject):
        return replace(plain, kind=Kind.BOUNCE, verdict=bounce_words.verdict("", ""), diagnostic=before.strip()[:300])
    return None


def _known_servers(message: Message) -> tuple[bool, bool]:
    """What flufl.bounce finds; it trusts its input more than we do."""
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 (a detector that stumbles has found nothing)
        return False, False
    return bool(temporary), bool(permanent)


# ── which letter ─────────────────────────────────────────────────────────────


def _named(message: Message) -> Iterable[str]:
    """The Message-IDs of the letters that it sends back."""
    for part in received.parts(message):
        if part.get_content_type() in COPIES:
            yield from (found for line in _copied(part, "message-id") for found in _ID.findall(line))


def _copied(part: Message, name: str) -> list[str]:
    """A field of a letter that is sent back, whole or its head alone, however it is wrapped."""
    heads = received.content(part).replace("\r\n", "\n").split("\n\n", 2)
    return [value for group in heads[:2] for key, value in _fields(group).items() if key == name]


def _returned(message: Message, written: str) -> Iterable[str]:
    """The outbox ids in what it sends back, also where a gateway pastes the head of the letter into its text."""
    texts = [written, *(received.content(part)[:50_000] for part in received.parts(message) if part.get_content_type() in COPIES)]
    return dict.fromkeys(found.lower() for text in texts for found in _OUTBOX.findall(text))


def _answers(message: Message) -> Iterable[str]:
    nearest = _ID.findall(received.head(message, "In-Reply-To"))
    return list(dict.fromkeys([*nearest, *reversed(_ID.findall(received.head(message, "References")))]))[:50]
