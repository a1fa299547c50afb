"""Answering an invitation as rules: what is stored, the places, the confirmation."""

import datetime as dt
import json

import pytest
import time_machine
from django.db import models

from events import answers, guests, invitations
from events.models import Answer, Event, GuestNeeds, Invitation
from partnership import marks
from partnership.models import AuditDetail, AuditEvent, Email
from partnership.transitions import Refused
from tests import factories
from tests.invitation_acts import by_link, people

pytestmark = pytest.mark.django_db

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
