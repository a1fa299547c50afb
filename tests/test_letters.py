import pytest

from partnership import letters, marks, tokens
from partnership.purposes import Placeholder, Purpose

PURPOSE = Purpose(
    key="letter",
    label="letter",
    priority=30,
    placeholders=(Placeholder("guest", "name"), Placeholder("link", "page", required=True, link=True)),
)
GOOD = "Dear {guest},\n\n{link}\n"


def test_a_fit_letter_has_no_problems():
    assert letters.problems(PURPOSE, "For {guest}", GOOD) == []


@pytest.mark.parametrize(
    ("subject", "body", "word"),
    [
        ("Hello", "Dear {gest},\n{link}", "{gest}"),
        ("Hello", "Dear {guest}", "{link}"),
        ("Hello {link}", GOOD, "{link}"),
        ("Hello", GOOD + "{", "{"),
        ("Hello", GOOD + "{Guest}", "{Guest}"),
        ("Hello", GOOD + "{guest.name}", "{guest.name}"),
        ("Hello", GOOD + "{{guest}}", "{"),
        ("Hello", GOOD + "｛guest｝", "｛"),
        ("Hello", "Here: {link} please", "{link}"),
        ("two\nlines", GOOD, ""),
        ("Hello", GOOD + marks.mark("link"), ""),
    ],
)
def test_a_letter_that_is_not_fit_is_refused_in_a_sentence(subject, body, word):
    found = letters.problems(PURPOSE, subject, body)

    assert len(found) == 1
    assert word in found[0]


def test_somebodys_own_link_in_the_text_is_refused():
    address = f"https://partnership.example.jp/rsvp/{tokens.make('rsvp', 7, 1)}/"

    assert len(letters.problems(PURPOSE, "Hello", GOOD + address)) == 1
    assert letters.problems(PURPOSE, "Hello", GOOD + "https://www.mofa.go.jp/policy/") == []


def test_a_value_never_injects_a_placeholder():
    assert letters.render("{a} {b}", {"a": "{b}", "b": "{a}"}) == "{b} {a}"


def test_a_value_never_injects_a_link():
    text = letters.render("{guest}\n{link}", {"guest": f"Eve {marks.mark('link')}"}, {"link"})

    assert text == f"Eve link\n{marks.mark('link')}"
    assert marks.fill(text, {"link": "https://x.example/"}) == "Eve link\nhttps://x.example/"


def test_a_placeholder_without_a_value_is_an_error_and_never_an_empty_word():
    with pytest.raises(KeyError):
        letters.render("Dear {guest}", {})


def test_a_subject_stays_one_line_whatever_its_values_hold():
    assert letters.render_subject("For {guest}", {"guest": "A\r\nBcc: eve@example.jp"}) == "For A Bcc: eve@example.jp"


def test_html_escapes_and_keeps_the_address_in_text():
    page = letters.html(f"Dear <b>Ms. A & B</b>,\nwelcome\n\n{marks.mark('link')}\n", "en")

    assert "&lt;b&gt;Ms. A &amp; B&lt;/b&gt;,<br>" in page
    assert f'href="{marks.mark("link")}"' in page
    assert f">{marks.mark('link')}</span>" in page
    assert '<html lang="en">' in page


def test_html_of_a_preview_leads_nowhere():
    page = letters.html(marks.mark("link"), "en", stand_in="[personal link]")

    assert "href" not in page
    assert "[personal link]" in page
    assert marks.without_marks(page) == page


def test_two_texts_are_compared_word_by_word():
    assert letters.compared("by 28 December, please", "by 5 January, please") == (
        "by <del>28</del><ins>5</ins> <del>December</del><ins>January</ins>, please"
    )
    assert letters.compared("回答は12月28日まで", "回答は1月5日まで") == (
        "回答は<del>12</del><ins>1</ins>月<del>28</del><ins>5</ins>日まで"
    )
    assert letters.compared("<a>", "<b>") == "&lt;<del>a</del><ins>b</ins>&gt;"
