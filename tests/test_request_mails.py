"""What arrives at a town hall: plain text that says everything, to everyone concerned, in one thread."""

import datetime as dt
from email import message_from_bytes, policy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from municipalities import applicants, purposes, requests, threads
from municipalities.models import MunicipalRequest
from partnership import attachments, message
from partnership.models import Email, User
from tests import factories
from tests.town_hall import sent, write

pytestmark = pytest.mark.django_db
FIVE = dt.datetime(2030, 12, 10, 17, tzinfo=dt.timezone(dt.timedelta(hours=9)))


def mails(to=None, purpose="request"):
    found = Email.objects.filter(purpose=purpose).order_by("id")
    return list(found.filter(to_address=to.email) if isinstance(to, User) else found)


def read(email):
    return message_from_bytes(message.build(email).data, policy=policy.default)


def english(account):
    account.language = "en"
    account.save()
    return account


@pytest.fixture
def clerk_of_city(city, official):
    return english(official)


def test_the_acknowledgement_holds_everything_that_was_sent(city, clerk_of_city, settings):
    settings.CONTACT_PHONE, settings.SITE_URL = "03-1234-5678", "https://portal.example.jp"
    request = requests.start(kind="free_consultation", applicant=city, by=clerk_of_city)
    attachments.attach(about=request, upload=SimpleUploadedFile("行程案.txt", b"1"), by=clerk_of_city)
    write(request, clerk_of_city, answers={"purpose": "1日目 平和記念公園\n2日目 酒蔵", "way": ["phone", "visit"]})
    request = requests.submit(request=request, by=clerk_of_city)

    mail = mails(clerk_of_city)[0]

    assert mail.subject == f"[MOFA Japan] [{request.number}] Request received: 視察ツアーの共催について"
    lines = mail.text.splitlines()
    assert f"We have received your request “視察ツアーの共催について”. Its number is {request.number}." in lines
    for line in ("・What it is about", "　　1日目 平和記念公園", "　　2日目 酒蔵", "　　by telephone", "　　visit", "・行程案.txt"):
        assert line in lines
    assert f"https://portal.example.jp/portal/requests/{request.uuid}/" in lines
    assert "Telephone: 03-1234-5678" in lines
    assert "Applicants: Hiroshima City" in lines
    assert f"leave the number {request.number} in the subject" in mail.text
    assert mail.html == ""


def test_a_question_says_it_in_full_and_until_which_hour(city, clerk_of_city, desk):
    request = sent(city, clerk_of_city)
    upload = SimpleUploadedFile("様式.txt", b"1")
    threads.ask(request=request, by=desk, text="雨天の場合の\n行き先は。", reply_by=FIVE, uploads=[upload])

    mail = mails(clerk_of_city)[-1]

    assert mail.subject.startswith(f"[MOFA Japan] [{request.number}] Question about your request")
    assert "雨天の場合の\n行き先は。" in mail.text
    assert "Files (on the page of the request): 様式.txt" in mail.text
    assert "It is Hiroshima City’s turn. Please reply by Tuesday, 10 December 2030, 17:00 JST." in mail.text
    assert f"In charge: {desk}" in mail.text


def test_every_account_of_every_applicant_gets_it_once_in_its_language(city, clerk_of_city, prefecture, prefectural, desk):
    japanese = factories.official(city)
    factories.official(city, is_active=False)
    shared = factories.local_government("廿日市市", email=japanese.email.upper())  # two bodies that share one mailbox
    request = sent(city, clerk_of_city, prefecture, shared)

    requests.take(request=request, by=desk)

    told = [(mail.to_address.lower(), mail.language) for mail in mails()[-3:]]
    assert sorted(told) == sorted([(clerk_of_city.email, "en"), (japanese.email, "ja"), (prefectural.email, "ja")])


def test_a_body_without_an_account_is_written_to_at_its_own_address(city, official, prefecture):
    sent(city, official, prefecture)

    mail = next(mail for mail in mails() if mail.to_address == prefecture.organisation.email)

    assert mail.recipient_key.startswith(f"body:{prefecture.pk}/")


def test_who_cannot_be_reached_is_named_to_the_one_who_applied_and_to_nobody_else(city, clerk_of_city):
    silent = factories.local_government("無宛先市", name_en="Silent City", email="")
    other = factories.local_government("呉市", name_en="Kure City")
    joint = english(factories.official(other))
    sent(city, clerk_of_city, silent, other)

    assert "We have no mail address of Silent City." in mails(clerk_of_city)[0].text
    assert "We have no mail address of" not in mails(joint)[0].text


def test_joint_applicants_and_the_prefecture_are_asked_in_their_own_words(city, official, prefecture, prefectural):
    other = factories.local_government("呉市", name_en="Kure City")
    joint = english(factories.official(other))
    english(prefectural)
    request = sent(city, official, other, relay=prefecture)

    asked, relayed = mails(joint)[0], mails(prefectural)[0]

    assert "Please confirm the joint application" in asked.subject
    assert "Please say by" in asked.text
    assert "■" in asked.text  # with all that they are to confirm
    assert "Please add your opinion" in relayed.subject
    assert "through your prefecture" in relayed.text
    applicants.refuse(request=request, body=other, by=joint, reason="")
    count = len(mails(joint))
    requests.withdraw(request=request, by=official, reason="")
    assert len(mails(joint)) == count  # who does not take part is not bothered again
    assert "withdrew the request" in mails(prefectural)[-1].text


def test_a_prefecture_that_joins_and_passes_on_is_asked_to_confirm_first(city, official, prefecture, prefectural):
    english(prefectural)
    sent(city, official, prefecture, relay=prefecture)

    mail = mails(prefectural)[0]

    assert "Please confirm the joint application" in mail.subject
    assert "named you as a joint applicant" in mail.text


def test_the_prefecture_is_not_told_of_each_question(city, official, prefecture, prefectural, desk):
    request = sent(city, official, relay=prefecture)
    count = len(mails(prefectural))

    threads.ask(request=request, by=desk, text="?", reply_by=FIVE)

    assert len(mails(prefectural)) == count


def test_whoever_is_in_charge_is_told_of_a_reply_and_nobody_else_of_the_division(city, official, desk):
    english(desk)
    request = sent(city, official)
    assert mails(purpose="request_notice") == []  # nobody is in charge yet
    threads.ask(request=request, by=desk, text="?", reply_by=FIVE)

    threads.reply(request=request, by=official, text="県立美術館です。", body=city)

    mail = mails(purpose="request_notice")[0]
    assert mail.to_address == desk.email
    assert "Hiroshima City replied." in mail.text
    assert "県立美術館です。" in mail.text
    assert any(line.endswith(f"/admin/municipalities/municipalrequest/{request.pk}/home/") for line in mail.text.splitlines())


def test_an_internal_note_is_mailed_to_nobody(city, official, desk):
    request = sent(city, official)
    count = Email.objects.count()

    threads.note(request=request, by=desk, text="内部")

    assert Email.objects.count() == count


def test_the_mails_of_one_request_are_one_thread_for_each_reader(city, official, prefecture, prefectural, desk):
    request = sent(city, official, prefecture)
    sent(city, official)  # another request is another thread
    requests.take(request=request, by=desk)
    threads.say(request=request, by=desk, text="御連絡します。")
    own = [mail for mail in mails(official) if mail.object_id == request.pk]

    last = read(own[-1])

    assert last["In-Reply-To"] == own[-2].message_id
    assert last["References"].split() == [mail.message_id for mail in own[:-1]]
    assert read(own[0])["References"] is None


def test_a_long_thread_names_its_beginning_and_its_end(city, official, desk):
    request = sent(city, official)
    for number in range(purposes.LONGEST_THREAD + 5):
        threads.say(request=request, by=desk, text=f"{number}")
    every = mails(official)

    named = purposes.thread(every[-1])

    assert len(named) == purposes.LONGEST_THREAD
    assert (named[0], named[-1]) == (every[0].message_id, every[-2].message_id)


def test_an_answer_by_mail_reaches_the_division(city, official, settings):
    settings.CONTACT_EMAIL = "renkei@mofa.example.jp"
    sent(city, official)

    assert read(mails()[0])["Reply-To"] == "renkei@mofa.example.jp"


def test_a_question_that_was_answered_before_it_left_is_not_sent(city, official, desk):
    request = sent(city, official)
    threads.ask(request=request, by=desk, text="?", reply_by=FIVE)
    question = mails(official)[-1]
    assert purposes.check(question) == ""

    threads.reply(request=request, by=official, text="はい", body=city)

    assert purposes.check(question) == purposes.ANSWERED
    assert purposes.check(mails(official)[-1]) == ""


def test_a_closed_account_gets_no_more_mail_and_a_moved_one_gets_it_at_its_new_address(city, official):
    sent(city, official)
    mail = mails()[0]
    official.email = "kokusai-new@lg.example.jp"
    official.save()
    assert purposes.address(mail) == "kokusai-new@lg.example.jp"

    official.is_active = False
    official.save()

    assert purposes.check(mail) == purposes.ACCOUNT_CLOSED


def test_signs_that_break_a_mail_are_taken_out(city, official):
    request = sent(city, official, title="件名\u2028に改行")

    assert "\u2028" not in mails()[0].subject
    threads.say(request=request, by=official, text="文\x0b字", body=city)
    assert read(mails()[-1]).get_content_type() == "text/plain"


def test_the_days_that_are_over_are_told_with_the_names(city, clerk_of_city, prefecture):
    sent(city, clerk_of_city, prefecture)
    MunicipalRequest.objects.update(confirm_by=timezone.localdate() - dt.timedelta(days=1))

    requests.nightly()

    assert "goes on without Hiroshima Prefecture" in mails(clerk_of_city)[-1].text
