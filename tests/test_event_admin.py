"""The form and the list of events in the administration."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from events import invitations, kinds
from events.models import Event, EventHost
from partnership import approvals, ledger, mailings
from partnership.models import AuditEvent
from tests import factories

ADD = "/admin/events/event/add/"


def change(event):
    return reverse("admin:events_event_change", args=[event.pk])


def home(event):
    return reverse("admin:events_event_home", args=[event.pk])


def local(moment):
    return timezone.localtime(moment)


def posted(event, hosts=(), **fields):
    """What the form of a stored event sends."""
    values = {
        "kind": event.kind, "title_ja": event.title_ja, "title_en": event.title_en, "starts_on": event.starts_on, "ends_on": event.ends_on,
        "precision": event.precision, "start_time": "18:30", "end_time": "20:30", "time_zone": event.time_zone,
        "venue_ja": event.venue_ja, "venue_en": event.venue_en, "country": event.country_id, "reply_mode": event.reply_mode,
        "reply_by_0": local(event.reply_by).date(), "reply_by_1": local(event.reply_by).strftime("%H:%M"),
        "guest_list_closes_at_0": local(event.guest_list_closes_at).date(),
        "guest_list_closes_at_1": local(event.guest_list_closes_at).strftime("%H:%M"),
        "capacity": event.capacity, "companions_allowed": event.companions_allowed, "contact_email": event.contact_email,
        "contact_phone": event.contact_phone, "version": event.version,
        "hosts-TOTAL_FORMS": len(hosts), "hosts-INITIAL_FORMS": sum("id" in host for host in hosts), "hosts-MIN_NUM_FORMS": 0,
        "hosts-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    for place, host in enumerate(hosts):
        values |= {f"hosts-{place}-{name}": value for name, value in host.items()}
    values |= fields
    return {name: value for name, value in values.items() if value is not None}


@pytest.fixture
def japan(db):
    return factories.country("JP")


# ── the list ─────────────────────────────────────────────────────────────────


def test_the_list_shows_how_each_event_stands(login, viewer, event):
    factories.invitation(event, reply="accepted")
    factories.invitation(event, reply="substitute")
    factories.event(is_record=True, state="held", precision="month", day=dt.date(2015, 6, 1), title_ja="市長会")

    page = login(viewer).get(reverse("admin:events_event_changelist")).content.decode()

    assert home(event) in page
    assert "2015年6月" in page
    assert "2015年6月1日" not in page


def test_the_list_costs_the_same_with_one_and_30_events(login, desk, assert_fixed_queries):
    client = login(desk)

    def add():
        factories.invitation(factories.event())

    assert assert_fixed_queries(lambda: client.get(reverse("admin:events_event_changelist")), add) < 20


@pytest.mark.parametrize("query", ["?q=広島", "?kind__exact=iikura_reception", "?state__exact=planned", "?is_record__exact=1", "?o=1.-3"])
def test_the_list_is_searched_and_filtered(login, desk, event, query):
    assert login(desk).get(reverse("admin:events_event_changelist") + query).status_code == 200


@pytest.mark.parametrize("query", ["?starts_on__year=999999999999", "?q=%00", "?owners__password__startswith=a", "?kind__regex=("])
def test_hostile_filters_are_the_readers_mistake(login, desk, event, query):
    assert 200 <= login(desk).get(reverse("admin:events_event_changelist") + query).status_code < 500


# ── the form ─────────────────────────────────────────────────────────────────


def test_adding_asks_for_the_kind_first(login, desk, japan):
    page = login(desk).get(ADD).content.decode()

    assert all(f"?kind={key}" in page for key in kinds.KINDS)


def test_a_kind_brings_its_usual_place_and_number(login, desk, japan):
    factories.event(kind="iikura_reception", ordinal=5, is_record=True, state="held")

    page = login(desk).get(ADD, {"kind": "iikura_reception"}).content.decode()

    assert "外務省飯倉公館" in page
    assert 'name="ordinal" value="6"' in page


def test_an_event_is_added_with_era_dates_hosts_and_its_checklist(login, desk, japan):
    body = factories.local_government("広島県", kind="prefecture").organisation
    draft = Event(
        kind="iikura_reception", title_ja="ディスカバー広島", title_en="Discover Hiroshima", country=japan, venue_ja="飯倉",
        reply_by=timezone.now(), guest_list_closes_at=timezone.now(), starts_on=None, ends_on=None,
    )  # fmt: skip
    data = posted(
        draft, [{"organisation": "広島県", "order": 1, "role": "co_host"}], starts_on="R9.1.14", ends_on="令和9年1月14日",
        reply_by_0="2027年1月5日", reply_by_1="17:00", guest_list_closes_at_0="2027/1/12", guest_list_closes_at_1="12:00", owners=[desk.pk],
    )  # fmt: skip

    response = login(desk).post(ADD + "?kind=iikura_reception", data)

    made = Event.objects.get()
    assert response["Location"] == home(made)
    assert made.starts_on == dt.date(2027, 1, 14)
    assert made.tasks.count() == len(kinds.KINDS["iikura_reception"].checklist) > 0
    assert made.tasks.first().history.get().history_user == desk
    assert EventHost.objects.get(event=made).organisation == body
    assert AuditEvent.objects.filter(act="event.create").count() == 1


def test_a_host_is_named_by_code_by_reading_or_by_part_of_the_name(login, desk, event):
    hiroshima = factories.local_government("広島県", name_en="Hiroshima Prefecture", kana="ひろしまけん").organisation
    hiroshima.register_key = "lg:340006"
    hiroshima.save()
    client = login(desk)

    for place, typed in enumerate(["広島県", "340006", "hiroshima prefecture", "ヒロシマケン", "広島県（340006）"], start=1):
        event.refresh_from_db()
        client.post(change(event), posted(event, [{"organisation": typed, "order": place, "role": "co_host"}]))
        assert event.hosts.get().organisation == hiroshima, typed
        event.hosts.all().delete()


@pytest.mark.parametrize(("typed", "words"), [("府中市", "府中市（132063）"), ("竜宮城", "竜宮城"), ("9" * 500, "9" * 200), ("", "")])
def test_a_host_nobody_or_several_can_be_meant_by_is_told(login, desk, event, typed, words):
    for code in ("132063", "342084"):
        body = factories.local_government("府中市", kana=f"ふちゅうし{code}").organisation
        body.register_key = f"lg:{code}"
        body.save()

    response = login(desk).post(change(event), posted(event, [{"organisation": typed, "order": 1, "role": "co_host"}]))

    assert response.status_code == 200
    assert words in response.content.decode()
    assert not event.hosts.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ends_on", "2020-01-01"),
        ("starts_on", "2027-02-30"),
        ("end_time", "17:00"),
        ("time_zone", "Asia/Nowhere"),
        ("reply_by_0", "2199-01-01"),
        ("guest_list_closes_at_0", "2020-01-01"),
        ("capacity", "99999999999999999999"),
        ("title_ja", ""),
        ("country", "99999999999999999999999"),
    ],
)
def test_wrong_facts_are_told_and_nothing_is_saved(login, desk, event, field, value):
    response = login(desk).post(change(event), posted(event, title_en="A new title", **{field: value}))

    assert response.status_code == 200
    assert "A new title" in response.content.decode()
    event.refresh_from_db()
    assert event.version == 1


def test_changing_the_date_moves_the_tasks_and_the_calendar(login, desk, event):
    task = factories.task(event, offset_days=-7)
    later = event.starts_on + dt.timedelta(days=7)

    login(desk).post(change(event), posted(event, starts_on=later, ends_on=later))

    event.refresh_from_db()
    task.refresh_from_db()
    assert (event.starts_on, event.calendar_sequence) == (later, 1)
    assert task.due_on == later - dt.timedelta(days=7)
    assert {"starts_on", "ends_on"} == set(AuditEvent.objects.get(act="event.edit").facts["fields"])


def test_the_second_saver_sees_what_changed(login, desk, event):
    data = posted(event, venue_ja="別の会場")
    event.venue_ja = "先に直した会場"
    event.save()

    response = login(desk).post(change(event), data)

    page = response.content.decode()
    assert response.status_code == 200
    assert "先に直した会場" in page
    assert "別の会場" in page
    event.refresh_from_db()
    assert event.venue_ja == "先に直した会場"


# ── what was approved ────────────────────────────────────────────────────────


@pytest.fixture
def approved(event, desk, approver, invitation):
    """A frozen and approved letter of the event."""
    factories.host(event)
    invitations.reprint(event=event, by=desk)
    letter = factories.event_mailing(event, factories.mailing(by=desk)).mailing
    letter = mailings.freeze(mailing=letter, by=desk)
    paper = approvals.submit(approval=approvals.draft(thing=letter, by=desk), by=desk)
    approvals.agree(approval=paper, by=approver)
    assert approvals.standing(letter).holds
    return letter


def hosts_of(event):
    return [
        {
            "id": host.pk,
            "event": event.pk,
            "organisation": host.organisation.name_ja,
            "order": host.order,
            "role": host.role,
            "version": host.version,
        }
        for host in event.hosts.all()
    ]


def test_a_change_that_voids_an_approval_is_asked_about_first(login, desk, event, approved):
    client = login(desk)
    data = posted(event, hosts_of(event), venue_ja="飯倉別館")

    response = client.post(change(event), data)

    page = response.content.decode()
    assert response.status_code == 200
    assert "confirm_void" in page
    assert "飯倉別館" in page
    event.refresh_from_db()
    assert (event.venue_ja, event.version) == ("外務省飯倉公館", 1)
    assert approvals.standing(approved).holds

    client.post(change(event), {**data, "confirm_void": "on"})
    event.refresh_from_db()
    assert event.venue_ja == "飯倉別館"
    assert approvals.standing(approved).void


def test_a_letter_that_is_under_way_stops_with_the_change_that_voids_its_approval(login, desk, event, approved):
    mailings.send(mailing=approved, by=desk)

    login(desk).post(change(event), posted(event, hosts_of(event), venue_ja="飯倉別館", confirm_void="on"))

    approved.refresh_from_db()
    assert (approved.state, approved.state_changed_by) == ("paused", desk)
    assert not ledger.due().filter(mailing=approved).exists()


def test_a_changed_host_is_asked_about_too(login, desk, event, approved):
    hosts = hosts_of(event)
    hosts[0]["name_ja"] = "別の名義"

    response = login(desk).post(change(event), posted(event, hosts))

    assert "confirm_void" in response.content.decode()
    assert not event.hosts.filter(name_ja="別の名義").exists()


def test_two_hosts_change_places(login, desk, event):
    first, second = factories.host(event), factories.host(event)
    hosts = hosts_of(event)
    hosts[0]["order"], hosts[1]["order"] = 2, 1

    login(desk).post(change(event), posted(event, hosts))

    assert [host.pk for host in event.hosts.all()] == [second.pk, first.pk]


def test_two_hosts_do_not_share_a_place(login, desk, event):
    factories.host(event)
    factories.host(event)
    hosts = hosts_of(event)
    hosts[1]["order"] = 1

    response = login(desk).post(change(event), posted(event, hosts, title_en="A new title"))

    assert response.status_code == 200
    assert "A new title" in response.content.decode()
    assert [host.order for host in event.hosts.all()] == [1, 2]


def test_what_is_not_printed_is_saved_without_a_question(login, desk, event, approved):
    login(desk).post(change(event), posted(event, hosts_of(event), note="駐車場を確認", capacity=250))

    event.refresh_from_db()
    assert event.capacity == 250
    assert approvals.standing(approved).holds


# ── the record ───────────────────────────────────────────────────────────────


def test_nobody_changes_or_deletes_the_record(login, superuser):
    record = factories.event(is_record=True, state="held")
    client = login(superuser)

    assert client.post(change(record), posted(record, title_ja="別の名")).status_code == 403
    assert client.post(reverse("admin:events_event_delete", args=[record.pk]), {"post": "yes"}).status_code == 403
    assert client.get(change(record)).status_code == 200
    client.post(reverse("admin:events_event_changelist"), {"action": "delete_selected", "_selected_action": record.pk, "post": "yes"})
    record.refresh_from_db()
    assert record.title_ja == "飯倉公館レセプション"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("home", {"act": "cancel"}),
        ("home", {"act": "add_task", "title_ja": "a", "title_en": "b", "due_on": "2027-01-01"}),
        ("invitees", {"act": "add"}),
        ("left_out", {"act": "leave_out", "reason": "protocol"}),
        ("letters", {"act": "write", "purpose": "invitation"}),
    ],
)
def test_no_page_changes_the_record(login, superuser, name, data):
    record = factories.event(is_record=True, state="held")
    body = factories.embassy("NO")

    marked = {"position": factories.head(body).pk, "organisation": body.pk}
    response = login(superuser).post(reverse(f"admin:events_event_{name}", args=[record.pk]), {**marked, **data}, follow=True)

    assert response.status_code == 200
    assert "notice bad" in response.content.decode()
    record.refresh_from_db()
    assert record.version == 1
    assert not record.tasks.exists()
    assert not record.invitations.exists()
    assert not record.left_out.exists()
    assert not record.event_mailings.exists()


def test_only_an_empty_plan_is_deleted(login, desk, event):
    client = login(desk)
    other = factories.event()
    factories.invitation(other)

    assert client.post(reverse("admin:events_event_delete", args=[other.pk]), {"post": "yes"}).status_code == 403
    client.post(reverse("admin:events_event_delete", args=[event.pk]), {"post": "yes"})

    assert list(Event.objects.all()) == [other]


def test_who_reads_cannot_edit(login, viewer, event):
    assert login(viewer).post(change(event), posted(event, title_ja="別の名")).status_code == 403
    assert login(viewer).get(ADD).status_code == 403
    assert login(viewer).get(change(event)).status_code == 200


def test_the_summary_of_errors_leads_to_each_field_and_each_host(login, desk, event):
    client = login(desk)
    form = client.get(f"/admin/events/event/{event.pk}/change/").context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    data |= {"owners": [], "start_time": "19:00", "end_time": "18:00", "starts_on": "2027-02-30"}
    data |= {"hosts-TOTAL_FORMS": "1", "hosts-INITIAL_FORMS": "0", "hosts-0-role": "co_host", "hosts-0-organisation": "どこにもない市"}

    page = client.post(f"/admin/events/event/{event.pk}/change/", data).content.decode()
    summary = page.partition('id="error-summary"')[2].partition("</div>")[0]

    assert 'href="#id_starts_on"' in summary
    assert 'href="#id_hosts-0-organisation"' in summary
    for anchor in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{anchor}"' in page


def test_the_form_shows_hours_to_the_minute_and_no_dead_icons(login, desk):
    event = factories.event(start_time=dt.time(18, 30))

    page = login(desk).get(f"/admin/events/event/{event.pk}/change/").content.decode()

    assert 'value="18:30"' in page
    assert "18:30:00" not in page
    assert "related-widget-wrapper-link" not in page
    assert "_addanother" not in page


def test_an_hour_that_is_none_is_told_once(login, desk, event):
    data = {"start_time": "25:99", "end_time": "20:00", "hosts-TOTAL_FORMS": "0", "hosts-INITIAL_FORMS": "0"}

    form = login(desk).post(f"/admin/events/event/{event.pk}/change/", data).context["adminform"].form

    assert len(form.errors["start_time"]) == 1
