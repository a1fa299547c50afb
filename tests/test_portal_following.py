"""Officials follow a request: the list of their body, whose turn it is, and what they do on the way."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from municipalities import officials, turns
from municipalities.models import MunicipalRequest, RequestParty
from tests import factories
from tests.following_pages import LIST, asked, body_of, unconfirmed

pytestmark = pytest.mark.django_db

# ── the list ─────────────────────────────────────────────────────────────────


def test_the_list_says_number_state_whose_turn_and_when_the_answer_is_expected(clerk, login):
    body = body_of(clerk)
    joined = factories.local_government("広島県", kind="prefecture")
    asked(body, joined, title="視察ツアーの共催", number_serial=9147)
    factories.municipal_request(body, title="大使の講演", expected_on=timezone.localdate().replace(month=12, day=16))
    factories.municipal_request(body, state="draft", title="日本酒の紹介", saved_at=timezone.now())

    html = login(clerk).get(LIST).content.decode()

    for words in ("R8-9147", "質問に答える", "広島県と共同", "12月16日", "下書き", "日本酒の紹介", "外務省"):
        assert words in html, words


def test_what_waits_for_the_body_stands_first_and_alone_is_vermilion(clerk, login):
    body = body_of(clerk)
    asked(body, title="答える要望")
    factories.municipal_request(body, title="検討中の要望")

    html = login(clerk).get(LIST).content.decode()

    assert html.index("答える要望") < html.index("検討中の要望")
    assert html.count('class="tag turn"') == 1


def test_colleagues_see_the_same_list_and_neighbours_nothing_of_it(clerk, neighbour, login):
    factories.municipal_request(body_of(clerk), title="酒蔵をめぐる要望")
    factories.municipal_request(body_of(clerk), state="draft", title="書きかけの要望", created_by=clerk)
    colleague = factories.official(body_of(clerk))

    seen = login(colleague).get(LIST).content.decode()

    assert "酒蔵をめぐる要望" in seen
    assert "書きかけの要望" in seen
    unseen = login(neighbour).get(LIST).content.decode()
    assert "酒蔵をめぐる要望" not in unseen
    assert "まだ要望はありません" in unseen


def test_joint_applicants_see_what_was_sent_and_not_the_draft(clerk, neighbour, login):
    factories.municipal_request(body_of(clerk), body_of(neighbour), title="酒蔵をめぐる要望")
    factories.municipal_request(body_of(clerk), body_of(neighbour), state="draft", title="書きかけの要望", created_by=clerk)

    html = login(neighbour).get(LIST).content.decode()

    assert "酒蔵をめぐる要望" in html
    assert "広島市と共同" in html
    assert "書きかけの要望" not in html


def test_an_account_that_is_not_confirmed_sees_its_own_drafts_with_an_explanation(clerk, login):
    body = body_of(clerk)
    applicant = factories.user("municipal_applicant")
    factories.municipal_request(body, state="draft", title="わたしの下書き", created_by=applicant)
    factories.municipal_request(body, state="draft", title="職員の下書き", created_by=clerk)
    factories.municipal_request(body, title="酒蔵をめぐる要望")

    html = login(applicant).get(LIST).content.decode()

    assert "わたしの下書き" in html
    assert "確認" in html
    assert "職員の下書き" not in html
    assert "酒蔵をめぐる要望" not in html


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"state": "turn"}, {"答える"}),
        ({"state": "active"}, {"答える", "検討中"}),
        ({"state": "draft"}, {"書きかけ"}),
        ({"state": "ended"}, {"終わった"}),
        ({"year": "2025"}, {"終わった"}),
        ({"q": "検討"}, {"検討中"}),
        ({"q": "Ｒ８－９００１"}, {"検討中"}),
        ({"kind": "free_consultation"}, {"答える", "検討中", "書きかけ", "終わった"}),
        ({}, {"答える", "検討中", "書きかけ", "終わった"}),
    ],
)
def test_filters(clerk, login, filters, expected):
    body = body_of(clerk)
    asked(body, title="答える")
    factories.municipal_request(body, title="検討中", number_serial=9001)
    factories.municipal_request(body, title="書きかけ", state="draft", created_by=clerk)
    factories.municipal_request(body, title="終わった", state="declined", number_year=2025)

    html = login(clerk).get(LIST, filters).content.decode()

    rows = html.partition("<tbody>")[2].partition("</tbody>")[0]
    assert {title for title in ("答える", "検討中", "書きかけ", "終わった") if f">{title}</a>" in rows} == expected


@pytest.mark.parametrize("filters", [{"state": "nonsense"}, {"year": "abc"}, {"kind": "x"}, {"q": "あ" * 101}])
def test_a_filter_that_cannot_be_read_says_so(clerk, login, filters):
    factories.municipal_request(body_of(clerk))

    response = login(clerk).get(LIST, filters)

    assert response.status_code == 400
    assert "絞り込み" in response.content.decode() or "読" in response.content.decode()


def test_the_list_costs_the_same_for_one_request_and_for_many(clerk, login, assert_fixed_queries):
    client, body = login(clerk), body_of(clerk)
    other = factories.local_government("広島県", kind="prefecture")

    assert_fixed_queries(lambda: client.get(LIST), lambda: asked(body, other, relay=other))


@pytest.mark.parametrize("address", [LIST, f"{LIST}?state=turn", f"{LIST}?q=相談", f"{LIST}?page=20", "/portal/"])
def test_the_list_costs_the_same_for_ten_requests_and_for_a_thousand(clerk, login, address):
    client, body = login(clerk), body_of(clerk)

    def add(first, last):
        """Requests as rows, many at once."""
        fixed = {"kind": "free_consultation", "state": "waiting", "applicant": body, "submitted_at": timezone.now(), "number_year": 2026}
        made = MunicipalRequest.objects.bulk_create(
            [MunicipalRequest(**fixed, title=f"相談{n}", number_serial=n, search_key=f"相談{n}") for n in range(first, last)]
        )
        RequestParty.objects.bulk_create([RequestParty(request=one, local_government=body, order=1) for one in made])

    def price():
        with CaptureQueriesContext(connection) as asked_of_database:
            assert client.get(address).status_code == 200
        return len(asked_of_database)

    add(1, 11)
    price()  # fills what the process keeps
    few = price()
    add(11, 1001)
    assert price() == few


def test_the_list_as_a_table_starts_no_formula_and_costs_the_same(clerk, login, assert_fixed_queries):
    client, body = login(clerk), body_of(clerk)
    factories.municipal_request(body, title="=HYPERLINK(1)")

    def table():
        return b"".join(client.get(f"{LIST}list.csv").streaming_content).decode("utf-8-sig")

    assert "'=HYPERLINK" in table()
    assert_fixed_queries(table, lambda: factories.municipal_request(body))


def test_whose_turn_it_is_is_said_alike_in_words_and_by_the_database(clerk, neighbour):
    """Every state × every part that a body can have: the query and the row of the list agree."""
    ours, other = body_of(clerk), body_of(neighbour)
    prefecture = factories.local_government("広島県", kind="prefecture")
    for state in MunicipalRequest.State.values:
        own_draft = {"created_by": clerk} if state == "draft" else {}
        factories.municipal_request(ours, other, state=state, **own_draft)
        factories.municipal_request(ours, state=state, is_returned=state == "waiting", **own_draft)
        factories.municipal_request(other, ours, state=state)
        unconfirmed(factories.municipal_request(other, ours, state=state, relay=prefecture), ours)
        unconfirmed(factories.municipal_request(other, ours, state=state, relay=ours), ours)
        factories.municipal_request(other, state=state, relay=ours, relayed_at=timezone.now())

    for body in (ours, other, prefecture):
        official = officials.of(factories.official(body))
        asked_of_database = set(turns.waiting_for(official).values_list("pk", flat=True))
        visible = MunicipalRequest.objects.visible_to(official.user)
        assert asked_of_database == {one.pk for one in visible if turns.wanted(one, body)}
        assert asked_of_database
