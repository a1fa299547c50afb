"""The phone note: what is stored, who it waits for, and how an earlier answer is found."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from municipalities import askers, enquiries, retention
from municipalities.models import Enquiry
from partnership import acts, spoken_dates
from partnership.models import AuditEvent
from partnership.transitions import Refused
from tests import factories

pytestmark = pytest.mark.django_db

TEN = "2026-12-03 10:00+09:00"  # a Thursday


@pytest.fixture
def call(desk):
    """A note that was just taken down."""
    with time_machine.travel(TEN, tick=False):
        return enquiries.note(by=desk, topic="姉妹都市の相手をさがしたい", asker="平田", contact="082-000-0000")


def told(enquiry):
    return [row.act for row in AuditEvent.objects.filter(object_id=enquiry.pk, content_type__model="enquiry").order_by("pk")]


def test_a_note_has_a_number_and_waits_for_us(call, desk):
    assert (call.number, call.state, call.channel, call.received_by) == ("R8-Q0001", "open", "phone", desk)
    assert call.reacted_at is None
    assert told(call) == ["enquiry.note"]


def test_numbers_run_within_the_fiscal_year(desk):
    with time_machine.travel("2027-03-31 16:00+09:00", tick=False):
        last = enquiries.note(by=desk, topic="年度末")
    with time_machine.travel("2027-04-01 09:00+09:00", tick=False):
        first = enquiries.note(by=desk, topic="年度初め")

    assert [last.number, first.number] == ["R8-Q0001", "R9-Q0001"]


def test_pressed_twice_it_is_one_note(desk):
    made = [enquiries.note(by=desk, topic="同じこと", asker="平田") for _ in range(2)]
    other = enquiries.note(by=desk, topic="同じこと", asker="大森")

    assert made[0] == made[1] != other


def test_it_cannot_come_from_the_future(desk):
    with pytest.raises(Refused):
        enquiries.note(by=desk, topic="明日", received_at=timezone.now() + dt.timedelta(days=1))


def test_the_first_act_after_it_came_is_the_reaction(call, approver):
    other = factories.user("osaka")
    with time_machine.travel("2026-12-03 10:25+09:00", tick=False):
        enquiries.take(enquiry=call, by=other)
    with time_machine.travel("2026-12-03 11:40+09:00", tick=False):
        enquiries.answer(enquiry=call, text="資料を送りました。", by=other)

    call.refresh_from_db()
    assert (call.reaction_minutes, call.processing_minutes, call.assignee) == (25, 100, other)
    assert told(call) == ["enquiry.note", "enquiry.take", "enquiry.answer"]


def test_who_answers_an_enquiry_of_nobody_has_taken_it(call, desk):
    enquiries.answer(enquiry=call, text="お答えしました。", by=desk)

    assert call.assignee == desk
    assert call.reaction_minutes == call.processing_minutes


def test_only_those_who_answer_enquiries_can_be_given_one(call, desk, viewer):
    with pytest.raises(Refused):
        enquiries.assign(enquiry=call, to=viewer, by=desk)
    enquiries.assign(enquiry=call, to=factories.user("osaka"), by=desk)

    assert told(call)[-1] == "enquiry.assign"


def test_it_waits_for_those_we_asked_and_then_for_us_again(call, desk):
    one = enquiries.ask(enquiry=call, question="前例はありますか。", asked_of="北米局", by=desk)
    two = enquiries.ask(enquiry=call, question="受け入れられますか。", organisation=factories.mission("CA"), by=desk)
    assert call.state == "asked"

    enquiries.hear(consultation=one, answer="あります。", by=desk)
    call.refresh_from_db()
    assert call.state == "asked"

    enquiries.hear(consultation=two, answer="はい。", by=desk)
    call.refresh_from_db()
    assert call.state == "open"
    with pytest.raises(Refused):
        enquiries.hear(consultation=two, answer="もう一度", by=desk)


def test_somebody_is_asked_by_name(call, desk):
    with pytest.raises(Refused):
        enquiries.ask(enquiry=call, question="どうですか。", by=desk)


def test_an_answer_says_something_and_is_given_once(call, desk):
    with pytest.raises(Refused):
        enquiries.answer(enquiry=call, text="  ", by=desk)
    enquiries.answer(enquiry=call, text="はい。", by=desk)
    with pytest.raises(Refused):
        enquiries.answer(enquiry=call, text="いいえ。", by=desk)


def test_closing_needs_a_reason_and_reopening_forgets_it(call, desk):
    with pytest.raises(Refused):
        enquiries.close(enquiry=call, reason="", by=desk)
    enquiries.close(enquiry=call, reason="間違い電話", by=desk)
    enquiries.reopen(enquiry=call, by=desk)

    call.refresh_from_db()
    assert (call.state, call.answer, call.answered_at, call.processing_minutes) == ("open", "", None, None)


def test_an_answer_stays_as_a_draft_when_it_is_taken_up_again(call, desk):
    enquiries.answer(enquiry=call, text="来週お答えします。", by=desk)
    enquiries.reopen(enquiry=call, by=desk)

    call.refresh_from_db()
    assert call.answer == "来週お答えします。"


def test_an_earlier_answer_is_used_again_and_says_so(call, desk):
    with pytest.raises(Refused):
        enquiries.take(enquiry=factories.enquiry(state="answered", answer="済"), by=desk)
    earlier = factories.enquiry(topic="姉妹都市の提携の手続", state="answered", answer="自治体国際化協会の手引を御覧ください。")
    enquiries.answer(enquiry=call, text=earlier.answer, reuses=earlier, by=desk)

    assert call.reuses == earlier


def test_it_becomes_a_request_once(call, desk):
    request = factories.municipal_request()
    enquiries.became(enquiry=call, request=request, by=desk)
    enquiries.became(enquiry=call, request=request, by=desk)

    call.refresh_from_db()
    assert (call.state, call.request) == ("answered", request)
    assert call.answer
    assert told(call).count("enquiry.become") == 1
    with pytest.raises(Refused):
        enquiries.became(enquiry=call, request=factories.municipal_request(), by=desk)


def test_every_act_has_words(call, desk):
    enquiries.take(enquiry=call, by=desk)
    asked = enquiries.ask(enquiry=call, question="？", asked_of="局", by=desk)
    enquiries.hear(consultation=asked, answer="！", by=desk)
    enquiries.answer(enquiry=call, text="はい。", by=desk)
    enquiries.reopen(enquiry=call, by=desk)
    enquiries.close(enquiry=call, reason="済", by=desk)
    enquiries.reopen(enquiry=call, by=desk)
    enquiries.assign(enquiry=call, to=factories.user("osaka"), by=desk)
    call.topic = "別のこと"
    enquiries.edit(enquiry=call, fields=["topic"], by=desk)
    enquiries.became(enquiry=call, request=factories.municipal_request(), by=desk)

    assert set(told(call)) <= set(acts.known())
    assert all("平田" not in row.object_label + str(row.facts) for row in AuditEvent.objects.all())


# ── who is asking ────────────────────────────────────────────────────────────


@pytest.fixture
def bodies(db):
    hiroshima = factories.local_government("広島市", name_en="Hiroshima City", kana="ひろしまし")
    factories.local_government("東広島市", name_en="Higashihiroshima City", kana="ひがしひろしまし")
    return hiroshima.organisation


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("広島市 国際課　平田", "国際課 平田"),
        ("広島市", ""),
        ("hiroshima city Ms Hirata", "Ms Hirata"),
        ("ひろしまし 平田", "平田"),
        ("ヒロシマシ 平田", "平田"),
    ],
)
def test_an_organisation_is_recognised_at_the_beginning(bodies, said, name):
    assert askers.recognise(said) == askers.Asker(bodies, name)


@pytest.mark.parametrize("said", ["山田 花子", "広島 太郎", "090-1234-5678", "John Smith"])
def test_whoever_is_no_organisation_stays_as_typed(bodies, said):
    assert askers.recognise(said) == askers.Asker(None, said)


def test_namesakes_are_told_apart_by_their_code():
    one, two = (factories.local_government("府中市") for _ in range(2))
    for body in (one, two):
        body.organisation.register_key = f"lg:{body.code}"
        body.organisation.save()

    with pytest.raises(Refused, match=one.code):
        askers.recognise("府中市 企画課")
    assert askers.recognise(f"府中市（{two.code}） 企画課") == askers.Asker(two.organisation, "企画課")


def test_a_part_of_a_name_that_fits_one_organisation_is_enough():
    embassy = factories.embassy("NO")

    assert askers.recognise("ノルウェー大使館 文化担当").organisation == embassy


# ── when it is due ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("明日", "2026-12-04"),
        ("あさって", "2026-12-05"),
        ("本日", "2026-12-03"),
        ("tomorrow", "2026-12-04"),
        ("＋３", "2026-12-08"),
        ("5営業日", "2026-12-10"),
        ("12/8", "2026-12-08"),
        ("１月８日", "2027-01-08"),
        ("12月3日（木）", "2026-12-03"),
        ("金曜", "2026-12-04"),
        ("木曜日", "2026-12-10"),
        ("来週の月曜", "2026-12-07"),
        ("friday", "2026-12-04"),
        ("R8.12.21", "2026-12-21"),
        ("2026-12-21", "2026-12-21"),
    ],
)
def test_a_day_is_read_as_it_is_said(said, day):
    assert spoken_dates.parse(said, dt.date(2026, 12, 3)).isoformat() == day


@pytest.mark.parametrize("said", ["いつか", "13/40", "2/30", "月末", ""])
def test_what_is_no_day_is_not_guessed(said):
    with pytest.raises(ValueError):  # noqa: PT011  any reason will do
        spoken_dates.parse(said, dt.date(2026, 12, 3))


def test_three_open_days_are_promised():
    assert enquiries.default_due(dt.date(2026, 12, 25)) == dt.date(2027, 1, 6)  # 28 December to 3 January are closed


# ── what was asked before ────────────────────────────────────────────────────


def test_an_answered_enquiry_with_the_same_words_is_found():
    fits = factories.enquiry(topic="姉妹都市提携の手続について", state="answered", answer="手引があります。")
    factories.enquiry(topic="姉妹都市の調印式", state="open")
    factories.enquiry(topic="在外公館の施設の利用料", state="answered", answer="無料です。")

    assert enquiries.similar("姉妹都市を提携したい") == [fits]


def test_words_of_every_enquiry_find_nothing():
    factories.enquiry(topic="ビザに関する質問", state="answered", answer="領事局です。")

    assert enquiries.similar("質問があります") == []
    assert enquiries.similar("") == []


def test_the_most_alike_comes_first_and_costs_one_query(django_assert_num_queries):
    some = factories.enquiry(topic="飯倉公館の見学", state="answered", answer="できません。")
    most = factories.enquiry(topic="飯倉公館レセプションの費用", state="answered", answer="共催者の負担です。")

    with django_assert_num_queries(1):
        assert enquiries.similar("飯倉公館のレセプションを共催する費用", but=some) == [most]


# ── who it waits for ─────────────────────────────────────────────────────────


def test_mine_and_nobodys_wait_for_me(desk):
    today = timezone.localdate()
    mine, nobodys = factories.enquiry(assignee=desk, due_on=today), factories.enquiry()
    factories.enquiry(assignee=factories.user("desk"))
    factories.enquiry(assignee=desk, state="answered", answer="済")
    factories.enquiry(assignee=desk, state="asked", due_on=today + dt.timedelta(days=1))
    late = factories.enquiry(assignee=desk, state="asked", due_on=today - dt.timedelta(days=1))

    assert list(enquiries.waiting_for(desk, today)) == [late, mine, nobodys]


# ── personal data ends ───────────────────────────────────────────────────────


def test_after_three_years_nobody_can_be_called_back(call, desk):
    enquiries.answer(enquiry=call, text="はい。", by=desk)
    Enquiry.objects.filter(pk=call.pk).update(answered_at=timezone.now() - dt.timedelta(days=retention.ENQUIRY_DAYS + 1))
    kept = factories.enquiry(asker="大森", contact="047-000-0000")

    assert retention.purge_enquiries() == 1
    assert retention.purge_enquiries() == 0

    call.refresh_from_db()
    kept.refresh_from_db()
    assert (call.asker, call.contact, call.topic) == ("", "", "姉妹都市の相手をさがしたい")
    assert "平田" not in call.search_key
    assert not Enquiry.history.filter(id=call.pk).exclude(asker="", contact="").exists()
    assert kept.asker == "大森"
    row = AuditEvent.objects.get(act="enquiry.purge")
    assert row.facts == {"count": 1, "days": retention.ENQUIRY_DAYS}
