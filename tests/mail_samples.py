"""Mails as they come in, written for these tests: reports by the standard and against it, Japan's gateways and carriers, people."""

import base64
from email.header import Header

OUTBOX = "0b1f6a52-8f0e-4d8b-9b1e-5d7b6f3a2c11"
MESSAGE_ID = f"<{OUTBOX}@mofa.example.jp>"
LETTER = f"""Received: from relay.mofa.example.jp by mx.no.example.jp
From: =?utf-8?b?5aSW5YuZ55yB?= <reception@mofa.example.jp>
To: ambassador@no.example.jp
Subject: Invitation
Message-ID: {MESSAGE_ID}
X-Outbox-Id: {OUTBOX}
"""


def head(subject: str, *, to: str = "bounce@mofa.example.jp", sender: str = "MAILER-DAEMON@mx.no.example.jp", extra: str = "") -> str:
    """The head of a report: from a daemon, with an empty envelope sender."""
    title = subject if subject.isascii() else Header(subject, "utf-8").encode()
    return f"Return-Path: <>\nFrom: {sender}\nTo: {to}\nSubject: {title}\n{extra}"


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <ambassador@no.example.jp>: User unknown",
    to: str = "bounce@mofa.example.jp",
    letter: str = LETTER,
    returned: str = "text/rfc822-headers",
    text: str = "This is the mail system.",
) -> bytes:
    """RFC 3464, as Postfix writes it."""
    return f"""{head("Undelivered Mail Returned to Sender", to=to, extra="Auto-Submitted: auto-replied" + chr(10))}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

{text}
--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.no.example.jp
Arrival-Date: Mon, 1 Jun 2026 10:00:00 +0900

Final-Recipient: rfc822; ambassador@no.example.jp
Original-Recipient: rfc822;ambassador@no.example.jp
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--=_b
Content-Type: {returned}

{letter}
--=_b--
""".encode()


def international(*, encoded: bool = False) -> bytes:
    """RFC 6533: the status part is global, its addresses are UTF-8."""
    fields = """Reporting-MTA: dns; mx.xn--r8jz45g.jp

Final-Recipient: utf-8; 大使@例え.jp
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 利用者不明
"""
    if encoded:
        part = "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(fields.encode()).decode()
    else:
        part = "Content-Transfer-Encoding: 8bit\n\n" + fields
    return f"""{head("Undelivered Mail")}MIME-Version: 1.0
Content-Type: multipart/report; report-type=global-delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8

配信できませんでした
--=_b
Content-Type: message/global-delivery-status
{part}
--=_b
Content-Type: message/global-headers

{LETTER}
--=_b--
""".encode()


def exchange_japanese() -> bytes:
    """Exchange's report in Japanese: HTML alone for people, and the fields of the standard."""
    html = "<html><head><style>p{color:red}</style></head><body><b>配信不能</b><p>入力した電子メール アドレスが見つかりません。</p>"
    return (
        head("配信不能: Invitation", sender="postmaster@city.example.jp")
        + f"""MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/html; charset=utf-8

{html}
--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.city.example.jp

Final-recipient: RFC822;kikaku@city.example.jp
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
--=_b
Content-Type: message/rfc822

{LETTER}
Text
--=_b--
"""
    ).encode()


def in_words(
    subject: str, text: str, *, charset: str = "utf-8", declared: str = "", sender: str = "MAILER-DAEMON@docomo.example.jp", extra: str = ""
) -> bytes:
    """A report without fields; ``declared`` is the charset that it claims, where that is another."""
    return head(subject, sender=sender, extra=f"{extra}Content-Type: text/plain; charset={declared or charset}\n\n").encode() + text.encode(
        charset
    )


DOCOMO = f"""次のあて先へのメッセージはエラーのため送信できませんでした。
送信先メールアドレスが見つからないか、送信先メールサーバの事由により送信できませんでした。
ambassador@docomo.example.jp は存在しません。あて先が不明です。
550 Unknown user ambassador@docomo.example.jp

----- Original message header -----
{LETTER}"""
AU = f"""Your message was not delivered to the following recipient:
<ambassador@ezweb.example.jp>: 550 User unknown

メールを配信できませんでした。宛先メールアドレスが存在しません。

Message-ID: {MESSAGE_ID}
"""
SOFTBANK = f"""お客さまが送信されたメールは、相手先の受信ボックスの容量が一杯のためお届けできませんでした。
しばらくたってから送り直してください。

>Message-ID: {MESSAGE_ID}
"""
REFUSED = f"""送信されたメールは、受信者の設定により受信拒否されました。
----- 元のメッセージ -----
{LETTER}"""
DELAYED = f"""サーバーが混雑しているため配信が遅れています。引き続き再送を試みますので、再度送信する必要はありません。
Message-ID: {MESSAGE_ID}
"""


def reply(
    text: str,
    *,
    sender: str = "Ingrid Example <ambassador@no.example.jp>",
    subject: str = "Re: Invitation",
    extra: str = "",
    answers: str = MESSAGE_ID,
) -> bytes:
    """What a person writes back."""
    thread = f"In-Reply-To: {answers}\nReferences: <first@no.example.jp> {answers}\n" if answers else ""
    title = subject if subject.isascii() else Header(subject, "utf-8").encode()
    return f"""Return-Path: <ambassador@no.example.jp>
From: {sender}
To: reception@mofa.example.jp
Subject: {title}
{thread}{extra}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{text}
""".encode()


ACCEPTS = """Dear colleagues,

We are pleased to accept.

Ingrid

On Mon, 1 Jun 2026 at 10:00, Ministry of Foreign Affairs <reception@mofa.example.jp>
wrote:
> Dear Ambassador,
> You are invited.
"""
ABSENT = reply(
    "I am away until Monday.", subject="Automatic reply: Invitation", extra="Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n"
)
ABSENT_JAPANESE = reply("6月3日まで不在にしております。", subject="【自動返信】不在のお知らせ")
RECEIPT = f"""From: ambassador@no.example.jp
To: reception@mofa.example.jp
Subject: Read: Invitation
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="=_b"

--=_b
Content-Type: text/plain

The message was displayed.
--=_b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;ambassador@no.example.jp
Original-Message-ID: {MESSAGE_ID}
Disposition: manual-action/MDN-sent-manually; displayed
--=_b--
""".encode()
QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@old.example.jp
To: bounce@mofa.example.jp
Subject: failure notice

Hi. This is the qmail-send program at old.example.jp.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ambassador@old.example.jp>:
Sorry, it is impossible.

--- Below this line is a copy of the message.

{LETTER}
Text
""".encode()
