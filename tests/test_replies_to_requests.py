"""What a town hall writes back by mail: one click adds it to the request, with its files; and what a click did by mistake is taken back."""

import datetime as dt
from email.message import EmailMessage

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from events import answers
from events.models import Answer, Invitation
from municipalities import threads
from municipalities.models import RequestMessage
from partnership import attachments, incoming, incoming_retention, intake
from partnership.models import Attachment, Email, IncomingMail
from partnership.transitions import Refused
from tests import factories, file_samples, incoming_factories

pytestmark = pytest.mark.django_db

Kind = RequestMessage.Kind


@pytest.fixture
def city():
    return factories.local_government("緑山市")


@pytest.fixture
def official(city):
    return factories.official(city)


@pytest.fixture
def row(city):
    return factories.municipal_request(city)


@pytest.fixture
def asked(row, official, desk):
    """Our question, as it was mailed to the official."""
    threads.ask(request=row, by=desk, text="会場の図面をお送りください。", reply_by=timezone.now() + dt.timedelta(days=7))
    Email.objects.update(state="sent", data_started_at=timezone.now(), accepted_at=timezone.now())
    return Email.objects.get(purpose="request", to_address=official.email)


def written_back(to, text="図面をお送りします。", sender="colleague@lg.example.jp", files=()):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "reception@mofa.example.jp", "Re: 照会"
    mail["In-Reply-To"] = to.message_id
    mail.set_content(text)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return intake.take_in(data=mail.as_bytes())


def page_of(mail):
    return reverse("admin:mail_incoming_one", args=[mail.pk])


def test_one_click_makes_a_mail_the_reply_to_our_question_for_all_who_read_the_thread(login, asked, row, official, city, desk):
    mail = written_back(asked, "図面をお送りします。\n\n> 会場の図面をお送りください。", files=[("会場図.pdf", file_samples.pdf())])

    login(desk).post(page_of(mail), {"act": "record:reply"})

    row.refresh_from_db()
    entry = row.messages.last()
    assert (row.state, entry.kind, entry.body, entry.text) == ("in_review", Kind.REPLY, city, "図面をお送りします。")
    assert entry.facts == {"source": "mail", "on_behalf": True}
    seen = login(official).get(reverse("portal:request", args=[row.uuid])).content.decode()
    assert "図面をお送りします。" in seen
    file = attachments.of(entry).get()
    assert file.name == "会場図.pdf"
    assert reverse("portal:file", args=[file.key]) in seen
    assert login(official).get(reverse("portal:file", args=[file.key])).status_code == 200
    assert login(factories.official()).get(reverse("portal:file", args=[file.key])).status_code == 404
    told = Email.objects.filter(purpose="request", to_address=official.email).latest("pk")
    assert "会場図.pdf" in told.text


def test_where_nothing_was_asked_it_can_only_be_a_message(login, row, official, city, desk, asked):
    threads.reply(request=row, by=official, text="図面です。", body=city)
    mail = written_back(asked, "追加でお知らせします。")

    page = login(desk).get(page_of(mail)).content.decode()

    assert "record:message" in page
    assert "record:reply" not in page
    with pytest.raises(Refused):
        incoming.record(incoming=mail, choice="reply", by=desk, given={})
    incoming.record(incoming=mail, choice="message", by=desk, given={})
    assert row.messages.last().kind == Kind.MESSAGE


def test_a_filed_request_takes_nothing_more_and_the_mail_keeps_waiting(row, asked, desk):
    mail = written_back(asked)
    type(row).objects.filter(pk=row.pk).update(state="closed")

    assert incoming.choices(mail) == []
    with pytest.raises(Refused):
        incoming.record(incoming=mail, choice="message", by=desk, given={})
    assert mail in incoming.to_settle()


def test_files_alone_and_endless_words_are_taken_too(row, asked, desk):
    bare = written_back(asked, "", files=[("図.txt", "図".encode())])
    endless = written_back(asked, "長い文です。\n" * 3000)

    incoming.record(incoming=bare, choice="message", by=desk, given={})
    incoming.record(incoming=endless, choice="message", by=desk, given={})

    first, second = row.messages.order_by("id")[1:]
    assert attachments.of(first).count() == 1
    assert first.text
    assert len(second.text) <= 10_000


def test_what_was_added_to_a_request_stays_there(row, asked, desk):
    mail = written_back(asked)
    incoming.record(incoming=mail, choice="message", by=desk, given={})

    mail.refresh_from_db()
    assert not incoming.may_reopen(mail)
    with pytest.raises(Refused):
        incoming.reopen(incoming=mail, by=desk)


# ── the files of any reply ───────────────────────────────────────────────────


def test_files_are_looked_at_like_uploads_and_one_that_is_not_taken_is_named_with_the_reason(login, asked, desk):
    mail = written_back(asked, files=[("plan.txt", b"plan"), ("setup.exe", b"MZ")])

    page = login(desk).get(page_of(mail)).content.decode()

    file = attachments.of(mail).get()
    assert file.name == "plan.txt"
    assert "setup.exe" in page
    assert login(desk).get(reverse("admin:mail_incoming_file", args=[mail.pk, file.key])).getvalue() == b"plan"


def test_with_a_scanner_nobody_opens_a_file_before_it_is_checked(login, asked, row, desk, settings):
    settings.CLAMD = "tcp://127.0.0.1:1"
    mail = written_back(asked, files=[("plan.txt", b"plan")])
    file = attachments.of(mail).get()

    response = login(desk).get(reverse("admin:mail_incoming_file", args=[mail.pk, file.key]))
    incoming.record(incoming=mail, choice="message", by=desk, given={})

    assert response.status_code == 302
    assert {one.state for one in Attachment.objects.all()} == {Attachment.State.PENDING}
    assert Attachment.objects.count() == 2


def test_a_file_that_was_cut_off_is_not_kept_as_if_it_were_whole(asked):
    mail = EmailMessage()
    mail["From"], mail["In-Reply-To"] = "a@lg.example.jp", asked.message_id
    mail.set_content("添付します。")
    mail.add_attachment(b"first", maintype="text", subtype="plain", filename="first.txt")
    mail.add_attachment(b"second " * 500, maintype="text", subtype="plain", filename="second.txt")
    data = mail.as_bytes()

    row = intake.take_in(data=data[: data.rindex(b"c2Vjb25k")])

    assert [file.name for file in attachments.of(row)] == ["first.txt"]
    assert "second.txt" in row.text


def test_files_of_machines_are_not_kept_and_those_of_people_are_forgotten_with_the_words(asked):
    kept = written_back(asked, files=[("plan.txt", b"plan")])
    IncomingMail.objects.update(received_at=timezone.now() - dt.timedelta(days=400))

    incoming_retention.purge()

    assert not attachments.of(kept).exists()


# ── taken back ───────────────────────────────────────────────────────────────


def test_an_answer_recorded_by_mistake_is_taken_back_and_its_confirmation_does_not_leave(login, desk, invitation):
    mail = incoming_factories.reply(incoming_factories.letter(invitation))
    client = login(desk)
    client.post(page_of(mail), {"act": "record:accept"})

    client.post(page_of(mail), {"act": "reopen"})

    invitation.refresh_from_db()
    assert invitation.reply == Invitation.Reply.NONE
    assert invitation.replied_at is None
    assert not invitation.participants.exclude(state="cancelled").exists()
    assert [one.reply for one in invitation.answers.order_by("id")] == ["accepted", "none"]
    mail.refresh_from_db()
    assert mail in incoming.to_settle()
    from_ours = Email.objects.get(purpose="confirmation", object_id=invitation.pk, recipient_key__endswith=":0")
    assert incoming.purposes.get("confirmation").check(from_ours) == "overtaken"
    client.post(page_of(mail), {"act": "record:decline"})
    assert Answer.objects.latest("pk").reply == "declined"


def test_where_the_confirmation_has_left_the_desk_is_told_to_tell_the_guest(desk, invitation):
    mail = incoming_factories.reply(incoming_factories.letter(invitation))
    incoming.record(incoming=mail, choice="accept", by=desk, given={})
    Email.objects.filter(purpose="confirmation").update(state="sent", accepted_at=timezone.now())

    with translation.override("en"):
        assert "left already" in incoming.reopen(incoming=mail, by=desk)


def test_an_earlier_answer_is_not_guessed_and_the_one_in_force_stays_until_another_is_recorded(desk, invitation):
    answers.answer(invitation=invitation, reply="decline", source=Answer.Source.LINK, by=None)
    mail = incoming_factories.reply(incoming_factories.letter(invitation))
    incoming.record(incoming=mail, choice="accept", by=desk, given={})

    with translation.override("en"):
        said = incoming.reopen(incoming=mail, by=desk)

    invitation.refresh_from_db()
    assert invitation.reply == "accepted"
    assert "stays" in said
    assert mail in incoming.to_settle()


def test_what_the_guest_said_since_is_not_taken_back(desk, invitation):
    mail = incoming_factories.reply(incoming_factories.letter(invitation))
    incoming.record(incoming=mail, choice="accept", by=desk, given={})
    answers.answer(invitation=invitation, reply="decline", source=Answer.Source.LINK, by=None)

    with pytest.raises(Refused):
        incoming.reopen(incoming=mail, by=desk)

    invitation.refresh_from_db()
    assert invitation.reply == "declined"


# ── not placed ───────────────────────────────────────────────────────────────


def test_a_mail_without_its_thread_is_shown_our_last_letters_to_that_address(login, asked, official, desk):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = official.email, "別のメールで失礼します"
    mail.set_content("図面の件です。")
    row = intake.take_in(data=mail.as_bytes())

    page = login(desk).get(page_of(row)).content.decode()

    assert row.email is None  # never by the address alone
    assert f'name="email" value="{asked.pk}"' in page
    incoming.attach(incoming=row, email=asked, by=desk)
    row.refresh_from_db()
    assert [one.key for one in incoming.choices(row)] == ["reply", "message"]
