"""Mails of one conversation stand together in the reader's mail program."""

import email
import email.policy

import pytest

from partnership import emails, message, purposes
from partnership.models import Email

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    """A purpose whose mails follow each other, and what they follow."""
    earlier: list[str] = []
    kind = purposes.Purpose(
        key="test_thread", label="test", priority=Email.Priority.CONFIRMATION, thread=lambda _email: earlier, needs_approval=False
    )
    purposes.register(kind)
    yield earlier
    purposes._purposes.pop("test_thread", None)


def built(**letter):
    values = {"to_address": "kokusai@lg.example.jp", "language": "ja", "subject": "要望", "text": "本文", **letter}
    row = emails.queue(purpose="test_thread", **values)
    return row, email.message_from_bytes(message.build(row).data, policy=email.policy.default)


def test_the_first_mail_follows_nothing(conversation):
    _row, mail = built()

    assert mail["References"] is None
    assert mail["In-Reply-To"] is None


def test_a_later_mail_names_all_earlier_ones_and_answers_the_last(conversation):
    first, _mail = built()
    second, _mail = built()
    conversation += [first.message_id, second.message_id]

    third, mail = built()

    assert str(mail["References"]).split() == [first.message_id, second.message_id]
    assert mail["In-Reply-To"] == second.message_id
    assert mail["Message-ID"] == third.message_id


def test_a_mail_never_follows_itself_nor_one_twice(conversation):
    row, _mail = built()
    conversation += ["<a@x.example>", "<a@x.example>", row.message_id]

    mail = email.message_from_bytes(message.build(row).data, policy=email.policy.default)

    assert str(mail["References"]).split() == ["<a@x.example>"]


def test_a_long_conversation_keeps_its_beginning_and_its_latest(conversation):
    conversation += [f"<{number:04d}.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@mofa.example.jp>" for number in range(300)]

    row, mail = built()

    kept = str(mail["References"]).split()
    assert len(kept) == message.MOST_REFERENCES
    assert (kept[0], kept[-1]) == (conversation[0], conversation[-1])
    assert mail["In-Reply-To"] == conversation[-1]
    assert max(map(len, message.build(row).data.split(b"\r\n"))) < 998


@pytest.mark.parametrize("broken", ["", "no brackets", "<a b@x>", "<a@x>\r\nBcc: all@example.jp", "<あ@x>", "<" + "a" * 400 + "@x>"])
def test_what_is_no_message_id_is_left_out(conversation, broken):
    conversation += [broken, "<right@x.example>"]

    _row, mail = built()

    assert str(mail["References"]).split() == ["<right@x.example>"]
    assert mail["Bcc"] is None
