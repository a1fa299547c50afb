"""Inviting, answering and deciding as rules: what is stored, what is refused, what is told to whom."""

import datetime as dt
import json

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from events import invitations, windows
from events.models import Event, GuestNeeds, Invitation
from partnership import purposes, tokens
from partnership.models import AuditEvent, User
from partnership.transitions import Refused
from tests import factories
from tests.invitation_acts import by_link, people

pytestmark = pytest.mark.django_db


def every_text() -> str:
    """All that the database holds, as one text."""
    rows = []
    for model in apps.get_models(include_auto_created=True):
        rows += [json.dumps(list(row), default=str, ensure_ascii=False) for row in model._default_manager.values_list()]
    return "\n".join(rows)


# ── inviting ─────────────────────────────────────────────────────────────────


def test_invite_keeps_name_post_and_country_as_they_are_today(event, embassy, desk):
    invitation = invitations.invite(event=event, position=factories.head(embassy), by=desk)
    person = invitation.position.appointments.get().person
    person.name_en = "Somebody Else"
    person.save()

    stored = Invitation.objects.get(pk=invitation.pk)

    assert stored.name_en == "His Excellency Ingrid Example"
    assert stored.post_en == "Ambassador Extraordinary and Plenipotentiary of the Kingdom of Norway"
    assert (stored.country.iso2, stored.rank, stored.language, stored.reply) == ("NO", "ambassador", "en", "none")


def test_invite_of_a_vacant_post_prints_the_post_alone(event, desk):
    vacant = factories.head(factories.embassy("FR"))

    invitation = invitations.invite(event=event, position=vacant, by=desk)

    assert (invitation.name_en, invitation.rank) == ("", "")
    assert invitation.post_en


def test_invite_refuses_a_second_invitation_of_the_same_post(event, embassy, desk):
    invitations.invite(event=event, position=factories.head(embassy), by=desk)

    with pytest.raises(Refused):
        invitations.invite(event=event, position=factories.head(embassy), by=desk)

    assert event.invitations.count() == 1


@pytest.mark.parametrize("fields", [{"state": "cancelled"}, {"state": "held"}, {"is_record": True}])
def test_invite_refuses_an_event_that_is_called_off_over_or_history(fields, embassy, desk):
    with pytest.raises(Refused):
        invitations.invite(event=factories.event(**fields), position=factories.head(embassy), by=desk)


def test_invite_many_adds_each_post_once_and_audits_each(event, desk):
    seats = [factories.head(factories.embassy(code)) for code in ("NO", "FR", "KE")]

    first = invitations.invite_many(event=event, positions=seats, by=desk)
    again = invitations.invite_many(event=event, positions=[*seats, *seats], by=desk)

    assert (len(first), len(again)) == (3, 0)
    assert AuditEvent.objects.filter(act="invitation.invite", actor=desk).count() == 3


def test_invite_many_asks_for_all_incumbents_at_once(event, desk, django_assert_max_num_queries):
    seats = [factories.head(factories.embassy(code, head=code)) for code in ("NO", "FR", "KE", "SA", "CA")]

    with django_assert_max_num_queries(100):
        invitations.invite_many(event=event, positions=seats, by=desk)


def test_a_withdrawn_invitation_leads_nowhere_and_can_be_given_anew(invitation, desk):
    by_link(invitation, "accept", diet="Vegetarian")
    old = invitations.token(invitation)

    invitations.withdraw(invitation=invitation, by=desk)

    assert invitations.find(old) is None
    assert {state for _part, _name, state in people(invitation)} == {"cancelled"}
    assert not GuestNeeds.objects.exists()
    new = invitations.invite(event=invitation.event, position=invitation.position, by=desk)
    assert (new.pk, new.reply) == (invitation.pk, "none")
    assert invitations.find(old) is None
    assert invitations.find(invitations.token(new)) == new


def test_reissue_gives_a_new_link_and_revokes_the_old_one(invitation, desk):
    old = invitations.token(invitation)

    invitations.reissue(invitation=invitation, by=desk)

    assert invitations.find(old) is None
    assert invitations.find(invitations.token(invitation)) == invitation
    assert AuditEvent.objects.get(act="invitation.reissue").actor == desk


# ── the token ────────────────────────────────────────────────────────────────


def test_find_refuses_a_token_with_any_character_changed(invitation):
    token = invitations.token(invitation)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \u0410"

    tampered = [token[:at] + sign + token[at + 1 :] for at in range(len(token)) for sign in alphabet if sign != token[at]]

    assert invitations.find(token) == invitation
    assert [one for one in tampered if invitations.find(one) is not None] == []


@pytest.mark.parametrize("text", ["", "x", "A" * 40, "A" * 39, "A" * 41, "\0" * 40, "é" * 40, "A" * 100_000])
def test_find_takes_nonsense_for_what_it_is(text, invitation):
    assert invitations.find(text) is None


def test_find_refuses_a_token_made_for_another_purpose(invitation):
    assert invitations.find(tokens.make("embassy", invitation.pk, invitation.token_version)) is None


def test_find_knows_nobody_a_month_after_the_event(invitation):
    token = invitations.token(invitation)
    end = windows.ends_at(invitation.event)

    with time_machine.travel(end + dt.timedelta(days=29), tick=False):
        assert invitations.find(token) == invitation
    with time_machine.travel(end + dt.timedelta(days=30), tick=False):
        assert invitations.find(token) is None


def test_find_does_the_same_work_for_every_link(invitation, django_assert_num_queries):
    for text in (invitations.token(invitation), "nonsense", "A" * 40, tokens.make("rsvp", 999_999, 1)):
        with django_assert_num_queries(1):
            invitations.find(text)


def test_no_token_is_at_rest(invitation):
    token = invitations.token(invitation)

    by_link(invitation, "substitute", attendee_name="Hedda", note="We look forward")

    stored = every_text()
    assert token not in stored
    assert token[8:] not in stored
    assert "/rsvp/" not in stored


# ── the window ───────────────────────────────────────────────────────────────


def test_window_is_open_then_late_then_closed(invitation):
    event = invitation.event
    moments = {
        event.reply_by - dt.timedelta(seconds=1): "open",
        event.reply_by: "late",
        event.guest_list_closes_at - dt.timedelta(seconds=1): "late",
        event.guest_list_closes_at: "closed",
        windows.ends_at(event): "closed",
    }

    found = {}
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            found[moment] = invitations.window(invitation).state

    assert found == moments


@pytest.mark.parametrize(
    ("state", "reason"), [("cancelled", "cancelled"), ("postponed", "postponed"), ("held", "over"), ("reported", "over")]
)
def test_window_is_closed_with_its_reason(invitation, state, reason):
    invitation.event.state = state

    window = invitations.window(invitation)

    assert (window.is_closed, window.reason) == (True, reason)
    assert window.words


def test_window_without_dates_is_open_until_the_event_begins(invitation):
    invitation.event.reply_by = invitation.event.guest_list_closes_at = None

    window = invitations.window(invitation)

    assert (window.state, window.until) == ("open", windows.starts_at(invitation.event))


def test_window_of_an_event_whose_replies_are_closed_is_late(invitation):
    invitation.event.state = Event.State.CLOSED

    assert invitations.window(invitation).is_late


# ── the purpose of the mailing ───────────────────────────────────────────────


@pytest.fixture
def letter(event: Event, desk: User):
    mailing = factories.mailing(desk)
    factories.event_mailing(event, mailing)
    return mailing


def test_the_list_has_a_row_for_the_post_and_a_copy_for_its_secretariat(invitation, letter):
    rows = purposes.get("invitation").recipients(letter)

    assert [(row.key, row.address, row.is_copy, row.language) for row in rows] == [
        (f"invitation:{invitation.pk}", "ambassador@no.example.jp", False, "en"),
        (f"invitation:{invitation.pk}:secretariat", "secretariat@no.example.jp", True, "en"),
    ]
    assert rows[0].values["en"]["salutation"] == "Excellency,"


def test_the_list_leaves_out_who_was_written_to_answered_or_was_withdrawn(event, letter):
    seats = [factories.head(factories.embassy(code)) for code in ("NO", "FR", "KE", "SA")]
    written, answered, withdrawn, open_one = [factories.invitation(event, seat) for seat in seats]
    factories.email(purpose="invitation", about=written, state="sent")
    by_link(answered, "decline")
    Invitation.objects.filter(pk=withdrawn.pk).update(reply="withdrawn")

    rows = purposes.get("invitation").recipients(letter)

    assert {row.about for row in rows} == {open_one}


def test_a_list_frozen_elsewhere_is_not_invited_twice(event, invitation, letter, desk):
    other = factories.mailing(desk, state="ready")
    factories.event_mailing(event, other)
    factories.recipient(other, about=invitation, key="invitation:1")

    assert purposes.get("invitation").recipients(letter) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, ""),
        ({"reply": "withdrawn"}, "withdrawn"),
        ({"reply": "declined", "replied_at": timezone.now()}, "answered"),
    ],
)
def test_an_invitation_leaves_only_while_it_is_wanted(invitation, change, word):
    Invitation.objects.update(**change)
    mail = factories.email(purpose="invitation", about=invitation)

    assert purposes.get("invitation").check(mail) == word


@pytest.mark.parametrize(("state", "word"), [("cancelled", "called_off"), ("postponed", "called_off"), ("held", "over")])
def test_no_invitation_leaves_for_an_event_that_is_called_off_or_over(invitation, state, word):
    Event.objects.update(state=state)

    assert purposes.get("invitation").check(factories.email(purpose="invitation", about=invitation)) == word


def test_an_invitation_sent_again_on_purpose_leaves_after_the_answer(invitation):
    by_link(invitation, "accept")

    assert purposes.get("invitation").check(factories.email(purpose="invitation", about=invitation, seq=1)) == ""


def test_the_link_of_a_mail_is_the_guests_own(invitation):
    mail = factories.email(purpose="invitation", about=invitation)

    link = purposes.get("invitation").links(mail)["link"]

    assert invitations.find(link.rstrip("/").rsplit("/", 1)[1]) == invitation


def test_the_facts_of_the_letter_are_complete_in_both_languages(event, letter):
    factories.host(event)

    facts = purposes.get("invitation").facts(letter)

    assert facts["title"]["value_ja"] == event.title_ja
    assert facts["title"]["value_en"] == event.title_en
    assert facts["when"]["value_en"].endswith("JST")
    assert all(set(fact) == {"label_ja", "label_en", "value_ja", "value_en"} for fact in facts.values())


def test_before_the_list_is_frozen_what_is_missing_is_said(event, letter):
    factories.embassy("FR")
    silent = factories.invitation(event)
    silent.position.email = ""
    silent.position.save()

    sentences = " ".join(purposes.get("invitation").before_freeze(letter))

    assert str(silent.organisation) in sentences
    assert "フランス" in sentences or "France" in sentences
