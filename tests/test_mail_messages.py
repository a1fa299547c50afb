import pytest

from partnership import mailer, message, reasons
from partnership.models import Email
from partnership.purposes import Attached
from tests import engine
from tests.services import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
State = Email.State


def test_letter_arrives_with_text_html_and_its_personal_link(server):
    email = engine.letter(subject="飯倉公館での懇談会へのご招待 – a rather long subject that has to be folded somewhere")

    mailer.run()

    sent = engine.fresh(email)
    assert (sent.state, sent.reason, sent.attempts, sent.crashes, sent.smtp_code) == (State.SENT, "", 1, 0, 250)
    assert sent.accepted_at
    assert sent.finished_at
    [arrived] = server.messages()
    assert arrived["Subject"] == email.subject
    assert (
        arrived.get_body(("plain",)).get_content().replace("\r\n", "\n") == f"Dear guest,\n\nhttps://example.jp/rsvp/{email.pk}/?a=1&b=2\n"
    )
    assert f'href="https://example.jp/rsvp/{email.pk}/?a=1&amp;b=2"' in arrived.get_body(("html",)).get_content()


def test_letter_has_one_recipient_and_says_what_it_is(server):
    email = engine.letter()

    mailer.run()

    [arrived], [line] = server.messages(), server.accepted
    assert line["to"] == ["guest@mission.example.jp"]
    assert arrived.get_all("To") == ["guest@mission.example.jp"]
    assert (arrived["Cc"], arrived["Bcc"]) == (None, None)
    assert arrived["Message-ID"] == email.message_id
    assert arrived["X-Outbox-Id"] == str(email.outbox_id)
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Date"].datetime
    assert len(arrived.get_all("From")) == 1


def test_sender_is_named_in_the_language_of_the_letter(server, settings):
    settings.MAIL_FROM, settings.MAIL_NAME_JA = "Division <division@mofa.example.jp>", "地方連携推進室"
    engine.letter()
    engine.letter(language="ja")

    mailer.run()

    assert [str(one["From"]) for one in server.messages()] == [
        "Division <division@mofa.example.jp>",
        "地方連携推進室 <division@mofa.example.jp>",
    ]


def test_no_line_is_too_long_or_eight_bit_and_dots_survive(server):
    text = ".\n..two\n" + "長" * 2000 + "\n" + "x" * 5000 + "\n.end"
    engine.letter(text=text, html="<p>" + "y" * 5000)

    mailer.run()

    [line], [arrived] = server.accepted, server.messages()
    assert max(map(len, line["raw"].split("\r\n"))) <= 998
    assert line["raw"].isascii()
    assert arrived.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip("\n") == text


def test_attached_parts_keep_their_type_and_name(server):
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:懇談会\r\nEND:VCALENDAR\r\n"
    engine.hooks["attach"] = [Attached("招待.ics", ics.encode(), "text/calendar; method=REQUEST")]
    engine.letter()

    mailer.run()

    [arrived] = server.messages()
    [part] = arrived.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part.get_filename() == "招待.ics"
    assert part.get_content() == ics.replace("\r\n", "\r\n")
    assert arrived.get_body(("plain",)) is not None


def test_every_attempt_builds_the_same_body():
    email = engine.letter()

    bodies = {message.build(email).data.partition(b"\r\n\r\n")[2] for _attempt in range(2)}

    assert len(bodies) == 1


def test_message_shows_nothing_of_itself_in_a_log():
    assert "rsvp" not in repr(message.build(engine.letter()))


def test_text_with_a_link_that_nobody_gives_fails_alone_and_touches_no_network(settings):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"  # nobody listens
    email = engine.letter(text="\ue000nonsense\ue001")

    done = mailer.run()

    assert not done.unreachable
    assert (engine.fresh(email).state, email.reason) == (State.FAILED, reasons.BUILD)
