"""Asking for access to the portal: which body, which addresses, how often."""

import datetime as dt
import hashlib

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from municipalities import access, official_addresses, officials
from municipalities.models import AccessRequest
from partnership.models import Email, User
from tests import factories
from tests.access_forms import ask, form, town

State = AccessRequest.State


@pytest.fixture(name="town")
def town_of_the_test(db):
    return town()


# ── choosing ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["府中町", "ふちゅう", "フチュウ", "広島 府中町", "Fuchu"])
def test_a_stranger_finds_their_local_government_by_name_reading_or_with_its_prefecture(client, town, text):
    page = client.get(reverse("portal:access"), {"q": text})

    assert f'href="{reverse("portal:access_ask", args=[town.code])}"' in page.content.decode()
    assert "広島県 安芸郡" in page.content.decode()


def test_a_prefecture_lists_itself_and_its_municipalities(client, town):
    page = client.get(reverse("portal:access"), {"prefecture": town.prefecture.code}).content.decode()

    assert reverse("portal:access_ask", args=[town.code]) in page
    assert reverse("portal:access_ask", args=[town.prefecture.code]) in page


def test_nothing_found_says_what_to_try(client, town):
    page = client.get(reverse("portal:access"), {"q": "無い町", "lang": "en"})

    assert "No local government fits" in page.content.decode()


@pytest.mark.parametrize("code", ["000000", "abc", "9" * 200])
def test_an_unknown_code_is_not_found(client, town, code):
    assert client.get(reverse("portal:access_ask", args=[code])).status_code == 404


def test_a_body_that_was_merged_takes_no_more_access(client, town):
    town.organisation.valid_to = timezone.localdate() - dt.timedelta(days=1)
    town.organisation.save()

    assert client.get(reverse("portal:access_ask", args=[town.code])).status_code == 404


# ── which addresses ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    [
        "a@city.hiroshima.lg.jp", "a@pref.hiroshima.lg.jp", "a@town.fuchu.hiroshima.jp", "a@city.matsudo.chiba.jp", "A@Pref.Chiba.JP",
        "a@mail.metro.tokyo.jp", "a@city.kobe.jp", "a@vill.kijimadaira.nagano.jp", "ａ＠city.hiroshima.lg.jp", "a@lg.example.jp",
    ],
)  # fmt: skip
def test_addresses_of_local_governments_are_official(town, address):
    assert official_addresses.is_official(address, town)


@pytest.mark.parametrize(
    "address",
    [
        "a@gmail.com", "a@yahoo.co.jp", "a@docomo.ne.jp", "a@lg.jp.evil.com", "a@evil-lg.jp", "a@city.evil.jp", "a@city.evil.co.jp",
        "a@pref.evil.jp", "a@lg.jp", "a@mofa.go.jp", "a@hiroshima.jp", "a@xlg.example.jp",
    ],
)  # fmt: skip
def test_other_addresses_are_not(town, address):
    assert not official_addresses.is_official(address, town)


def test_a_domain_that_the_body_is_known_by_is_official_for_that_body_alone(town):
    town.organisation.email = "info@fuchu-town.example.com"
    other = factories.local_government()

    assert official_addresses.is_official("a@fuchu-town.example.com", town)
    assert not official_addresses.is_official("a@fuchu-town.example.com", other)


def test_an_account_at_a_free_mail_service_does_not_make_the_service_official(town):
    factories.official(town, email="machi@gmail.com")

    assert not official_addresses.is_official("anyone@gmail.com", town)


def test_the_address_of_the_demonstration_is_refused_in_production(town, settings):
    settings.DEMO = False

    assert official_addresses.problem("a@lg.example.jp", town)


def test_a_free_mail_address_is_refused_in_words_and_nothing_typed_is_lost(client, town, settings):
    page = ask(client, town, email="hanako@gmail.com")

    assert page.status_code == 422
    text = page.content.decode()
    assert settings.CONTACT_PHONE in text
    assert 'value="申請 花子"' in text
    assert not AccessRequest.objects.exists()


# ── asking ───────────────────────────────────────────────────────────────────


def test_asking_gives_a_provisional_account_and_tells_those_who_decide(client, town, settings):
    manager = factories.official(town, "municipal_manager")

    page = ask(client, town, kind="free_consultation")

    assert page.status_code == 200
    asked = AccessRequest.objects.get()
    assert (asked.state, asked.local_government, asked.phone) == (State.WAITING, town, "082-000")
    assert asked.user.organisation is None
    assert not asked.user.has_usable_password()
    assert officials.of(asked.user).body is None
    assert access.asked_body(asked.user) == town
    mails = {mail.to_address: mail for mail in Email.objects.all()}
    assert set(mails) == {asked.email, manager.email, access.account_mails.division_address()}
    link = next(line for line in mails[asked.email].text.splitlines() if line.startswith("http"))
    assert link == f"{settings.SITE_URL}/accounts/login/code/?next=/portal/requests/new/free_consultation/"
    assert "申請 花子" not in mails[asked.email].text  # whoever asks puts no words of theirs into somebody's mailbox
    assert reverse("portal:access_decide", args=[asked.pk]) in mails[manager.email].text


def test_the_page_after_asking_is_the_same_whatever_the_address_is(client, town):
    known = factories.official(town, email="known@lg.example.jp")
    closed = factories.official(town, email="closed@lg.example.jp", is_active=False)
    staff = factories.user("desk", email="desk@lg.example.jp")
    addresses = ["new@lg.example.jp", known.email, closed.email, staff.email]

    pages = [ask(client, town, email=address) for address in addresses]

    bodies = {page.content.decode().replace(address, "ADDRESS") for page, address in zip(pages, addresses, strict=True)}
    assert {page.status_code for page in pages} == {200}
    assert {tuple(page.redirect_chain) for page in pages} == {((reverse("portal:access_asked"), 302),)}
    assert len(bodies) == 1
    assert AccessRequest.objects.count() == 1


@pytest.mark.parametrize("active", [True, False])
def test_an_address_with_an_account_gets_a_mail_that_says_so_and_nothing_changes(client, town, active):
    known = factories.official(town, is_active=active)

    ask(client, town, email=known.email.upper())

    mail = Email.objects.get()
    assert mail.to_address == known.email
    assert not AccessRequest.objects.exists()
    known.refresh_from_db()
    assert known.is_active == active


def test_asking_twice_makes_one_request(client, town):
    ask(client, town)
    ask(client, town)

    assert AccessRequest.objects.count() == 1
    assert User.objects.filter(email=form()["email"]).count() == 1


def test_mass_assignment_is_ignored(client, town):
    ask(client, town, state="granted", organisation=town.organisation_id, is_staff="on", role="municipal_manager", user="1")

    asked = AccessRequest.objects.get()
    assert asked.state == State.WAITING
    assert not asked.user.is_staff
    assert asked.user.organisation is None


def test_an_address_is_asked_for_three_times_an_hour_at_most(client, town):
    statuses = [ask(client, town).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert ask(client, town, email="other@lg.example.jp").status_code == 200


def test_an_address_gets_few_mails_a_day_however_patiently_somebody_asks(client, town):
    for _ in range(3):
        ask(client, town)
        ask(client, town)
        cache.delete(f"throttle:3600:{hashlib.sha256(b'access:address:kokusai@town.fuchu.hiroshima.jp').hexdigest()}")  # an hour later

    assert ask(client, town).status_code == 429
    assert Email.objects.filter(to_address="kokusai@town.fuchu.hiroshima.jp").count() == 6


def test_a_client_asks_for_twenty_addresses_an_hour_at_most(client, town):
    statuses = [ask(client, town, email=f"a{number}@lg.example.jp").status_code for number in range(21)]

    assert statuses[-2:] == [200, 429]


def test_what_was_refused_can_be_asked_again(client, town, desk):
    ask(client, town)
    access.refuse(request=AccessRequest.objects.get(), reason="別の町です。", by=desk)
    other = factories.local_government("府中市")

    ask(client, other, name="申請 太郎")

    again = AccessRequest.objects.get(state=State.WAITING)
    assert again.local_government == other
    assert again.user.is_active
    assert again.user.name == "申請 太郎"


def test_who_is_not_confirmed_signs_in_by_code_and_sees_what_happens_now(client, town):
    ask(client, town)
    user = AccessRequest.objects.get().user
    client.force_login(user)

    page = client.get(reverse("portal:home"))

    assert page.status_code == 200
    assert town.organisation.name_ja in page.content.decode()
    for name in ("body", "accounts", "chief_new", "attraction_new"):
        assert client.get(reverse(f"portal:{name}")).status_code == 403


def test_the_code_in_the_mail_leads_to_the_form_that_was_chosen(client, town):
    ask(client, town, kind="free_consultation")
    mail = Email.objects.get(to_address=form()["email"])
    address = next(line for line in mail.text.splitlines() if line.startswith("http")).split("/", 3)[3]

    page = client.get(f"/{address}")
    sent = client.post(f"/{address}", {"email": form()["email"], "next": page.context["redirect_field_value"]})
    page = client.get(sent["Location"])
    code = Email.objects.filter(purpose="login").latest("pk").text.split("\n    ")[1].split()[0]
    entered = client.post(reverse("account_confirm_login_code"), {"code": code, "next": page.context["redirect_field_value"]})

    assert 'name="next"' in page.content.decode()
    assert entered["Location"] == "/portal/requests/new/free_consultation/"


def test_one_body_is_asked_for_only_so_often_a_day(db, client):
    body = factories.local_government("松江市", first_five="32201")
    url = reverse("portal:access_ask", args=[body.code])

    def ask(number):
        fields = {"email": f"u{number}@city.matsue.lg.jp", "name": "松江 花子", "post": "国際課"}
        return client.post(url, fields, REMOTE_ADDR=f"192.0.2.{number}").status_code

    answers = [ask(number) for number in range(1, 23)]

    assert answers[:20] == [302] * 20
    assert answers[20:] == [429, 429]
