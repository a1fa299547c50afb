"""Letters that follow an invitation: who still gets one is asked again for each mail, right before it leaves."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from events import event_mailings, events, invitations, leaving, letter_offers, recipients
from events.letter_kinds import LETTERS
from events.models import Event
from partnership import approvals, business_days, mailer, mailings
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
def reception(event):
    factories.host(event)
    return event


@pytest.fixture
def guests(reception, desk):
    return post.invited(reception, "NO", "PE", "FR", by=desk)


def fresh(event):
    return Event.objects.get(pk=event.pk)


def answer(invitation, reply="accept"):
    invitation.refresh_from_db()
    invitations.answer(invitation=invitation, reply=reply, source="link", by=None)


def reasons_of(letter):
    return {(mail.recipient_key.split(":")[1], mail.state, mail.reason) for mail in letter.emails.all()}


def package(reception, desk, approver):
    """An invitation with its reminder and its thanks, approved in one paper."""
    lead = event_mailings.write_package(event=reception, by=desk).mailing
    post.approve(lead, desk=desk, approver=approver)
    followers = {one.purpose: one for one in lead.companions.all()}
    return lead, followers["reminder"], followers["thanks"]


# ── the reminder ─────────────────────────────────────────────────────────────


def test_a_reminder_goes_to_those_who_have_not_answered_and_to_their_secretariats(office, reception, guests, desk, approver):
    post.sent(reception, "invitation", desk=desk, approver=approver)
    answer(guests["NO"])

    reminder = post.sent(reception, "reminder", desk=desk, approver=approver)

    assert {mail.to_address for mail in reminder.emails.all()} == {
        f"{box}@{code}.example.jp" for box in ("ambassador", "office") for code in ("pe", "fr")
    }
    assert any("reminder" in subject for subject in post.subjects(office, "PE"))
    assert not any("reminder" in subject for subject in post.subjects(office, "NO"))


def test_who_answers_while_the_reminder_waits_gets_none(office, reception, guests, desk, approver):
    post.sent(reception, "invitation", desk=desk, approver=approver)
    reminder = post.approve(event_mailings.write(event=reception, purpose="reminder", by=desk).mailing, desk=desk, approver=approver)
    mailings.send(mailing=reminder, by=desk)
    answer(guests["PE"], "decline")

    mailer.run()

    assert {(state, reason) for key, state, reason in reasons_of(reminder) if key == str(guests["PE"].pk)} == {("cancelled", "answered")}
    assert {(state, reason) for key, state, reason in reasons_of(reminder) if key == str(guests["FR"].pk)} == {("sent", "")}


def test_a_reminder_is_no_first_letter(office, reception, guests, desk, approver):
    post.sent(reception, "invitation", desk=desk, approver=approver)
    reminder = post.approve(event_mailings.write(event=reception, purpose="reminder", by=desk).mailing, desk=desk, approver=approver)
    mailings.send(mailing=reminder, by=desk)
    invitations.reissue(invitation=guests["PE"], by=desk)  # what the guest holds leads nowhere

    mailer.run()

    assert (str(guests["PE"].pk), "cancelled", "not_written") in reasons_of(reminder)


def test_a_reminder_names_the_deadline_that_holds_when_it_is_written(office, reception, guests, desk, approver):
    lead, reminder, _thanks = package(reception, desk, approver)
    post.deliver(lead, by=desk)
    reception = fresh(reception)
    reception.reply_by = (reception.reply_by + dt.timedelta(days=3)).replace(hour=4, minute=0)
    events.edit(event=reception, fields=["reply_by"], by=desk)

    assert approvals.standing(reminder).holds  # its approval binds the rule, not the date
    post.deliver(Mailing.objects.get(pk=reminder.pk), by=desk)

    local = timezone.localtime(reception.reply_by)
    text = post.arrived(office, "PE")[-1].text
    assert f"{local.day} {local:%B} {local.year}, {local:%H:%M} JST" in text
    assert invitations.rsvp_url(guests["PE"]) in text.splitlines()


def test_a_reminder_that_names_an_old_deadline_does_not_leave(office, reception, guests, desk, approver):
    lead, reminder, _thanks = package(reception, desk, approver)
    post.deliver(lead, by=desk)
    mailings.send(mailing=Mailing.objects.get(pk=reminder.pk), by=desk)
    reception = fresh(reception)
    reception.reply_by += dt.timedelta(days=1)
    events.edit(event=reception, fields=["reply_by"], by=desk)

    mailer.run()

    assert {reason for _key, _state, reason in reasons_of(reminder)} == {"moved"}


def test_a_changed_rule_voids_the_approval_and_a_moved_deadline_does_not(reception, guests, desk, approver):
    lead, reminder, _thanks = package(reception, desk, approver)
    Event.objects.filter(pk=reception.pk).update(reply_by=reception.reply_by - dt.timedelta(days=1))
    moved = approvals.standing(reminder).holds

    reminder.event_mailing.days_before = 7
    reminder.event_mailing.save()

    assert (moved, approvals.standing(reminder).holds) == (True, False)
    assert approvals.standing(lead).void  # the date that the invitation prints


# ── when it leaves by itself ─────────────────────────────────────────────────


def test_a_reminder_leaves_at_ten_of_an_open_day_and_moves_with_the_deadline(reception):
    kind = LETTERS["reminder"]
    reception.reply_by = dt.datetime(2027, 1, 21, 8, 0, tzinfo=dt.UTC)  # a Thursday
    first = leaving.moment(reception, kind, 3)
    reception.reply_by = dt.datetime(2027, 1, 14, 8, 0, tzinfo=dt.UTC)  # three days before it is Coming of Age Day, a Monday
    second = leaving.moment(reception, kind, 3)

    assert [f"{timezone.localtime(one):%Y-%m-%d %H:%M}" for one in (first, second)] == ["2027-01-18 10:00", "2027-01-08 10:00"]


def test_thanks_leave_on_an_open_day_after_the_event(reception):
    reception.starts_on = reception.ends_on = dt.date(2027, 1, 7)

    moment = leaving.moment(reception, LETTERS["thanks"], -2)

    assert f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" == "2027-01-12 10:00"  # Saturday, Sunday, Coming of Age Day lie between


def test_the_package_leaves_by_itself_in_the_name_of_its_author(office, reception, guests, desk, approver):
    lead, reminder, _thanks = package(reception, desk, approver)
    post.deliver(lead, by=desk)
    due = mailings.leaves_at(Mailing.objects.get(pk=reminder.pk))

    with time_machine.travel(due - dt.timedelta(minutes=1)):
        mailings.start_due()
        early = Mailing.objects.get(pk=reminder.pk).state
    with time_machine.travel(due + dt.timedelta(minutes=1)):
        mailings.start_due()

    reminder.refresh_from_db()
    assert business_days.is_open(timezone.localtime(due).date())
    assert (early, reminder.state, reminder.started_by) == ("ready", "sending", desk)


def test_a_reminder_does_not_leave_before_its_invitation(reception, guests, desk, approver):
    _lead, reminder, _thanks = package(reception, desk, approver)

    with pytest.raises(Refused, match="招待状"):
        mailings.send(mailing=reminder, by=desk)


def test_a_companion_goes_to_its_leads_list_and_to_nobody_else(office, reception, guests, desk, approver):
    lead, reminder, _thanks = package(reception, desk, approver)
    post.deliver(lead, by=desk)
    post.invited(reception, "IT", by=desk)  # after the list was frozen

    post.deliver(Mailing.objects.get(pk=reminder.pk), by=desk)

    assert {mail.object_id for mail in reminder.emails.all()} == {one.pk for one in guests.values()}
    assert post.arrived(office, "IT") == []


def test_who_is_added_to_the_invitation_by_a_supplement_is_reminded_too(office, reception, guests, desk, approver):
    lead, reminder, _thanks = package(reception, desk, approver)
    post.deliver(lead, by=desk)
    late = post.invited(reception, "IT", by=desk)["IT"]
    mailings.add_late(mailing=lead, by=desk)
    approvals.agree(approval=approvals.submit(approval=approvals.open_paper(lead), by=desk), by=approver)
    mailings.send_additions(mailing=lead, by=desk)
    mailer.run()

    post.deliver(Mailing.objects.get(pk=reminder.pk), by=desk)

    assert late.pk in {mail.object_id for mail in reminder.emails.filter(state="sent")}
    assert len(post.arrived(office, "IT")) == 2


def test_a_companion_goes_where_the_register_says_by_then(office, reception, guests, desk, approver):
    lead, reminder, _thanks = package(reception, desk, approver)
    post.deliver(lead, by=desk)
    seat = guests["PE"].position
    seat.email = "new@pe.example.jp"
    seat.save()

    post.deliver(Mailing.objects.get(pk=reminder.pk), by=desk)

    assert len(office.to("new@pe.example.jp")) == 1
    assert approvals.standing(reminder).holds


# ── afterwards ───────────────────────────────────────────────────────────────


def test_thanks_leave_only_after_the_event_and_only_to_those_who_were_expected(office, reception, guests, desk, approver):
    lead, _reminder, thanks = package(reception, desk, approver)
    post.deliver(lead, by=desk)
    answer(guests["NO"])
    answer(guests["PE"], "decline")

    with pytest.raises(Refused):
        mailings.send(mailing=thanks, by=desk)
    with time_machine.travel(mailings.leaves_at(Mailing.objects.get(pk=thanks.pk)) + dt.timedelta(minutes=5)):
        mailings.start_due()
        mailer.run()

    found = {(key, state, reason) for key, state, reason in reasons_of(thanks)}
    assert (str(guests["NO"].pk), "sent", "") in found
    assert {key for key, state, _reason in found if state == "sent"} == {str(guests["NO"].pk)}
    assert {reason for _key, state, reason in found if state == "cancelled"} == {"not_coming"}
    assert "With thanks" in post.subjects(office, "NO")[-1]


def test_neither_thanks_nor_questions_are_written_before_the_event(reception, guests, desk):
    for purpose in ("thanks", "survey"):
        with pytest.raises(Refused):
            event_mailings.write(event=reception, purpose=purpose, by=desk)


def test_practical_information_goes_to_those_who_come(office, reception, guests, desk, approver):
    post.sent(reception, "invitation", desk=desk, approver=approver)
    answer(guests["NO"])

    letter = post.sent(reception, "practical", desk=desk, approver=approver)

    assert {mail.object_id for mail in letter.emails.all()} == {guests["NO"].pk}
    assert "pass this letter on" in post.arrived(office, "NO")[-1].text


# ── before ───────────────────────────────────────────────────────────────────


def test_a_save_the_date_is_tentative_asks_nothing_and_the_invitation_replaces_it(office, reception, guests, desk, approver):
    post.sent(reception, "save_the_date", desk=desk, approver=approver)
    reception = fresh(reception)
    stage = reception.state
    post.sent(reception, "invitation", desk=desk, approver=approver)

    first, second = (one.message for one in post.arrived(office, "NO"))
    (_whole, before), (_other, after) = post.entry(first), post.entry(second)
    assert stage == "planned"  # nobody can answer yet
    assert "/rsvp/" not in first.get_body(("plain",)).get_content()
    assert (str(before["STATUS"]), str(after["STATUS"])) == ("TENTATIVE", "CONFIRMED")
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], before["DTSTAMP"].dt) < (after["SEQUENCE"], after["DTSTAMP"].dt)


def test_nobody_is_asked_twice_to_save_the_date(office, reception, guests, desk, approver):
    first = post.sent(reception, "save_the_date", desk=desk, approver=approver)
    post.invited(reception, "IT", by=desk)

    second = event_mailings.write(event=reception, purpose="save_the_date", by=desk).mailing

    assert first.emails.count() == 6
    assert {row.about.organisation.country.iso2 for row in recipients.of(second)} == {"IT"}


def test_each_letter_says_why_it_makes_no_sense_now(reception, guests):
    found = {offer.kind.key: str(offer.why_not) for offer in letter_offers.offers(reception, [])}

    assert {key for key, why in found.items() if not why} == {"save_the_date", "invitation", "note_verbale"}
    assert all(why.endswith(("。", ".")) for why in found.values() if why)
