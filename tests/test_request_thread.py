"""What is said about a request: joint applicants, the prefecture, questions and replies, notes, and whose turn it is."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from municipalities import applicants, clock, messages, officials, parties, requests, rights, steps, threads, timeline
from municipalities.models import MunicipalRequest, RequestMessage
from partnership import attachments, file_checks
from partnership.transitions import Refused
from tests import factories
from tests.town_hall import sent, write

pytestmark = pytest.mark.django_db
State = MunicipalRequest.State


def soon():
    return clock.reply_by(timezone.now())


def file(name="会場図.txt", size=10):
    return SimpleUploadedFile(name, b"x" * size)


@pytest.fixture
def request_row(city, official, prefecture):
    return sent(city, official, prefecture, relay=prefecture)


# ── joint applicants and the prefecture ──────────────────────────────────────


def test_a_joint_applicant_confirms_once(request_row, prefecture, prefectural):
    assert [party.local_government for party in parties.unanswered(request_row)] == [prefecture]

    applicants.confirm(request=request_row, body=prefecture, by=prefectural)
    assert applicants.confirm(request=request_row, body=prefecture, by=prefectural) is None

    assert parties.unanswered(MunicipalRequest.objects.get()) == []
    assert [step.kind for step in request_row.messages.all()] == ["submitted", "confirmed"]


def test_who_refuses_is_no_applicant_any_more_and_stays_on_record(request_row, prefecture, prefectural, city):
    applicants.refuse(request=request_row, body=prefecture, by=prefectural, reason="県としては参加しません。")

    request = MunicipalRequest.objects.get()
    assert [party.local_government for party in parties.taking_part(request)] == [city]
    assert request.parties.get(local_government=prefecture).refused_at is not None
    assert request.messages.last().text == "県としては参加しません。"
    with pytest.raises(Refused):
        applicants.confirm(request=request, body=prefecture, by=prefectural)


def test_nobody_answers_for_another_body(request_row, prefecture, official, neighbour, city, desk):
    for stranger in (official, neighbour):
        with pytest.raises(Refused):
            applicants.confirm(request=request_row, body=prefecture, by=stranger)
    with pytest.raises(Refused):
        applicants.confirm(request=request_row, body=city, by=official)  # the applicant has nothing to confirm
    applicants.confirm(request=request_row, body=prefecture, by=desk)  # they telephoned


def test_after_five_open_days_nobody_confirms(request_row, prefecture, prefectural):
    MunicipalRequest.objects.update(confirm_by=timezone.localdate() - dt.timedelta(days=1))

    with pytest.raises(Refused):
        applicants.confirm(request=request_row, body=prefecture, by=prefectural)


def test_the_call_may_be_over_when_they_confirm(city, official, prefecture, prefectural):
    call = factories.call(kinds=["free_consultation"])
    request = requests.start(kind="free_consultation", applicant=city, by=official, call=call)
    request = requests.submit(request=write(request, official, joined=[prefecture]), by=official)
    call.closes_at = timezone.now()
    call.save()

    assert applicants.confirm(request=request, body=prefecture, by=prefectural) is not None


def test_the_prefecture_passes_it_on_with_its_opinion_and_its_order(request_row, prefecture, prefectural, official, city):
    with pytest.raises(Refused):
        applicants.relay(request=request_row, body=city, by=official, comment="")
    with pytest.raises(Refused):
        applicants.relay(request=request_row, body=prefecture, by=prefectural, comment="", rank=0)
    applicants.relay(request=request_row, body=prefecture, by=prefectural, comment="県としても優先の第1位です。", rank=1)

    request = MunicipalRequest.objects.get()
    assert (request.relay_rank, request.relay_comment, request.relayed_by) == (1, "県としても優先の第1位です。", prefectural)
    step = request.messages.last()
    assert (step.kind, step.side, step.text) == ("relayed", "relay", "県としても優先の第1位です。")


def test_it_is_ready_when_all_have_said_their_word(request_row, prefecture, prefectural):
    assert not parties.is_ready(request_row)
    applicants.confirm(request=request_row, body=prefecture, by=prefectural)
    assert not parties.is_ready(MunicipalRequest.objects.get())
    applicants.relay(request=request_row, body=prefecture, by=prefectural, comment="")
    assert parties.is_ready(MunicipalRequest.objects.get())


# ── questions and replies ────────────────────────────────────────────────────


def test_a_question_stops_the_clock_and_the_reply_starts_it(city, official, desk):
    request = sent(city, official)
    threads.ask(request=request, by=desk, text="雨天の代わりの行き先は。", reply_by=soon())
    request.refresh_from_db()
    assert (request.state, request.assignee) == (State.WAITING, desk)
    expected = request.expected_on
    week_ago = timezone.now() - dt.timedelta(days=14)
    MunicipalRequest.objects.update(waiting_since=week_ago)

    threads.reply(request=request, by=official, text="県立美術館です。", body=city)

    request.refresh_from_db()
    assert request.state == State.IN_REVIEW
    assert request.waited_days > 0
    assert request.expected_on > expected
    assert request.waiting_since is None


@pytest.mark.parametrize("text", ["", "  \n ", "あ" * (messages.LONGEST + 1)])
def test_a_message_without_words_or_with_too_many_is_refused(city, official, desk, text):
    request = sent(city, official)

    for verb, values in (
        (threads.ask, {"by": desk, "reply_by": soon()}),
        (threads.say, {"by": official, "body": city}),
        (threads.note, {"by": desk}),
    ):
        with pytest.raises(Refused):
            verb(request=request, text=text, **values)
    assert request.messages.count() == 1


def test_a_reply_is_not_due_in_the_past(city, official, desk):
    with pytest.raises(Refused):
        threads.ask(request=sent(city, official), by=desk, text="?", reply_by=timezone.now() - dt.timedelta(minutes=1))


def test_nobody_replies_when_nothing_was_asked_or_for_another(city, official, desk, neighbour):
    request = sent(city, official)
    with pytest.raises(Refused):
        threads.reply(request=request, by=official, text="はい", body=city)
    threads.ask(request=request, by=desk, text="?", reply_by=soon())
    for body in (city, neighbour.organisation.local_government):
        with pytest.raises(Refused):
            threads.reply(request=request, by=neighbour, text="はい", body=body)


def test_a_returned_form_is_corrected_under_the_same_number(city, official, desk):
    request = sent(city, official)
    threads.send_back(request=request, by=desk, text="人数を書いてください。", reply_by=soon())
    request.refresh_from_db()
    assert request.is_returned
    assert rights.may(request, "save", official)
    before = request.number

    write(request, official, answers={"purpose": "40人で視察したい。"})
    again = requests.submit(request=request, by=official)

    assert (again.state, again.number, again.is_returned) == (State.IN_REVIEW, before, False)
    step = again.messages.last()
    assert (step.kind, step.facts["corrected"]) == ("reply", True)
    purposes = [record.answers.get("purpose") for record in again.history.order_by("history_id")]
    assert "平和記念公園と酒蔵を紹介したい。" in purposes  # what it said before is kept
    assert not rights.may(again, "save", official)


def test_who_joins_in_the_correction_confirms_within_five_open_days(city, official, prefecture, desk):
    request = sent(city, official)
    threads.send_back(request=request, by=desk, text="県と共同にできますか。", reply_by=soon())

    again = requests.submit(request=write(request, official, joined=[prefecture]), by=official)

    assert clock.may_still_confirm(again)
    assert [party.local_government for party in parties.unanswered(again)] == [prefecture]


def test_the_form_of_a_request_that_is_only_asked_stays_as_it_is(city, official, desk):
    request = sent(city, official)
    threads.ask(request=request, by=desk, text="?", reply_by=soon())

    with pytest.raises(Refused):
        write(request, official, title="別")


def test_the_relay_speaks_and_is_heard_as_the_prefecture(city, official, prefecture, prefectural):
    request = sent(city, official, relay=prefecture)

    threads.say(request=request, by=prefectural, text="県の施設も御覧ください。", body=prefecture)

    assert request.messages.last().side == "relay"


def test_files_come_with_a_message_up_to_20_mb_a_request(city, official, monkeypatch):
    request = sent(city, official)
    monkeypatch.setattr(file_checks, "MOST_TOGETHER", 25)
    attachments.attach(about=request, upload=file(), by=official)

    message = threads.say(request=request, by=official, text="図をお送りします。", body=city, uploads=[file()])

    assert [one.name for one in attachments.of(message)] == ["会場図.txt"]
    with pytest.raises(Refused):
        threads.say(request=request, by=official, text="もう1つ。", body=city, uploads=[file()])
    assert request.messages.count() == 2  # nothing of the refused message is kept


def test_an_internal_note_never_leaves_the_division(city, official, desk, viewer):
    request = sent(city, official)
    threads.note(request=request, by=desk, text="昨年も申請あり。")

    assert [one.kind for one in messages.for_officials(request)] == ["submitted"]
    assert [one.kind for one in messages.for_staff(request)] == ["submitted", "note"]
    assert "昨年も申請あり。" not in [entry.text for entry in timeline.of(request)]
    assert "昨年も申請あり。" in [entry.text for entry in timeline.of(request, for_staff=True)]
    for nobody in (official, viewer):
        with pytest.raises(Refused):
            threads.note(request=request, by=nobody, text="x")


def test_what_somebody_types_is_kept_for_them_alone_until_it_is_sent(city, official, desk):
    request = sent(city, official)
    threads.ask(request=request, by=desk, text="?", reply_by=soon())
    messages.keep_draft(request=request, user=official, text="途中まで")
    messages.keep_draft(request=request, user=official, text="途中まで書いた")

    assert messages.draft_of(request, official).text == "途中まで書いた"
    assert messages.draft_of(request, factories.official(city)) is None
    threads.reply(request=request, by=official, text="書き終えた", body=city)
    assert messages.draft_of(request, official) is None


def test_a_message_says_who_wrote_it_as_they_were_called_then(city, official):
    request = sent(city, official)
    message = threads.say(request=request, by=official, text="よろしく。", body=city)

    official.name = "後任"
    official.save()

    message.refresh_from_db()
    assert message.author_label == "国際交流課 平田"


# ── in words ─────────────────────────────────────────────────────────────────


def seen_by(user, request):
    return timeline.whose_turn(MunicipalRequest.objects.get(pk=request.pk), officials.of(user) if not user.is_staff else None)


def test_each_reader_is_told_whose_turn_it_is(request_row, official, prefectural, prefecture, desk, city):
    assert seen_by(prefectural, request_row).is_yours
    assert not seen_by(official, request_row).is_yours
    assert "広島県" in seen_by(official, request_row).sentence
    applicants.confirm(request=request_row, body=prefecture, by=prefectural)
    assert seen_by(prefectural, request_row).is_yours  # its opinion is still wanted
    applicants.relay(request=request_row, body=prefecture, by=prefectural, comment="")
    assert not seen_by(prefectural, request_row).is_yours
    assert seen_by(desk, request_row).is_yours

    threads.ask(request=request_row, by=desk, text="?", reply_by=soon())

    turn = seen_by(official, request_row)
    assert (turn.who, turn.is_yours, turn.until) == ("広島市", True, MunicipalRequest.objects.get().reply_by)
    assert "17:00" in turn.sentence
    assert not seen_by(desk, request_row).is_yours


def test_the_line_shows_what_comes_what_is_now_and_what_was_newest_first(city, official, desk):
    request = sent(city, official)
    requests.take(request=request, by=desk)
    threads.ask(request=request, by=desk, text="雨天の場合は。", reply_by=soon())
    request.refresh_from_db()

    with override("en"):
        line = timeline.of(request)

    assert [entry.place for entry in line] == ["next", "now", "past", "past", "past"]
    assert "later by the days until your reply" in line[0].when
    assert "stands still" in line[1].when
    assert [entry.title for entry in line[2:]] == [
        "The Ministry asked a question",
        "The Ministry began to consider the request",
        "Hiroshima City submitted the request",
    ]
    assert line[2].text == "雨天の場合は。"


@pytest.mark.parametrize("kind", RequestMessage.Kind.values)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_step_has_its_words(kind, language, city):
    message = RequestMessage(request=factories.municipal_request(city), kind=kind, body=city, side="applicant", facts={"source": "excel"})

    with override(language):
        assert steps.title(message)
        assert steps.headline(message, city)
        assert steps.sentence(message, city)
        assert "%(" not in steps.title(message) + steps.sentence(message, city) + steps.remark(message)


def test_a_line_of_time_costs_the_same_however_long_it_is(city, official, assert_fixed_queries):
    request = sent(city, official)

    assert_fixed_queries(
        lambda: timeline.of(MunicipalRequest.objects.select_related("applicant__organisation").get(pk=request.pk)),
        lambda: factories.request_message(request, body=city, author=official, side="applicant"),
    )
