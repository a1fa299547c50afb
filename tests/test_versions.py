import datetime as dt
import threading

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from partnership import fields, japanese_dates
from partnership.forms import VersionedModelForm
from partnership.models import Figure, Organisation, Person
from tests import factories

pytestmark = pytest.mark.django_db


class PersonForm(VersionedModelForm):
    class Meta(VersionedModelForm.Meta):
        model = Person
        fields = ("name_ja", "name_en", "kana", "note")


def page(person):
    return f"/admin/partnership/person/{person.pk}/change/"


def typed(person, **values):
    empty = {"appointments-TOTAL_FORMS": 0, "appointments-INITIAL_FORMS": 0}
    return {"name_ja": person.name_ja, "name_en": person.name_en, "kana": "", "note": "", "version": person.version, **empty, **values}


# ── two savers ───────────────────────────────────────────────────────────────


def test_the_second_of_two_savers_sees_what_changed_and_keeps_what_was_typed(login, desk):
    colleague = factories.user("desk", name="佐藤一郎")
    person = factories.person(name_en="Ingrid Example")
    both = typed(person)

    assert login(colleague).post(page(person), {**both, "name_en": "Ingrid Hansen"}).status_code == 302
    second = login(desk).post(page(person), {**both, "note": "通訳が要る"})

    text = second.content.decode()
    assert second.status_code == 200
    assert "佐藤一郎" in text
    assert "Ingrid Example" in text
    assert "Ingrid Hansen" in text
    assert "通訳が要る" in text
    assert Person.objects.get(pk=person.pk).note == ""


def test_saving_again_after_having_seen_it_is_a_decision(login, desk):
    person = factories.person(name_en="Ingrid Example")
    stale = typed(person, name_en="Ingrid Berg")
    Person.objects.get(pk=person.pk).save()
    client = login(desk)
    refused = client.post(page(person), stale)
    version = refused.context["adminform"].form["version"].value()

    assert client.post(page(person), {**stale, "version": version}).status_code == 302
    assert Person.objects.get(pk=person.pk).name_en == "Ingrid Berg"


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30, "99"])
def test_a_form_without_a_right_version_saves_nothing(login, desk, version):
    person = factories.person(name_en="Ingrid Example")

    response = login(desk).post(page(person), typed(person, name_en="x", version=version))

    assert response.status_code == 200
    assert Person.objects.get(pk=person.pk).name_en == "Ingrid Example"


def test_a_removed_row_is_said_to_be_removed():
    person = factories.person(name_en="Ingrid Example")
    form = PersonForm(typed(person), instance=Person.objects.get(pk=person.pk))
    Person.objects.filter(pk=person.pk).delete()

    assert not form.is_valid()
    assert form.has_error(forms.forms.NON_FIELD_ERRORS, "gone")


def test_rows_inside_a_page_carry_their_versions_too(login, desk):
    embassy = factories.embassy("NO")
    position = factories.head(embassy)
    base = {"kind": "embassy", "name_ja": "a", "name_en": "a", "country": embassy.country_id, "language": "en", "version": embassy.version}
    rows = {
        "positions-TOTAL_FORMS": "1",
        "positions-INITIAL_FORMS": "1",
        "positions-0-id": position.pk,
        "positions-0-organisation": embassy.pk,
    }
    row = {"positions-0-role": "head", "positions-0-email": "mine@no.example.jp", "positions-0-version": position.version}
    position.email = "theirs@no.example.jp"
    position.save()

    response = login(desk).post(f"/admin/partnership/organisation/{embassy.pk}/change/", {**base, **rows, **row})

    assert response.status_code == 200
    assert "theirs@no.example.jp" in response.content.decode()
    position.refresh_from_db()
    assert position.email == "theirs@no.example.jp"


def test_every_versioned_model_in_the_administration_has_its_version_in_the_form(login, superuser):
    person = factories.person()
    embassy = factories.embassy("NO")
    client = login(superuser)

    for path in (page(person), f"/admin/partnership/organisation/{embassy.pk}/change/"):
        assert 'type="hidden" name="version" value="1"' in client.get(path).content.decode()


def race(person, *, checked):
    """Two people save the same row at the same moment; returns how many were let through."""
    barrier, saved = threading.Barrier(2), []

    def one(name):
        try:
            with transaction.atomic():
                instance = Person.objects.get(pk=person.pk)
                form = PersonForm(typed(person, name_en=name), instance=instance)
                if not checked:
                    del form.fields["version"]
                barrier.wait(timeout=10)
                if form.is_valid():
                    form.save()
                    saved.append(name)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(name,)) for name in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(saved)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets only one transaction begin at a time")
@pytest.mark.django_db(transaction=True)
def test_of_two_savers_at_the_same_moment_one_is_told():
    assert race(factories.person(name_en="Ingrid Example"), checked=True) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets only one transaction begin at a time")
@pytest.mark.django_db(transaction=True)
def test_without_the_version_both_would_have_saved():
    """The negative control of the race above."""
    assert race(factories.person(name_en="Ingrid Example"), checked=False) == 2


# ── text ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["髙橋 﨑", "𠮷田", "葛󠄀城", "Łukasz O’Neill", "नर‍सिंह"])
def test_a_personal_name_is_kept_as_typed(name):
    form = PersonForm({"name_ja": name})

    assert form.is_valid()
    assert form.cleaned_data["name_ja"] == name


def test_what_cannot_be_seen_is_taken_out():
    form = PersonForm(
        {"name_ja": "山\u200b田\u202e\u00ad\x1b太郎\ufeff", "note": "一行\r\n二行\u2028三行\tx", "name_en": "A\nB\ue000link\ue001"}
    )

    assert form.is_valid()
    assert form.cleaned_data["name_ja"] == "山田太郎"
    assert form.cleaned_data["note"] == "一行\n二行\n三行\tx"
    assert form.cleaned_data["name_en"] == "A Blink"


def test_text_of_invisible_characters_is_empty():
    assert fields.TextField(required=False).clean("\u200b\u00ad") == ""


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_characters_that_no_database_keeps_are_refused_at_their_field(text):
    form = PersonForm({"name_ja": text})

    assert not form.is_valid()
    assert "name_ja" in form.errors


def test_identifiers_and_addresses_are_folded_to_one_width():
    assert fields.IdentifierField().clean(" ０３−５５０１ー８０００ ") == "03-5501-8000"
    assert fields.AddressField().clean("Ｔａｒｏ＠ｌｇ．example．ｊｐ\u200b") == "Taro@lg.example.jp"


def test_the_fields_of_a_model_form_are_the_tidy_ones():
    form = forms.modelform_factory(
        Organisation, form=VersionedModelForm, formfield_callback=fields.formfield, fields=["name_ja", "phone", "email", "valid_from"]
    )()

    assert [type(form.fields[name]) for name in ("name_ja", "phone", "email", "valid_from")] == [
        fields.TextField,
        fields.IdentifierField,
        fields.AddressField,
        fields.DateField,
    ]


def test_a_link_without_a_scheme_is_taken_for_https():
    form = forms.modelform_factory(Figure, form=VersionedModelForm, fields=["source_url"], formfield_callback=fields.formfield)
    bound = form({"source_url": "mofa.go.jp/policy"})
    bound.is_valid()

    assert bound.cleaned_data["source_url"] == "https://mofa.go.jp/policy"


# ── dates ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-14",
        "2027/1/14",
        "2027.1.14",
        "20270114",
        "２０２７－０１－１４",
        "2027年1月14日",
        "2027年1月14日（木）",
        "令和9年1月14日",
        "令和 9年 1月 14日",
        "R9.1.14",
        "r9.1.14",
        "Ｒ９．１．１４",
        "R9/1/14",
        "R9-1-14",
        "令和９年１月１４日",
    ],
)
def test_a_date_is_read_in_both_calendars(text):
    assert fields.DateField().clean(text) == dt.date(2027, 1, 14)


@pytest.mark.parametrize(
    "text", ["2027-02-29", "R1.4.30", "H31.5.1", "9.1.14", "27-1-14", "0001-01-01", "9999-12-31", "R999.1.1", "令和", "明日", "1" * 5000]
)
def test_a_date_that_does_not_exist_is_refused(text):
    with pytest.raises(ValidationError):
        fields.DateField().clean(text)


def test_the_first_year_of_an_era_has_a_name():
    assert japanese_dates.parse("令和元年5月1日") == dt.date(2019, 5, 1)
    assert japanese_dates.parse("平成31年4月30日") == dt.date(2019, 4, 30)


@pytest.mark.parametrize("text", ["18:30", "１８：３０", "18時30分", "午後6時30分", "18:30:00"])
def test_an_hour_is_read_as_people_write_it(text):
    assert fields.TimeField().clean(text) == dt.time(18, 30)


@pytest.mark.parametrize("text", ["25:00", "18", "午後18時", "午前12時", "18:61", "朝"])
def test_an_hour_that_is_none_is_refused(text):
    with pytest.raises(ValidationError):
        fields.TimeField().clean(text)


def test_a_date_of_the_administration_takes_the_era(login, desk):
    seat, person = factories.position(), factories.person()
    values = {"person": person.pk, "position": seat.pk, "rank": "ambassador", "starts_on": "Ｒ８．４．１", "ends_on": ""}
    hour = {"credentials_presented_at_0": "令和8年5月1日", "credentials_presented_at_1": "午前10時30分"}

    response = login(desk).post("/admin/partnership/appointment/add/", {**values, **hour})

    assert response.status_code == 302
    made = person.appointments.get()
    assert made.starts_on == dt.date(2026, 4, 1)
    assert made.credentials_presented_at.isoformat() == "2026-05-01T01:30:00+00:00"
