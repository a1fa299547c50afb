"""A request's home: what is filed, entered for an applicant, answered and attached."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities import requests, threads
from municipalities.models import DecisionPaper, RequestMessage
from partnership import attachments
from partnership.models import Attachment, AuditEvent
from tests import factories
from tests.request_pages import address, do, seen, soon, text_file

pytestmark = pytest.mark.django_db

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
