"""What two people, or one person twice, do with a request at the same moment. With real connections."""

import threading
import uuid

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from municipalities import applicants, decisions, numbers, requests
from municipalities.models import MunicipalRequest, NumberSeries, RequestMessage
from partnership.models import Email
from partnership.transitions import Refused
from tests import factories
from tests.town_hall import draft, sent, write

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
]


def at_once(*works):
    """Run the works in connections of their own, released at the same moment; what each returned, or raised."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            gate.wait(30)
            found[place] = work()
        except Exception as error:  # noqa: BLE001  the test looks at it
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_sent_twice_at_once_it_is_one_request_with_one_number_and_one_acknowledgement(city, official):
    row = write(draft(city, official), official)

    found = at_once(*[lambda: requests.submit(request=MunicipalRequest.objects.get(pk=row.pk), by=official)] * 4)

    assert {one.number for one in found} == {MunicipalRequest.objects.get().number}
    assert NumberSeries.objects.get(series=numbers.REQUESTS).last == 1
    assert RequestMessage.objects.filter(kind="submitted").count() == 1
    assert Email.objects.filter(purpose="request").count() == 1


def test_begun_twice_at_once_it_is_one_draft(city, official):
    key = uuid.uuid4()

    found = at_once(*[lambda: draft(city, official, start_key=key)] * 4)

    assert {one.pk for one in found} == {MunicipalRequest.objects.get().pk}
    assert MunicipalRequest.objects.get().parties.count() == 1


def take_number():
    with transaction.atomic():
        return numbers.take("race", timezone.localdate())


def take_number_without_a_lock():
    with transaction.atomic():
        row = NumberSeries.objects.get(series="race")
        barrier.wait(30)
        row.last += 1
        row.save()
        return row.fiscal_year, row.last


barrier = threading.Barrier(2)


def test_no_number_is_given_twice_and_none_is_left_out():
    found = at_once(*[take_number] * 8)

    assert sorted(serial for _year, serial in found) == list(range(1, 9))


def test_without_the_lock_a_number_would_be_given_twice():
    """The negative control: the test above would see it."""
    take_number()

    first, second = at_once(take_number_without_a_lock, take_number_without_a_lock)

    assert first == second


def test_a_number_goes_back_when_the_act_does_not_happen():
    take_number()
    with transaction.atomic():
        numbers.take("race", timezone.localdate())
        transaction.set_rollback(True)

    assert take_number()[1] == 2


def test_a_request_is_not_withdrawn_and_answered_at_once(city, official, desk):
    row = factories.municipal_request(city)
    paper = decisions.prepare(requests=[row], outcome="declined", by=desk).paper

    found = at_once(
        lambda: requests.withdraw(request=row, by=official, reason=""),
        lambda: decisions.announce(paper=paper, by=desk),
    )

    assert sum(isinstance(one, Refused) for one in found) == 1
    assert RequestMessage.objects.filter(kind__in=["withdrawn", "declined"]).count() == 1


def test_the_same_answers_are_announced_once(city, desk):
    paper = decisions.prepare(requests=[factories.municipal_request(city)], outcome="declined", by=desk).paper

    found = at_once(*[lambda: decisions.announce(paper=paper, by=desk)] * 2)

    assert sum(isinstance(one, Refused) for one in found) == 1
    assert RequestMessage.objects.filter(kind="declined").count() == 1


def test_two_colleagues_confirm_once(city, official, prefecture, prefectural):
    row = sent(city, official, prefecture)
    colleague = factories.official(prefecture)

    found = at_once(*[lambda who=who: applicants.confirm(request=row, body=prefecture, by=who) for who in (prefectural, colleague)])

    assert sum(isinstance(one, RequestMessage) for one in found) == 1
    assert RequestMessage.objects.filter(kind="confirmed").count() == 1
