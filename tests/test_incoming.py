"""What came in and the letters it speaks of: matched by what only their readers know, counted once, settled once."""

import pytest

from events.models import Answer, Invitation
from partnership import audit, evidence, holds, incoming, intake, message, verp
from partnership.models import AddressHold, AuditEvent, Email, IncomingMail
from partnership.transitions import Refused
from tests import engine, factories, incoming_factories
from tests import mail_samples as samples

pytestmark = pytest.mark.django_db

Kind = IncomingMail.Kind


# ── the signed sender ────────────────────────────────────────────────────────


def test_each_letter_leaves_with_a_sender_of_its_own_that_only_we_can_make():
    first, second = incoming_factories.letter(), incoming_factories.another()

    sender = message.build(engine.letter()).sender
    mine, other = verp.sender(first), verp.sender(second)

    assert sender.startswith("bounce+")
    assert mine != other
    assert verp.read(mine) == verp.Mark(first.pk, is_ours=True)
    assert verp.read(mine.upper()) == verp.Mark(first.pk, is_ours=True)  # servers change the case
    assert verp.read(mine.replace(f"+{first.pk}.", f"+{second.pk}.")) == verp.Mark(second.pk, is_ours=False)


def test_the_signed_name_fits_into_64_characters_and_without_a_setting_there_is_none(settings):
    settings.MAIL_BOUNCES = f"{'b' * verp.LONGEST_NAME}@mofa.example.jp"
    assert len(verp.sender(Email(pk=9_999_999_999)).partition("@")[0]) <= 64
    assert verp.problem() == ""

    settings.MAIL_BOUNCES = f"{'b' * (verp.LONGEST_NAME + 1)}@mofa.example.jp"
    assert verp.problem()

    settings.MAIL_BOUNCES = ""
    assert verp.sender(Email(pk=1)) == message.author()
    assert verp.read("bounce+1.x@mofa.example.jp") is None


def test_a_letter_that_left_before_the_key_was_changed_is_still_recognised(settings):
    email = incoming_factories.letter()
    before = verp.sender(email)
    settings.RSVP_KEY_FALLBACKS, settings.RSVP_KEY = [settings.RSVP_KEY], "another-key-that-is-long-enough-for-anybody"

    assert verp.sender(email) != before
    assert verp.read(before) == verp.Mark(email.pk, is_ours=True)


@pytest.mark.parametrize("position", range(0, 32, 3))
def test_no_changed_character_of_a_signature_is_accepted(position):
    name, _at, domain = verp.sender(incoming_factories.letter()).partition("@")
    head, _dot, signature = name.partition(".")
    changed = signature[:position] + ("a" if signature[position] != "a" else "b") + signature[position + 1 :]

    assert verp.read(f"{head}.{changed}@{domain}").is_ours is False


# ── matched ──────────────────────────────────────────────────────────────────


def test_a_report_to_the_signed_address_is_matched_whatever_it_sends_back():
    email = incoming_factories.letter()

    row = incoming_factories.bounce(email)

    assert (row.email, row.matched_by, row.kind) == (email, "sender", Kind.BOUNCE)


@pytest.mark.parametrize(
    "data", [samples.report(), samples.international(), samples.in_words("エラーメール", samples.DOCOMO, charset="iso-2022-jp")]
)
def test_a_report_that_sends_back_the_letter_is_matched_by_its_message_id(data):
    email = incoming_factories.letter()

    row = intake.take_in(data=data)

    assert (row.email, row.matched_by) == (email, "message_id")


def test_a_reply_is_matched_by_its_thread_also_when_it_comes_from_another_address():
    email = incoming_factories.letter()

    row = intake.take_in(data=samples.reply("We accept.", sender="secretary@private.example"))

    assert (row.email, row.matched_by, row.kind) == (email, "thread", Kind.REPLY)


def test_nothing_is_matched_by_an_address_alone():
    incoming_factories.letter(to_address="ambassador@no.example.jp")

    answer = intake.take_in(data=samples.reply("We accept.", answers=""))
    failure = intake.take_in(data=samples.in_words("エラーメール", "宛先 ambassador@no.example.jp は存在しません。"))

    assert (answer.email, answer.kind) == (None, Kind.REPLY)
    assert (failure.email, failure.kind) == (None, Kind.BOUNCE)
    assert not Email.objects.exclude(bounced_at=None).exists()
    assert set(incoming.tray("unplaced")) == {answer, failure}


def test_forged_reports_change_nothing_and_are_kept_apart():
    email, unsent = (
        incoming_factories.letter(),
        incoming_factories.another(state=Email.State.QUEUED, data_started_at=None, accepted_at=None),
    )
    wrong = verp.sender(email).replace(f"+{email.pk}.", f"+{email.pk + 1}.")

    rows = [
        intake.take_in(data=samples.report(to=wrong)),  # although it names the Message-ID
        intake.take_in(data=samples.report(letter="Message-ID: <11111111-1111-4111-8111-111111111111@mofa.example.jp>\n")),
        intake.take_in(data=samples.report(to=verp.sender(unsent), letter="X: y")),
    ]

    assert [(row.kind, row.email) for row in rows] == [(Kind.FORGED, None)] * 3
    assert not Email.objects.exclude(bounced_at=None).exists()
    assert not AddressHold.objects.exists()
    assert set(incoming.tray("forged")) == set(rows)
    assert not incoming.to_settle().exists()


# ── what it means for the letter ─────────────────────────────────────────────


def test_an_address_that_does_not_exist_is_put_on_hold_and_waits_for_a_person():
    email = incoming_factories.letter(to_address="Ambassador@NO.example.jp")

    row = incoming_factories.bounce(email)

    email.refresh_from_db()
    assert email.bounced_at is not None
    assert email.state == Email.State.SENT
    assert "does not exist" in intake.words_of(email) or "存在しません" in intake.words_of(email)
    assert holds.is_on_hold("ambassador@no.EXAMPLE.jp")
    assert list(incoming.to_settle()) == [row]
    assert set(AuditEvent.objects.values_list("act", flat=True)) >= {"email.bounce", "addresshold.put"}


@pytest.mark.parametrize("status", ["4.2.2", "5.4.4", "5.7.1", "5.3.4"])
def test_a_failure_that_is_not_the_address_holds_nothing_but_is_shown(status):
    email = incoming_factories.letter()

    row = incoming_factories.bounce(email, status=status, diagnostic=f"smtp; {status} no")

    email.refresh_from_db()
    assert email.bounced_at is not None
    assert not holds.is_on_hold(email.to_address)
    assert list(incoming.to_settle()) == [row]


def test_delays_and_automatic_replies_are_notes_only():
    email = incoming_factories.letter()

    incoming_factories.bounce(email, action="delayed", status="4.4.1")
    intake.take_in(data=samples.ABSENT)

    email.refresh_from_db()
    assert email.bounced_at is None
    assert not incoming.to_settle().exists()


@pytest.mark.parametrize(
    "data", [samples.report(action="delivered", status="2.0.0"), samples.reply("We accept."), samples.ABSENT, samples.report()]
)
def test_whatever_comes_back_is_evidence_that_an_uncertain_letter_left(data):
    email = incoming_factories.letter(state=Email.State.UNCERTAIN, accepted_at=None, finished_at=None)

    intake.take_in(data=data)

    email.refresh_from_db()
    assert (email.state, email.evidence) == (Email.State.SENT, evidence.REPORT)


def test_the_same_bytes_count_once():
    email = incoming_factories.letter()
    data = samples.report(to=verp.sender(email))

    assert intake.take_in(data=data) is not None
    assert intake.take_in(data=data) is None

    assert IncomingMail.objects.count() == 1
    assert audit.about(email).filter(act="email.bounce").count() == 1


# ── holds ────────────────────────────────────────────────────────────────────


def test_a_hold_is_lifted_once_and_an_old_report_does_not_put_it_back(desk, viewer):
    email, later = incoming_factories.letter(), incoming_factories.another()
    incoming_factories.bounce(email)
    hold = AddressHold.objects.get()
    since = hold.since

    holds.lift(hold=hold, by=desk)
    incoming_factories.bounce(later)  # it left before the hold was lifted

    assert not holds.is_on_hold(email.to_address)
    assert AddressHold.objects.get().since == since
    with pytest.raises(Refused, match=str(desk)):
        holds.lift(hold=hold, by=viewer)

    incoming_factories.bounce(incoming_factories.another())  # but this one left after it
    assert holds.is_on_hold(email.to_address)
    assert holds.among(["AMBASSADOR@no.example.jp", "other@no.example.jp"]) == {"AMBASSADOR@no.example.jp"}


def test_the_posts_that_use_an_address_are_named(embassy):
    seat = factories.head(embassy)
    holds.put(address=seat.secretariat_email.upper())
    hold = AddressHold.objects.get()

    assert holds.users_of([hold]) == {hold.address: [seat]}


# ── settled ──────────────────────────────────────────────────────────────────


def test_a_reply_is_recorded_as_the_guests_answer_with_its_source_and_words(desk, invitation):
    row = incoming_factories.reply(incoming_factories.letter(invitation))

    incoming.record(incoming=row, choice="accept", by=desk, given={})

    answer = Answer.objects.get()
    row.refresh_from_db()
    assert (answer.invitation, answer.reply, answer.source, answer.entered_by) == (invitation, Invitation.Reply.ACCEPTED, "email", desk)
    assert answer.note == "Dear colleagues,\n\nWe are pleased to accept.\n\nIngrid"
    assert (row.handled_by, row.outcome) == (desk, "recorded:accept")
    assert not incoming.to_settle().exists()


def test_a_substitute_needs_a_name(desk, invitation):
    row = incoming_factories.reply(incoming_factories.letter(invitation))

    with pytest.raises(Refused):
        incoming.record(incoming=row, choice="substitute", by=desk, given={"attendee_name": " "})
    incoming.record(incoming=row, choice="substitute", by=desk, given={"attendee_name": "Per Hansen", "attendee_post": "Counsellor"})

    answer = Answer.objects.get()
    assert (answer.reply, answer.attendee_name, answer.attendee_post) == (Invitation.Reply.SUBSTITUTE, "Per Hansen", "Counsellor")


def test_an_answer_that_cannot_be_entered_any_more_leaves_the_mail_open(desk, invitation):
    row = incoming_factories.reply(incoming_factories.letter(invitation))
    Invitation.objects.filter(pk=invitation.pk).update(reply=Invitation.Reply.WITHDRAWN)

    with pytest.raises(Refused):
        incoming.record(incoming=row, choice="accept", by=desk, given={})

    row.refresh_from_db()
    assert row.handled_at is None
    assert not Answer.objects.exists()


def test_what_one_has_settled_nobody_settles_again_and_is_told_who_did(desk, invitation):
    row = incoming_factories.reply(incoming_factories.letter(invitation))
    incoming.record(incoming=row, choice="decline", by=desk, given={})
    other = factories.user("desk")

    for act in (
        lambda: incoming.record(incoming=row, choice="accept", by=other, given={}),
        lambda: incoming.settle(incoming=row, by=other),
        lambda: incoming.attach(incoming=row, email=row.email, by=other),
    ):
        with pytest.raises(Refused, match=str(desk)):
            act()
    assert Answer.objects.get().reply == Invitation.Reply.DECLINED


def test_nothing_to_do_can_be_taken_back_a_letter_sent_again_not(desk, invitation):
    email = incoming_factories.letter(invitation)
    row = incoming_factories.bounce(email)

    incoming.settle(incoming=row, by=desk)
    incoming.reopen(incoming=row, by=desk)
    Email.objects.filter(pk=email.pk).update(purpose="confirmation")
    incoming.send_again(incoming=row, by=desk)

    with pytest.raises(Refused):
        incoming.reopen(incoming=row, by=desk)


def test_a_report_placed_by_hand_has_its_effects(desk):
    email = incoming_factories.letter()
    row = intake.take_in(data=samples.in_words("エラーメール", "宛先のメールアドレスが存在しません。"))

    incoming.attach(incoming=row, email=email, by=desk)

    email.refresh_from_db()
    row.refresh_from_db()
    assert (row.email, row.matched_by) == (email, "staff")
    assert email.bounced_at is not None
    assert holds.is_on_hold(email.to_address)


def test_letters_are_found_by_hand_but_never_one_whose_text_is_a_secret():
    email = incoming_factories.letter()
    incoming_factories.another(purpose=engine.SECRET.key)

    assert list(incoming.letters("ノルウェー")) == [email]
    assert list(incoming.letters("ambassador@NO")) == [email]
    assert list(incoming.letters("x")) == []


def test_a_letter_that_came_back_goes_to_the_corrected_address_and_its_report_is_settled(desk, invitation):
    email = incoming_factories.letter(invitation, purpose="confirmation", recipient_key="answer:1:0")
    row = incoming_factories.bounce(email)
    seat = invitation.position
    seat.email = "new@no.example.jp"
    seat.save()

    new = incoming.send_again(incoming=row, by=desk)

    row.refresh_from_db()
    assert (new.to_address, new.resend_of) == ("new@no.example.jp", email)
    assert row.outcome == "sent_again"


def test_a_letter_that_was_sent_again_elsewhere_waits_no_longer(desk, invitation):
    email = incoming_factories.letter(invitation)
    incoming_factories.bounce(email)

    incoming_factories.another(invitation, resend_of=email, seq=1)

    assert not incoming.to_settle().exists()
