"""One letter to one recipient: its page, sending it again, a corrected address, what to look at before a letter leaves."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from events import invitations
from partnership import emails, gates, holds, mailing_progress, mailing_waits, mailing_warnings, mailings, purposes
from partnership.models import Email, MailAttempt, MailGate, Mailing
from partnership.transitions import Refused
from tests import factories, letters_purpose, mailing_factories


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def sending(db, desk, approver):
    mailing_factories.guests(3)
    return mailing_factories.sending(desk, approver)


@pytest.fixture
def row(sending):
    return Email.objects.filter(mailing=sending).order_by("id").first()


@pytest.fixture
def renewed(monkeypatch):
    """The letters whose link was made anew."""
    found = []
    monkeypatch.setitem(purposes._purposes, letters_purpose.KEY, replace(letters_purpose.PURPOSE, renew=found.append))
    return found


def page(email):
    return reverse("admin:partnership_mailing_mail", args=[email.mailing_id, email.pk])


def set_to(email, **fields):
    Email.objects.filter(pk=email.pk).update(**fields)
    return Email.objects.get(pk=email.pk)


def sent(email, **fields):
    now = timezone.now()
    return set_to(email, state="sent", accepted_at=now, data_started_at=now, finished_at=now, **fields)


def newest(email):
    return Email.objects.filter(mailing=email.mailing, recipient_key=email.recipient_key).order_by("seq").last()


# ── again, elsewhere ─────────────────────────────────────────────────────────


def test_a_letter_that_came_back_goes_to_the_corrected_address_and_the_old_link_dies(row, desk, renewed):
    old = sent(row, bounced_at=timezone.now())

    mailings.retry(mailing=old.mailing, by=desk, email=old, to_address="new@mission.example.jp")

    new = newest(old)
    assert (new.seq, new.to_address, new.state, new.resend_of) == (1, "new@mission.example.jp", "queued", old)
    assert new.message_id != old.message_id
    assert renewed == [new]
    assert mailings.progress(old.mailing).total == 3


def test_what_certainly_did_not_leave_keeps_its_link(row, desk, renewed):
    old = set_to(row, state="failed", reason="unknown_address")

    mailings.retry(mailing=old.mailing, by=desk, email=old, to_address="new@mission.example.jp")

    assert newest(old).to_address == "new@mission.example.jp"
    assert renewed == []


def test_the_copies_that_held_the_old_link_get_the_new_one(row, desk, renewed):
    old = sent(row, bounced_at=timezone.now())
    copy = factories.email(
        mailing=old.mailing,
        purpose=old.purpose,
        recipient_key=Email.objects.filter(mailing=old.mailing).exclude(pk=old.pk).first().recipient_key,
        seq=7,
        to_address="secretariat@mission.example.jp",
        content_type=old.content_type,
        object_id=old.object_id,
        state="sent",
        accepted_at=timezone.now(),
    )

    count = mailings.retry(mailing=old.mailing, by=desk, email=old, to_address="new@mission.example.jp")

    assert count == 2
    assert newest(copy).resend_of == copy
    assert newest(copy).to_address == copy.to_address


def test_a_letter_that_was_sent_goes_out_again_only_when_that_one_is_asked_for(row, desk):
    old = sent(row)

    with pytest.raises(Refused):
        mailings.retry(mailing=old.mailing, by=desk)
    with pytest.raises(Refused):
        emails.resend(email=old, by=desk)
    mailings.retry(mailing=old.mailing, by=desk, email=old)

    assert (newest(old).seq, newest(old).to_address) == (1, old.to_address)


def test_a_corrected_address_of_an_invitation_makes_the_link_anew(invitation, desk):
    email = factories.email(purpose="invitation", about=invitation, state="sent", accepted_at=timezone.now(), text="x")
    before = invitations.token(invitation)
    moved = factories.email(purpose="invitation", about=invitation, to_address="new@no.example.jp", created_by=desk)

    assert emails.renews_link(email, moved.to_address)
    purposes.get("invitation").renew(moved)

    invitation.refresh_from_db()
    assert invitations.find(before) is None
    assert invitations.find(invitations.token(invitation)) == invitation


# ── the page of one letter ───────────────────────────────────────────────────


def test_the_page_tells_the_course_with_the_words_of_the_server_and_hides_the_link(row, login, viewer):
    now = timezone.now()
    MailAttempt.objects.create(
        email=row, fence=1, worker="w", phase="envelope", outcome="queued", code=451, reply="4.7.1 Greylisted", started_at=now, ended_at=now
    )
    old = set_to(row, attempts=1, reason="greylisted", smtp_code=451, next_at=now + timezone.timedelta(minutes=5))

    shown = login(viewer).get(page(old)).content.decode()

    assert "451 4.7.1 Greylisted" in shown
    assert letters_purpose.LINK not in shown
    assert "token-of" not in shown
    assert 'name="act"' not in shown


def test_sending_again_on_the_page_corrects_the_address_and_loses_nothing(row, login, desk):
    old = set_to(row, state="failed", reason="unknown_address", smtp_code=550)
    staff = login(desk)

    wrong = staff.post(page(old), {"act": "again", "to_address": "nobody at all"})
    right = staff.post(page(old), {"act": "again", "to_address": "new@mission.example.jp"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "nobody at all" in wrong.content.decode()
    assert right["Location"] == page(newest(old))
    assert newest(old).to_address == "new@mission.example.jp"


def test_a_waiting_letter_is_taken_back_and_an_uncertain_one_confirmed_on_the_page(sending, login, desk):
    first, second, _third = Email.objects.filter(mailing=sending).order_by("id")
    set_to(second, state="uncertain", reason="interrupted")
    staff = login(desk)

    staff.post(page(first), {"act": "back"})
    staff.post(page(second), {"act": "confirm"})

    assert Email.objects.get(pk=first.pk).state == "cancelled"
    assert Email.objects.get(pk=second.pk).state == "sent"
    assert "decide" not in staff.get(page(second)).content.decode().partition("<main")[2].partition("course")[0]


def test_who_only_reads_may_do_nothing_and_a_strange_letter_is_not_found(row, login, viewer, desk):
    other = mailing_factories.draft(desk)
    for act in ("again", "back", "confirm"):
        assert login(viewer).post(page(row), {"act": act}).status_code == 403
    assert login(desk).post(page(row), {"act": "explode"}).status_code == 400
    assert login(desk).get(reverse("admin:partnership_mailing_mail", args=[other.pk, row.pk])).status_code == 404
    assert login(desk).get(reverse("admin:partnership_mailing_mail", args=[row.mailing_id, 10**9])).status_code == 404


def test_the_page_of_a_letter_costs_the_same_however_often_it_was_tried(row, login, desk, assert_fixed_queries):
    def tried():
        now = timezone.now()
        MailAttempt.objects.create(email=row, fence=1, worker="w", phase="data", outcome="queued", started_at=now, ended_at=now)

    staff = login(desk)
    assert assert_fixed_queries(lambda: staff.get(page(row)), tried) < 40


# ── the list ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({}, "123"),
        ({"q": "協会2"}, "2"),
        ({"q": "ASSOCIATION 3"}, "3"),
        ({"q": "a1@mission"}, "1"),
        ({"language": "ja"}, "1"),
        ({"copies": "only"}, "2"),
        ({"copies": "none"}, "13"),
        ({"state": "failed"}, "3"),
        ({"state": "failed", "language": "ja"}, ""),
        ({"language": "xx", "copies": "?", "q": "x" * 500}, "123"),
    ],
)
def test_the_list_is_filtered_by_state_language_copies_name_and_address(query, seen, sending, login, viewer):
    sending.recipients.filter(address="a2@mission.example.jp").update(is_copy=True)
    Email.objects.filter(mailing=sending, to_address="a3@mission.example.jp").update(state="failed")

    shown = login(viewer).get(reverse("admin:partnership_mailing_home", args=[sending.pk]), query).content.decode()
    table = shown.partition('id="rcpt"')[2].partition("</table>")[0]

    assert "".join(number for number in "123" if f"a{number}@mission.example.jp" in table) == seen


# ── what it waits for, and how fast it goes ──────────────────────────────────


def test_the_page_says_that_the_server_cannot_be_reached_and_when_it_is_tried_again(sending, login, desk):
    now = timezone.now()
    again = now + timezone.timedelta(minutes=5)
    MailGate.objects.create(key="*", server=gates.server(), closed_since=now, opens_at=again, reason="unreachable")

    (wait,) = mailing_waits.of(sending)
    shown = login(desk).get(reverse("admin:partnership_mailing_home", args=[sending.pk])).content.decode()

    assert timezone.localtime(again).strftime("%H:%M") in wait.words
    assert wait.words in shown
    assert not wait.turn


def test_the_page_says_who_paused_it_or_why_it_paused_itself(sending, desk):
    mailings.pause(mailing=sending, by=desk)
    (by_hand,) = mailing_waits.of(Mailing.objects.get(pk=sending.pk))
    mailings.resume(mailing=sending, by=desk)
    mailings.pause(mailing=sending, by=None, reason="content")
    (by_itself,) = mailing_waits.of(Mailing.objects.get(pk=sending.pk))

    assert str(desk) in by_hand.words
    assert str(mailing_waits.PAUSES["content"]) in by_itself.words


def test_the_pace_is_counted_from_the_rows(sending):
    now = timezone.now().replace(second=0, microsecond=0)
    for email, minutes in zip(Email.objects.filter(mailing=sending).order_by("id"), (0, 0, 3), strict=True):
        set_to(email, state="sent", accepted_at=now + timezone.timedelta(minutes=minutes))

    pace = mailing_progress.pace(sending)

    assert [column.count for column in pace.columns] == [2, 0, 0, 1]
    assert (pace.most, pace.columns[0].height, pace.columns[3].height) == (2, 100, 50)


# ── what to look at before ───────────────────────────────────────────────────


def cautions(mailing):
    return mailing_warnings.of(mailing, list(mailing.recipients.all()))


def test_the_same_address_twice_a_held_address_and_one_that_came_back_are_named(db, desk):
    bodies = mailing_factories.guests(4)
    for body in bodies[1:2]:
        body.email = "A1@mission.example.jp"
        body.save()
    holds.put(address="a3@mission.example.jp")
    factories.email(to_address="a4@mission.example.jp", state="sent", accepted_at=timezone.now(), bounced_at=timezone.now())

    mailing = mailing_factories.ready(desk)

    assert [caution.names for caution in cautions(mailing)] == ["協会1、協会2", "協会3", "協会4"]
    factories.email(to_address="a4@mission.example.jp", state="sent", accepted_at=timezone.now())
    assert len(cautions(mailing)) == 2


def test_the_same_guest_in_another_letter_that_waits_is_named_with_that_letter(sending, desk, login):
    other = mailing_factories.ready(desk)

    (caution,) = cautions(other)
    shown = login(desk).get(reverse("admin:partnership_mailing_home", args=[other.pk])).content.decode()
    Email.objects.filter(mailing=sending).update(state="cancelled")

    assert caution.mailing == sending
    assert reverse("admin:partnership_mailing_home", args=[sending.pk]) in shown
    assert cautions(other) == []
