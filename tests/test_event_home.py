"""An event's home: everything of it on one page, with its acts."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from events import checklist, events
from events.models import Event, Task
from partnership.models import AuditEvent
from partnership.transitions import Refused
from tests import factories


def address(event, name="home"):
    return reverse(f"admin:events_event_{name}", args=[event.pk])


PAGES = ["home", "invitees", "invited", "left_out", "letters", "calls", "guests", "decide", "next"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_of_an_event_opens_in_both_languages(login, desk, event, invitation, name, language):
    response = login(desk).get(address(event, name), {"lang": language})

    assert response.status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_an_unknown_event_is_not_found(login, desk, name):
    assert login(desk).get(reverse(f"admin:events_event_{name}", args=[987654])).status_code == 404
    assert login(desk).get(f"/admin/events/event/{'9' * 40}/home/").status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_the_door_and_strangers_see_nothing_of_an_event(login, client, door, clerk, event, name):
    assert login(door).get(address(event, name)).status_code == 403
    assert login(clerk).get(address(event, name)).status_code == 403
    assert client.get(address(event, name)).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_who_only_reads_cannot_act(login, viewer, event, invitation, name):
    client = login(viewer)

    acts = {"home": "cancel", "invitees": "add", "invited": "remove", "left_out": "leave_out", "letters": "write"}
    acts |= {"calls": "accept", "guests": "csv", "decide": "consent", "next": "make"}
    response = client.post(address(event, name), {"act": acts[name], "invitation": invitation.pk})

    assert response.status_code == 403
    assert client.get(address(event, name)).status_code == (403 if name == "next" else 200)


def test_home_counts_the_answers(login, desk, event):
    for reply, sent in (("accepted", True), ("declined", True), ("none", True), ("substitute", True), ("none", False), ("withdrawn", True)):
        one = factories.invitation(event, reply=reply)
        if sent:
            factories.email(purpose="invitation", state="sent", about=one)
    factories.participant(event)
    factories.participant(event, part="companion")
    factories.participant(event, state="asked")

    context = login(desk).get(address(event)).context

    total = context["total"]
    assert (total.invited, total.delivered, total.answered, total.accepted, total.none, total.waiting) == (5, 4, 3, 1, 2, 1)
    assert total.share == 75
    assert context["heads"] == 2
    assert context["room"] == 198


def test_home_tells_what_failed_from_what_is_under_way(login, desk, event):
    for state in ("queued", "failed", "uncertain", "sent"):
        factories.email(purpose="invitation", state=state, about=factories.invitation(event))
    bounced = factories.email(purpose="invitation", state="sent", about=factories.invitation(event), bounced_at=timezone.now())

    total = login(desk).get(address(event)).context["total"]

    assert bounced.bounced_at
    assert (total.delivered, total.moving, total.uncertain, total.undelivered) == (1, 1, 1, 2)


def test_home_costs_the_same_with_one_and_160_invitations(login, desk, event, assert_fixed_queries):
    client = login(desk)

    def add():
        one = factories.invitation(event, reply="accepted")
        factories.email(purpose="invitation", state="sent", about=one)
        factories.participant(event, invitation=one)
        factories.answer(one)
        factories.task(event)
        factories.audit_event("invitation.answer", about=one, facts={"to": "accepted", "source": "link"})

    assert assert_fixed_queries(lambda: client.get(address(event)), add, rows=160) < 45


def test_the_primary_button_leads_through_the_next_step(login, desk, event):
    client = login(desk)

    assert client.get(address(event)).context["next_step"].url == address(event, "invitees")
    one = factories.invitation(event)
    assert client.get(address(event)).context["next_step"].url == address(event, "letters")
    letter = factories.event_mailing(event)
    assert str(letter.mailing_id) in client.get(address(event)).context["next_step"].url
    letter.mailing.state = "finished"
    letter.mailing.save()
    assert client.get(address(event)).context["next_step"].url == address(event, "calls")
    one.reply, one.replied_at = "substitute", timezone.now()
    one.save()
    assert client.get(address(event)).context["next_step"].url == address(event, "decide")


def test_a_task_is_added_ticked_and_unticked(login, desk, event):
    client = login(desk)

    client.post(address(event), {"act": "add_task", "title_ja": "通訳の手配", "title_en": "Book interpreters", "due_on": "R9.1.4"})
    task = Task.objects.get(event=event)
    client.post(address(event), {"act": "tick", "task": task.pk})
    task.refresh_from_db()
    assert (task.due_on, task.done_by) == (dt.date(2027, 1, 4), desk)

    client.post(address(event), {"act": "untick", "task": task.pk})
    task.refresh_from_db()
    assert task.done_at is None
    assert [*AuditEvent.objects.filter(act__startswith="task.").order_by("id").values_list("act", flat=True)] == [
        "task.add",
        "task.tick",
        "task.untick",
    ]


def test_a_task_has_someone_in_charge(login, desk, approver, event):
    client = login(desk)
    free = factories.task(event)

    client.post(address(event), {"act": "take", "task": free.pk})
    client.post(
        address(event), {"act": "add_task", "title_ja": "通訳", "title_en": "Interpreters", "due_on": "2027-01-04", "owner": approver.pk}
    )

    assert set(Task.objects.filter(event=event).values_list("owner", flat=True)) == {desk.pk, approver.pk}


def test_a_broken_task_is_told_and_kept(login, desk, event):
    response = login(desk).post(address(event), {"act": "add_task", "title_ja": "通訳", "title_en": "", "due_on": "2027-02-30"})

    assert response.status_code == 422
    assert "2027-02-30" in response.content.decode()
    assert not Task.objects.exists()


def test_another_events_task_is_not_found(login, desk, event):
    task = factories.task(factories.event())

    assert login(desk).post(address(event), {"act": "tick", "task": task.pk}).status_code == 404
    assert login(desk).post(address(event), {"act": "tick", "task": "９"}).status_code == 404
    assert login(desk).post(address(event), {"act": "nonsense"}).status_code == 400


def test_late_tasks_stand_out(login, desk, event):
    factories.task(event, due_on=timezone.localdate() - dt.timedelta(days=2))

    page = login(desk).get(address(event)).content.decode()

    assert 'class="late"' in page


def test_the_event_goes_through_its_stages(event, desk):
    events.open_invitations(event=event, by=desk)
    events.close_replies(event=event, by=desk)
    events.hold(event=event, by=desk, today=event.starts_on)
    events.report(event=event, by=desk)

    event.refresh_from_db()
    assert event.state == "reported"
    assert AuditEvent.objects.filter(act__startswith="event.").count() == 4


def test_an_event_is_not_held_before_its_day(event, desk):
    events.open_invitations(event=event, by=desk)

    with pytest.raises(Refused):
        events.hold(event=event, by=desk, today=event.starts_on - dt.timedelta(days=1))


@pytest.mark.parametrize("state", ["held", "reported", "cancelled"])
def test_what_is_over_is_not_cancelled(login, desk, state):
    event = factories.event(state=state)

    response = login(desk).post(address(event), {"act": "cancel"}, follow=True)

    assert response.status_code == 200
    assert 'class="notice bad"' in response.content.decode()
    event.refresh_from_db()
    assert event.state == state


def test_a_postponed_event_is_taken_up_again(login, desk, event):
    client = login(desk)

    client.post(address(event), {"act": "postpone", "reason": "台風"})
    event.refresh_from_db()
    assert (event.state, event.calendar_sequence) == ("postponed", 1)
    client.post(address(event), {"act": "plan_again"})
    event.refresh_from_db()
    assert event.state == "planned"
    assert AuditEvent.objects.get(act="event.postpone").facts["reason"] == "台風"


def test_a_record_shows_its_figures_and_offers_no_act(login, desk):
    record = factories.event(is_record=True, state="held", record_key="IIK-2015-3", source="外務省")
    factories.figure(about=record, value=300, is_approximate=True, unit_ja="人", unit_en="people", basis_note_ja="報道発表による")

    page = login(desk).get(address(record)).content.decode()

    assert "300" in page
    assert "報道発表による" in page
    assert "<form" not in page.split("<main")[1]
    assert address(record, "invitees") not in page


@pytest.mark.parametrize("verb", [events.cancel, events.report, events.postpone, events.open_invitations])
def test_no_verb_changes_a_record(desk, verb):
    record = factories.event(is_record=True, state="held")

    with pytest.raises(Refused):
        verb(event=record, by=desk)


def test_a_record_gets_no_tasks(desk):
    record = factories.event(is_record=True, state="held")
    task = factories.task(record)

    with pytest.raises(Refused):
        checklist.add(event=record, title_ja="a", title_en="a", due_on=record.starts_on, by=desk)
    with pytest.raises(Refused):
        checklist.tick(task=task, by=desk)


def test_the_2015_edition_of_the_same_hosts_stands_beside_it(login, desk, event):
    hiroshima = factories.local_government("広島県", kind="prefecture").organisation
    record = factories.event(is_record=True, state="held", day=dt.date(2015, 7, 23))
    other = factories.event(is_record=True, state="held", day=dt.date(2015, 10, 27))
    factories.host(record, hiroshima)
    factories.host(other)
    factories.host(event, hiroshima)
    factories.figure(about=record, value=300, is_approximate=True, unit_ja="人", unit_en="people")

    editions = login(desk).get(address(event)).context["editions"]

    assert [edition["event"] for edition in editions] == [record]
    assert editions[0]["figure"].value == 300


def test_recent_acts_are_told_in_words(login, desk, event, invitation):
    factories.audit_event(
        "invitation.answer", about=invitation, object_label=str(invitation), actor_label="link", facts={"to": "accepted", "source": "link"}
    )
    factories.audit_event("event.open_invitations", about=event, actor=desk, actor_label=str(desk))

    acts = login(desk).get(address(event)).context["acts"]

    assert [act.who for act in acts] == [str(desk), str(invitation.organisation)]
    assert all("." not in act.what for act in acts)


def test_moving_the_event_moves_its_open_tasks(event, desk):
    hanging = factories.task(event, offset_days=-7)
    done = factories.task(event, offset_days=-9, done_at=timezone.now(), done_by=desk)
    own = factories.task(event)
    before = own.due_on

    event.starts_on += dt.timedelta(days=3)
    event.ends_on = event.starts_on
    events.edit(event=event, fields=["starts_on", "ends_on"], by=desk)

    for task in (hanging, done, own):
        task.refresh_from_db()
    assert hanging.due_on == event.starts_on - dt.timedelta(days=7)
    assert own.due_on == before
    assert done.due_on == before
    assert Event.objects.get(pk=event.pk).calendar_sequence == 1
