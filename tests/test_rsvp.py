"""The guests' pages, from the outside: what a link may do, what it may not, and what its reader sees."""

import datetime as dt
import hashlib
import json
import logging

import pytest
import time_machine
from django.apps import apps
from django.db import OperationalError
from django.test import Client
from gunicorn.config import Config

from events import answers, decisions, guests, invitations, windows
from events.models import Answer, Event, Invitation, Participant
from partnership import gunicorn_conf, tokens
from partnership.logs import MaskingFormatter
from partnership.models import Email
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(invitation: Invitation) -> str:
    """The guest's personal address, without the host."""
    return f"/rsvp/{invitations.token(invitation)}/"


def fingerprint() -> str:
    """A hash over every row of every table."""
    digest = hashlib.sha256()
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.order_by("pk").values_list():
            digest.update(json.dumps(list(row), default=str).encode())
    return digest.hexdigest()


# ── a link changes nothing ───────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_no_row(client, url, method):
    before = fingerprint()

    for path in (url, url + "?change=1", url + "?reply=accept&lang=ja", url + "event.ics"):
        for _ in range(3):
            assert getattr(client, method)(path).status_code == 200

    assert fingerprint() == before


@pytest.mark.parametrize("data", [{}, {"reply": ""}, {"reply": "yes"}, {"reply": ["accept", ""]}, {"companions": "A", "note": "x"}])
def test_a_post_without_an_explicit_choice_changes_nothing(client, url, data):
    before = fingerprint()

    response = client.post(url, data)

    assert response.status_code == 422
    assert fingerprint() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_refused(client, url, method):
    before = fingerprint()

    assert getattr(client, method)(url).status_code == 405
    assert client.post(url + "event.ics").status_code == 405
    assert fingerprint() == before


def test_who_changes_an_answer_sees_the_one_that_stands(client, url):
    assert "Your present answer" not in client.get(url + "?lang=en").content.decode()

    client.post(url, {"reply": "accept"})

    assert "Your present answer: accepted (" in client.get(url + "?change=1&lang=en").content.decode()


def test_a_refused_wish_is_not_shown_in_the_colour_of_success(client, url, invitation, desk):
    Event.objects.update(capacity=0)
    client.post(url, {"reply": "accept"})

    decisions.decide_late(invitation=Invitation.objects.get(), accept=False, by=desk)

    assert '<p class="tag">' in client.get(url).content.decode()


def test_nothing_is_preselected_even_for_someone_who_answered(client, url):
    assert "checked" not in client.get(url).content.decode()

    client.post(url, {"reply": "accept", "diet": "Vegetarian"})
    again = client.get(url + "?change=1").content.decode()

    assert "checked" not in again
    assert "Vegetarian" in again


# ── the page ─────────────────────────────────────────────────────────────────


def test_the_card_says_who_invites_whom_to_what_when_where_and_until_when(client, url, invitation):
    event = invitation.event
    Event.objects.filter(pk=event.pk).update(dress_en="Informal", before_en="Seminar, 17:30", address_en="1-5-3 Azabudai")
    factories.host(event, name_ja="外務大臣", name_en="the Minister for Foreign Affairs of Japan", role="host")
    factories.host(event, name_ja="広島県知事", name_en="the Governor of Hiroshima Prefecture")

    page = client.get(url).content.decode()

    for words in (
        "The Minister for Foreign Affairs of Japan",
        "and the Governor of Hiroshima Prefecture",
        "request the pleasure of the company of",
        "Ms. Ingrid Example",
        "Ambassador of the Kingdom of Norway",
        event.title_en,
        f"{event.starts_on:%A}",
        "18:30–20:30 JST",
        "Iikura Guest House, 1-5-3 Azabudai",
        "Informal",
        "Seminar, 17:30",
        "R.S.V.P. by",
        "reception@mofa.example.jp",
    ):
        assert words in page


def test_the_page_speaks_the_recipients_language_unless_another_is_chosen(client, url, invitation):
    assert '<html lang="en">' in client.get(url, headers={"accept-language": "ja"}).content.decode()
    assert '<html lang="ja">' in client.get(url + "?lang=ja").content.decode()
    Invitation.objects.update(language="ja")
    assert '<html lang="ja">' in Client().get(url, headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize(
    ("mode", "words"),
    [("rsvp", "Will you attend?"), ("regrets", "Only if you cannot attend, please tell us"), ("remind", "Has anything changed?")],
)
def test_the_question_fits_the_way_of_replying(client, url, mode, words):
    Event.objects.update(reply_mode=mode)

    assert words in client.get(url).content.decode()


def test_the_pages_are_private(client, url):
    for path in (url, url + "event.ics", "/rsvp/nonsense/"):
        response = client.get(path)

        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert not response.cookies


def test_no_page_holds_the_token(client, url, invitation):
    token = invitations.token(invitation)
    pages = [client.get(url), client.get(url + "?lang=ja"), client.post(url, {"reply": "substitute"})]
    client.post(url, {"reply": "accept"})
    pages += [client.get(url), client.get(url + "?change=1")]

    assert [page.content.decode().count(token) for page in pages] == [0] * len(pages)


def test_a_log_line_holds_no_token(client, url, caplog):
    formatter = MaskingFormatter("%(message)s")
    with caplog.at_level(logging.DEBUG):
        client.post(url, {"reply": "nonsense"})
        client.get("/rsvp/" + "A" * 40 + "/")

    lines = [formatter.format(record) for record in caplog.records]

    assert lines
    assert not any(url.split("/")[2] in line or "A" * 40 in line for line in lines)


def test_the_web_server_writes_no_link_into_its_log_either(url):
    """It writes the line of a request that it cannot read."""
    log = gunicorn_conf.logger_class(Config())
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, "Invalid HTTP request line: 'GET %s'", (url,), None)

    written = [handler.format(record) for handler in log.error_log.handlers]

    assert written
    assert all("/rsvp/…/" in line and url not in line for line in written)


def test_the_page_costs_few_queries(client, url, invitation, django_assert_max_num_queries):
    factories.host(invitation.event)
    client.get(url)

    with django_assert_max_num_queries(8):
        client.get(url)


# ── answering ────────────────────────────────────────────────────────────────


def test_accepting_leads_to_thanks_with_everything_that_was_said(client, url, invitation):
    response = client.post(url, {"reply": "accept", "companions": "Jonas Ekdal\r\n\r\n", "diet": "Vegetarian", "access": "", "note": "Hi"})

    assert (response.status_code, response["Location"]) == (302, url)
    page = client.get(url).content.decode()
    for words in (
        "Thank you. We look forward",
        "Jonas Ekdal",
        "Vegetarian",
        "Change my answer",
        "event.ics",
        "A confirmation is on its way",
    ):
        assert words in page
    assert Email.objects.filter(purpose="confirmation").count() == 2


def test_declining_takes_one_choice_and_one_button(client, url, invitation):
    client.post(url, {"reply": "decline"})

    assert "Thank you for letting us know" in client.get(url).content.decode()
    assert Invitation.objects.get().reply == "declined"


def test_a_substitute_is_told_to_wait(client, url):
    client.post(url, {"reply": "substitute", "attendee_name": "Hedda Rosmer", "attendee_post": "Minister"})

    page = client.get(url).content.decode()

    assert "This is not yet agreed" in page
    assert "Hedda Rosmer, Minister" in page
    assert "not yet agreed" in Email.objects.first().text


def test_after_a_substitute_was_refused_the_question_is_open_again(client, url, invitation, desk):
    client.post(url, {"reply": "substitute", "attendee_name": "Hedda Rosmer"})
    invitations.refuse_substitute(invitation=Invitation.objects.get(), by=desk)

    page = client.get(url).content.decode()

    assert "the hosts cannot receive someone else" in page
    assert "Will you attend?" in page
    assert "Hedda" not in page


def test_the_date_is_marked_only_while_it_is_the_guests_turn(client, url):
    assert '<dd class="turn">' in client.get(url).content.decode()
    Event.objects.update(reply_mode="regrets")
    assert '<dd class="turn">' not in client.get(url).content.decode()
    Event.objects.update(reply_mode="rsvp")
    client.post(url, {"reply": "accept"})
    assert '<dd class="turn">' not in client.get(url + "?change=1").content.decode()


def test_the_chosen_language_stays_after_the_answer(client, url):
    response = client.post(url + "?lang=ja", {"reply": "decline"})

    assert response["Location"] == url + "?lang=ja"


def test_replaying_the_post_is_one_change(client, url):
    data = {"reply": "accept", "companions": "A", "diet": "Vegan", "note": "x"}

    for _ in range(4):
        assert client.post(url, data).status_code == 302

    assert Answer.objects.count() == 1
    assert Email.objects.count() == 2


def test_a_guest_needs_no_cookie_and_no_referrer(invitation, url):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(url, {"reply": "decline"}, headers={"origin": "null"})

    assert response.status_code == 302
    assert Invitation.objects.get().reply == "declined"


def test_an_error_keeps_everything_typed_and_says_what_is_wrong(client, url):
    typed = {
        "reply": "substitute",
        "attendee_post": "Minister-Counsellor",
        "companions": "Jonas\nHedda\nNils",
        "diet": "<b>Vegetarian</b>",
        "note": "The Ambassador is in Oslo",
    }

    response = client.post(url, typed)
    page = response.content.decode()

    assert response.status_code == 422
    for words in ("Minister-Counsellor", "Jonas\nHedda\nNils", "&lt;b&gt;Vegetarian", "The Ambassador is in Oslo"):
        assert words in page
    for words in ('href="#attendee_name"', 'href="#companions"', "Enter the name of the person", "you named 3", 'aria-invalid="true"'):
        assert words in page
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"reply": "substitute", "attendee_name": "A" * 151},
        {"reply": "accept", "companions": "A" * 151},
        {"reply": "accept", "diet": "A" * 301},
        {"reply": "decline", "note": "A" * 2001},
        {"reply": "substitute", "attendee_name": "\u200b\u202e"},
    ],
)
def test_what_is_too_long_or_empty_is_an_error_never_cut(client, url, data):
    assert client.post(url, data).status_code == 422
    assert not Answer.objects.exists()


def test_what_the_answer_does_not_ask_for_is_no_reason_to_refuse_it(client, url):
    data = {"reply": "decline", "attendee_name": "A" * 500, "companions": "A\nB\nC", "diet": "A" * 500}

    assert client.post(url, data).status_code == 302
    assert Answer.objects.get().companions == []


@pytest.mark.parametrize(
    "raw", [b"reply=accept&note=%00", b"reply=accept&note=%ff", b"reply=accept&attendee_name=%ed%a0%80", b"\xff\xfe=1"]
)
def test_broken_bytes_get_a_clear_error_or_are_taken_out(client, url, raw):
    response = client.post(url, raw, content_type="application/x-www-form-urlencoded")

    assert response.status_code < 500


def test_unusual_names_arrive_as_typed(client, url):
    client.post(url, {"reply": "substitute", "attendee_name": "髙﨑𠮷\u845b\U000e0100 d’Épée", "attendee_post": "公使\x0b"})

    row = Answer.objects.get()

    assert (row.attendee_name, row.attendee_post) == ("髙﨑𠮷\u845b\U000e0100 d’Épée", "公使")


# ── after the deadline ───────────────────────────────────────────────────────


def test_after_the_deadline_an_acceptance_is_a_request(client, url, invitation):
    with time_machine.travel(invitation.event.reply_by + dt.timedelta(hours=1), tick=False):
        assert "An acceptance is now a request" in client.get(url).content.decode()
        client.post(url, {"reply": "accept"})
        page = client.get(url).content.decode()

    assert "The hosts will decide on your request" in page
    assert Invitation.objects.get().reply == "late"


def test_a_form_loaded_before_and_sent_after_the_closing_says_so(client, url, invitation):
    with time_machine.travel(windows.list_closes_at(invitation.event), tick=False):
        response = client.post(url, {"reply": "accept"})

    assert response.status_code == 409
    assert "Your answer has not been saved" in response.content.decode()
    assert not Answer.objects.exists()


@pytest.mark.parametrize(("state", "words"), [("cancelled", "has been cancelled"), ("postponed", "postponed"), ("held", "is over")])
def test_a_closed_event_says_why(client, url, state, words):
    Event.objects.update(state=state)

    page = client.get(url)

    assert page.status_code == 200
    assert words in page.content.decode()
    assert "<form" not in page.content.decode()
    assert client.post(url, {"reply": "accept"}).status_code == 409


def test_an_answer_stays_readable_when_the_list_is_closed(client, url, invitation):
    client.post(url, {"reply": "accept"})

    with time_machine.travel(windows.list_closes_at(invitation.event), tick=False):
        page = client.get(url + "?change=1").content.decode()

    assert "We look forward to welcoming you" in page
    assert "Change my answer" not in page
    assert "The guest list is closed" in page


def test_when_the_house_is_full_the_guest_is_told_plainly(client, url):
    Event.objects.update(capacity=0)

    client.post(url, {"reply": "accept"})

    assert "All places are taken" in client.get(url).content.decode()
    assert Invitation.objects.get().reply == "waitlisted"


def test_companions_beyond_the_last_place_are_an_error_that_keeps_the_form(client, url):
    Event.objects.update(capacity=1)

    response = client.post(url, {"reply": "accept", "companions": "Jonas"})

    assert response.status_code == 409
    assert "Places left: 1" in response.content.decode()
    assert "Jonas" in response.content.decode()


# ── links that lead nowhere ──────────────────────────────────────────────────


def test_every_link_that_leads_nowhere_gets_the_same_page(client, invitation, desk):
    expired = factories.invitation(factories.event(day=dt.date(2020, 1, 14), reply_by=None, guest_list_closes_at=None))
    withdrawn = factories.invitation(invitation.event)
    old = invitations.token(invitation)
    invitations.reissue(invitation=invitation, by=desk)
    invitations.withdraw(invitation=withdrawn, by=desk)
    live = invitations.token(invitation)
    links = {
        "unknown": tokens.make("rsvp", 999_999, 1),
        "another purpose": tokens.make("embassy", invitation.pk, invitation.token_version),
        "revoked": old,
        "withdrawn": invitations.token(withdrawn),
        "expired": invitations.token(expired),
        "tampered": live[:-1] + ("A" if live[-1] != "A" else "B"),
        "cut off": live[:-3],
        "nonsense": "x",
        "unicode": "招待",
    }

    responses = {name: client.get(f"/rsvp/{token}/") for name, token in links.items()}
    posts = {name: client.post(f"/rsvp/{token}/", {"reply": "accept"}) for name, token in links.items()}
    entries = {name: client.get(f"/rsvp/{token}/event.ics") for name, token in links.items()}

    answered = [*responses.values(), *posts.values(), *entries.values()]
    assert {response.status_code for response in answered} == {404}
    assert len({response.content for response in answered}) == 1
    assert len({json.dumps(dict(response.headers), sort_keys=True) for response in answered}) == 1
    page = answered[0].content.decode()
    assert "reception@mofa.example.jp" in page
    assert "tel:" in page
    assert not Answer.objects.exists()


def test_a_link_opens_its_own_invitation_only(client, invitation, url):
    other = factories.invitation(invitation.event, name_en="Somebody Else")

    client.post(url, {"reply": "accept"})

    assert "Somebody Else" not in client.get(url).content.decode()
    other.refresh_from_db()
    assert other.reply == "none"
    assert not Participant.objects.filter(invitation=other).exists()


def test_an_interruption_never_reads_as_a_dead_link_and_keeps_what_was_typed(client, url, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(invitations, "find", broken)

    shown = client.get(url)
    sent = client.post(url, {"reply": "accept", "companions": "Jonas Ekdal", "diet": "Vegetarian"})

    for response in (shown, sent):
        assert response.status_code == 503
        assert response["Retry-After"]
        assert "does not lead to an invitation" not in response.content.decode()
    for value in ("accept", "Jonas Ekdal", "Vegetarian"):
        assert f'value="{value}"' in sent.content.decode()


def test_a_failure_in_the_middle_of_an_answer_leaves_nothing(client, url, monkeypatch):
    before = fingerprint()

    def broken(*_args: object, **_kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(guests, "seat", broken)

    response = client.post(url, {"reply": "accept", "diet": "Vegan"})

    assert response.status_code == 503
    assert fingerprint() == before


def test_printable_leaves_ordinary_text_alone():
    text = "髙橋 Åse-Marie d’Épée (公使), 1階"

    assert answers.printable(text) == text
    assert answers.printable("a\r\nb\tc", lines=True) == "a\nb c"
    assert answers.printable("a\r\nb") == "a b"


def test_a_page_says_one_hour_only_where_the_event_is_abroad(client, invitation):
    event = invitation.event
    event.time_zone, event.reply_by = "Europe/Paris", dt.datetime(2027, 1, 5, 9, 0, tzinfo=dt.UTC)
    event.starts_on = event.ends_on = dt.date(2027, 1, 14)
    event.guest_list_closes_at = None
    event.save()

    with time_machine.travel(dt.datetime(2026, 12, 1, tzinfo=dt.UTC)):
        page = client.get(f"/rsvp/{invitations.token(invitation)}/?lang=ja").content.decode()

    assert page.count("2027年1月5日（火）10:00（CET）") == 2
    assert "18:00" not in page
