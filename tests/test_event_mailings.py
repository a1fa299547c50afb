"""The letters of an event."""

import pytest
from django.urls import reverse

from events import event_mailings, kinds, recipients
from events.models import EventMailing
from partnership import letters, purposes
from partnership.models import AuditEvent, Mailing
from partnership.transitions import Refused
from tests import factories


def address(event):
    return reverse("admin:events_event_letters", args=[event.pk])


def test_a_letter_begins_with_the_text_of_its_kind(login, desk, event):
    response = login(desk).post(address(event), {"act": "write", "purpose": "invitation"})

    row = EventMailing.objects.get(event=event)
    assert response["Location"] == reverse("admin:partnership_mailing_home", args=[row.mailing_id])
    assert row.mailing.body_ja == event.kind_facts.letters["invitation"].body_ja
    assert (row.number, row.mailing.created_by) == (1, desk)


def test_letters_of_a_purpose_are_numbered(desk, event):
    titles = [event_mailings.write(event=event, purpose="invitation", by=desk).mailing for _number in range(2)]

    assert [letter.title_ja for letter in titles] == ["招待状", "招待状（第2次）"]
    assert [letter.title_en for letter in titles] == ["Invitation", "Invitation (2)"]


def test_the_first_letter_begins_the_inviting(desk, event):
    event_mailings.write(event=event, purpose="invitation", by=desk)
    event_mailings.write(event=event, purpose="invitation", by=desk)

    event.refresh_from_db()
    assert event.state == "inviting"
    assert AuditEvent.objects.filter(act="event.open_invitations").count() == 1


@pytest.mark.parametrize("state", ["cancelled", "postponed", "held", "reported"])
def test_no_letter_is_written_for_what_is_over(desk, state):
    with pytest.raises(Refused):
        event_mailings.write(event=factories.event(state=state), purpose="invitation", by=desk)


@pytest.mark.parametrize("purpose", ["", "nonsense", "confirmation", "a" * 500])
def test_an_unknown_purpose_is_told(login, desk, event, purpose):
    response = login(desk).post(address(event), {"act": "write", "purpose": purpose}, follow=True)

    assert "notice bad" in response.content.decode()
    assert not EventMailing.objects.exists()


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_the_texts_of_every_kind_are_fit_to_be_sent(kind):
    for purpose, letter in kinds.KINDS[kind].letters.items():
        for language in ("ja", "en"):
            subject, body = getattr(letter, f"subject_{language}"), getattr(letter, f"body_{language}")
            assert letters.problems(purposes.get(purpose), subject, body) == []


def test_the_page_shows_each_letter_with_its_state_paper_and_counts(login, viewer, desk, event):
    letter = event_mailings.write(event=event, purpose="invitation", by=desk).mailing
    factories.recipient(letter)
    factories.email(mailing=letter, purpose="invitation", state="sent")
    factories.email(mailing=letter, purpose="invitation", state="failed")
    paper = factories.approval(letter, state="circulating")

    page = login(viewer).get(address(event))

    line = page.context["letters"][0]
    assert (line["listed"], line["sent"], line["failed"], line["paper"]) == (1, 1, 1, paper)
    assert "<form" not in page.content.decode().split("<main")[1]


def test_the_page_costs_the_same_with_one_and_30_letters(login, desk, event, assert_fixed_queries):
    client = login(desk)

    def add():
        letter = factories.event_mailing(event).mailing
        factories.recipient(letter)
        factories.email(mailing=letter, purpose="invitation")
        factories.approval(letter)

    assert assert_fixed_queries(lambda: client.get(address(event)), add) < 20


def test_who_may_not_open_letters_gets_no_dead_link(login, protocol, desk, event):
    letter = event_mailings.write(event=event, purpose="invitation", by=desk).mailing
    factories.approval(letter)

    page = login(protocol).get(address(event)).content.decode()

    assert reverse("admin:partnership_mailing_home", args=[letter.pk]) not in page


@pytest.mark.parametrize("page", ["/admin/", "/admin/partnership/mailing/", "/admin/approvals/"])
def test_letters_and_papers_say_to_which_event_they_belong(login, desk, approver, page):
    event = factories.event(title_ja="ディスカバー広島")
    letter = event_mailings.write(event=event, purpose="invitation", by=desk).mailing
    Mailing.objects.filter(pk=letter.pk).update(state="ready")
    factories.approval(letter, by=desk, state="returned")

    shown = login(desk).get(page).content.decode()

    assert "<small>" in shown
    assert any("ディスカバー広島" in small.partition("</small>")[0] for small in shown.split("<small>"))


def test_a_recipient_names_its_body_once(desk, event):
    body = factories.embassy("NO", name_ja="駐日ノルウェー大使館", name_en="Embassy of Norway")
    seat = factories.position(body, "economic", email="economic@no.example.jp", secretariat_email="office@no.example.jp")
    letter = event_mailings.write(event=event, purpose="invitation", by=desk).mailing
    factories.invitation(
        event,
        seat,
        name_ja="",
        name_en="",
        post_ja="駐日ノルウェー大使館　経済担当",
        post_en="Economic Section, Embassy of Norway",
        rank="",
    )

    rows = recipients.of(letter)

    assert [row.label_ja for row in rows] == ["駐日ノルウェー大使館　経済担当", "駐日ノルウェー大使館　秘書担当（写し）"]
    assert [row.label_en for row in rows] == [
        "Embassy of Norway: Economic Section",
        "Embassy of Norway: copy for the secretariat",
    ]
