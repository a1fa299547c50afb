"""Inviting, answering and deciding as rules: what is stored, what is refused, what is told to whom."""

import datetime as dt
import json

import pytest
import time_machine
from django.apps import apps
from django.db import models
from django.utils import timezone

from events import answers, guests, invitations, windows
from events.models import Answer, Event, GuestNeeds, Invitation, Participant
from partnership import marks, purposes, tokens
from partnership.models import AuditDetail, AuditEvent, Email, User
from partnership.transitions import Refused
from tests import factories

pytestmark = pytest.mark.django_db


def by_link(invitation: Invitation, reply: str, **fields) -> Answer:
    return invitations.answer(invitation=invitation, reply=reply, source="link", by=None, **fields)


def people(invitation: Invitation) -> list[tuple[str, str, str]]:
    return list(Participant.objects.filter(invitation=invitation).order_by("order").values_list("part", "name_en", "state"))


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


# ── answering ────────────────────────────────────────────────────────────────


def test_an_acceptance_makes_participants_needs_and_history(invitation):
    row = by_link(invitation, "accept", companions=["Jonas Ekdal"], diet="Vegetarian", access="", note="With pleasure")

    assert people(invitation) == [("guest", "Ms. Ingrid Example", "expected"), ("companion", "Jonas Ekdal", "expected")]
    assert guests.needs_of(invitation) == ("Vegetarian", "")
    assert (invitation.reply, invitation.replied_at) == ("accepted", row.answered_at)
    assert list(invitation.answers.values_list("reply", "source", "note")) == [("accepted", "link", "With pleasure")]


@pytest.mark.parametrize("reply", ["", "yes", "ACCEPT", "withdrawn", "late", "none", "accept\0"])
def test_an_answer_without_an_explicit_choice_changes_nothing(invitation, reply):
    with pytest.raises(Refused):
        by_link(invitation, reply)

    assert Invitation.objects.get().reply == "none"
    assert not Answer.objects.exists()


def test_the_same_answer_twice_is_one_change(invitation):
    for _ in range(3):
        by_link(invitation, "accept", companions=["A"], diet="None", note="x")

    assert Answer.objects.count() == 1
    assert AuditEvent.objects.filter(act="invitation.answer").count() == 1
    assert Email.objects.count() == 2  # the ambassador's address and the secretariat's, once each
    assert Invitation.history.filter(id=invitation.pk, reply="accepted").count() == 1


def test_answers_can_be_changed_and_every_one_is_kept(invitation):
    by_link(invitation, "accept", companions=["A"], diet="Vegetarian")
    by_link(invitation, "decline", note="Sorry")
    by_link(invitation, "accept")

    assert list(invitation.answers.order_by("id").values_list("reply", flat=True)) == ["accepted", "declined", "accepted"]
    assert [
        event.facts["from"] + ">" + event.facts["to"] for event in AuditEvent.objects.filter(act="invitation.answer").order_by("id")
    ] == [
        "none>accepted",
        "accepted>declined",
        "declined>accepted",
    ]


def test_declining_forgets_needs_and_nobody_is_expected(invitation):
    by_link(invitation, "accept", companions=["A"], diet="Vegetarian")

    by_link(invitation, "decline")

    assert not GuestNeeds.objects.exists()
    assert {state for _part, _name, state in people(invitation)} == {"cancelled"}


def test_a_substitute_waits_for_consent_and_then_comes(invitation, desk):
    by_link(invitation, "substitute", attendee_name="Hedda Rosmer", attendee_post="Minister", companions=["A"])
    assert people(invitation) == [("substitute", "Hedda Rosmer", "asked"), ("companion", "A", "asked")]

    invitations.consent(invitation=invitation, by=desk)

    assert invitation.reply == "accepted"
    assert people(invitation) == [("substitute", "Hedda Rosmer", "expected"), ("companion", "A", "expected")]
    assert answers.in_force(invitation).source == "staff"
    with pytest.raises(Refused):
        invitations.consent(invitation=invitation, by=desk)


def test_a_substitute_the_hosts_agreed_to_may_change_details_but_not_person(invitation, desk):
    by_link(invitation, "substitute", attendee_name="Hedda", attendee_post="Minister")
    invitations.consent(invitation=invitation, by=desk)

    by_link(invitation, "substitute", attendee_name="Hedda", attendee_post="Minister", diet="Vegan")
    assert invitation.reply == "accepted"

    by_link(invitation, "substitute", attendee_name="Someone new", attendee_post="Minister")
    assert invitation.reply == "substitute"


def test_a_refused_substitute_leaves_the_invitation_open(invitation, desk):
    by_link(invitation, "substitute", attendee_name="Hedda", diet="Vegan")

    invitations.refuse_substitute(invitation=invitation, by=desk)

    assert invitation.reply == "none"
    assert people(invitation) == [("substitute", "Hedda", "cancelled")]
    assert not GuestNeeds.objects.exists()
    assert "stands" in Email.objects.order_by("-id").first().text


def test_a_substitute_needs_a_name(invitation):
    with pytest.raises(Refused):
        by_link(invitation, "substitute", attendee_name=" \u200b ")

    assert not Answer.objects.exists()


def test_companions_are_limited(invitation):
    with pytest.raises(Refused):
        by_link(invitation, "accept", companions=["A", "B"])

    assert not Answer.objects.exists()


def test_names_are_kept_as_typed_without_control_characters(invitation):
    typed = "髙﨑𠮷\u845b\U000e0100 \u0645\u06cc\u200c\u062e\u0648\x00\x1b\u202e\ue000\ud800"

    by_link(invitation, "substitute", attendee_name=typed)

    assert invitation.answers.get().attendee_name == "髙﨑𠮷\u845b\U000e0100 \u0645\u06cc\u200c\u062e\u0648"


def test_a_late_acceptance_is_a_request_that_staff_decide(invitation, desk):
    with time_machine.travel(invitation.event.reply_by + dt.timedelta(hours=1), tick=False):
        by_link(invitation, "accept")
        assert invitation.reply == "late"
        assert people(invitation)[0][2] == "asked"

        invitations.decide_late(invitation=invitation, accept=True, by=desk)

    assert invitation.reply == "accepted"
    assert people(invitation)[0][2] == "expected"


def test_a_late_acceptance_that_is_turned_away_reads_as_declined_with_regret(invitation, desk):
    with time_machine.travel(invitation.event.reply_by + dt.timedelta(hours=1), tick=False):
        by_link(invitation, "accept")
        invitations.decide_late(invitation=invitation, accept=False, by=desk)

    assert invitation.reply == "declined"
    assert "no place left" in Email.objects.order_by("-id").first().text


def test_after_the_deadline_practical_data_stay_open_and_companions_may_only_go(invitation):
    event = invitation.event
    Event.objects.filter(pk=event.pk).update(companions_allowed=2)
    by_link(invitation, "accept", companions=["A"])

    with time_machine.travel(event.reply_by + dt.timedelta(hours=1), tick=False):
        by_link(invitation, "accept", companions=["A"], diet="Vegan", note="By car")
        with pytest.raises(Refused):
            by_link(invitation, "accept", companions=["A", "B"])
        with pytest.raises(Refused):
            by_link(invitation, "accept", companions=["B"])
        by_link(invitation, "accept", companions=[])

    assert invitation.reply == "accepted"
    assert guests.needs_of(invitation) == ("Vegan", "")
    assert [state for _part, _name, state in people(invitation)] == ["expected", "cancelled"]


def test_after_the_deadline_declining_stays_open_until_the_list_closes(invitation):
    with time_machine.travel(invitation.event.guest_list_closes_at - dt.timedelta(minutes=1), tick=False):
        by_link(invitation, "decline")
    with time_machine.travel(invitation.event.guest_list_closes_at, tick=False), pytest.raises(Refused):
        by_link(invitation, "accept")

    assert invitation.reply == "declined"


def test_where_only_regrets_are_asked_a_late_acceptance_of_one_counts(invitation):
    Event.objects.update(reply_mode="regrets")

    with time_machine.travel(invitation.event.reply_by + dt.timedelta(hours=1), tick=False):
        by_link(invitation, "accept")

    assert invitation.reply == "accepted"


@pytest.mark.parametrize("state", ["cancelled", "postponed", "held", "reported"])
def test_nobody_answers_for_an_event_that_is_called_off_or_over(invitation, state, desk):
    Event.objects.update(state=state)

    for source, by in (("link", None), ("phone", desk)):
        with pytest.raises(Refused):
            invitations.answer(invitation=invitation, reply="accept", source=source, by=by)

    assert not Answer.objects.exists()


def test_staff_may_enter_answers_after_the_deadline(invitation, desk):
    with time_machine.travel(invitation.event.guest_list_closes_at + dt.timedelta(hours=1), tick=False):
        row = invitations.answer(invitation=invitation, reply="accept", source="phone", by=desk)

    assert (invitation.reply, row.source, row.entered_by) == ("accepted", "phone", desk)


def test_staff_who_enter_a_short_answer_keep_what_the_guest_wrote(invitation, desk):
    by_link(invitation, "accept", companions=["A"], diet="Vegan", note="x")

    invitations.answer(invitation=invitation, reply="accept", source="phone", by=desk)

    assert Answer.objects.count() == 1
    assert guests.needs_of(invitation) == ("Vegan", "")


def test_an_old_page_cannot_answer_after_the_link_was_renewed(invitation, desk):
    seen = invitations.find(invitations.token(invitation))
    invitations.reissue(invitation=invitation, by=desk)

    with pytest.raises(Refused):
        by_link(seen, "accept")

    assert not Answer.objects.exists()


def test_a_link_cannot_be_used_to_flood_a_mailbox(invitation):
    for number in range(answers.CHANGES_AN_HOUR):
        by_link(invitation, "decline", note=str(number))

    with pytest.raises(Refused):
        by_link(invitation, "decline", note="one more")

    assert Answer.objects.count() == answers.CHANGES_AN_HOUR


# ── places ───────────────────────────────────────────────────────────────────


def test_when_all_places_are_taken_a_guest_waits_and_staff_admit_later(invitation, desk):
    Event.objects.update(capacity=0)

    by_link(invitation, "accept")

    assert invitation.reply == "waitlisted"
    with pytest.raises(Refused):
        invitations.decide_late(invitation=invitation, accept=True, by=desk)
    Event.objects.update(capacity=1)
    invitations.decide_late(invitation=invitation, accept=True, by=desk)
    assert invitation.reply == "accepted"


def test_companions_beyond_the_last_place_are_refused_in_words(invitation):
    Event.objects.update(capacity=1)

    with pytest.raises(Refused) as refused:
        by_link(invitation, "accept", companions=["A"])
    by_link(invitation, "accept")
    with pytest.raises(Refused):
        by_link(invitation, "accept", companions=["A"])

    assert "1" in str(refused.value)
    assert (invitation.reply, guests.expected(invitation)) == ("accepted", 1)


def test_a_guest_keeps_the_place_when_the_capacity_is_lowered(invitation):
    by_link(invitation, "accept", companions=["A"])
    Event.objects.update(capacity=1)

    by_link(invitation, "accept", companions=["A"], diet="Vegan")

    assert (invitation.reply, guests.expected(invitation)) == ("accepted", 2)


# ── the confirmation ─────────────────────────────────────────────────────────


def test_a_confirmation_goes_where_the_invitation_went_and_in_its_language(invitation):
    by_link(invitation, "accept")

    mails = {mail.to_address: mail for mail in Email.objects.all()}

    assert set(mails) == {"ambassador@no.example.jp", "secretariat@no.example.jp"}
    assert {mail.language for mail in mails.values()} == {"en"}
    assert "We have noted your acceptance" in mails["ambassador@no.example.jp"].text
    assert marks.mark("link") in mails["ambassador@no.example.jp"].text


def test_a_confirmation_follows_the_address_that_was_used(invitation):
    factories.email(purpose="invitation", about=invitation, to_address="corrected@no.example.jp", state="sent")

    by_link(invitation, "accept")

    assert list(Email.objects.filter(purpose="confirmation").values_list("to_address", flat=True)) == ["corrected@no.example.jp"]


def test_an_answer_counts_even_where_no_confirmation_can_be_sent(invitation):
    invitation.position.email = invitation.position.secretariat_email = ""
    invitation.position.save()

    by_link(invitation, "accept")

    assert invitation.reply == "accepted"
    assert not Email.objects.exists()


def test_a_confirmation_repeats_neither_diet_nor_access(invitation):
    by_link(invitation, "accept", diet="no shellfish", access="wheelchair")

    assert not Email.objects.filter(models.Q(text__contains="shellfish") | models.Q(text__contains="wheelchair")).exists()


def test_audit_events_hold_no_name_and_no_need(invitation):
    by_link(invitation, "substitute", attendee_name="Hedda Rosmer", companions=["Nils"], diet="no shellfish")

    event = AuditEvent.objects.get(act="invitation.answer")
    written = json.dumps(event.facts) + event.object_label + event.actor_label
    assert not any(word in written for word in ("Hedda", "Nils", "shellfish"))
    assert AuditDetail.objects.get(event=event).personal["attendee_name"] == "Hedda Rosmer"
    assert "shellfish" not in json.dumps(AuditDetail.objects.get(event=event).personal)
    assert event.actor_label == "link"


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
