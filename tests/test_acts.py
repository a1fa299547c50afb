"""Acts of the audit trail in words."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.utils.translation import override

from partnership import acts, audit
from tests import factories

WRITTEN = re.compile(r"""audit\.record\(\s*"([a-z_]+\.[a-z_]+)\"""")


def test_every_act_that_the_code_writes_can_be_said():
    written = {
        act
        for app in ("partnership", "municipalities", "events")
        for path in Path(app).rglob("*.py")
        for act in WRITTEN.findall(path.read_text())
    }

    assert written
    assert written - set(acts.known()) - {"invitation.answer"} == set()


def test_an_unknown_act_shows_its_code(db, desk, event):
    row = audit.record("event.juggle", event, by=desk)

    assert acts.in_words(row) == f"{event} (event.juggle)"


def test_the_history_of_an_event_speaks_in_words(login, desk, event):
    event.calendar_digest = "other"
    event.save()
    audit.record("event.invite", event, by=desk, count=48)

    page = login(desk).get(f"/admin/events/event/{event.pk}/history/").content.decode()

    assert "48" in page
    assert "event.invite" not in page
    assert "digest" not in page.lower()


def test_the_trail_speaks_in_words_and_can_be_narrowed_by_act(login, approver, desk, event):
    audit.record("event.invite", event, by=desk, count=48)
    audit.record("event.edit", event, by=desk)
    client = login(approver)

    with override("en"):
        page = client.get("/admin/partnership/auditevent/?lang=en").content.decode()
        narrowed = client.get("/admin/partnership/auditevent/?act=event.invite").content.decode()

    assert "invited 48 posts" in page
    assert "invited … posts (event.invite)" in page
    assert "changed the facts of the event</a>" not in narrowed


@pytest.mark.parametrize("act", ["add", "change", "delete"])
def test_an_edit_of_any_kind_of_row_can_be_said(db, desk, act):
    group = Group.objects.first() or Group.objects.create(name="x")
    row = audit.record(f"group.{act}", group, by=desk)

    assert str(group) in acts.in_words(row)
    assert "group." not in acts.in_words(row)


def test_who_acted_without_an_account_is_said_in_the_readers_language(db):
    row = audit.record("event.edit", factories.event(), by=None, via="link")

    with override("en"):
        assert acts.actor(row) == "guest, by link"
