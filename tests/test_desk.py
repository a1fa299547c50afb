import datetime as dt

import pytest
import time_machine
from django.utils.translation import override

from partnership import desk as registry
from partnership import work_desk
from partnership.desk import Panel, Queue, Turn
from tests import factories

pytestmark = pytest.mark.django_db

NOW = "2026-12-03 10:00+09:00"


@pytest.fixture
def empty(monkeypatch):
    """A desk on which nobody has registered anything."""
    monkeypatch.setattr(registry, "_queues", {})
    monkeypatch.setattr(registry, "_panels", {})


def turn(title, due=None):
    return Turn(title=title, remark="準備", whom="儀典", url="/admin/", act="開く", due=due)


def test_the_desk_is_the_first_page_of_the_administration(login, desk):
    page = login(desk).get("/admin/")

    assert page.status_code == 200
    assert "admin/index.html" in {template.name for template in page.templates}


def test_an_empty_desk_says_so(login, viewer, empty):
    page = login(viewer).get("/admin/").content.decode()

    assert 'class="empty"' in page
    assert 'class="counts"' not in page
    assert 'class="turn"' not in page


def test_turns_stand_in_the_order_of_their_due_dates(login, desk, empty):
    registry.register_queue(Queue("a", "準備", lambda _user: [turn("いつか"), turn("明日", dt.date(2026, 12, 4))], lambda: "/a"))
    registry.register_queue(
        Queue(
            "b",
            "決裁",
            lambda _user: [turn("昼", dt.datetime(2026, 12, 3, 3, tzinfo=dt.UTC)), turn("昨日", dt.date(2026, 12, 1))],
            lambda: "/b",
        )
    )

    with time_machine.travel(NOW, tick=False):
        context = login(desk).get("/admin/").context

    assert [line.turn.title for line in context["lines"]] == ["昨日", "昼", "明日", "いつか"]
    assert [line.is_pressing for line in context["lines"]] == [True, True, False, False]
    assert [(count.number, count.url) for count in context["counts"]] == [(2, "/a"), (2, "/b")]


def test_a_queue_in_which_nothing_waits_is_not_shown(login, desk, empty):
    registry.register_queue(Queue("a", "準備", lambda _user: [], lambda: "/a"))

    assert login(desk).get("/admin/").context["counts"] == []


def test_a_turn_belongs_to_its_person(login, desk, viewer, empty):
    registry.register_queue(Queue("a", "準備", lambda user: [turn("私の仕事")] if user == desk else [], lambda: "/a"))

    assert "私の仕事" in login(desk).get("/admin/").content.decode()
    assert "私の仕事" not in login(viewer).get("/admin/").content.decode()


def test_a_long_list_is_cut_and_can_be_seen_whole(login, desk, empty):
    registry.register_queue(Queue("a", "準備", lambda _user: [turn(f"用件{number}") for number in range(30)], lambda: "/a"))
    client = login(desk)

    assert len(client.get("/admin/").context["lines"]) == work_desk.SHOWN
    assert len(client.get("/admin/?all").context["lines"]) == 30


def test_a_panel_is_shown_in_its_place_unless_it_has_nothing_to_say(login, desk, empty):
    registry.register_panel(Panel("a", "components/messages.html", lambda _request: {"messages": ["左"]}, order=2))
    registry.register_panel(Panel("b", "components/messages.html", lambda _request: {"messages": ["右"]}, place="side"))
    registry.register_panel(Panel("c", "components/messages.html", lambda _request: None))

    context = login(desk).get("/admin/").context

    assert [len(context["main_panels"]), len(context["side_panels"])] == [1, 1]


def test_the_due_date_is_said_in_words():
    now = dt.datetime.fromisoformat("2026-12-03T10:00:00+09:00")
    hour = now.replace(hour=12)
    with override("en"):
        said = [
            work_desk.words(due, now)
            for due in (dt.date(2026, 12, 1), dt.date(2026, 12, 2), dt.date(2026, 12, 3), hour, dt.date(2026, 12, 4), None)
        ]

    assert said == ["2 days late", "1 day late", "today", "today 12:00", "Fri 4 Dec", "no date"]


def test_a_day_is_late_only_when_it_is_over():
    evening = dt.datetime.fromisoformat("2026-12-03T23:00:00+09:00")

    assert not work_desk.line(turn("x", dt.date(2026, 12, 3)), evening).is_late
    assert work_desk.line(turn("x", dt.date(2026, 12, 3)), evening + dt.timedelta(hours=2)).is_late


def test_below_the_desk_stand_the_lists_one_may_open(login, desk, viewer, superuser):
    def linked(user):
        return [model["admin_url"] for app in login(user).get("/admin/").context["app_list"] for model in app["models"]]

    assert "/admin/partnership/organisation/" in linked(viewer)
    assert "/admin/partnership/user/" not in linked(viewer)
    assert "/admin/partnership/user/" in linked(desk)
    assert "/admin/partnership/email/" not in linked(desk)
    assert "/admin/partnership/email/" in linked(superuser)


def test_the_desk_costs_the_same_with_one_and_with_thirty_rows(login, desk, assert_fixed_queries):
    client = login(desk)

    def add():
        event = factories.event(owners=[desk])
        factories.task(event, owner=desk)
        factories.mailing(by=desk, state="sending")

    assert_fixed_queries(lambda: client.get("/admin/"), add)
