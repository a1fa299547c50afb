"""The field that takes files: several at once, each looked into, each fault named."""

import pytest
from django import forms
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from partnership import attachments
from partnership.attachments import UploadField
from partnership.templatetags.partnership import file_size
from tests import factories
from tests import file_samples as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(db):
    return factories.call()


class Form(forms.Form):
    documents = UploadField(required=False)
    photo = UploadField(required=False, multiple=False, accept=".jpg,.png")


def form(documents=(), photo=()):
    return Form({}, MultiValueDict({"documents": list(documents), "photo": list(photo)}))


def test_a_form_takes_several_files_ready_to_be_kept(call):
    filled = form([files.sent("a.txt", b"a"), files.sent("b.pdf", files.pdf())])

    assert filled.is_valid()
    kept = attachments.attach_all(about=call, uploads=filled.cleaned_data["documents"], by=None)
    assert [one.name for one in kept] == ["a.txt", "b.pdf"]


def test_a_form_names_the_fault_of_each_file():
    filled = form([files.sent("a.exe", b"MZ"), files.sent("b.txt", b"b"), files.sent("c.pdf", b"no")])

    with translation.override("en"):
        assert not filled.is_valid()
        assert [error.split(".txt")[0].split("”")[0] for error in filled.errors["documents"]] == ["“a.exe", "“c.pdf"]


def test_a_form_counts_its_files_together():
    filled = form([files.sent("a.txt", b"aaa"), files.sent("b.txt", b"bbb")])
    filled.fields["documents"].already = attachments.MOST_TOGETHER - 5

    assert not filled.is_valid()
    assert len(filled.errors["documents"]) == 1


def test_a_field_of_one_picture_takes_neither_two_nor_a_text():
    assert form(photo=[files.sent("a.jpg", files.picture())]).is_valid()
    assert not form(photo=[files.sent("a.jpg", files.picture()), files.sent("b.jpg", files.picture())]).is_valid()
    assert "jpg, png" in str(form(photo=[files.sent("a.pdf", b"%PDF-1.7")]).errors), "what this field takes, not what others take"
    assert "jpg, png" in str(form(photo=[files.sent("a.gif", b"GIF89a")]).errors)
    assert not form(photo=[files.sent("a.txt", b"text")]).is_valid()


def test_a_form_without_files_is_empty_and_a_required_one_says_so():
    assert form().is_valid()
    assert form().fields["documents"].clean([]) == []
    with pytest.raises(forms.ValidationError):
        UploadField().clean([])


def test_the_field_says_its_limits_and_offers_only_what_is_taken():
    shown = str(form()["documents"]) + str(form().fields["documents"].help_text)

    assert " multiple" in shown
    assert ".docx" in shown
    assert "5 MB" in shown or "5MB" in shown
    assert " multiple" not in str(form()["photo"])


@pytest.mark.parametrize(("size", "words"), [(1, "1 KB"), (49_152, "48 KB"), (1_258_291, "1.2 MB"), ("", "")])
def test_sizes_are_told_as_file_managers_tell_them(size, words):
    assert file_size(size) == words
