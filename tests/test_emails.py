import pytest
from django.core import mail
from django.db import transaction
from django.test import override_settings

from partnership import addresses, emails, purposes
from partnership.mail_backend import OutboxBackend
from partnership.models import AuditEvent, Email, Mailing
from partnership.transitions import Refused
from tests import engine, factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hooks():
    engine.hooks.clear()


# ── writing into the outbox ──────────────────────────────────────────────────


def test_queued_mail_has_its_message_id_from_the_beginning(settings):
    settings.MAIL_FROM = "Division <division@mofa.example.jp>"

    email = engine.letter()

    email.refresh_from_db()
    assert email.state == Email.State.QUEUED
    assert email.message_id == f"<{email.outbox_id}@mofa.example.jp>"
    assert email.priority == engine.LETTER.priority


def test_mail_of_a_request_that_was_rolled_back_never_was():
    with transaction.atomic():
        engine.letter()
        transaction.set_rollback(True)

    assert not Email.objects.exists()


def test_address_is_kept_in_half_width():
    assert engine.letter("ｔａｒｏ＠example.jp ").to_address == "taro@example.jp"


@pytest.mark.parametrize(
    "address",
    [
        *("", "taro", "@example.jp", "taro@", "taro@localhost", "taro@[127.0.0.1]", "a@b@example.jp", "ta ro@example.jp"),
        *("taro@example.jp\nBcc: x@y.jp", "taro@example.jp\x00", "太郎@example.jp", "taro@exam_ple.jp", "taro@1.2.3.4"),
        *("山田, 太郎 <a@b.jp>", "x" * 65 + "@example.jp", "a@" + "b." * 130 + "jp"),
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(address):
    with pytest.raises(ValueError, match=r"."):
        engine.letter(address)

    assert not Email.objects.exists()


@pytest.mark.parametrize(
    "address", ["a..b@docomo.ne.jp", "a.@docomo.ne.jp", "taro+x@pref.hiroshima.lg.jp", "taro@外務省.jp", "o'neil@example.jp"]
)
def test_addresses_that_exist_are_taken(address):
    assert engine.letter(address).to_address == address


@pytest.mark.parametrize(
    "subject",
    ["a\nBcc: x@example.jp", "a\rb", "a\x00b", "a\x0bb", "a\u2028b", "a\x85b", "a\ud800", "", "  ", "x" * 301, "\ue000link\ue001"],
)
def test_subject_that_would_break_a_header_is_refused(subject):
    with pytest.raises(ValueError, match=r"."):
        engine.letter(subject=subject)


@pytest.mark.parametrize("text", ["a\x00", "a\x1b[1m", "a\ud800"])
def test_text_that_cannot_be_sent_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        engine.letter(text=text)
    with pytest.raises(ValueError, match=r"."):
        engine.letter(html=text)


def test_purpose_that_nobody_registered_is_refused():
    with pytest.raises(KeyError):
        engine.letter(purpose="nonsense")


@pytest.mark.parametrize(
    "address",
    ["x@a.example", "x@example.jp", "x@sub.example.jp", "x@a.test", "x@b.invalid", "x@example.com", "x@example.co.jp", "x@EXAMPLE.JP"],
)
def test_production_refuses_to_write_to_invented_people(address):
    with override_settings(DEMO=False), pytest.raises(ValueError, match=r"invented|架空"):
        engine.letter(address)


@pytest.mark.parametrize("address", ["x@mofa.go.jp", "x@myexample.jp", "x@example.org.uk", "x@test.jp", "x@contest.com"])
def test_real_domains_are_not_taken_for_invented(address):
    with override_settings(DEMO=False):
        assert engine.letter(address)


def test_address_on_the_wire_is_ascii_and_quoted_where_needed():
    assert addresses.on_the_wire("taro@外務省.jp") == "taro@xn--ekr01av31a.jp".replace("xn--ekr01av31a", "外務省".encode("idna").decode())
    assert addresses.on_the_wire("a..b@docomo.ne.jp") == '"a..b"@docomo.ne.jp'


def test_many_mails_are_queued_once_each():
    mailing = engine.sending(2)
    late = [
        emails.draft(
            purpose="engine_letter",
            to_address=f"n{n}@example.jp",
            language="en",
            subject="s",
            text="t",
            mailing=mailing,
            recipient_key=str(n),
        )
        for n in range(5)
    ]

    new = emails.queue_many(late)

    assert new == 3
    assert Email.objects.filter(mailing=mailing).count() == 5
    assert Email.objects.get(mailing=mailing, recipient_key="0").to_address == "guest0@mission.example.jp"


# ── waking the mailer ────────────────────────────────────────────────────────


def test_mailer_is_woken_once_for_a_transaction(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        engine.letter()
        engine.letter()
        with transaction.atomic():
            engine.letter()

    assert len(callbacks) == 1


def test_wake_up_of_an_inner_block_that_failed_does_not_swallow_the_outer_one(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        with transaction.atomic():
            engine.letter()
            transaction.set_rollback(True)
        engine.letter()

    assert len(callbacks) == 1


# ── what people decide ───────────────────────────────────────────────────────


def _row(state, **fields):
    email = engine.letter()
    Email.objects.filter(pk=email.pk).update(state=state, **fields)
    email.refresh_from_db()
    return email


def test_confirming_an_uncertain_mail_makes_it_sent_and_says_who(desk):
    email = _row(Email.State.UNCERTAIN)

    emails.confirm(email=email, by=desk, note="they telephoned")

    email.refresh_from_db()
    assert (email.state, email.reason) == (Email.State.SENT, "confirmed")
    assert email.accepted_at
    assert AuditEvent.objects.get(act="email.confirm").actor == desk


@pytest.mark.parametrize("state", ["queued", "claimed", "transmitting", "failed", "cancelled"])
def test_only_an_uncertain_mail_can_be_confirmed(desk, state):
    with pytest.raises(Refused):
        emails.confirm(email=_row(state), by=desk)


@pytest.mark.parametrize("state", ["failed", "uncertain"])
def test_sending_again_is_a_new_row_with_a_new_message_id(desk, state):
    old = _row(state)

    new = emails.resend(email=old, by=desk)

    old.refresh_from_db()
    assert (new.seq, new.resend_of, new.state) == (1, old, Email.State.QUEUED)
    assert new.message_id != old.message_id
    assert (new.text, new.to_address) == (old.text, old.to_address)
    assert old.state == state
    assert AuditEvent.objects.get(act="email.resend").actor == desk
    assert old not in emails.current()
    assert old not in emails.undecided()


def test_sending_again_to_a_corrected_address(desk):
    assert emails.resend(email=_row("failed"), by=desk, to_address="right@example.jp").to_address == "right@example.jp"


@pytest.mark.parametrize("state", ["queued", "claimed", "transmitting", "sent", "cancelled"])
def test_other_states_cannot_be_sent_again(desk, state):
    accepted = {"accepted_at": "2026-01-01T00:00Z"} if state == "sent" else {}

    with pytest.raises(Refused):
        emails.resend(email=_row(state, **accepted), by=desk)


def test_two_clicks_send_again_once(desk):
    old = _row("uncertain")

    emails.resend(email=old, by=desk)

    with pytest.raises(Refused):
        emails.resend(email=old, by=desk)
    with pytest.raises(Refused):
        emails.confirm(email=old, by=desk)
    assert Email.objects.count() == 2


def test_secret_that_was_wiped_is_not_sent_again(desk):
    email = engine.letter(purpose="engine_secret", text="code 123456", html="")
    Email.objects.filter(pk=email.pk).update(state="uncertain", text="")

    with pytest.raises(Refused):
        emails.resend(email=email, by=desk)


def test_sending_again_reopens_a_finished_mailing_and_not_a_cancelled_one(desk):
    mailing = engine.sending(2)
    Email.objects.filter(mailing=mailing).update(state="failed")
    first, second = Email.objects.filter(mailing=mailing)
    Mailing.objects.filter(pk=mailing.pk).update(state="finished")

    emails.resend(email=first, by=desk)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    Mailing.objects.filter(pk=mailing.pk).update(state="cancelled")
    with pytest.raises(Refused):
        emails.resend(email=second, by=desk)


def test_cancelling_takes_back_what_has_not_left(desk):
    email = engine.letter()

    emails.cancel(email=email, by=desk)

    email.refresh_from_db()
    assert (email.state, email.reason) == (Email.State.CANCELLED, "by_staff")
    with pytest.raises(Refused):
        emails.cancel(email=_row("transmitting"), by=desk)


def test_cancelled_mailing_takes_back_its_waiting_mails():
    mailing = engine.sending(3)
    Email.objects.filter(mailing=mailing, recipient_key="0").update(state="transmitting")

    assert emails.cancel_waiting(mailing=mailing) == 2

    assert set(Email.objects.filter(mailing=mailing).values_list("recipient_key", "state")) == {
        ("0", "transmitting"),
        ("1", "cancelled"),
        ("2", "cancelled"),
    }


# ── nothing goes around the outbox ───────────────────────────────────────────


def test_what_a_library_sends_becomes_a_row(settings):
    settings.EMAIL_BACKEND = "partnership.mail_backend.OutboxBackend"

    mail.send_mail("Subject", "Text", None, ["a@example.jp", "b@example.jp"], html_message="<p>Text</p>")

    assert set(Email.objects.values_list("to_address", "subject", "html")) == {
        ("a@example.jp", "Subject", "<p>Text</p>"),
        ("b@example.jp", "Subject", "<p>Text</p>"),
    }


def test_product_settings_lead_every_mail_into_the_outbox():
    from partnership import settings as product

    assert f"{OutboxBackend.__module__}.{OutboxBackend.__name__}" == product.EMAIL_BACKEND


def test_only_one_file_speaks_smtp():
    from pathlib import Path

    sources = [path for app in ("partnership", "municipalities", "events") for path in Path(app).rglob("*.py")]
    speak = {str(path) for path in sources if "smtplib" in path.read_text()}
    send = {
        str(path) for path in sources if any(name in path.read_text() for name in ("send_mail(", "EmailMultiAlternatives(", "mail_admins("))
    }

    assert speak == {"partnership/smtp.py"}
    assert send <= {"partnership/adapter.py"}, "use emails.queue"


def test_every_purpose_of_the_product_has_a_sentence_for_its_default():
    assert {purpose.uncertain for purpose in purposes.every()} <= {"hold", "resend", "sent"}


def test_mail_keeps_the_person_who_caused_it(desk):
    assert engine.letter(by=desk).created_by == desk
    assert engine.letter(about=factories.country("NO")).about.iso2 == "NO"
