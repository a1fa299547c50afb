"""The page that makes the next edition of an event."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from events import editions
from events.models import Event
from tests import factories


def address(event):
    return reverse("admin:events_event_next", args=[event.pk])


@pytest.fixture
def last(db):
    """Last year's seminar, number 18, which invited Norway and a mission that has closed since."""
    event = factories.event(
        kind="regional_promotion_seminar", ordinal=18, title_ja="第18回セミナー", title_en="The 18th Seminar", state="held",
        day=timezone.localdate() - dt.timedelta(days=300),
    )  # fmt: skip
    closed = factories.embassy("KE")
    factories.invitation(event, factories.head(closed))
    factories.invitation(event, factories.head(factories.embassy("NO")), name_en="")
    closed.valid_to = timezone.localdate() - dt.timedelta(days=10)
    closed.save()
    factories.embassy("FR")
    factories.host(event)
    return event


def test_the_page_proposes_the_same_less_the_departed_plus_the_new(login, desk, last):
    page = login(desk).get(address(last))

    assert {(row["line"].position.organisation.country.iso2, row["line"].why.value) for row in page.context["lines"]} == {
        ("NO", "same"),
        ("FR", "new_body"),
    }
    assert [line.position.organisation.country.iso2 for line in page.context["dropped"]] == ["KE"]
    assert Event.objects.count() == 1


def test_the_marked_posts_are_invited_to_the_next_edition(login, desk, last):
    client = login(desk)
    norway = next(row["line"].position for row in client.get(address(last)).context["lines"] if row["line"].why == "same")

    response = client.post(address(last), {"act": "make", "position": [norway.pk], "with_hosts": "on", "starts_on": "2099-06-01"})

    edition = Event.objects.get(previous=last)
    assert response["Location"] == reverse("admin:events_event_home", args=[edition.pk])
    assert (edition.ordinal, edition.title_ja, edition.state) == (19, "第19回セミナー", "planned")
    assert [one.position for one in edition.invitations.all()] == [norway]
    assert edition.hosts.count() == 1
    assert edition.tasks.exists()


def test_pressing_twice_makes_one_edition(login, desk, last):
    client = login(desk)
    data = {"act": "make", "starts_on": "2099-06-01"}

    client.post(address(last), data)
    response = client.post(address(last), data)

    assert response.status_code == 422
    assert Event.objects.filter(previous=last).count() == 1


@pytest.mark.parametrize("day", ["2020-01-01", "2027-02-30", "nonsense"])
def test_a_wrong_day_is_told_and_marks_are_kept(login, desk, last, day):
    client = login(desk)
    keep = client.get(address(last)).context["lines"][0]["line"].position

    response = client.post(address(last), {"act": "make", "starts_on": day, "title_en": "My title", "position": [keep.pk]})

    assert response.status_code == 422
    assert "My title" in response.content.decode()
    assert [row["line"].position for row in response.context["lines"] if row["is_marked"]] == [keep]
    assert Event.objects.count() == 1


def test_the_record_is_a_start_for_the_next_edition(login, desk):
    record = factories.event(is_record=True, state="held", day=dt.date(2015, 7, 23))
    factories.embassy("NO")

    login(desk).post(address(record), {"act": "make", "starts_on": "2099-06-01"})

    edition = Event.objects.get(previous=record)
    assert not edition.is_record
    record.refresh_from_db()
    assert record.version == 1


def test_an_unknown_act_is_refused(login, desk, last):
    assert login(desk).post(address(last), {"act": "burn"}).status_code == 400


def test_the_page_costs_the_same_with_one_and_160_posts(login, desk, event, assert_fixed_queries):
    client = login(desk)

    assert_fixed_queries(lambda: client.get(address(event)), lambda: factories.invitation(event), rows=160)


def test_the_page_says_which_day_and_which_names_it_would_take(login, desk, last):
    page = login(desk).get(address(last))

    day = editions.next_day(last)
    assert f"{day.year}年{day.month}月{day.day}日" in page.context["form"]["starts_on"].help_text
    assert 'value="第19回セミナー"' in page.content.decode()
    assert page.content.decode().count('value="make"') == 2  # before a long list and after it


def test_the_record_leads_to_its_next_edition_from_its_head(login, desk, viewer):
    record = factories.event(is_record=True, state="held", day=dt.date(2015, 7, 23))
    home = reverse("admin:events_event_home", args=[record.pk])

    assert address(record) in login(desk).get(home).content.decode().partition("<main")[2].partition('class="split"')[0]
    assert address(record) not in login(viewer).get(home).content.decode()
