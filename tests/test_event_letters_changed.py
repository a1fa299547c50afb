"""When an event changes after its letters left: who is to be told, what they are told, and what becomes of their calendars."""

import datetime as dt

import pytest
from django.urls import reverse

from events import event_mailings, events, invitations, letter_offers, told
from events.models import Event
from partnership import mailer, mailings
from partnership.models import Mailing
from partnership.transitions import Refused
from tests import event_letters as post
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(settings):
    with post.post_office(settings) as running:
        yield running


@pytest.fixture
def reception(event, desk):
    factories.host(event, name_ja="外務大臣", name_en="the Minister for Foreign Affairs")
    post.invited(event, "NO", "PE", by=desk)
    return event


@pytest.fixture
def announced(office, reception, desk, approver):
    """The invitation has left."""
    post.sent(reception, "invitation", desk=desk, approver=approver)
    return Event.objects.get(pk=reception.pk)


def edited(event, by, **facts):
    for name, value in facts.items():
        setattr(event, name, value)
    events.edit(event=event, fields=facts, by=by)
    return Event.objects.get(pk=event.pk)


def owed(event):
    found = letter_offers.due([event])
    return [(one.kind.key, one.guests) for one in found]


# ── what is due ──────────────────────────────────────────────────────────────


def test_nothing_is_due_as_long_as_the_letters_are_true(announced, desk):
    announced = edited(announced, desk, capacity=500, note="内部", reply_by=announced.reply_by + dt.timedelta(days=1))

    assert owed(announced) == []


def test_a_moved_date_is_due_to_all_who_hold_the_old_one(announced, desk):
    day = announced.starts_on + dt.timedelta(days=7)
    announced = edited(announced, desk, starts_on=day, ends_on=day)

    [due] = letter_offers.due([announced])

    assert (due.kind.key, due.guests, due.what, due.letter) == ("change", 2, "日時", None)


def test_a_co_host_who_joins_later_is_due_too(announced):
    factories.host(announced, name_ja="三重県知事", name_en="the Governor of Mie Prefecture")

    [due] = letter_offers.due([announced])

    assert (due.kind.key, due.what) == ("change", "主催者")


def test_who_was_not_written_to_yet_is_owed_nothing(reception, desk):
    reception = edited(reception, desk, venue_ja="別館", venue_en="Annex")

    assert owed(reception) == []


def test_what_a_letter_left_open_has_not_changed(office, reception, desk, approver):
    Event.objects.filter(pk=reception.pk).update(venue_ja="", venue_en="", dress_ja="", dress_en="")
    reception.refresh_from_db()
    post.sent(reception, "save_the_date", desk=desk, approver=approver)

    reception = edited(
        Event.objects.get(pk=reception.pk), desk, venue_ja="飯倉公館", venue_en="Iikura", dress_ja="平服", dress_en="Informal"
    )

    assert owed(reception) == []


def test_the_desk_and_the_event_say_what_is_due_and_one_click_drafts_it(login, announced, desk):
    announced = edited(announced, desk, venue_ja="別館", venue_en="Annex")
    client = login(desk)

    for address in (
        "/admin/",
        reverse("admin:events_event_home", args=[announced.pk]),
        reverse("admin:events_event_letters", args=[announced.pk]),
    ):
        assert (
            "招待先2件に、現在と異なる内容が伝わったまま" in client.get(address).content.decode()
            or "2 guests hold" in client.get(address).content.decode()
        )
    response = client.post(reverse("admin:events_event_letters", args=[announced.pk]), {"act": "write", "purpose": "change"})

    letter = Mailing.objects.get(purpose="change")
    assert response["Location"] == reverse("admin:partnership_mailing_home", args=[letter.pk])
    assert letter_offers.due([announced])[0].letter == letter


# ── the notice of change ─────────────────────────────────────────────────────


def test_the_notice_says_from_what_to_what_and_moves_the_entry_in_the_calendar(office, announced, desk, approver):
    old = told.facts(announced)["when"]["en"]
    day = announced.starts_on + dt.timedelta(days=7)
    announced = edited(announced, desk, starts_on=day, ends_on=day)

    post.sent(announced, "change", desk=desk, approver=approver)

    first, notice = post.arrived(office, "NO")
    (_whole, before), (whole, after) = post.entry(first.message), post.entry(notice.message)
    assert f"(formerly: {old})" in notice.text
    assert told.facts(announced)["when"]["en"] in notice.text
    assert (before["UID"], str(whole["METHOD"])) == (after["UID"], "PUBLISH")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt.date() == day
    assert owed(announced) == []


def test_only_those_who_hold_the_old_facts_get_the_notice(office, announced, desk, approver):
    announced = edited(announced, desk, venue_ja="別館", venue_en="Annex")
    late = post.invited(announced, "IT", by=desk)["IT"]
    post.sent(announced, "invitation", desk=desk, approver=approver)  # says the new place

    notice = post.sent(announced, "change", desk=desk, approver=approver)

    assert late.pk not in {mail.object_id for mail in notice.emails.all()}
    assert len(post.arrived(office, "IT")) == 1


def test_a_notice_waits_when_the_event_changes_once_more_before_it_leaves(announced, desk, approver):
    venue = announced.venue_ja, announced.venue_en
    announced = edited(announced, desk, venue_ja="別館", venue_en="Annex")
    notice = post.approve(event_mailings.write(event=announced, purpose="change", by=desk).mailing, desk=desk, approver=approver)
    mailings.send(mailing=notice, by=desk)
    edited(announced, desk, venue_ja=venue[0], venue_en=venue[1])

    mailer.run()

    notice.refresh_from_db()
    assert (notice.state, {mail.state for mail in notice.emails.all()}) == ("paused", {"queued"})  # its approval holds no more


def test_no_notice_is_written_when_nothing_changed(announced, desk):
    with pytest.raises(Refused):
        event_mailings.write(event=announced, purpose="change", by=desk)


# ── called off ───────────────────────────────────────────────────────────────


def test_a_cancellation_takes_the_entry_out_of_the_calendar(office, announced, desk, approver):
    events.cancel(event=announced, by=desk, reason="台風")
    announced = Event.objects.get(pk=announced.pk)
    before_notice = owed(announced)

    post.sent(announced, "cancellation", desk=desk, approver=approver)

    first, notice = post.arrived(office, "PE")
    (_whole, before), (whole, after) = post.entry(first.message), post.entry(notice.message)
    assert (str(whole["METHOD"]), str(after["STATUS"])) == ("CANCEL", "CANCELLED")
    assert (after["UID"], after["SEQUENCE"] > before["SEQUENCE"]) == (before["UID"], True)
    assert "ORGANIZER" in after
    assert "/rsvp/" not in notice.text
    assert len(office.to("office@pe.example.jp")) == 2  # copies for secretariats go along
    assert (before_notice, owed(announced)) == ([("cancellation", 2)], [])


def test_an_invitation_that_still_waits_does_not_leave_and_its_guest_gets_no_cancellation(office, announced, desk, approver):
    late = post.invited(announced, "IT", by=desk)["IT"]
    second = post.approve(event_mailings.write(event=announced, purpose="invitation", by=desk).mailing, desk=desk, approver=approver)
    mailings.send(mailing=second, by=desk)
    events.cancel(event=announced, by=desk)

    notice = post.sent(Event.objects.get(pk=announced.pk), "cancellation", desk=desk, approver=approver)

    assert {mail.reason for mail in second.emails.all()} == {"called_off"}
    assert late.pk not in {mail.object_id for mail in notice.emails.all()}
    assert post.arrived(office, "IT") == []


def test_who_declined_is_not_troubled_with_a_cancellation(office, announced, desk, approver):
    declined = announced.invitations.get(country__iso2="NO")
    invitations.answer(invitation=declined, reply="decline", source="link", by=None)
    events.cancel(event=announced, by=desk)

    notice = post.sent(Event.objects.get(pk=announced.pk), "cancellation", desk=desk, approver=approver)

    assert {mail.object_id for mail in notice.emails.all()} == {announced.invitations.get(country__iso2="PE").pk}


def test_a_postponed_event_is_told_of_twice_and_its_new_date_replaces_the_cancelled_entry(office, announced, desk, approver):
    events.postpone(event=announced, by=desk)
    announced = Event.objects.get(pk=announced.pk)
    post.sent(announced, "postponement", desk=desk, approver=approver)
    events.plan_again(event=Event.objects.get(pk=announced.pk), by=desk)
    announced = Event.objects.get(pk=announced.pk)
    same_day = owed(announced)
    day = announced.starts_on + dt.timedelta(days=28)
    announced = edited(announced, desk, starts_on=day, ends_on=day)

    post.sent(announced, "change", desk=desk, approver=approver)

    (_a, first), (cancel, second), (_b, third) = (post.entry(one.message) for one in post.arrived(office, "NO"))
    assert same_day == [("change", 2)]  # that it takes place after all is news as well
    assert str(cancel["METHOD"]) == "CANCEL"
    assert first["SEQUENCE"] < second["SEQUENCE"] < third["SEQUENCE"]
    assert str(third["STATUS"]) == "CONFIRMED"


def test_a_notice_of_postponement_does_not_leave_when_the_event_was_taken_up_again(announced, desk, approver):
    events.postpone(event=announced, by=desk)
    notice = event_mailings.write(event=Event.objects.get(pk=announced.pk), purpose="postponement", by=desk).mailing
    post.approve(notice, desk=desk, approver=approver)
    mailings.send(mailing=notice, by=desk)
    events.plan_again(event=Event.objects.get(pk=announced.pk), by=desk)

    mailer.run()

    assert {mail.reason for mail in notice.emails.all()} == {"resumed"}


def test_what_is_due_costs_the_same_for_one_event_and_for_many(login, desk, assert_fixed_queries):
    client = login(desk)

    def add():
        event = factories.event(state="inviting", venue_en="Annex")
        factories.host(event)
        invitation = factories.invitation(event)
        letter = factories.mailing(state="finished", started_at=invitation.added_at)
        factories.event_mailing(event, letter, told={"state": "", "facts": {"where": {"ja": "本館", "en": "Main hall"}}})
        factories.email(purpose="invitation", mailing=letter, about=invitation, state="sent")

    assert_fixed_queries(lambda: client.get("/admin/"), add, rows=6)
