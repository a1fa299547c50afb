"""What a mail that came in is: by the fields of the standard, by the words of gateways, by what people do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership import received, reports
from partnership.reports import Kind
from tests import mail_samples as samples


@pytest.mark.parametrize(
    ("changes", "kind", "permanent", "holds"),
    [
        ({}, Kind.BOUNCE, True, True),
        ({"status": "4.2.2", "diagnostic": "smtp; 452 4.2.2 mailbox full"}, Kind.BOUNCE, False, False),
        ({"status": "5.2.2", "diagnostic": "smtp; 552 5.2.2 over quota"}, Kind.BOUNCE, False, False),
        ({"status": "5.4.4", "diagnostic": "X-Postfix; Host or domain name not found"}, Kind.BOUNCE, False, False),
        ({"status": "5.7.1", "diagnostic": "smtp; 550 5.7.1 blocked by policy"}, Kind.BOUNCE, True, False),
        ({"status": "5.3.4", "diagnostic": "smtp; 552 5.3.4 too large"}, Kind.BOUNCE, True, False),
        ({"status": "5.0.0", "diagnostic": "smtp; 550 5.1.1 no such user"}, Kind.BOUNCE, True, True),
        ({"status": "5.0.0", "diagnostic": "smtp; 550 User unknown"}, Kind.BOUNCE, True, True),
        ({"status": "5.4.1", "diagnostic": "smtp; 550 5.4.1 Recipient address rejected"}, Kind.BOUNCE, True, True),
        ({"action": "delayed", "status": "4.4.1", "diagnostic": "smtp; timed out"}, Kind.DELAY, False, False),
        ({"action": "Failed (after 5 days)", "status": "4.4.7"}, Kind.BOUNCE, False, False),
    ],
)
def test_a_report_of_the_standard_is_read_by_its_status(changes, kind, permanent, holds):
    found = reports.read(samples.report(**changes))

    assert found.verdict is not None
    assert (found.kind, found.verdict.is_permanent, found.verdict.holds_address) == (kind, permanent, holds)
    assert found.returned == (samples.OUTBOX,)
    assert samples.MESSAGE_ID in found.named


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_delivery_is_evidence_and_no_failure(action):
    found = reports.read(samples.report(action=action, status="2.1.5", diagnostic="smtp; 250 ok"))

    assert (found.kind, found.verdict) == (Kind.DELIVERED, None)


def test_a_receipt_of_a_mail_program_says_that_it_arrived():
    assert reports.read(samples.RECEIPT).kind == Kind.DELIVERED


@pytest.mark.parametrize("encoded", [False, True])
def test_reports_about_addresses_in_japanese_are_read(encoded):
    found = reports.read(samples.international(encoded=encoded))

    assert found.kind == Kind.BOUNCE
    assert found.verdict.status == "5.1.1"
    assert "利用者不明" in found.diagnostic
    assert found.returned == (samples.OUTBOX,)


@pytest.mark.parametrize("part", ["text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers"])
def test_the_letter_is_found_in_whatever_is_sent_back(part):
    assert reports.read(samples.report(returned=part)).returned == (samples.OUTBOX,)


def test_the_japanese_report_of_exchange_is_read_and_its_html_told_as_text():
    found = reports.read(samples.exchange_japanese())

    assert (found.kind, found.verdict.status, found.verdict.holds_address) == (Kind.BOUNCE, "5.1.10", True)
    assert "入力した電子メール アドレスが見つかりません" in found.text
    assert "color:red" not in found.text


@pytest.mark.parametrize(
    ("subject", "text", "kind", "status", "holds"),
    [
        ("メール送信エラー", samples.DOCOMO, Kind.BOUNCE, "5.1.1", True),
        ("Mail System Error - Returned Mail", samples.AU, Kind.BOUNCE, "5.1.1", True),
        ("エラーメール", samples.SOFTBANK, Kind.BOUNCE, "4.2.2", False),
        ("配信不能のお知らせ", samples.REFUSED, Kind.BOUNCE, "5.7.1", False),
        ("配信の遅延", samples.DELAYED, Kind.DELAY, "4.0.0", False),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp"])
def test_carriers_and_gateways_of_japan_are_understood_in_any_encoding(subject, text, kind, status, holds, charset):
    found = reports.read(samples.in_words(subject, text, charset=charset))

    assert (found.kind, found.verdict.status, found.verdict.holds_address) == (kind, status, holds)
    assert found.returned == (samples.OUTBOX,)


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis"])
def test_an_encoding_that_is_not_the_declared_one_is_recognised(charset):
    found = reports.read(samples.in_words("エラーメール", samples.SOFTBANK, charset=charset, declared="us-ascii"))

    assert "受信ボックスの容量が一杯" in found.diagnostic


def test_odd_servers_are_left_to_the_library():
    found = reports.read(samples.QMAIL)

    assert (found.kind, found.verdict.is_permanent, found.returned) == (Kind.BOUNCE, True, (samples.OUTBOX,))


@pytest.mark.parametrize(
    "data",
    [
        samples.ABSENT,
        samples.ABSENT_JAPANESE,
        samples.reply("We have received your mail.", extra="Precedence: auto_reply\n"),
        samples.reply("I am out.", extra="X-Autoreply: yes\n"),
        samples.reply("受け付けました", subject="自動応答: お問い合わせ"),
        samples.reply("The address no longer exists; write to my successor.", extra="Auto-Submitted: auto-replied\n"),
    ],
)
def test_automatic_replies_are_no_failures(data):
    found = reports.read(data)

    assert (found.kind, found.verdict) == (Kind.AUTOMATIC, None)


@pytest.mark.parametrize(
    "data",
    [
        samples.reply(samples.ACCEPTS),
        samples.reply("承知しました。出席いたします。", subject="Re: ご招待"),
        # Outlook writes this head on ordinary mails, and people answer to failures
        samples.reply("We accept.", extra="X-Auto-Response-Suppress: DR, OOF, AutoReply\n"),
        samples.reply("The mailbox was full last week; we accept.", subject="Re: Undelivered Mail Returned to Sender"),
        samples.reply("Yes, we come.", extra="Auto-Submitted: no\n"),
    ],
)
def test_what_a_person_writes_is_a_reply(data):
    assert reports.read(data).kind == Kind.REPLY


def test_a_mail_from_nobody_about_nothing_is_left_to_a_person():
    assert reports.read(samples.head("Notice").encode() + b"\n\nSomething happened.").kind == Kind.OTHER


def test_the_words_of_a_person_are_told_from_the_letter_that_they_quote():
    assert received.own_words(samples.ACCEPTS) == "Dear colleagues,\n\nWe are pleased to accept.\n\nIngrid"
    assert received.own_words("出席します。\n\n-----元のメッセージ-----\n差出人: 外務省\n> 拝啓") == "出席します。"
    assert received.own_words("2026年6月1日(月) 10:00 外務省 <a@mofa.example.jp>:\n> 拝啓\n出席します。") == "出席します。"
    assert received.own_words("> only a quotation") == "> only a quotation"


def test_files_are_named_and_hidden_characters_dropped():
    data = b"""From: a@no.example.jp
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

ye\xe2\x80\xaes\x00
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''%E5%8F%82%E5%8A%A0.pdf

x
--b--
"""
    found = reports.read(data)

    assert (found.text, found.attached) == ("yes", ("参加.pdf",))


def test_no_bomb_of_parts_takes_long_and_no_text_is_endless():
    bomb = (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: message/delivery-status\n\nA: b\n\n" * 5000
    )
    long = samples.reply("あ" * 100_000)

    assert reports.read(bomb).kind in Kind.values
    assert len(reports.read(long).text) == received.MOST_TEXT


_heads = st.sampled_from(
    [
        b"From: ",
        b"Subject: =?iso-2022-jp?B?",
        b"Content-Type: multipart/report; boundary=b\n\n--b\n",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: ",
        b"Content-Transfer-Encoding: base64\n",
        b"To: bounce+1.",
        b"?=\n",
    ]
)


@given(st.lists(_heads | st.binary(max_size=80), max_size=12).map(b"".join))
def test_no_bytes_whatever_break_the_reader(data):
    found = reports.read(data)

    assert found.kind in Kind.values
    assert len(found.subject) <= 300
    assert len(found.diagnostic) <= 500
    assert not {"\x00", "\ud800"} & set(found.text + found.subject + found.diagnostic + found.sender)


@given(data=st.data())
def test_no_damage_to_a_report_breaks_the_reader(data):
    sample = data.draw(
        st.sampled_from([samples.report(), samples.international(), samples.exchange_japanese(), samples.QMAIL, samples.RECEIPT])
    )
    at = data.draw(st.integers(0, len(sample)))
    damaged = sample[:at] + data.draw(st.binary(max_size=20)) + sample[at + data.draw(st.integers(0, 40)) :]

    assert reports.read(damaged).kind in Kind.values
