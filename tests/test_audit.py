import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from partnership import audit
from partnership.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db


def seal():
    return audit.seal(settled=dt.timedelta(0))


def tamper(sql):
    """Change the trail behind the application's back, past the trigger where there is one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE partnership_auditevent DISABLE TRIGGER USER")
        cursor.execute(sql)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE partnership_auditevent ENABLE TRIGGER USER")


def test_an_event_is_neither_changed_nor_removed_by_the_application(desk):
    event = audit.record("event.edit", by=desk)
    event.act = "event.nothing"

    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the trigger is PostgreSQL's")
@pytest.mark.parametrize("sql", ["UPDATE partnership_auditevent SET act = 'x'", "DELETE FROM partnership_auditevent"])
def test_postgresql_refuses_to_change_or_remove_events(desk, sql):
    audit.record("event.edit", by=desk)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.update(act="x")


def test_seals_fit_what_they_cover(desk):
    for number in range(3):
        audit.record("event.edit", by=desk, number=number)
        seal()

    assert audit.broken_seals() == []
    assert seal() is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE partnership_auditevent SET actor_label = 'somebody else' WHERE act = 'b.b'",
        "UPDATE partnership_auditevent SET facts = '{\"n\": 9}' WHERE act = 'b.b'",
        "DELETE FROM partnership_auditevent WHERE act = 'b.b'",
    ],
)
def test_a_seal_shows_what_was_changed_or_removed_under_it(desk, sql):
    for act in ("a.a", "b.b", "c.c"):
        audit.record(act, by=desk)
        seal()

    tamper(sql)

    assert len(audit.broken_seals()) == 1


def test_personal_values_can_go_without_breaking_the_seal(desk):
    event = audit.record("user.address", by=desk, personal={"from": "a@example.jp"})
    seal()

    event.detail.delete()

    assert audit.broken_seals() == []


def test_an_event_behind_one_that_is_not_settled_waits_with_it(desk):
    """Two processes number and date their events at the same moment: the later number may carry the earlier time."""
    now = timezone.now()
    for moment in (now - dt.timedelta(hours=1), now, now - dt.timedelta(hours=1)):
        with time_machine.travel(moment, tick=False):
            audit.record("event.edit", by=desk)

    first = audit.seal()
    with time_machine.travel(now + dt.timedelta(hours=1)):
        second = audit.seal()

    assert (first.events, second.events) == (1, 2)
    assert audit.broken_seals() == []


def test_fresh_events_are_sealed_once_slow_transactions_are_over(desk):
    audit.record("event.edit", by=desk)

    assert audit.seal() is None


def test_the_label_of_a_person_or_a_mail_holds_nothing_personal(desk):
    person = factories.person(name_en="Ingrid Example")
    email = factories.email(to_address="ingrid@no.example.jp")

    events = [audit.record("person.change", person, by=desk), audit.record("email.confirm", email, by=desk)]

    assert "Ingrid" not in events[0].object_label
    assert "ingrid" not in events[1].object_label


def test_the_trail_is_read_by_the_approver_and_written_by_nobody(login, approver, desk, superuser):
    event = audit.record("event.edit", by=desk)
    path = f"/admin/partnership/auditevent/{event.pk}"

    assert login(desk).get(f"{path}/change/").status_code == 403
    assert "event.edit" in login(approver).get(f"{path}/change/").content.decode()
    for client in (login(approver), login(superuser)):
        assert client.post(f"{path}/change/", {"act": "x"}).status_code == 403
        assert client.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
        assert client.get("/admin/partnership/auditevent/add/").status_code == 403


def test_personal_values_are_shown_to_superusers_only(login, approver, superuser, desk):
    event = audit.record("user.address", by=desk, personal={"from": "secret@example.jp"})
    path = f"/admin/partnership/auditevent/{event.pk}/change/"

    assert "secret@example.jp" not in login(approver).get(path).content.decode()
    assert "secret@example.jp" in login(superuser).get(path).content.decode()


def test_the_page_of_seals_says_whether_the_trail_was_touched(login, approver, desk):
    audit.record("a.a", by=desk)
    seal()
    client = login(approver)
    assert 'role="alert"' not in client.get("/admin/audit/seals/").content.decode()

    tamper("DELETE FROM partnership_auditevent WHERE act = 'a.a'")

    assert 'role="alert"' in client.get("/admin/audit/seals/").content.decode()
    assert login(desk).get("/admin/audit/seals/").status_code == 403
