"""The page on which the texts of a letter are written."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from partnership import mailings
from partnership.models import Mailing
from tests import factories, letters_purpose, mailing_factories


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def draft(db, desk):
    mailing_factories.guests(2)
    return mailing_factories.draft(desk)


def words(response):
    return response.content.decode()


def test_texts_are_edited_in_both_languages_and_a_bad_placeholder_loses_nothing(draft, login, desk):
    address = reverse("admin:partnership_mailing_change", args=[draft.pk])
    fields = {**letters_purpose.TEXTS, "title_ja": "御案内", "title_en": "Notice", "version": draft.version}

    bad = login(desk).post(address, {**fields, "body_en": "Dear {gest},\n{link}"})
    good = login(desk).post(address, {**fields, "subject_en": "Kind notice: {title}"})

    assert bad.status_code == 200
    assert "{gest}" in words(bad)
    assert "Dear {gest}," in words(bad)
    assert good.status_code == 302
    assert Mailing.objects.get(pk=draft.pk).subject_en == "Kind notice: {title}"


def test_the_second_of_two_who_edit_sees_what_the_first_changed(draft, login, desk):
    address = reverse("admin:partnership_mailing_change", args=[draft.pk])
    fields = {**letters_purpose.TEXTS, "title_ja": "御案内", "title_en": "Notice", "version": draft.version}
    mailings.edit(mailing=draft, texts={"subject_en": "From a colleague: {title}"}, by=factories.user("desk"))

    response = login(desk).post(address, {**fields, "subject_en": "Mine: {title}"})

    assert response.status_code == 200
    assert "From a colleague" in words(response)
    assert "Mine: {title}" in words(response)
    assert Mailing.objects.get(pk=draft.pk).subject_en == "From a colleague: {title}"


def test_a_letter_that_is_on_its_way_is_not_edited(db, login, desk, approver):
    mailing_factories.guests(2)
    sending = mailing_factories.sending(desk, approver)
    address = reverse("admin:partnership_mailing_change", args=[sending.pk])
    fields = {**letters_purpose.TEXTS, "title_ja": "x", "title_en": "x", "version": sending.version}

    response = login(desk).post(address, fields)

    assert response.status_code == 302
    assert Mailing.objects.get(pk=sending.pk).title_ja == "御案内"
