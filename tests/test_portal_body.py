"""The body's profile: its chief, its contacts, its attractions with pictures."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from municipalities import attractions, chiefs
from municipalities.models import Attraction
from partnership import attachments
from partnership.models import Appointment, AuditEvent, Organisation, Position
from partnership.positions import incumbent
from partnership.transitions import Refused
from tests import factories


@pytest.fixture
def body(db):
    return factories.local_government("広島市", name_en="Hiroshima City")


@pytest.fixture
def clerk(body):
    return factories.official(body)


@pytest.fixture
def client(login, clerk):
    return login(clerk)


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    """Files of these tests lie apart."""
    settings.STORAGES = {
        **settings.STORAGES,
        attachments.ALIAS: {**settings.STORAGES[attachments.ALIAS], "OPTIONS": {"location": str(tmp_path)}},
    }


def picture(name="photo.jpg", size=(1200, 900), kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def filled(**changes):
    return {
        "kind": "food", "name_ja": "お好み焼き", "kana": "おこのみやき", "name_en": "Okonomiyaki", "text_ja": "鉄板で焼きます。",
        "text_en": "", "origin": "広島市", "allergens": "小麦、卵", "people": "", "minutes": "", "needs": "", "website": "", "act": "save",
        **changes,
    }  # fmt: skip


def succession(**changes):
    return {
        "name_ja": "安芸 髙子", "kana": "あき たかこ", "name_en": "AKI Takako", "courtesy": "Ms.", "starts_on": "2026-04-01",
        "seen": "", **changes,
    }  # fmt: skip


# ── names and contacts ───────────────────────────────────────────────────────


def test_official_names_are_read_only_and_the_page_says_whom_to_tell(client, body, settings):
    page = client.get(reverse("portal:body")).content.decode()

    assert body.organisation.kana in page
    assert settings.CONTACT_PHONE in page


def test_the_contact_of_the_office_is_kept_by_its_officials(client, body, clerk):
    address = reverse("portal:body_office")

    client.post(
        address,
        {"email": "kokusai@lg.example.jp", "phone": "０８２－５０４－００００", "version": body.organisation.version, "name_ja": "大広島"},
    )

    stored = Organisation.objects.get(pk=body.organisation_id)
    assert (stored.email, stored.phone, stored.name_ja) == ("kokusai@lg.example.jp", "082-504-0000", "広島市")
    assert AuditEvent.objects.filter(act="organisation.contact", actor=clerk).exists()


def test_an_address_that_is_not_official_is_refused(client, body):
    page = client.post(reverse("portal:body_office"), {"email": "me@gmail.com", "phone": "", "version": body.organisation.version})

    assert page.status_code == 422
    assert Organisation.objects.get(pk=body.organisation_id).email != "me@gmail.com"


def test_the_second_of_two_savers_sees_what_the_first_changed(client, body):
    seen = body.organisation.version
    other = Organisation.objects.get(pk=body.organisation_id)
    other.phone = "082-111-1111"
    other.save()

    page = client.post(reverse("portal:body_office"), {"email": "", "phone": "082-222-2222", "version": seen})

    assert page.status_code == 422
    assert "082-111-1111" in page.content.decode()
    assert "082-222-2222" in page.content.decode()
    assert Organisation.objects.get(pk=body.organisation_id).phone == "082-111-1111"


def test_the_section_is_entered_once_and_changed_after(client, body):
    address, facts = (
        reverse("portal:body_section"),
        {"title_ja": "広島市国際化推進課", "title_en": "International Division", "phone": "", "email": ""},
    )

    client.post(address, facts)
    section = Position.objects.get(organisation=body.organisation_id, role="international")
    client.post(address, {**facts, "phone": "082-000-0000", "version": section.version})

    assert Position.objects.get(pk=section.pk).phone == "082-000-0000"


# ── the chief ────────────────────────────────────────────────────────────────


def test_a_first_chief_is_entered_as_typed(client, body, clerk):
    client.post(reverse("portal:chief_new"), succession())

    holder = chiefs.current(body)
    assert holder.person.name_ja == "安芸 髙子"
    assert (holder.position.title_ja, holder.starts_on) == ("広島市長", dt.date(2026, 4, 1))
    event = AuditEvent.objects.get(act="chief.succeed")
    assert "安芸" not in event.object_label + str(event.facts)
    assert "安芸 髙子" in client.get(reverse("portal:body")).content.decode()


def test_after_an_election_both_terms_are_kept(client, body):
    seat = factories.position(body.organisation, "chief")
    before = factories.appointment(seat, factories.person(name_ja="先代 一郎"), rank="", starts_on=dt.date(2022, 4, 1))

    client.post(reverse("portal:chief_new"), succession(starts_on="R8.4.1", seen=before.pk))

    before.refresh_from_db()
    assert before.ends_on == dt.date(2026, 3, 31)
    assert incumbent(seat).person.name_ja == "安芸 髙子"
    assert incumbent(seat, dt.date(2026, 3, 31)) == before


def test_a_chief_who_takes_office_later_is_announced_and_the_present_one_stays(client, body):
    seat = factories.position(body.organisation, "chief")
    before = factories.appointment(seat, factories.person(name_ja="現職 一郎"), rank="", starts_on=dt.date(2022, 4, 1))
    day = timezone.localdate() + dt.timedelta(days=20)

    client.post(reverse("portal:chief_new"), succession(starts_on=day.isoformat(), seen=before.pk))

    assert chiefs.current(body) == before
    page = client.get(reverse("portal:body")).content.decode()
    assert "現職 一郎" in page
    assert "安芸 髙子" in page


def test_the_second_of_two_colleagues_who_enter_a_chief_is_told(client, body):
    seat = factories.position(body.organisation, "chief")
    factories.appointment(seat, rank="", starts_on=dt.date(2026, 4, 1))

    page = client.post(reverse("portal:chief_new"), succession(starts_on="2026-05-01", seen=""))

    assert page.status_code == 422
    assert "安芸 髙子" in page.content.decode()
    assert Appointment.objects.filter(position=seat).count() == 1


@pytest.mark.parametrize("starts_on", ["2022-04-01", "2020-01-01", "2026-02-30", ""])
def test_a_term_begins_on_a_day_that_can_be(client, body, starts_on):
    seat = factories.position(body.organisation, "chief")
    before = factories.appointment(seat, rank="", starts_on=dt.date(2022, 4, 1))

    page = client.post(reverse("portal:chief_new"), succession(starts_on=starts_on, seen=before.pk))

    assert page.status_code == 422
    before.refresh_from_db()
    assert before.ends_on is None


def test_a_misprint_is_put_right_in_the_same_term(client, body):
    seat = factories.position(body.organisation, "chief")
    holder = factories.appointment(seat, factories.person(name_ja="高子", name_en="Takako"), rank="", starts_on=dt.date(2022, 4, 1))
    facts = {"name_ja": "髙子", "kana": "", "name_en": "TAKAKO", "courtesy": "Ms.", "version": holder.person.version}

    client.post(reverse("portal:chief"), facts)

    holder.person.refresh_from_db()
    assert holder.person.name_ja == "髙子"
    assert Appointment.objects.filter(position=seat).count() == 1


# ── attractions ──────────────────────────────────────────────────────────────


def test_an_attraction_is_added_with_pictures_and_shown_on_the_profile(client, body, clerk):
    client.post(reverse("portal:attraction_new"), filled(pictures=[picture(), picture("b.png", kind="PNG")]))

    made = Attraction.objects.get()
    shown = attractions.pictures(made)
    page = client.get(reverse("portal:body")).content.decode()
    assert (made.local_government, len(shown)) == (body, 2)
    assert f'src="{reverse("portal:picture", args=[shown[0].key])}" alt="お好み焼き"' in page
    assert AuditEvent.objects.filter(act="attraction.add", actor=clerk).exists()


def test_an_attraction_of_another_body_cannot_be_made(client, body):
    other = factories.local_government()

    client.post(reverse("portal:attraction_new"), filled(local_government=other.pk, is_active="", is_demo="on"))

    made = Attraction.objects.get()
    assert (made.local_government, made.is_active, made.is_demo) == (body, True, False)


def test_a_list_shows_small_pictures(client, body, clerk):
    made = attractions.save(
        attraction=Attraction(local_government=body, kind="food", name_ja="牡蠣"), uploads=[attachments.check(picture())], by=clerk
    )
    shown = attractions.pictures(made)[0]

    answer = client.get(reverse("portal:picture", args=[shown.key]))

    assert answer["Content-Type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(answer.content)).size) <= 640


def test_pictures_are_seen_by_the_body_and_the_division_alone(login, client, body, clerk, viewer, officer):
    made = attractions.save(
        attraction=Attraction(local_government=body, kind="food", name_ja="牡蠣"), uploads=[attachments.check(picture())], by=clerk
    )
    address = reverse("portal:picture", args=[attractions.pictures(made)[0].key])

    statuses = [login(user).get(address).status_code for user in (clerk, viewer, factories.official(), officer, factories.user("door"))]

    assert statuses == [200, 200, 404, 404, 404]


def test_five_pictures_are_the_most_and_what_was_typed_stays(client, body):
    client.post(reverse("portal:attraction_new"), filled(pictures=[picture(f"{number}.jpg", (8, 8)) for number in range(4)]))
    made = Attraction.objects.get()

    page = client.post(
        reverse("portal:attraction", args=[made.pk]),
        filled(version=made.version, text_ja="変えた。", pictures=[picture("5.jpg", (8, 8)), picture("6.jpg", (8, 8))]),
    )

    assert page.status_code == 422
    assert "変えた。" in page.content.decode()
    made.refresh_from_db()
    assert made.text_ja == "鉄板で焼きます。"
    assert len(attractions.pictures(made)) == 4


@pytest.mark.parametrize(
    "upload", [SimpleUploadedFile("a.pdf", b"%PDF-1.7"), SimpleUploadedFile("a.jpg", b"no picture"), SimpleUploadedFile("a.svg", b"<svg/>")]
)
def test_only_pictures_are_taken(client, body, upload):
    upload.seek(0)

    page = client.post(reverse("portal:attraction_new"), filled(pictures=[upload]))

    assert page.status_code == 422
    assert not Attraction.objects.exists()


def test_a_picture_is_removed_and_only_from_its_own_attraction(client, body, clerk):
    first, second = (
        attractions.save(
            attraction=Attraction(local_government=body, kind="food", name_ja=name), uploads=[attachments.check(picture())], by=clerk
        )
        for name in ("牡蠣", "酒")
    )
    key = attractions.pictures(second)[0].key

    wrong = client.post(reverse("portal:attraction", args=[first.pk]), {"act": "remove_picture", "picture": str(key)})
    client.post(reverse("portal:attraction", args=[second.pk]), {"act": "remove_picture", "picture": str(key)})

    assert wrong.status_code == 404
    assert attractions.pictures(second) == []
    assert client.get(reverse("portal:picture", args=[key])).status_code == 404


def test_an_attraction_is_taken_off_the_list_never_deleted(client, body):
    made = factories.attraction(body)
    address = reverse("portal:attraction", args=[made.pk])

    client.post(address, {"act": "retire"})
    assert not Attraction.objects.get().is_active
    client.post(address, {"act": "restore"})
    assert Attraction.objects.get().is_active


def test_a_stale_attraction_is_refused_with_the_difference(client, body):
    made = factories.attraction(body, name_ja="牡蠣")
    seen = made.version
    made.name_ja = "広島牡蠣"
    made.save()

    page = client.post(reverse("portal:attraction", args=[made.pk]), filled(version=seen))

    assert page.status_code == 422
    assert "広島牡蠣" in page.content.decode()
    assert Attraction.objects.get().name_ja == "広島牡蠣"


def test_a_neighbours_attraction_does_not_exist(login, body):
    made, client = factories.attraction(body), login(factories.official())
    address = reverse("portal:attraction", args=[made.pk])

    assert client.get(address).status_code == 404
    for act in ("save", "retire", "remove_picture"):
        assert client.post(address, filled(act=act)).status_code == 404
    made.refresh_from_db()
    assert made.is_active


@pytest.mark.parametrize("name", ["kind", "people", "minutes", "website"])
def test_nonsense_in_any_field_is_told_beside_it(client, name):
    page = client.post(reverse("portal:attraction_new"), filled(**{name: "９９９９９９９９９９９９９９９９９９９９x"}))

    assert page.status_code == 422


def test_texts_that_are_too_long_are_refused_in_words(client):
    assert client.post(reverse("portal:attraction_new"), filled(text_ja="あ" * 200_000)).status_code == 422


def test_an_act_that_does_not_exist_is_refused(client, body):
    assert client.post(reverse("portal:attraction", args=[factories.attraction(body).pk]), {"act": "delete"}).status_code == 400


def test_the_profile_costs_the_same_whatever_is_on_it(client, body, assert_fixed_queries):
    assert_fixed_queries(lambda: client.get(reverse("portal:body")), lambda: factories.attraction(body))


def test_the_rule_counts_pictures_whoever_asks(body, clerk):
    made = factories.attraction(body)
    uploads = [attachments.check(picture(f"{number}.jpg", (8, 8))) for number in range(6)]

    with pytest.raises(Refused):
        attractions.save(attraction=made, uploads=uploads, by=clerk)
