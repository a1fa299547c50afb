"""A request's home: everything of it on one screen, and every act in its place."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from municipalities import messages, threads
from municipalities.models import MunicipalRequest
from partnership import attachments
from partnership.models import Email
from tests import factories
from tests.request_pages import address, do, seen, soon, text_file

pytestmark = pytest.mark.django_db

# ── what it shows ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [state for state in MunicipalRequest.State.values if state != "draft"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_home_opens_in_every_state_and_language(login, desk, state, language):
    prefecture = factories.local_government("広島県", kind="prefecture")
    city = factories.local_government("広島市", prefecture=prefecture)
    request = factories.municipal_request(city, prefecture, state=state, relay=prefecture, call=factories.call(), reply_by=timezone.now())
    factories.request_message(request, text="対外的な連絡")

    page = login(desk).get(address(request), {"lang": language})

    assert page.status_code == 200
    assert request.number in page.content.decode()


def test_the_home_says_whose_turn_it_is_and_until_when(login, desk):
    mine = factories.municipal_request(assignee=desk, expected_on=timezone.localdate() - dt.timedelta(days=2))
    theirs = factories.municipal_request(state="waiting", reply_by=timezone.now() + dt.timedelta(days=3), waiting_since=timezone.now())
    of_colleague = factories.municipal_request(assignee=factories.user("desk"))
    client = login(desk)

    late = client.get(address(mine)).content.decode()
    assert 'class="notice turn"' in late
    assert 'class="late"' in late
    for other in (theirs, of_colleague):
        assert 'class="notice turn"' not in client.get(address(other)).content.decode()


def test_the_thread_marks_what_stays_inside(login, desk):
    request = factories.municipal_request()
    threads.note(request=request, by=desk, text="課内だけの話")

    page = login(desk).get(address(request)).content.decode()

    assert 'class="said internal"' in page
    assert "課内だけの話" in page


def test_earlier_requests_and_the_years_since_are_shown(login, desk):
    city = factories.local_government()
    asked = factories.municipal_request(city, kind="free_consultation")
    four_years = timezone.now() - dt.timedelta(days=4 * 365)
    before = factories.municipal_request(city, state="accepted", decided_at=four_years, number_year=2022)
    factories.municipal_request(city, state="draft")
    factories.municipal_request(state="accepted")

    context = login(desk).get(address(asked)).context

    assert context["before"].requests == [before]
    assert context["before"].years_since == timezone.localdate().year - timezone.localtime(four_years).year


def test_a_body_that_never_had_the_like_is_said_to(login, desk):
    city = factories.local_government()
    factories.municipal_request(city, state="declined")

    before = login(desk).get(address(factories.municipal_request(city))).context["before"]

    assert (before.last_time, len(before.requests)) == (None, 1)


def test_the_home_costs_the_same_however_long_the_thread(login, desk, assert_fixed_queries):
    request, client = factories.municipal_request(), login(desk)

    def add():
        message = factories.request_message(request, author=desk)
        attachments.attach(about=message, upload=text_file(), by=desk)
        factories.municipal_request(request.applicant)
        request.related.add(factories.municipal_request())
        request.tags.add(factories.request_tag())

    assert_fixed_queries(lambda: client.get(address(request)), add)


def test_who_may_open_it(login, client, viewer, approver, protocol, door, clerk):
    request = factories.municipal_request()

    assert [login(one).get(address(request)).status_code for one in (viewer, approver, protocol, door, clerk)] == [200, 200, 403, 403, 403]
    assert client.get(address(request)).status_code == 302
    assert login(viewer).get(reverse("admin:municipalities_municipalrequest_home", args=[987654])).status_code == 404


def test_who_only_reads_is_offered_nothing_and_does_nothing(login, viewer, approver):
    request = factories.municipal_request(state="submitted")
    for reader in (viewer, approver):
        client = login(reader)
        assert 'name="act"' not in client.get(address(request)).content.decode()
        for act in ("take", "write", "note", "assign", "tag", "relate", "withdraw", "close", "accepted", "keep", "insert"):
            assert client.post(address(request), {"act": act}).status_code == 403
    request.refresh_from_db()
    assert request.state == "submitted"


@pytest.mark.parametrize("fields", [{}, {"act": "x"}, {"act": "confirm"}, {"act": "confirm", "party": "9" * 30}, {"act": "write"}])
def test_a_broken_form_is_a_mistake_of_the_sender(login, desk, fields):
    assert login(desk).post(address(factories.municipal_request()), fields).status_code in {400, 404, 422}


# ── taking and giving ────────────────────────────────────────────────────────


def test_a_new_request_is_taken_up(login, desk):
    request = factories.municipal_request(state="submitted")

    do(login(desk), request, "take")

    request.refresh_from_db()
    assert (request.state, request.assignee) == ("in_review", desk)


def test_a_request_is_given_to_a_colleague_and_taken_back(login, desk):
    request, colleague = factories.municipal_request(), factories.user("desk")
    client = login(desk)

    do(client, request, "assign", to=colleague.pk)
    request.refresh_from_db()
    assert request.assignee == colleague
    do(client, request, "take")
    request.refresh_from_db()
    assert request.assignee == desk


# ── writing ──────────────────────────────────────────────────────────────────


def write(client, row, way, text="御連絡です。", **fields):
    return do(client, row, "write", **{"write-way": way, "write-text": text, "write-reply_by": soon(), **fields})


def test_a_question_stops_the_clock_and_reaches_the_applicants_by_mail(login, desk):
    city = factories.local_government()
    clerk = factories.official(city)
    request = factories.municipal_request(city)

    answer = write(login(desk), request, "ask", "雨のときの行き先を教えてください。", **{"write-uploads": [text_file()]})

    assert answer.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.reply_by.date().isoformat()) == ("waiting", soon())
    mail = Email.objects.get(to_address=clerk.email)
    assert "雨のときの行き先を教えてください。" in mail.text
    assert [file.name for file in attachments.of(request.messages.get(kind="question"))] == ["資料.txt"]


def test_a_return_for_correction_lets_them_change_the_form(login, desk):
    request = factories.municipal_request()

    write(login(desk), request, "send_back")

    request.refresh_from_db()
    assert (request.state, request.is_returned) == ("waiting", True)


def test_a_message_asks_for_nothing(login, desk):
    request = factories.municipal_request()

    write(login(desk), request, "say", **{"write-reply_by": ""})

    request.refresh_from_db()
    assert request.state == "in_review"
    assert request.messages.get(kind="message").text == "御連絡です。"


def test_a_faulty_message_keeps_what_was_typed(login, desk):
    request = factories.municipal_request()
    client = login(desk)

    for fields in (
        {"write-way": "ask", "write-reply_by": "昨日"},
        {"write-way": "x"},
        {"write-way": "ask", "write-reply_by": "2020-01-01"},
    ):
        page = do(client, request, "write", **{"write-text": "長く考えた文面", **fields})
        assert page.status_code == 422
        assert "長く考えた文面" in page.content.decode()
    page = write(client, request, "send_back", "長く考えた文面", **{"write-uploads": [text_file()]})
    assert page.status_code == 422
    assert not request.messages.exists()


def test_a_file_with_macros_is_refused_with_its_reason_and_nothing_is_sent(login, desk):
    request = factories.municipal_request()

    page = write(login(desk), request, "say", **{"write-uploads": [SimpleUploadedFile("表.xlsm", b"PK")]})

    assert page.status_code == 422
    assert "表.xlsm" in page.content.decode()
    assert not request.messages.exists()


def test_a_canned_reply_is_put_behind_what_was_typed_and_nothing_is_sent(login, desk):
    request = factories.municipal_request()
    canned = factories.canned_reply(text_ja="資料をお送りします。")
    client = login(desk)

    page = do(client, request, "insert", **{"write-text": "前略", "write-way": "say", "canned": canned.pk})

    typed = page.context["write"]
    assert (page.status_code, typed["text"].value(), typed["way"].value()) == (200, "前略\n\n資料をお送りします。", "say")
    assert client.get(address(request), {"canned": canned.pk}).context["write"]["text"].value() == "資料をお送りします。"
    assert not request.messages.exists()


def test_a_canned_reply_names_the_request(login, desk):
    request = factories.municipal_request(title="酒蔵のこと")
    canned = factories.canned_reply(text_ja="{number}「{title}」は{days}開庁日ほどで御連絡します。{unknown}")

    text = do(login(desk), request, "insert", canned=canned.pk).context["write"]["text"].value()

    assert text == f"{request.number}「酒蔵のこと」は5開庁日ほどで御連絡します。{{unknown}}"


def test_a_canned_reply_that_nobody_can_fill_in_is_refused(login, desk):
    fields = {"title": "日程", "kind": "", "text_ja": "{unknown}日ほどです。", "text_en": ""}

    page = login(desk).post(reverse("admin:municipalities_cannedreply_add"), fields)

    assert page.status_code in {200, 422}
    assert "{unknown}" in str(page.context["errors"])


def test_canned_replies_of_another_kind_are_not_offered(login, desk):
    request = factories.municipal_request()
    other = factories.canned_reply(kind="diplomats_study_tour", text_ja="別の種類")
    client = login(desk)

    assert other not in client.get(address(request)).context["canned"].fields["canned"].queryset
    assert "別の種類" not in do(client, request, "insert", canned=other.pk).content.decode()


def test_what_is_being_typed_survives_an_ended_session(login, desk):
    request = factories.municipal_request()

    assert login(desk).post(address(request), {"act": "keep", "write-text": "書きかけ"}).status_code == 204

    assert login(desk).get(address(request)).context["write"]["text"].value() == "書きかけ"
    assert login(factories.user("desk")).get(address(request)).context["write"]["text"].value() == ""
    write(login(desk), request, "say", "送った文")
    assert messages.draft_of(request, desk) is None


def test_a_note_stays_inside_and_is_not_stopped_by_what_others_do(login, desk):
    city = factories.local_government()
    factories.official(city)
    request = factories.municipal_request(city)
    client = login(desk)
    old = seen(client, request)
    threads.say(request=request, by=factories.user("desk"), text="御連絡します。")
    mails = Email.objects.count()

    answer = client.post(address(request), {"act": "note", "seen": old, "note-text": "課内で相談"})

    assert answer.status_code == 302
    assert request.messages.get(kind="note").is_internal
    assert Email.objects.count() == mails
