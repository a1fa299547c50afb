"""A request's home: everything of it on one screen, and every act in its place."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from municipalities import messages, requests, threads
from municipalities.models import DecisionPaper, MunicipalRequest, RequestMessage
from partnership import attachments
from partnership.models import Attachment, AuditEvent, Email
from tests import factories

pytestmark = pytest.mark.django_db


def address(row):
    return reverse("admin:municipalities_municipalrequest_home", args=[row.pk])


def seen(client, row):
    """What the page knew when it was shown."""
    return client.get(address(row)).context["seen"]


def do(client, row, act, **fields):
    """Post an act as the page just shown does."""
    return client.post(address(row), {"act": act, "seen": seen(client, row), **fields})


def text_file(name="資料.txt", content="本文"):
    return SimpleUploadedFile(name, content.encode(), "text/plain")


def soon():
    return (timezone.localdate() + dt.timedelta(days=9)).isoformat()


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


# ── two at once ──────────────────────────────────────────────────────────────


def test_the_second_of_two_is_told_and_their_words_are_kept(login, desk):
    request, colleague = factories.municipal_request(), factories.user("desk")
    client = login(desk)
    old = seen(client, request)
    threads.say(request=request, by=colleague, text="先に答えました。")

    fields = {"act": "write", "write-way": "say", "write-text": "同じことを書いた", "write-reply_by": soon()}
    page = client.post(address(request), {**fields, "seen": old})

    assert page.status_code == 422
    html = page.content.decode()
    assert "同じことを書いた" in html
    assert "先に答えました。" in html
    assert request.messages.count() == 1
    again = client.post(address(request), {**fields, "seen": page.context["seen"]})
    assert again.status_code == 302  # with both in view it is a decision


def test_who_asks_on_a_page_that_is_out_of_date_is_told_what_happened_before_anything_else(login, desk):
    request, client = factories.municipal_request(), login(desk)
    old = seen(client, request)
    requests.withdraw(request=request, by=factories.user("desk"), reason="電話で取下げの申出")

    fields = {"write-way": "send_back", "write-text": "日程を直してください。", "write-reply_by": soon()}
    page = client.post(address(request), {"act": "write", "seen": old, **fields})

    form = page.context["write"]
    assert page.status_code == 422
    assert request.number in form.non_field_errors()[0]
    assert "日程を直してください。" in page.content.decode()
    assert "send_back" not in str(form.errors)  # a name of the program is no answer to a person


def test_a_message_sent_twice_is_sent_once(login, desk):
    request, client = factories.municipal_request(), login(desk)
    fields = {"act": "write", "seen": seen(client, request), "write-way": "say", "write-text": "一度だけ", "write-reply_by": ""}

    first, second = client.post(address(request), fields), client.post(address(request), fields)

    assert (first.status_code, second.status_code) == (302, 422)
    assert request.messages.count() == 1


def test_acts_of_a_page_that_is_out_of_date_are_refused(login, desk):
    request, client = factories.municipal_request(state="submitted"), login(desk)
    old = seen(client, request)
    requests.take(request=request, by=factories.user("desk"))

    for act in ("take", "accepted"):
        client.post(address(request), {"act": act, "seen": old})

    request.refresh_from_db()
    assert request.assignee != desk
    assert not DecisionPaper.objects.exists()


# ── filing ───────────────────────────────────────────────────────────────────


def test_tags_are_chosen_written_and_taken_away(login, desk):
    request, kept = factories.municipal_request(), factories.request_tag("酒")
    client = login(desk)

    do(client, request, "tag", tags=[kept.pk], new="欧州、視察")
    assert [tag.name for tag in request.tags.all()] == sorted(["欧州", "視察", "酒"])
    do(client, request, "tag", tags=[kept.pk], new="")
    assert [tag.name for tag in request.tags.all()] == ["酒"]
    assert do(client, request, "tag", new="あ" * 41).status_code == 422


def test_related_requests_are_named_by_number_in_any_width(login, desk):
    request, other = factories.municipal_request(), factories.municipal_request(number_serial=151)
    client = login(desk)

    do(client, request, "relate", numbers="Ｒ８－０１５１")
    assert list(request.related.all()) == [other]
    assert list(other.related.all()) == [request]
    assert do(client, request, "relate", numbers="R8-9999").status_code == 422
    assert do(client, request, "relate", numbers=request.number).status_code == 422
    do(client, request, "relate", numbers="")
    assert not request.related.exists()


def test_the_opinion_of_the_mission_is_recorded(login, desk):
    request = factories.municipal_request(kind="mission_facility", mission=factories.mission())

    do(login(desk), request, "opinion", text="公邸の使用は差し支えない。")

    request.refresh_from_db()
    assert request.mission_opinion == "公邸の使用は差し支えない。"


# ── on behalf of a local government ──────────────────────────────────────────


def test_a_reply_by_telephone_is_entered_for_them(login, desk):
    request = factories.municipal_request()
    threads.ask(request=request, by=desk, text="人数は?", reply_by=timezone.now() + dt.timedelta(days=5))
    request.refresh_from_db()

    do(login(desk), request, "reply", **{"reply-body": request.applicant_id, "reply-text": "40人です。"})

    request.refresh_from_db()
    assert request.state == "in_review"
    assert request.messages.get(kind="reply").facts["on_behalf"]


def test_a_joint_applicant_is_confirmed_or_taken_out_by_telephone(login, desk):
    one, two = factories.local_government(), factories.local_government()
    request = factories.municipal_request(None, one, two, state="submitted", confirm_by=timezone.localdate() + dt.timedelta(days=3))
    request.parties.filter(order__gt=1).update(confirmed_at=None)
    client = login(desk)

    do(client, request, "confirm", party=request.parties.get(local_government=one).pk)
    do(client, request, "refuse", party=request.parties.get(local_government=two).pk)

    assert request.parties.get(local_government=one).confirmed_at
    assert request.parties.get(local_government=two).refused_at


def test_the_prefectures_opinion_is_entered_for_it(login, desk):
    prefecture = factories.local_government(kind="prefecture")
    request = factories.municipal_request(factories.local_government(prefecture=prefecture), relay=prefecture)

    do(login(desk), request, "relay", **{"relay-comment": "県の第1位です。", "relay-rank": "1"})

    request.refresh_from_db()
    assert (request.relay_comment, request.relay_rank) == ("県の第1位です。", 1)


def test_a_request_is_withdrawn_and_taken_up_again(login, desk):
    request, client = factories.municipal_request(), login(desk)

    do(client, request, "withdraw", **{"withdraw-reason": "電話で取下げの申出"})
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert do(client, request, "reopen", **{"reopen-reason": ""}).status_code == 422
    do(client, request, "reopen", **{"reopen-reason": "やはり進めたいとのこと"})
    request.refresh_from_db()
    assert request.state == "in_review"


def test_an_ended_request_is_closed(login, desk):
    request = factories.municipal_request(state="declined")

    do(login(desk), request, "close")

    request.refresh_from_db()
    assert request.state == "closed"


def test_an_act_that_the_state_does_not_allow_is_refused_in_words(login, desk):
    request = factories.municipal_request(state="closed", ended_at=timezone.now() - dt.timedelta(days=60))

    for act, fields in (("take", {}), ("close", {}), ("withdraw", {"withdraw-reason": "x"}), ("reopen", {"reopen-reason": "x"})):
        page = do(login(desk), request, act, **fields)
        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode()


# ── the answer ───────────────────────────────────────────────────────────────


def test_an_answer_is_prepared_and_found_again_from_the_home(login, desk):
    request = factories.municipal_request(kind="diplomats_study_tour", call=factories.call())
    client = login(desk)

    answer = do(client, request, "accepted")

    paper = DecisionPaper.objects.get()
    home = reverse("admin:municipalities_decisionpaper_home", args=[paper.pk])
    assert answer["Location"] == home
    assert home in client.get(address(request)).content.decode()


def test_a_request_that_cannot_be_answered_now_says_why(login, desk):
    request = factories.municipal_request(state="waiting", reply_by=timezone.now() + dt.timedelta(days=3))
    client = login(desk)

    page = client.post(address(request), {"act": "declined", "seen": seen(client, request)}, follow=True)

    assert not DecisionPaper.objects.exists()
    assert len(list(page.context["messages"])) == 1


# ── files ────────────────────────────────────────────────────────────────────


def file_address(row, file):
    return reverse("admin:municipalities_municipalrequest_file", args=[row.pk, file.key])


def test_files_of_a_request_and_of_its_messages_are_handed_to_its_readers(login, viewer, door, clerk, desk):
    request = factories.municipal_request()
    of_form = attachments.attach(about=request, upload=text_file("行程.txt"), by=desk)
    of_note = attachments.attach(
        about=factories.request_message(request, kind="note", is_internal=True), upload=text_file("内部.txt"), by=desk
    )

    for file in (of_form, of_note):
        answer = login(viewer).get(file_address(request, file))
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert login(door).get(file_address(request, file)).status_code == 403
        assert login(clerk).get(file_address(request, file)).status_code == 403


def test_a_file_of_something_else_is_not_reached_through_a_request(login, desk):
    request, other = factories.municipal_request(), factories.municipal_request()
    strange = attachments.attach(about=other, upload=text_file(), by=desk)
    gone = attachments.attach(about=request, upload=text_file(), by=desk)
    attachments.remove(attachment=gone, by=desk)
    draft = factories.municipal_request(state="draft")
    of_draft = attachments.attach(about=draft, upload=text_file(), by=desk)
    client = login(desk)

    for row, file in ((request, strange), (request, gone), (draft, of_draft)):
        assert client.get(file_address(row, file)).status_code == 404


def test_a_file_that_waits_for_its_check_is_not_handed_out(login, desk):
    request = factories.municipal_request()
    file = attachments.attach(about=request, upload=text_file(), by=desk)
    Attachment.objects.filter(pk=file.pk).update(state="pending")

    answer = login(desk).get(file_address(request, file), follow=True)

    assert answer.redirect_chain
    assert len(list(answer.context["messages"])) == 1


# ── canned replies and tags ──────────────────────────────────────────────────


def test_canned_replies_and_tags_are_kept_by_the_division(login, desk, viewer, protocol):
    reply, tag = factories.canned_reply(), factories.request_tag("酒")
    factories.municipal_request().tags.add(tag)
    for name, row in (("cannedreply", reply), ("requesttag", tag)):
        url = reverse(f"admin:municipalities_{name}_changelist")
        assert [login(one).get(url).status_code for one in (desk, viewer, protocol)] == [200, 200, 403]
        assert login(desk).get(reverse(f"admin:municipalities_{name}_change", args=[row.pk])).status_code == 200
        assert login(viewer).post(reverse(f"admin:municipalities_{name}_add"), {}).status_code == 403
    fields = {"title": "日程", "kind": "diplomats_study_tour", "text_ja": "日程をお知らせします。", "text_en": ""}
    assert login(desk).post(reverse("admin:municipalities_cannedreply_add"), fields).status_code == 302


def test_acts_of_the_home_are_told_in_its_history(login, desk):
    request = factories.municipal_request(state="submitted")
    client = login(desk)
    do(client, request, "take")
    do(client, request, "note", **{"note-text": "メモ"})

    page = client.get(reverse("admin:municipalities_municipalrequest_history", args=[request.pk]))

    assert page.status_code == 200
    assert {"municipalrequest.take", "municipalrequest.note"} <= set(AuditEvent.objects.values_list("act", flat=True))
    assert RequestMessage.objects.filter(request=request).count() == 2


def test_the_history_tells_the_answers_question_by_question(login, desk):
    request = factories.municipal_request(kind="free_consultation", answers={})
    question = request.kind_facts.questions[0]
    request.answers = {question.key: "前の答え"}
    request.save()

    page = login(desk).get(f"/admin/municipalities/municipalrequest/{request.pk}/history/").content.decode()

    assert "前の答え" in page
    assert str(question.label) in page
    assert f"{{&#x27;{question.key}" not in page
