"""The call sheet: who has not answered, and the answers that came by telephone."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from events import call_sheet
from events import desk as event_desk
from events.models import Answer, CallNote, Invitation
from partnership.models import AuditEvent, Email
from partnership.transitions import Refused
from tests import factories


def address(event):
    return reverse("admin:events_event_calls", args=[event.pk])


def rows(response):
    return [one.pk for one in response.context["page_obj"]]


def later(**delta):
    return timezone.now() + dt.timedelta(**delta)


def test_only_those_without_an_answer_are_called(login, desk, event, invitation):
    for reply in ("accepted", "declined", "substitute", "withdrawn"):
        factories.invitation(event, reply=reply)

    assert rows(login(desk).get(address(event))) == [invitation.pk]


def test_promised_calls_come_first_then_precedence(login, desk, event):
    plain, promised, sooner, senior = (factories.invitation(event) for _number in range(4))
    call_sheet.call_again(invitation=promised, at=later(hours=3), by=desk)
    call_sheet.call_again(invitation=sooner, at=later(hours=1), by=desk)
    for one, day in ((plain, 20), (senior, 10)):
        factories.appointment(one.position, credentials_presented_at=dt.datetime(2025, 1, day, tzinfo=dt.UTC))

    assert rows(login(desk).get(address(event))) == [sooner.pk, promised.pk, senior.pk, plain.pk]


def test_a_call_that_reached_nobody_ends_the_promise(login, desk, event, invitation):
    call_sheet.call_again(invitation=invitation, at=later(hours=1), by=desk)
    call_sheet.not_reached(invitation=invitation, by=desk, note="留守番電話")

    page = login(desk).get(address(event))

    one = page.context["page_obj"][0]
    assert (one.call_back_at, one.last_outcome, one.last_note) == (None, "not_reached", "留守番電話")
    assert page.context["n_again"] == 0


def test_the_last_contact_is_the_mail_when_nobody_called(login, desk, event, invitation):
    factories.email(purpose="invitation", state="sent", about=invitation, accepted_at=later(days=-2))

    assert login(desk).get(address(event)).context["page_obj"][0].mailed_at is not None


@pytest.mark.parametrize(("act", "reply"), [("accept", "accepted"), ("decline", "declined")])
@pytest.mark.parametrize("source", ["phone", "fax"])
def test_an_answer_is_entered_in_its_row(login, desk, event, invitation, act, reply, source):
    response = login(desk).post(
        address(event), {"act": act, "invitation": invitation.pk, "version": invitation.version, "source": source}, follow=True
    )

    assert response.status_code == 200
    invitation.refresh_from_db()
    answer = Answer.objects.get(invitation=invitation)
    assert (invitation.reply, answer.source, answer.entered_by) == (reply, source, desk)
    assert Email.objects.filter(purpose="confirmation").exists()
    assert CallNote.objects.filter(outcome="answered").count() == (source == "phone")


def test_an_answer_by_an_invented_way_counts_as_telephone(login, desk, event, invitation):
    login(desk).post(address(event), {"act": "accept", "invitation": invitation.pk, "source": "link"})

    assert Answer.objects.get().source == "phone"


def test_who_answered_in_the_meantime_is_not_overwritten(login, desk, event, invitation):
    seen = invitation.version
    invitation.reply, invitation.replied_at = "accepted", timezone.now()
    invitation.save()

    response = login(desk).post(address(event), {"act": "decline", "invitation": invitation.pk, "version": seen}, follow=True)

    invitation.refresh_from_db()
    assert invitation.reply == "accepted"
    assert "notice bad" in response.content.decode()


def test_a_call_back_is_promised_and_shown(login, desk, event, invitation):
    day = timezone.localdate() + dt.timedelta(days=1)

    client = login(desk)
    client.post(
        address(event),
        {
            "act": "again",
            "invitation": invitation.pk,
            "call_back_at_0": day.isoformat(),
            "call_back_at_1": "11:00",
            "note": "秘書官が確認中",
        },
    )

    note = CallNote.objects.get()
    assert timezone.localtime(note.call_back_at).hour == 11
    assert (note.by, note.note) == (desk, "秘書官が確認中")
    assert AuditEvent.objects.filter(act="invitation.call").exists()
    page = client.get(address(event), {"state": "again"})
    assert rows(page) == [invitation.pk]


@pytest.mark.parametrize(
    "posted",
    [
        {"call_back_at_0": "2020-01-01", "call_back_at_1": "10:00"},
        {"call_back_at_0": "2027-02-30", "call_back_at_1": "10:00"},
        {"call_back_at_0": "", "call_back_at_1": ""},
        {"call_back_at_0": "2199-01-01", "call_back_at_1": "10:00"},
        {"note": "a" * 301, "call_back_at_0": "2199-01-01", "call_back_at_1": "10:00"},
    ],
)
def test_a_broken_promise_is_told(login, desk, event, invitation, posted):
    response = login(desk).post(address(event), {"act": "again", "invitation": invitation.pk, **posted}, follow=True)

    assert "notice bad" in response.content.decode()
    assert not CallNote.objects.exists()


def test_nobody_is_called_again_after_answering(desk, event):
    answered = factories.invitation(event, reply="accepted")

    with pytest.raises(Refused):
        call_sheet.not_reached(invitation=answered, by=desk)


def test_another_events_guest_is_not_found(login, desk, event, invitation):
    other = factories.event()

    assert login(desk).post(address(other), {"act": "accept", "invitation": invitation.pk}).status_code == 404
    assert login(desk).post(address(event), {"act": "accept", "invitation": "nobody"}).status_code == 404
    assert login(desk).post(address(event), {"act": "delete", "invitation": invitation.pk}).status_code == 400


def test_filters_narrow_the_sheet(login, desk, event, invitation):
    section = factories.invitation(event, factories.position(invitation.organisation, "economic"))
    kenya = factories.invitation(event, factories.head(factories.embassy("KE")))
    call_sheet.not_reached(invitation=kenya, by=desk)
    client = login(desk)

    assert rows(client.get(address(event), {"audience": "embassy.economic"})) == [section.pk]
    assert rows(client.get(address(event), {"region": "africa"})) == [kenya.pk]
    assert rows(client.get(address(event), {"state": "called"})) == [kenya.pk]
    assert set(rows(client.get(address(event), {"state": "none"}))) == {invitation.pk, section.pk}
    assert rows(client.get(address(event), {"q": "けにあ"})) == [kenya.pk]
    assert rows(client.get(address(event), {"audience": "embassy.nobody"})) == []


def test_for_paper_all_rows_stand_on_one_page(login, desk, event):
    for _number in range(30):
        factories.invitation(event)
    client = login(desk)

    assert len(rows(client.get(address(event)))) == 25
    assert len(rows(client.get(address(event), {"all": "1"}))) == 30


def test_the_sheet_costs_the_same_with_one_and_160_rows(login, desk, event, assert_fixed_queries):
    client = login(desk)

    def add():
        one = factories.invitation(event)
        call_sheet.not_reached(invitation=one, by=desk)

    assert assert_fixed_queries(lambda: client.get(address(event), {"all": "1"}), add, rows=160) < 30


def test_the_desk_shows_promised_calls_substitutes_and_late_tasks(desk, viewer, event, invitation):
    event.owners.add(desk)
    CallNote.objects.create(invitation=invitation, by=desk, outcome="call_back", call_back_at=timezone.now())
    factories.invitation(event, reply="substitute")
    factories.invitation(event, reply="late")
    factories.task(event, due_on=timezone.localdate() - dt.timedelta(days=1))
    factories.task(event, due_on=timezone.localdate(), owner=viewer)
    factories.task(event, due_on=timezone.localdate() + dt.timedelta(days=1))

    queues = (event_desk.late_tasks, event_desk.to_decide, event_desk.late_acceptances, event_desk.call_backs)
    assert [len(list(queue(desk))) for queue in queues] == [1, 1, 1, 1]
    assert [len(list(queue(viewer))) for queue in queues] == [0, 0, 0, 0]


def test_the_desk_costs_the_same_with_one_and_thirty_of_everything(login, desk, assert_fixed_queries):
    client = login(desk)

    def add():
        event = factories.event(owners=[desk])
        factories.host(event)
        one = factories.invitation(event)
        CallNote.objects.create(invitation=one, by=desk, outcome="call_back", call_back_at=timezone.now())
        factories.invitation(event, reply="substitute")
        factories.invitation(event, reply="accepted")
        factories.task(event, due_on=timezone.localdate())

    assert_fixed_queries(lambda: client.get(reverse("admin:index")), add)


def test_the_desk_shows_coming_events_and_todays_answers(login, viewer, event):
    factories.invitation(event, reply="accepted")
    factories.event(is_record=True, state="held", title_ja="記録の行事")

    page = login(viewer).get(reverse("admin:index")).content.decode()

    assert reverse("admin:events_event_home", args=[event.pk]) in page
    assert "記録の行事" not in page


# ── one invitation ───────────────────────────────────────────────────────────


def page_of(invitation):
    return reverse("admin:events_invitation_home", args=[invitation.pk])


def test_a_substitute_is_entered_with_name_and_post(login, desk, event, invitation):
    client = login(desk)
    assert client.get(page_of(invitation), {"reply": "substitute", "source": "fax", "next": address(event)}).status_code == 200

    response = client.post(
        page_of(invitation),
        {
            "act": "answer", "version": invitation.version, "reply": "substitute", "source": "fax", "attendee_name": "Ms. Kari Nilsen",
            "attendee_post": "Minister-Counsellor", "next": address(event),
        },
    )  # fmt: skip

    assert response["Location"] == address(event)
    invitation.refresh_from_db()
    assert invitation.reply == "substitute"
    assert invitation.participants.get().state == "asked"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_stays_on_this_site(login, desk, invitation, target):
    response = login(desk).post(page_of(invitation), {"act": "answer", "reply": "decline", "source": "phone", "next": target})

    assert response["Location"] == page_of(invitation)


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"reply": "maybe", "source": "phone"},
        {"reply": "substitute", "source": "phone"},
        {"reply": "accept", "source": "link"},
        {"reply": "accept", "source": "phone", "companions": "A\nB\nC"},
    ],
)
def test_a_broken_answer_is_told_and_nothing_is_lost(login, desk, invitation, posted):
    response = login(desk).post(page_of(invitation), {"act": "answer", "note": "よろしく", **posted})

    assert response.status_code == 422
    assert "よろしく" in response.content.decode()
    assert not Answer.objects.exists()


def test_the_second_of_two_who_answer_for_a_guest_is_told(login, desk, invitation):
    seen = invitation.version
    Invitation.objects.filter(pk=invitation.pk).update(version=seen + 1)

    response = login(desk).post(
        page_of(invitation), {"act": "answer", "version": seen, "reply": "accept", "source": "phone", "note": "私の書いた言葉"}
    )

    assert response.status_code == 409
    assert "私の書いた言葉" in response.content.decode()
    assert not Answer.objects.exists()


def test_an_invitation_gets_a_new_link_and_is_withdrawn(login, desk, invitation):
    client = login(desk)

    client.post(page_of(invitation), {"act": "reissue", "version": invitation.version})
    invitation.refresh_from_db()
    assert invitation.token_version == 2
    client.post(page_of(invitation), {"act": "withdraw", "version": invitation.version, "reason": "重複"})
    invitation.refresh_from_db()
    assert invitation.reply == "withdrawn"
    assert AuditEvent.objects.get(act="invitation.withdraw").facts["reason"] == "重複"


def test_the_page_shows_no_link_and_no_needs_to_who_only_reads(login, viewer, invitation):
    from events import invitations
    from events.models import GuestNeeds

    GuestNeeds.objects.create(invitation=invitation, diet="牛肉を除く")

    page = login(viewer).get(page_of(invitation)).content.decode()

    assert invitations.token(invitation) not in page
    assert "牛肉" not in page
    assert "<form" not in page.split("<main")[1]


def test_unknown_invitations_are_not_found(login, desk, invitation):
    client = login(desk)

    assert client.get(reverse("admin:events_invitation_home", args=[98765])).status_code == 404
    assert client.get(f"/admin/events/invitation/{'9' * 30}/").status_code == 404
    assert client.post(page_of(invitation), {"act": "explode"}).status_code == 400


def test_the_stock_addresses_of_an_invitation_lead_to_its_page(login, desk, invitation):
    response = login(desk).get(reverse("admin:events_invitation_change", args=[invitation.pk]))

    assert response["Location"] == page_of(invitation)


def test_the_lookup_of_invitations_costs_the_same(login, desk, assert_fixed_queries):
    client = login(desk)

    assert_fixed_queries(lambda: client.get(reverse("admin:events_invitation_changelist")), factories.invitation)
