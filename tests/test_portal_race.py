"""What officials press at the same moment: one message is one message, one place is one request’s. With real connections."""

import threading
import uuid

import pytest
from django.db import connection

from municipalities import officials, relays
from municipalities.models import MunicipalRequest, RequestMessage
from municipalities.portal import sending
from partnership.transitions import Refused
from tests import factories
from tests.test_requests_race import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
]


def test_a_message_sent_twice_at_once_is_one(clerk):
    one, official, key = factories.municipal_request(clerk.organisation.local_government), officials.of(clerk), uuid.uuid4()

    def press():
        return sending.send(request=one, official=official, act="message", text="資料です。", uploads=(), key=key)

    found = at_once(*[press] * 4)

    assert sorted(found) == [False, False, False, True]
    assert RequestMessage.objects.filter(text="資料です。").count() == 1


def test_without_the_lock_it_would_be_two(clerk, monkeypatch):
    """The negative control: both look before either has written."""
    one, official, key = factories.municipal_request(clerk.organisation.local_government), officials.of(clerk), uuid.uuid4()
    gate, looked = threading.Barrier(2), sending._was_sent

    def look(*args):
        found = looked(*args)
        gate.wait(30)
        return found

    monkeypatch.setattr(sending, "_was_sent", look)
    monkeypatch.setattr(MunicipalRequest.objects, "select_for_update", MunicipalRequest.objects.all, raising=False)

    def press():
        return sending.send(request=one, official=official, act="message", text="資料です。", uploads=(), key=key)

    assert at_once(press, press) == [True, True]
    assert RequestMessage.objects.filter(text="資料です。").count() == 2


def test_two_colleagues_do_not_give_one_place_to_two_requests():
    prefecture = factories.local_government("広島県", kind="prefecture")
    colleagues = [factories.official(prefecture) for _ in range(2)]
    call = factories.call()
    rows = [factories.municipal_request(relay=prefecture, call=call) for _ in range(2)]

    def rank(by, row):
        return lambda: relays.pass_on(body=prefecture, by=by, words=[relays.Word(row, "一番です。", 1)])

    found = at_once(*[rank(by, row) for by, row in zip(colleagues, rows, strict=True)])

    assert sorted(isinstance(one, Refused) for one in found) == [False, True]
    assert MunicipalRequest.objects.filter(relay_rank=1).count() == 1
