"""The pages of the phone note: one screen to take it down, a home with each act, a list with fixed questions."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities import enquiries
from municipalities.models import Enquiry
from tests import factories

pytestmark = pytest.mark.django_db

NOTE = "/admin/municipalities/enquiry/add/"
LIST = "/admin/municipalities/enquiry/"


def home(enquiry):
    return f"/admin/municipalities/enquiry/{enquiry.pk}/home/"


def text(response):
    return response.content.decode()


def form(**fields):
    return {"who": "国際課 平田", "topic": "姉妹都市の相手をさがしたい", "due_on": "明日", "channel": "phone", **fields}


# ── taking it down ───────────────────────────────────────────────────────────


def test_three_fields_are_enough(login, desk):
    city = factories.local_government("広島市", name_en="Hiroshima City")
    response = login(desk).post(NOTE, form(who="広島市 国際課 平田", assignee=desk.pk))

    enquiry = Enquiry.objects.get()
    assert response["Location"] == home(enquiry)
    assert (enquiry.organisation, enquiry.asker, enquiry.assignee) == (city.organisation, "国際課 平田", desk)
    assert enquiry.due_on == timezone.localdate() + dt.timedelta(days=1)


def test_i_am_in_charge_and_three_open_days_are_promised_unless_i_say_otherwise(login, desk):
    page = login(desk).get(NOTE)
    shown = page.context["form"]

    assert shown.initial["assignee"] == desk.pk
    assert shown.initial["due_on"] == enquiries.default_due(timezone.localdate())
    assert shown.initial["channel"] == "phone"


def test_one_types_at_once_and_a_refused_note_begins_at_its_errors(login, desk):
    client = login(desk)

    assert client.get(NOTE).content.count(b" autofocus") == 1
    assert client.post(NOTE, form(topic="")).content.count(b'<input type="text" name="who" autofocus') == 0


def test_the_next_call_finds_an_empty_form(login, desk):
    response = login(desk).post(NOTE, form(next="1"), follow=True)

    assert response.request["PATH_INFO"] == NOTE
    assert Enquiry.objects.get().number in text(response)
    assert 'value="国際課 平田"' not in text(response)


@pytest.mark.parametrize("wrong", [{"topic": ""}, {"who": ""}, {"due_on": "いつか"}, {"channel": "owl"}, {"assignee": "999999"}])
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(login, desk, wrong):
    response = login(desk).post(NOTE, form(text="とても長い話", **wrong))

    assert response.status_code == 422
    assert "とても長い話" in text(response)
    assert not Enquiry.objects.exists()


def test_namesakes_are_told_apart(login, desk):
    for body in [factories.local_government("府中市") for _ in range(2)]:
        body.organisation.register_key = f"lg:{body.code}"
        body.organisation.save()

    response = login(desk).post(NOTE, form(who="府中市 企画課"))

    assert response.status_code == 422
    assert "府中市（" in text(response)


def test_an_answer_given_at_once_is_noted_with_it(login, desk):
    login(desk).post(NOTE, form(answer="ホームページを案内した。"))

    enquiry = Enquiry.objects.get()
    assert (enquiry.state, enquiry.answer, enquiry.processing_minutes) == ("answered", "ホームページを案内した。", 0)


def test_an_earlier_answer_shows_while_the_topic_is_typed_and_answers_with_one_press(login, desk):
    earlier = factories.enquiry(topic="姉妹都市の相手の見つけ方", state="answered", answer="手引を御覧ください。")
    client = login(desk)

    part = client.get(f"{LIST}similar/", {"topic": "姉妹都市の相手"}, headers={"HX-Request": "true"})
    assert f'name="reuse" value="{earlier.pk}"' in text(part)

    client.post(NOTE, form(reuse=earlier.pk))
    enquiry = Enquiry.objects.latest("pk")
    assert (enquiry.state, enquiry.answer, enquiry.reuses) == ("answered", "手引を御覧ください。", earlier)


def test_organisations_are_suggested_by_any_spelling(login, desk):
    factories.local_government("広島市", name_en="Hiroshima City", kana="ひろしまし")
    client = login(desk)

    for typed in ("ヒロシマ", "hiro", "広島"):
        assert 'value="広島市"' in text(client.get(f"{LIST}organisations/", {"who": typed}, headers={"HX-Request": "true"}))
    assert text(client.get(f"{LIST}organisations/", {"who": "広"}, headers={"HX-Request": "true"})).strip() == ""


# ── its home ─────────────────────────────────────────────────────────────────


@pytest.fixture
def enquiry(db):
    return factories.enquiry(topic="姉妹都市の相手をさがしたい", contact="hirata@lg.example.jp", received_at=timezone.now())


def test_the_whole_way_from_question_to_answer(login, desk, enquiry):
    client = login(desk)
    client.post(home(enquiry), {"act": "take"})
    client.post(home(enquiry), {"act": "ask", "ask-asked_of": "北米第一課", "ask-question": "前例は？", "ask-due_on": "+2"})
    asked = enquiry.consultations.get()
    client.post(home(enquiry), {"act": "hear", "consultation": asked.pk, f"hear-{asked.pk}-answer": "あります。"})
    client.post(home(enquiry), {"act": "answer", "answer-text": "前例を御紹介しました。"})

    enquiry.refresh_from_db()
    page = text(client.get(home(enquiry)))
    assert (enquiry.state, enquiry.assignee, enquiry.reaction_minutes) == ("answered", desk, 0)
    assert all(words in page for words in ("北米第一課", "あります。", "前例を御紹介しました。"))


def test_an_earlier_answer_is_put_into_the_form_without_a_script(login, desk, enquiry):
    earlier = factories.enquiry(topic="姉妹都市の相手", state="answered", answer="手引を御覧ください。")
    client = login(desk)

    assert f"?reuse={earlier.pk}#answer" in text(client.get(home(enquiry)))
    assert "手引を御覧ください。</textarea>" in text(client.get(home(enquiry), {"reuse": earlier.pk}))
    client.post(home(enquiry), {"act": "answer", "answer-text": "手引をお送りしました。", "reuse": earlier.pk})

    enquiry.refresh_from_db()
    assert enquiry.reuses == earlier


def test_a_refused_form_keeps_what_was_typed(login, desk, enquiry):
    client = login(desk)
    enquiries.answer(enquiry=Enquiry.objects.get(pk=enquiry.pk), text="同僚の答え", by=factories.user("desk"))

    response = client.post(home(enquiry), {"act": "ask", "ask-asked_of": "局", "ask-question": "長い質問"})
    assert response.status_code == 422
    assert "同僚の答え" in text(response)
    assert client.post(home(enquiry), {"act": "close", "close-reason": ""}).status_code == 422
    assert client.post(home(enquiry), {"act": "burn"}).status_code == 400
    assert client.post(home(enquiry), {"act": "assign", "to": "999999"}).status_code == 404


def test_who_asked_can_be_reached_with_one_press(login, desk, enquiry):
    assert 'href="mailto:hirata@lg.example.jp"' in text(login(desk).get(home(enquiry)))


def test_the_facts_are_corrected_on_a_form_that_knows_two_savers(login, desk, enquiry):
    client = login(desk)
    change = reverse("admin:municipalities_enquiry_change", args=[enquiry.pk])
    data = {
        "asker": "大森", "contact": "", "channel": "mail", "topic": "別のこと", "text": "", "due_on": "R8.12.8",
        "received_at_0": "2026-11-20", "received_at_1": "10:00", "organisation": "", "version": enquiry.version,
    }  # fmt: skip

    assert client.post(change, data)["Location"] == home(enquiry)
    assert client.post(change, {**data, "topic": "後から"}).status_code == 200

    enquiry.refresh_from_db()
    assert (enquiry.topic, enquiry.due_on) == ("別のこと", dt.date(2026, 12, 8))


def test_the_osaka_office_answers_as_the_division_does_and_a_viewer_reads(login, viewer, enquiry):
    osaka = login(factories.user("osaka"))

    assert osaka.get(NOTE).status_code == 200
    assert osaka.post(home(enquiry), {"act": "answer", "answer-text": "お答えしました。"}).status_code == 302
    assert login(viewer).get(home(enquiry)).status_code == 200
    assert login(viewer).post(home(enquiry), {"act": "reopen"}).status_code == 403
    assert login(viewer).get(NOTE).status_code == 403


# ── the list, the desk, the search ───────────────────────────────────────────


def test_the_fixed_questions_of_the_list(login, desk):
    today = timezone.localdate()
    factories.enquiry(topic="私の", assignee=desk)
    factories.enquiry(topic="だれのでもない", due_on=today - dt.timedelta(days=1))
    factories.enquiry(topic="聞いた", state="asked", assignee=factories.user("desk"))
    factories.enquiry(topic="済んだ", state="answered", answer="済", organisation=factories.embassy("NO"), channel="mail")
    client = login(desk)

    def found(**filters):
        page = text(client.get(LIST, filters))
        return [topic for topic in ("私の", "だれのでもない", "聞いた", "済んだ") if f">{topic}</a>" in page]

    assert found() == ["私の", "だれのでもない", "聞いた", "済んだ"]
    assert found(queue="mine") == ["私の"]
    assert found(queue="nobody") == ["だれのでもない"]
    assert found(queue="late") == ["だれのでもない"]
    assert found(queue="open") == ["私の", "だれのでもない", "聞いた"]
    assert found(queue="asked") == ["聞いた"]
    assert found(asker="embassy") == ["済んだ"]
    assert found(asker="none", channel__exact="phone") == ["私の", "だれのでもない", "聞いた"]
    assert found(q="済んだ") == ["済んだ"]
    assert client.get(LIST, {"queue": "burn"}).status_code == 400


def test_the_download_names_no_person(login, desk):
    row = factories.enquiry(asker="平田 花子", contact="082-000-0000")
    response = login(desk).post(LIST, {"action": "export_csv", "_selected_action": [row.pk]})

    said = b"".join(response.streaming_content).decode()
    assert row.topic in said
    assert "平田" not in said
    assert "082" not in said


def test_the_price_of_the_list_and_of_a_home_is_fixed(login, desk, enquiry, assert_fixed_queries):
    client = login(desk)
    assert_fixed_queries(lambda: client.get(LIST), lambda: factories.enquiry(organisation=factories.organisation(), assignee=desk), rows=12)


def test_the_desk_shows_what_waits_and_the_button(login, desk, viewer):
    mine, others = factories.enquiry(assignee=desk), factories.enquiry(assignee=factories.user("desk"))
    page = text(login(desk).get("/admin/"))

    assert f'href="{NOTE}"' in page
    assert home(mine) in page
    assert home(others) not in page
    assert f'href="{NOTE}"' not in text(login(viewer).get("/admin/"))


def test_the_masthead_finds_an_enquiry_by_number_and_words(login, desk):
    row = factories.enquiry(topic="在外公館の施設", asker="松戸の人")
    client = login(desk)

    for words in (row.number, "施設 松戸", "在外公館"):
        assert home(row) in text(client.get("/admin/search/", {"q": words}))
