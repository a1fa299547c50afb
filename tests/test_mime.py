"""The bodies of our messages: whatever is put into them is read back by Python's own reader, and every line is fit for the wire."""

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as some

from partnership import mime

# what partnership/emails.py lets into a text: no control characters but tab and line feed, no halves of surrogate pairs
WORDS = some.text(some.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"], include_characters="\n\t"))


def read(part):
    return email.message_from_bytes(bytes(part), policy=email.policy.default)


@given(WORDS)
def test_a_text_comes_back_as_it_was(words):
    part = mime.text(words, "plain")

    assert read(part).get_content().replace("\r\n", "\n").rstrip("\n") == words.rstrip("\n")
    assert bytes(part).isascii()
    assert all(len(line) <= 998 for line in bytes(part).split(b"\r\n"))
    assert b"\n" not in bytes(part).replace(b"\r\n", b""), "no line ends with a line feed alone"


def test_english_stays_readable_and_japanese_short():
    assert b"quoted-printable" in mime.text("Dear guest,\nthe Minister … invites you.\n", "plain").head
    assert b"base64" in mime.text("御案内申し上げます。", "plain").head


@given(
    some.binary(max_size=2000),
    some.text(some.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=80).map(str.strip),
)
def test_a_file_comes_back_with_its_name(content, name):
    part = read(mime.attachment(content, "application/octet-stream", f"{name}.bin"))

    assert part.get_content() == content
    assert part.get_filename() == f"{name}.bin"


@pytest.mark.parametrize("kind", ["text/calendar\r\nBcc: somebody@example.jp", "text/calendar\nX: y"])
def test_nothing_breaks_out_of_a_header(kind):
    with pytest.raises(ValueError, match="header"):
        mime.attachment(b"", kind, "a.ics")


def test_parts_stand_side_by_side():
    both = mime.together("alternative", "b0", [mime.text("words", "plain"), mime.text("<p>words", "html")])
    whole = read(mime.together("mixed", "b1", [both, mime.attachment(b"BEGIN:VCALENDAR", "text/calendar; method=PUBLISH", "招待.ics")]))

    assert [part.get_content_type() for part in whole.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    calendar = list(whole.walk())[-1]
    assert (calendar.get_filename(), calendar.get_param("method"), calendar.get_content_charset()) == ("招待.ics", "PUBLISH", "utf-8")
    assert whole.get_body(("html",)).get_content().rstrip() == "<p>words"
