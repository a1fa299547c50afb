"""Papers as PDF: the fonts are ours, rare names are printed, and nothing that a person typed is read as a command."""

import io

import pypdfium2
import pytest
import typst

from partnership import typesetting


def read(content):
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    return [page.get_textpage().get_text_range() for page in document]


def label(*lines, language="ja"):
    return {"language": language, "parts": [{"lines": ["〒106-0041 東京都港区麻布台"], "size": 0.9}, {"lines": list(lines), "size": 1}]}


def test_rare_names_are_printed_as_they_are_written():
    [page] = read(typesetting.pdf("labels", {"skip": 0, "labels": [label("𠮷髙 﨑子　殿"), label("Ștefan Łukasz", language="en")]}))

    assert "𠮷髙 﨑子" in page
    assert "Ștefan Łukasz" in page


@pytest.mark.parametrize("typed", ['#read("/etc/passwd")', "$x$ *bold* _it_ @ref <tag>", "\\ // /* ` \" '", "#set page(width: 1pt)"])
def test_what_was_typed_is_no_command(typed):
    [page] = read(typesetting.pdf("labels", {"skip": 0, "labels": [label(typed)]}))

    assert typed.replace(" ", "") in page.replace(" ", "").replace("\r\n", "")


def test_labels_fill_a_sheet_and_begin_where_a_used_one_goes_on():
    assert len(read(typesetting.pdf("labels", {"skip": 0, "labels": [label("宛名")] * 24}))) == 1
    assert len(read(typesetting.pdf("labels", {"skip": 1, "labels": [label("宛名")] * 24}))) == 2


def test_each_note_has_a_sheet_of_its_own():
    note = {"language": "en", "number": "No. 1", "heading": "NOTE VERBALE", "paragraphs": [["The Ministry presents its compliments."]],
            "place_and_day": "Tokyo", "addressee": ["Embassy of Example"]}  # fmt: skip
    pages = read(typesetting.pdf("notes_verbales", {"notes": [note, {**note, "language": "ja", "number": "第二号"}]}, title="Notes"))

    assert [("No. 1" in page, "第二号" in page) for page in pages] == [(True, False), (False, True)]


def test_a_paper_looks_alike_on_every_machine():
    """Its fonts travel with the repository: those of the machine are not asked."""
    content = typesetting.pdf("labels", {"skip": 0, "labels": [label("宛名"), label("Name", language="en")]})

    assert b"BIZUDMincho" in content
    assert b"Libertinus" in content


def test_a_template_that_is_wrong_says_so():
    with pytest.raises(typst.TypstError):
        typesetting.pdf("labels", {"skip": 0, "labels": [{"language": "ja"}]})
