"""Officials on one request: its page, joint applicants, withdrawing, what they never see."""

import datetime as dt
import io
import uuid
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities import threads
from municipalities.models import MessageDraft, MunicipalRequest, RequestMessage
from partnership.models import AuditEvent, Email
from tests import factories
from tests.following_pages import LIST, asked, body_of, unconfirmed

pytestmark = pytest.mark.django_db


def page_of(one, act=""):
    return reverse(f"portal:request{'_' + act if act else ''}", args=[one.uuid])


# ── one request ──────────────────────────────────────────────────────────────


def test_the_page_begins_with_the_question_and_its_field(clerk, login):
    one = asked(body_of(clerk), title="視察ツアーの共催")

    html = login(clerk).get(page_of(one)).content.decode()

    assert html.index("雨の日の行き先") < html.index('name="message"') < html.index('class="timeline')
    assert 'class="notice turn"' in html
    assert "広島市" in html


def test_a_draft_opens_in_its_form(clerk, login):
    one = factories.municipal_request(body_of(clerk), state="draft", created_by=clerk)

    response = login(clerk).get(page_of(one))

    assert response["Location"] == reverse("portal:edit", args=[one.uuid])


def test_nothing_is_vermilion_when_it_is_the_ministrys_turn(clerk, login):
    one = factories.municipal_request(body_of(clerk))

    html = login(clerk).get(page_of(one)).content.decode()

    assert "notice turn" not in html
    assert 'class="now"' not in html  # the dot of “now” is vermilion only when it is theirs


def test_the_page_costs_the_same_with_one_message_and_with_many(clerk, login, assert_fixed_queries):
    client, one = login(clerk), asked(body_of(clerk))

    assert_fixed_queries(lambda: client.get(page_of(one)), lambda: factories.request_message(one, body=body_of(clerk), author=clerk))


def test_a_reply_goes_into_the_thread_with_its_file_and_gives_the_turn_back(clerk, login, desk):
    one = asked(body_of(clerk), assignee=desk)
    file = SimpleUploadedFile("行程案.txt", "3日目は酒蔵".encode(), "text/plain")

    response = login(clerk).post(page_of(one), {"act": "reply", "message": "酒蔵に変えます。", "file": file, "once": uuid.uuid4()})

    assert response["Location"] == page_of(one)
    one.refresh_from_db()
    assert one.state == "in_review"
    html = login(clerk).get(page_of(one)).content.decode()
    assert "酒蔵に変えます。" in html
    assert "行程案.txt" in html
    assert "notice turn" not in html


def test_a_reply_pressed_twice_is_one_message(clerk, login):
    one = asked(body_of(clerk))
    form = {"act": "reply", "message": "酒蔵に変えます。", "once": str(uuid.uuid4())}
    client = login(clerk)

    answers = [client.post(page_of(one), form).status_code for _ in range(3)]

    assert answers == [302, 302, 302]
    assert one.messages.filter(text="酒蔵に変えます。").count() == 1


def test_a_message_pressed_twice_without_the_key_of_its_form_is_one_message_too(clerk, login):
    one = factories.municipal_request(body_of(clerk))
    client = login(clerk)

    for _ in range(2):
        client.post(page_of(one), {"act": "message", "message": "資料を送ります。"})

    assert one.messages.filter(text="資料を送ります。").count() == 1


def test_the_same_words_from_a_new_form_are_a_new_message(clerk, login):
    """The negative control of the two above."""
    one = factories.municipal_request(body_of(clerk))
    client = login(clerk)

    for _ in range(2):
        client.post(page_of(one), {"act": "message", "message": "お願いします。", "once": str(uuid.uuid4())})

    assert one.messages.filter(text="お願いします。").count() == 2


@pytest.mark.parametrize(
    "form",
    [
        {"act": "reply", "message": ""},
        {"act": "reply", "message": "あ" * 10_001},
        {"act": "reply", "message": "残す言葉", "once": "nonsense"},
        {"act": "reply", "message": "残す言葉", "file": SimpleUploadedFile("a.exe", b"MZ")},
    ],
    ids=["empty", "too long", "no key", "not a document"],
)
def test_a_reply_with_a_fault_says_so_and_loses_nothing(clerk, login, form):
    one = asked(body_of(clerk))

    response = login(clerk).post(page_of(one), form)

    assert response.status_code == 422
    assert form["message"] in response.content.decode()
    assert not one.messages.filter(kind="reply").exists()


def test_a_reply_after_a_colleague_replied_says_so_and_keeps_the_text(clerk, login):
    one = asked(body_of(clerk))
    threads.reply(request=one, by=factories.official(body_of(clerk)), text="先に答えました。", body=body_of(clerk))

    response = login(clerk).post(page_of(one), {"act": "reply", "message": "あとから答えます。", "once": uuid.uuid4()})

    assert response.status_code == 409
    html = response.content.decode()
    assert "あとから答えます。" in html
    assert "先に答えました。" in html
    assert one.messages.filter(kind="reply").count() == 1


def test_what_is_being_typed_is_kept_for_the_person_and_forgotten_once_sent(clerk, login):
    one, client = asked(body_of(clerk)), login(clerk)

    kept = client.post(page_of(one, "draft"), {"message": "書きかけの返事"}, headers={"HX-Request": "true"})

    assert kept.status_code == 200
    assert "書きかけの返事" in client.get(page_of(one)).content.decode()
    colleague = login(factories.official(body_of(clerk)))
    assert "書きかけの返事" not in colleague.get(page_of(one)).content.decode()
    client.post(page_of(one), {"act": "reply", "message": "書きかけの返事です。", "once": uuid.uuid4()})
    assert not MessageDraft.objects.exists()


def test_a_returned_form_leads_to_its_correction(clerk, login):
    one = asked(body_of(clerk), is_returned=True)

    html = login(clerk).get(page_of(one)).content.decode()

    assert reverse("portal:edit", args=[one.uuid]) in html
    assert "notice turn" in html


def test_the_letter_is_shown_in_full_once_it_is_announced_and_not_before(clerk, login):
    one = factories.municipal_request(body_of(clerk))
    paper = factories.decision_paper(one)
    paper.decisions.update(text="御要望を承ります。\n詳しくは追って御連絡します。")
    assert "承ります" not in login(clerk).get(page_of(one)).content.decode()

    paper.state = "announced"
    paper.save()
    paper.decisions.update(is_open=False)
    MunicipalRequest.objects.filter(pk=one.pk).update(state="accepted", decided_at=timezone.now(), ended_at=timezone.now())

    html = login(clerk).get(page_of(one)).content.decode()
    assert "詳しくは追って御連絡します。" in html
    assert "採択" in html


# ── joint applicants ─────────────────────────────────────────────────────────


def test_a_joint_applicant_reads_what_it_joins_and_confirms(clerk, neighbour, login):
    one = unconfirmed(
        factories.municipal_request(body_of(clerk), body_of(neighbour), answers={"purpose": "何をするか"}), body_of(neighbour)
    )
    client = login(neighbour)
    html = client.get(page_of(one)).content.decode()
    assert "何をするか" in html
    assert 'value="confirm"' in html

    for _ in range(2):  # pressed twice, it is confirmed once
        assert client.post(page_of(one), {"act": "confirm"}).status_code == 302

    party = one.parties.get(local_government=body_of(neighbour))
    assert party.confirmed_at
    assert party.answered_by == neighbour
    assert one.messages.filter(kind="confirmed").count() == 1
    assert 'value="confirm"' not in client.get(page_of(one)).content.decode()


def test_a_joint_applicant_does_not_take_part_and_says_why(clerk, neighbour, login):
    one = unconfirmed(factories.municipal_request(body_of(clerk), body_of(neighbour)), body_of(neighbour))
    client = login(neighbour)
    assert client.post(page_of(one, "refuse"), {"reason": ""}).status_code == 422

    for _ in range(2):
        assert client.post(page_of(one, "refuse"), {"reason": "議会と重なるため。"}).status_code == 302

    assert one.parties.get(local_government=body_of(neighbour)).refused_at
    assert one.messages.filter(kind="refused").count() == 1
    assert "議会と重なるため。" in login(clerk).get(page_of(one)).content.decode()


def test_the_applicant_itself_confirms_nothing(clerk, neighbour, login):
    one = unconfirmed(factories.municipal_request(body_of(clerk), body_of(neighbour)), body_of(neighbour))

    assert login(clerk).get(page_of(one, "refuse")).status_code == 403
    login(clerk).post(page_of(one), {"act": "confirm"})

    assert one.parties.get(local_government=body_of(neighbour)).confirmed_at is None


# ── withdrawing and taking up again ──────────────────────────────────────────


def test_withdrawing_asks_once_more_and_for_a_reason(clerk, login):
    one, client = factories.municipal_request(body_of(clerk)), login(clerk)
    assert client.get(page_of(one, "withdraw")).status_code == 200
    one.refresh_from_db()
    assert one.state == "in_review"  # a link changes nothing
    assert client.post(page_of(one, "withdraw"), {"reason": " "}).status_code == 422

    for _ in range(2):
        assert client.post(page_of(one, "withdraw"), {"reason": "予算が付かなかったため。"}).status_code == 302

    one.refresh_from_db()
    assert one.state == "withdrawn"
    assert one.messages.filter(kind="withdrawn").count() == 1
    assert AuditEvent.objects.filter(act="municipalrequest.withdraw", actor=clerk).exists()


def test_a_joint_applicant_and_the_relay_cannot_withdraw(clerk, neighbour, login):
    prefecture = factories.local_government("広島県", kind="prefecture")
    one = factories.municipal_request(body_of(clerk), body_of(neighbour), relay=prefecture)

    for user in (neighbour, factories.official(prefecture)):
        assert login(user).post(page_of(one, "withdraw"), {"reason": "取り下げます。"}).status_code == 403

    one.refresh_from_db()
    assert one.state == "in_review"


def test_an_ended_request_says_until_when_it_can_be_taken_up_again(clerk, login):
    ended = timezone.now() - dt.timedelta(days=10)
    one, client = factories.municipal_request(body_of(clerk), state="declined", ended_at=ended, decided_at=ended), login(clerk)
    assert page_of(one, "reopen") in client.get(page_of(one)).content.decode()

    assert client.post(page_of(one, "reopen"), {"reason": "日程が変わりました。"}).status_code == 302

    one.refresh_from_db()
    assert one.state == "in_review"


def test_after_thirty_days_it_cannot(clerk, login):
    ended = timezone.now() - dt.timedelta(days=31)
    one, client = factories.municipal_request(body_of(clerk), state="declined", ended_at=ended, decided_at=ended), login(clerk)

    assert page_of(one, "reopen") not in client.get(page_of(one)).content.decode()
    assert client.post(page_of(one, "reopen"), {"reason": "日程が変わりました。"}).status_code == 403


@pytest.mark.parametrize("act", ["", "nonsense", "submit", "announce"])
def test_an_act_that_there_is_not_is_refused_and_changes_nothing(clerk, login, act):
    one = asked(body_of(clerk))

    response = login(clerk).post(page_of(one), {"act": act, "message": "残る"})

    assert response.status_code == 400
    one.refresh_from_db()
    assert one.state == "waiting"


# ── what never leaves the division ───────────────────────────────────────────


SECRET = "内部限りζ7731"


def words_of(response):
    """All words of an answer, also those inside a packed file."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


def test_internal_words_reach_no_page_no_file_and_no_mail(clerk, neighbour, desk, login):
    """Planted wherever only the division reads; every page of every official of the request is read, and every mail."""
    prefecture = factories.local_government("広島県", kind="prefecture")
    one = asked(body_of(clerk), body_of(neighbour), relay=prefecture, assignee=desk)
    MunicipalRequest.objects.filter(pk=one.pk).update(mission_opinion=SECRET, state="in_review")
    one.refresh_from_db()
    one.tags.add(factories.request_tag(SECRET))
    one.related.add(factories.municipal_request(title=SECRET))
    file = SimpleUploadedFile(f"{SECRET}.txt", SECRET.encode(), "text/plain")
    threads.note(request=one, by=desk, text=SECRET, uploads=[file])
    factories.decision_paper(one, note=SECRET).decisions.update(subject=SECRET, text=SECRET)
    threads.ask(request=one, by=desk, text="教えてください。", reply_by=timezone.now() + dt.timedelta(days=5))
    threads.reply(request=one, by=clerk, text="お答えします。", body=body_of(clerk))

    pages = [LIST, f"{LIST}list.csv", f"{LIST}?q={SECRET[:2]}", "/portal/", "/portal/relay/", page_of(one), page_of(one, "withdraw")]
    pages += [reverse(f"portal:{name}", args=[one.uuid]) for name in ("print", "request_form")]
    for user in (clerk, neighbour, factories.official(prefecture)):
        client = login(user)
        for address in pages:
            assert SECRET not in words_of(client.get(address)), address
    sent = [mail.subject + mail.text for mail in Email.objects.exclude(to_address=desk.email)]
    assert sent
    assert not [text for text in sent if SECRET in text]
    assert SECRET in RequestMessage.objects.get(kind="note").text  # the negative control: it is there


# ── the neighbour ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("act", ["", "withdraw", "reopen", "refuse"])
def test_a_neighbour_gets_the_page_of_what_does_not_exist_at_the_same_price(clerk, neighbour, login, act):
    one, client = asked(body_of(clerk)), login(neighbour)
    nowhere = reverse(f"portal:request{'_' + act if act else ''}", args=[uuid.uuid4()])
    client.get(nowhere)

    with CaptureQueriesContext(connection) as theirs:
        there = client.get(page_of(one, act))
    with CaptureQueriesContext(connection) as none:
        absent = client.get(nowhere)

    assert there.status_code == absent.status_code == 404
    assert there.content.replace(str(one.uuid).encode(), b"") == absent.content.replace(nowhere.split("/")[3].encode(), b"")
    assert len(theirs) == len(none)
