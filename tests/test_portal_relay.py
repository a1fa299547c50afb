"""経由: a prefecture adds its opinion and its order to the requests of its municipalities, and changes nothing else of them."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities import relays
from municipalities.models import MunicipalRequest
from partnership import business_days
from partnership.models import AuditEvent, Email
from partnership.transitions import Refused
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/portal/relay/"


@pytest.fixture
def prefecture(db):
    """広島県."""
    return factories.local_government("広島県", kind="prefecture", name_en="Hiroshima Prefecture")


@pytest.fixture
def officer(prefecture):
    """An official of the prefecture."""
    return factories.official(prefecture)


def through(prefecture, **fields):
    """A request that a municipality of the prefecture sent through it."""
    fields.setdefault("confirm_by", business_days.add(timezone.localdate(), 5))
    city = fields.pop("of", None) or factories.local_government(prefecture=prefecture)
    return factories.municipal_request(city, relay=prefecture, **fields)


def form_of(*said):
    """What the page sends: for each request its opinion and its order."""
    return {f"{one.pk}-{name}": value for one, comment, rank in said for name, value in (("comment", comment), ("rank", rank))}


def test_the_page_shows_what_goes_through_the_prefecture_by_call_with_its_deadline(prefecture, officer, login):
    call = factories.call(title_ja="視察ツアーの募集")
    one, other = through(prefecture, call=call, title="酒蔵の視察"), through(prefecture, title="講演の相談")
    factories.municipal_request(title="よその要望")

    html = login(officer).get(PAGE).content.decode()

    assert html.index("視察ツアーの募集") < html.index("酒蔵の視察")
    assert other.title in html
    assert "よその要望" not in html
    assert "2件が意見を待っています" in html
    assert f"{one.confirm_by.month}月{one.confirm_by.day}日" in html


def test_opinions_and_order_are_saved_all_at_once(prefecture, officer, login):
    call = factories.call()
    first, second, untouched = (through(prefecture, call=call) for _ in range(3))

    response = login(officer).post(PAGE, form_of((first, "県の最優先です。", "１"), (second, "", "2"), (untouched, "", "")))

    assert response["Location"] == PAGE
    first.refresh_from_db(), second.refresh_from_db(), untouched.refresh_from_db()
    assert (first.relay_comment, first.relay_rank, first.relayed_by) == ("県の最優先です。", 1, officer)
    assert second.relay_rank == 2
    assert untouched.relayed_at is None
    assert first.messages.get(kind="relayed").text == "県の最優先です。"


def shown(client, path=PAGE):
    """The fields of the page as a browser would send them, untouched."""
    return {
        field.html_name: "" if field.value() is None else field.value() for line in client.get(path).context["lines"] for field in line.form
    }


def test_an_opinion_that_a_colleague_gave_meanwhile_is_not_wiped_out_by_an_older_page(prefecture, officer, login):
    one, other = through(prefecture), through(prefecture)
    older = shown(login(officer))
    relays.pass_on(body=prefecture, by=factories.official(prefecture), words=[relays.Word(one, "県として推薦する。", 1)])

    page = login(officer).post(PAGE, {**older, f"{other.pk}-comment": "異存ない。"})

    one.refresh_from_db()
    other.refresh_from_db()
    assert page.status_code == 302
    assert (one.relay_comment, one.relay_rank, other.relay_comment) == ("県として推薦する。", 1, "異存ない。")


def test_of_two_opinions_the_later_is_told_of_the_first_and_may_replace_it(prefecture, officer, login):
    one = through(prefecture)
    older = shown(login(officer)) | {f"{one.pk}-comment": "異存ない。"}
    relays.pass_on(body=prefecture, by=factories.official(prefecture), words=[relays.Word(one, "県として推薦する。", 1)])

    page = login(officer).post(PAGE, older)

    one.refresh_from_db()
    assert page.status_code == 422
    assert "県として推薦する。" in page.content.decode()
    assert "異存ない。" in page.content.decode()
    assert one.relay_comment == "県として推薦する。"
    again = {field.html_name: field.value() for line in page.context["lines"] for field in line.form}
    assert login(officer).post(PAGE, again).status_code == 302
    one.refresh_from_db()
    assert one.relay_comment == "異存ない。"


def test_a_request_that_came_after_the_page_was_shown_stays_as_it_is(prefecture, officer, login):
    older = shown(login(officer))
    one = through(prefecture)
    relays.pass_on(body=prefecture, by=factories.official(prefecture), words=[relays.Word(one, "県として推薦する。", 1)])

    login(officer).post(PAGE, older)

    one.refresh_from_db()
    assert one.relay_comment == "県として推薦する。"


def test_two_requests_may_change_places_and_nobody_is_written_to_for_it(prefecture, officer, login):
    call, client = factories.call(), login(officer)
    first, second = through(prefecture, call=call), through(prefecture, call=call)
    client.post(PAGE, form_of((first, "良い", 1), (second, "良い", 2)))
    written = Email.objects.count()

    client.post(PAGE, form_of((first, "良い", 2), (second, "良い", 1)))

    assert list(MunicipalRequest.objects.order_by("pk").values_list("relay_rank", flat=True)) == [2, 1]
    assert Email.objects.count() == written
    assert first.messages.filter(kind="relayed").count() == 1
    assert AuditEvent.objects.filter(act="municipalrequest.reorder").count() == 2


def test_saving_what_is_there_already_changes_nothing(prefecture, officer, login):
    one, client = through(prefecture), login(officer)
    for _ in range(2):
        client.post(PAGE, form_of((one, "良い", 1)))

    assert one.messages.filter(kind="relayed").count() == 1


def test_no_two_requests_of_a_call_share_a_place(prefecture, officer, login):
    call = factories.call()
    first, second = through(prefecture, call=call), through(prefecture, call=call)

    response = login(officer).post(PAGE, form_of((first, "一番", 1), (second, "残る言葉", 1)))

    assert response.status_code == 422
    html = response.content.decode()
    assert first.number in html
    assert "残る言葉" in html
    assert not MunicipalRequest.objects.exclude(relayed_at=None).exists()


def test_places_of_different_calls_are_counted_apart(prefecture, officer, login):
    one, other = through(prefecture, call=factories.call()), through(prefecture, call=factories.call())

    assert login(officer).post(PAGE, form_of((one, "", 1), (other, "", 1))).status_code == 302


@pytest.mark.parametrize("rank", ["0", "-1", "1000", "一", "1.5", "9" * 40])
def test_an_order_that_is_none_is_said_at_its_field(prefecture, officer, login, rank):
    one = through(prefecture)

    response = login(officer).post(PAGE, form_of((one, "残る言葉", rank)))

    assert response.status_code == 422
    assert f'href="#id_{one.pk}-rank"' in response.content.decode()
    assert "残る言葉" in response.content.decode()


def test_a_foreign_request_in_the_form_is_left_alone(prefecture, officer, login):
    foreign = through(factories.local_government("千葉県", kind="prefecture"))

    login(officer).post(PAGE, form_of((foreign, "横から", 1)))

    foreign.refresh_from_db()
    assert foreign.relayed_at is None
    with pytest.raises(Refused):
        relays.pass_on(body=prefecture, by=officer, words=[relays.Word(foreign, "横から", 1)])


def test_only_a_prefecture_has_the_page(clerk, login):
    assert login(clerk).get(PAGE).status_code == 403


def test_the_page_costs_the_same_for_one_request_and_for_many(prefecture, officer, login, assert_fixed_queries):
    client, call, city = login(officer), factories.call(), factories.local_government(prefecture=prefecture)

    assert_fixed_queries(lambda: client.get(PAGE), lambda: through(prefecture, call=call, of=city))


def test_on_the_page_of_a_request_the_prefecture_is_asked_for_its_opinion(prefecture, officer, login):
    one, client = through(prefecture, title="酒蔵の視察"), login(officer)
    address = reverse("portal:request", args=[one.uuid])
    html = client.get(address).content.decode()
    assert 'class="notice turn"' in html
    assert 'name="relay-comment"' in html

    assert client.post(address, {"act": "relay", "relay-comment": "", "relay-rank": ""}).status_code == 422
    assert client.post(address, {"act": "relay", "relay-comment": "県も支えます。", "relay-rank": "1"}).status_code == 302

    html = client.get(address).content.decode()
    assert 'class="notice turn"' not in html
    assert "県も支えます。" in html
    assert Email.objects.filter(text__contains="県も支えます。").exists()


def test_a_place_that_is_taken_is_refused_on_the_page_of_a_request_too(prefecture, officer, login):
    through(prefecture, relay_rank=1, relayed_at=timezone.now())
    one = through(prefecture)

    response = login(officer).post(
        reverse("portal:request", args=[one.uuid]), {"act": "relay", "relay-comment": "残る言葉", "relay-rank": "1"}
    )

    assert response.status_code == 409
    assert "残る言葉" in response.content.decode()


def test_the_relay_says_something_and_neither_edits_nor_withdraws(prefecture, officer, login):
    one, client = through(prefecture), login(officer)
    address = reverse("portal:request", args=[one.uuid])

    client.post(address, {"act": "message", "message": "日程は県で調整します。", "once": uuid.uuid4()})

    assert one.messages.get(kind="message").side == "relay"
    html = client.get(address).content.decode()
    assert reverse("portal:request_withdraw", args=[one.uuid]) not in html
    assert client.post(reverse("portal:request_withdraw", args=[one.uuid]), {"reason": "やめます"}).status_code == 403
    one.refresh_from_db()
    assert one.state == "in_review"


def test_the_municipality_does_not_pass_on_its_own_request(prefecture, login):
    city = factories.local_government(prefecture=prefecture)
    one = through(prefecture, of=city)

    login(factories.official(city)).post(reverse("portal:request", args=[one.uuid]), {"act": "relay", "relay-comment": "自薦"})

    one.refresh_from_db()
    assert one.relayed_at is None
