import io
import stat
import zipfile
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as some
from PIL import Image

from partnership import file_packages, file_types
from partnership.attachments import MOST, MOST_TOGETHER, Refused, check
from partnership.file_checks import LONGEST_NAME, MIMETYPES, extension_of, tidy_name
from tests import file_samples as files


def refusal(name: str, content: bytes, **options) -> str:
    with translation.override("en"), pytest.raises(Refused) as no:
        check(files.sent(name, content), **options)
    return str(no.value)


# ── what is taken ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("計画書.pdf", files.pdf()),
        ("packed.pdf", files.pdf(files.object_stream(b"3 0 <</Type/Font>>"))),
        ("要望書.docx", files.office("docx")),
        ("一覧.xlsx", files.workbook()),
        ("説明.pptx", files.office("pptx")),
        ("chart.pptx", files.office("pptx", ppt__embeddings__Sheet1_xlsx=files.office("xlsx"))),
        ("写真.JPG", files.picture()),
        ("写真.jpeg", files.picture()),
        ("図.png", files.picture("PNG", mode="RGBA")),
        ("palette.png", files.picture("PNG", mode="P")),
        ("utf8.txt", "日本語".encode()),
        ("bom.csv", "\ufeff団体,金額\r\n広島県,１００\r\n".encode()),
        ("sjis.csv", "団体,金額\r\n広島県,①\r\n髙橋".encode("cp932")),
        ("jis.txt", "日本語".encode("iso2022_jp")),
        ("まとめ.zip", files.packed({"a.txt": "x", "表/b.xlsx": files.workbook(), "表/": ""})),
        ("mac.zip", files.packed({"a.txt": "x", "__MACOSX/._a.txt": "\0\1", ".DS_Store": "\0"})),
    ],
)
def test_what_people_send_is_taken(name, content):
    checked = check(files.sent(name, content))

    assert checked.name == name
    assert checked.mimetype == MIMETYPES[extension_of(name)]
    assert checked.size > 0


def test_a_picture_loses_its_camera_and_its_place_and_stands_upright():
    for name, kind in (("a.jpg", "JPEG"), ("a.png", "PNG")):
        before = files.picture(kind)
        assert b"Secret" in before

        after = check(files.sent(name, before)).content

        assert b"Secret" not in after
        with Image.open(io.BytesIO(after)) as picture:
            assert picture.format == kind
            assert dict(picture.getexif()) == {}
            assert picture.size == (20, 40)


def test_a_zip_of_japanese_windows_is_read_by_its_names():
    content = files.packed({"????.exe": "MZ"}).replace(b"????", "要望".encode("cp932"))

    assert "要望.exe" in refusal("a.zip", content)


# ── what is not, and what is said ────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.exe", b"MZ", "This kind of file is not taken"),
        ("a", b"text", "This kind of file is not taken"),
        ("a.pdf.exe", files.pdf(), "This kind of file is not taken"),
        ("a.svg", b"<svg/>", "This kind of file is not taken"),
        ("a.html", b"<p>", "This kind of file is not taken"),
        ("要望.doc", files.CFB, "save it as .docx"),
        ("要望.jtd", b"x", "save it as .pdf"),
        ("写真.heic", b"x", "save it as .jpg"),
        ("マクロ.xlsm", files.workbook(), "without macros, as .xlsx"),
        ("a.7z", b"7z", "save it as .zip"),
        ("empty.txt", b"", "It is empty"),
        ("a.pdf", b"MZ\x90", "not a .pdf file"),
        ("a.pdf", b"%PDF-1.7 cut off", "damaged"),
        ("a.docx", b"hello", "not a .docx file"),
        ("a.docx", files.workbook(), "not a .docx file"),
        ("a.xlsx", files.packed({"a.txt": "x"}), "not a .xlsx file"),
        ("a.docx", files.CFB + b"old Word", "not a .docx file"),
        ("a.docx", files.CFB + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.pdf", files.pdf(trailer=b"/Encrypt 9 0 R"), "protected by a password"),
        ("a.pdf", files.pdf(trailer=b"/#45ncrypt 9 0 R"), "protected by a password"),
        ("a.pdf", files.pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "holds a program"),
        ("a.pdf", files.pdf(files.object_stream(b"3 0 <</S/JavaScript/JS(x)>>")), "holds a program"),
        ("a.pdf", files.pdf(b"<</S/Launch/F(cmd.exe)>>"), "holds a program"),
        ("a.pdf", files.pdf(b"<</Names<</EmbeddedFiles 5 0 R>>>>"), "carries other files"),
        ("a.jpg", files.picture("PNG"), "not a .jpg file"),
        ("a.png", files.picture(), "not a .png file"),
        ("a.jpg", files.picture()[:200], "damaged"),
        ("a.png", files.huge_png(100_000, 100_000), "60 million"),
        ("a.png", files.huge_png(400, 400), "damaged"),
        ("a.txt", b"\0\1\2binary", "not a .txt file"),
        ("a.csv", "団体".encode("utf-16"), "UTF-16"),
        ("a.txt", b"\x81", "characters cannot be read"),
    ],
)  # fmt: skip
def test_a_file_is_refused_in_a_sentence_that_helps(name, content, words):
    said = refusal(name, content)

    assert f"“{name}” was not taken." in said
    assert words in said


@pytest.mark.parametrize(
    "content",
    [
        files.office(word__vbaProject_bin=b"x"),
        files.office(word__vbaData_xml="<x/>"),
        files.office(word__activeX__activeX1_bin=b"x"),
        files.office("xlsx", kinds=("application/vnd.ms-excel.sheet.macroEnabled.main+xml",)),
        files.office("xlsx", xl__macrosheets__sheet1_xml="<x/>"),
        files.office(kinds=(files.MAIN["docx"], "application/vnd.ms-office.vbaProject")),
        files.office("pptx", ppt__embeddings__a_xlsx=files.packed({"xl/vbaProject.bin": "x"})),
        files.office(word___rels__document_xml_rels=files.RELS.format('<Relationship Type="x/vbaProject" Target="y.bin"/>')),
    ],
    ids=["vba", "vba data", "activeX", "disguised xlsm", "Excel 4", "renamed vba", "in a chart", "by relation"],
)
def test_macros_are_found_wherever_they_hide(content):
    extension = next(one for one in ("docx", "xlsx", "pptx") if _is_of(content, one))

    assert "macros" in refusal(f"a.{extension}", content)


def _is_of(content, extension):
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        words = {"docx": ("word",), "xlsx": ("xl/", "excel"), "pptx": ("ppt/",)}[extension]
        everything = " ".join(made.namelist()) + made.read("[Content_Types].xml").decode()
        return any(word in everything.lower() for word in words)


def test_a_carried_program_is_refused_and_a_carried_formula_is_not():
    program = files.CFB + "Ole10Native".encode("utf-16-le")

    assert "carries another file" in refusal("a.docx", files.office(word__embeddings__oleObject1_bin=program))
    assert "carries another file" in refusal("a.docx", files.office(word__embeddings__a_xlsm=b"PK"))
    assert check(files.sent("a.docx", files.office(word__embeddings__oleObject1_bin=files.CFB + b"Equation")))


def test_a_template_from_elsewhere_is_refused_and_the_normal_one_is_not():
    def document(target):
        tie = f'<Relationship Type="http://x/attachedTemplate" Target="{target}" TargetMode="External"/>'
        return files.office(word___rels__settings_xml_rels=files.RELS.format(tie))

    for elsewhere in ("http://evil.example/a.dotm", "https://evil.example/a", "\\\\evil.example\\a.dotm", "file://evil.example/a.dotm"):
        assert "another computer" in refusal("a.docx", document(elsewhere))
    assert check(files.sent("a.docx", document("file:///C:\\Users\\a\\Normal.dotm")))


def test_an_entity_bomb_in_a_document_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Types ContentType="&b;"/>'

    assert "damaged" in refusal("a.docx", files.packed({"[Content_Types].xml": bomb}))


# ── zips ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("files_in", "words"),
    [
        ({"../../etc/cron.txt": "x"}, "unsafe name"),
        ({"/etc/passwd.txt": "x"}, "unsafe name"),
        ({"C:\\a.txt": "x"}, "unsafe name"),
        ({"a\\..\\..\\b.txt": "x"}, "unsafe name"),
        ({"b.zip": files.packed({"a.txt": "x"})}, "another archive"),
        ({"b.ZIP": "x"}, "another archive"),
        ({"b.lzh": "x"}, "another archive"),
        ({"b.exe": "MZ"}, "“b.exe” in it: This kind of file"),
        ({"b.xlsm": "x"}, "without macros"),
        ({"b.txt": b"\0"}, "“b.txt” in it: It is not a .txt"),
        ({"b.docx": files.office(word__vbaProject_bin=b"x")}, "“b.docx” in it: It holds macros"),
        ({"folder/": ""}, "holds no file"),
        ({f"{number}.txt": "x" for number in range(file_packages.MOST_ENTRIES + 1)}, "more than 300 files"),
    ],
)
def test_a_zip_holds_only_what_could_be_sent_on_its_own(files_in, words):
    assert words in refusal("a.zip", files.packed(files_in))


def test_a_zip_with_a_password_gets_a_sentence_of_its_own():
    said = refusal("a.zip", files.encrypted(files.packed({"a.txt": "x"})))

    assert "PPAP" in said
    assert "without password" in said


def test_a_link_in_a_zip_is_refused():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        link = zipfile.ZipInfo("a.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")

    assert "links" in refusal("a.zip", kept.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_way_of_packing_is_refused(method):
    assert "unusual" in refusal("a.zip", files.packed({"a.txt": "x"}, method))


@pytest.fixture
def small(monkeypatch):
    """The same limits, smaller, so that the bombs need not be large."""
    monkeypatch.setattr(file_types.Budget, "__init__", lambda budget: setattr(budget, "left", 200_000))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", files.bomb(200_001)),
        ("a.docx", files.office(word__big_xml=b"0" * 200_001)),
        ("a.zip", files.packed({f"{number}.txt": b"0" * 50_001 for number in range(4)})),
        ("a.pdf", files.pdf(files.object_stream(b"0" * 200_001))),
        ("a.zip", files.packed({"a.docx": files.office(word__big_xml=b"0" * 199_990), "b.txt": "0" * 10_000})),
    ],
    ids=["zip", "document", "many", "pdf", "nested"],
)
def test_what_explodes_is_refused_before_it_does(name, content):
    assert "100 MB" in refusal(name, content)


@pytest.mark.usefixtures("small")
def test_a_bomb_that_lies_about_its_size_is_refused_and_costs_no_more_than_it_says():
    assert "damaged" in refusal("a.zip", files.lying_bomb(5_000_000))


@pytest.mark.usefixtures("small")
def test_the_same_without_too_much_in_it_is_taken():
    """The negative control of the bombs."""
    assert check(files.sent("a.zip", files.bomb(100_000)))


@pytest.mark.usefixtures("small")
def test_files_that_share_their_bytes_are_counted_each():
    """Overlapping entries, as in the best-known bombs: two hundred names for one content."""
    content = files.bomb(1500)
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    many = b"".join(content[start:end].replace(b"a.txt", f"{number:05d}".encode()) for number in range(200))
    tail = bytearray(content[end:])
    tail[8:12] = (200).to_bytes(2, "little") * 2
    tail[12:16] = len(many).to_bytes(4, "little")

    assert "was not taken" in refusal("a.docx", content[:start] + many + bytes(tail))


# ── sizes ────────────────────────────────────────────────────────────────────


def test_five_megabytes_are_taken_and_one_byte_more_is_not():
    assert check(files.sent("a.txt", b"a" * MOST)).size == MOST
    assert "larger than 5 MB" in refusal("a.txt", b"a" * (MOST + 1))


def test_twenty_megabytes_together_are_taken_and_one_byte_more_is_not():
    assert check(files.sent("a.txt", b"a"), already=MOST_TOGETHER - 1)
    assert "together may have 20 MB" in refusal("a.txt", b"a", already=MOST_TOGETHER)


# ── names ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("C:\\Users\\髙橋\\要望書.pdf", "要望書.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("か\u3099い.pdf", "がい.pdf"),
        ("﨑𠮷神\U000e0100.pdf", "﨑𠮷神\U000e0100.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
        ('a"<b>|?*.txt', "a__b____.txt"),
        (".htaccess.txt", "htaccess.txt"),
        ("a.txt . ", "a.txt"),
        ("  a　b .txt", "a b .txt"),
        ("", "file"),
        ("あ" * 300 + ".pdf", "あ" * 196 + ".pdf"),
    ],
)
def test_names_are_kept_as_data(typed, kept):
    assert tidy_name(typed) == kept


@given(some.text())
@example("." * 300)
@example("a." + "b" * 300)
@example("/")
def test_any_name_becomes_one_that_can_be_kept(name):
    kept = tidy_name(name)

    assert 0 < len(kept) <= LONGEST_NAME
    assert kept.encode()
    assert not set(kept) & set('/\\\r\n\0"<>|?*:')
    assert tidy_name(kept) == kept


@settings(max_examples=60, deadline=None)
@given(some.sampled_from(sorted(MIMETYPES)), some.binary(max_size=400), some.integers(0, 200))
def test_any_bytes_are_taken_or_refused_and_never_break_us(extension, noise, at):
    """Noise alone, and noise inside a sound file."""
    sound = {"pdf": files.pdf(), "zip": files.packed({"a.txt": "x"}), "jpg": files.picture(), "jpeg": files.picture()}
    whole = sound.get(extension) or {"png": files.picture("PNG")}.get(extension) or files.office("docx")
    for content in (noise, whole[:at] + noise + whole[at:], whole[:at] + noise):
        with suppress(Refused):
            check(files.sent(f"a.{extension}", content))
