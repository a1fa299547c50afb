import datetime as dt

import pytest

from partnership import search
from partnership.normalise import spellings
from tests import factories

pytestmark = pytest.mark.django_db


def titles(user, text):
    """What each kind answers, by its key."""
    return {one.kind.key: [hit.title for hit in one.hits] for one in search.find(user, text)}


def on(year):
    """A day of that year."""
    return {"starts_on": dt.date(year, 1, 14), "ends_on": dt.date(year, 1, 14)}


def test_a_word_may_stand_in_any_width_and_any_kana():
    assert spellings("ﾃﾞｨｽｶﾊﾞｰ") == ["ディスカバー", "でぃすかばー"]
    assert spellings("ＰＲ") == ["PR", "ＰＲ"]


@pytest.mark.parametrize("typed", ["ディスカバー", "ﾃﾞｨｽｶﾊﾞｰ", "でぃすかばー", "Discover", "飯倉公館 でぃすかばー", "2027 discover"])
def test_an_event_is_found_however_its_title_is_typed(desk, typed):
    factories.event(title_ja="ディスカバー広島", title_en="Discover Hiroshima", **on(2027))
    factories.event(title_ja="地方連携フォーラム", title_en="Forum", kind="local_partnership_forum", **on(2026))

    assert titles(desk, typed)["events"] == ["ディスカバー広島"]


def test_an_event_is_found_by_its_host(desk, event):
    host = factories.local_government("松戸市", name_en="Matsudo City").organisation
    event.hosts.create(organisation=host, order=9, role="co_host")

    found = titles(desk, "松戸")

    assert found["events"] == [str(event)]
    assert found["local_governments"] == ["松戸市"]


def test_a_local_government_is_found_by_its_code_in_any_width(desk):
    city = factories.local_government("松戸市", name_en="Matsudo City")
    wide = city.code.translate({ord("0") + n: ord("０") + n for n in range(10)})

    assert titles(desk, wide)["local_governments"] == ["松戸市"]


def test_an_ambassador_is_found_by_name_and_by_country(desk, embassy):
    assert titles(desk, "ingrid")["people"] == ["Ingrid Example"]
    assert titles(desk, "ノルウェー")["people"] == ["Ingrid Example"]
    assert titles(desk, "のるうぇー")["organisations"] == [str(embassy)]


def test_the_invitation_to_a_coming_event_is_one_click_away(login, desk, invitation):
    page = login(desk).get("/admin/search/", {"q": "ノルウェー"})

    assert f'href="/admin/events/invitation/{invitation.pk}/"' in page.content.decode()


def test_every_word_has_to_fit(desk, embassy):
    assert titles(desk, "ノルウェー スウェーデン") == {}


def test_wildcards_are_ordinary_signs(desk, embassy):
    assert titles(desk, "%") == {}
    assert titles(desk, "_") == {}


def test_one_finds_only_what_one_may_see(login, door, viewer, embassy):
    assert titles(door, "ノルウェー") == {}
    assert login(door).get("/admin/search/?q=ノルウェー").status_code == 403
    assert 'role="search"' not in login(door).get("/admin/").content.decode()
    assert 'role="search"' in login(viewer).get("/admin/").content.decode()


def test_nothing_found_says_what_to_try(login, desk):
    page = login(desk).get("/admin/search/", {"q": "そんなものはない"}).content.decode()

    assert 'class="empty"' in page
    assert 'value="そんなものはない"' in page


def test_an_empty_question_asks_for_one(login, desk):
    assert login(desk).get("/admin/search/?q=%20").status_code == 200


@pytest.mark.parametrize("typed", ["a" * 5000, "9999", "0000", "１２３４", "💐", "'\"<b>", "\u202e"])
def test_odd_questions_are_answered(login, desk, typed):
    page = login(desk).get("/admin/search/", {"q": typed})

    assert page.status_code == 200
    assert "'\"<b>" not in page.content.decode()


def test_many_hits_show_the_first_and_lead_to_all(login, desk):
    for _ in range(search.SHOWN + 2):
        factories.event(title_ja="飯倉の集い")

    found = next(one for one in search.find(desk, "飯倉の集い") if one.kind.key == "events")

    assert len(found.hits) == search.SHOWN
    assert found.more
    listed = login(desk).get(found.every).content.decode()
    assert listed.count("飯倉の集い") >= search.SHOWN + 2


def test_searching_costs_the_same_whatever_is_found(login, desk, assert_fixed_queries):
    client, event = login(desk), factories.event(title_ja="検索の集い", title_en="NO Search")

    def add():
        body = factories.embassy(head="Search Example")
        factories.invitation(event, factories.head(body))
        factories.event(title_ja="検索の集い")
        factories.local_government(name_en="Search City")

    assert_fixed_queries(lambda: client.get("/admin/search/?q=search"), add, rows=8)
