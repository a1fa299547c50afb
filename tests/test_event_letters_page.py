"""The page of an event's letters: what is offered, packages, who gets a letter and when it leaves."""

import pytest
from django.urls import reverse
from django.utils import translation

from events import event_mailings
from events.kinds import KINDS
from events.letter_kinds import COMPANIONS, LETTERS
from events.models import EventMailing
from partnership import letters, mailings, purposes
from partnership.models import Mailing
from tests import event_letters as post
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reception(event, desk):
    factories.host(event)
    post.invited(event, "NO", by=desk)
    return event


def address(event):
    return reverse("admin:events_event_letters", args=[event.pk])


def test_one_click_drafts_the_invitation_with_its_reminder_and_thanks(login, desk, reception):
    response = login(desk).post(address(reception), {"act": "package"})

    lead = Mailing.objects.get(purpose="invitation")
    assert response["Location"] == reverse("admin:partnership_mailing_home", args=[lead.pk])
    assert [one.purpose for one in lead.companions.order_by("pk")] == list(COMPANIONS)
    assert {one.scheduled_by for one in lead.companions.all()} == {desk}


def test_the_lists_of_a_package_are_frozen_and_freed_together(desk, reception):
    lead = event_mailings.write_package(event=reception, by=desk).mailing

    mailings.freeze(mailing=lead, by=desk)
    frozen = {one.state for one in lead.companions.all()}
    mailings.thaw(mailing=Mailing.objects.get(pk=lead.pk), by=desk)

    assert (frozen, {one.state for one in lead.companions.all()}) == ({"ready"}, {"draft"})


def test_an_event_that_asks_for_regrets_only_has_no_reminder(desk, reception):
    reception.reply_mode = "regrets"
    reception.save()

    lead = event_mailings.write_package(event=reception, by=desk).mailing

    assert [one.purpose for one in lead.companions.all()] == ["thanks"]


def test_a_package_stands_below_its_letter_with_the_day_on_which_it_leaves(login, desk, reception):
    event_mailings.write_package(event=reception, by=desk)

    lines = login(desk).get(address(reception)).context["letters"]

    assert [line["letter"].mailing.purpose for line in lines] == ["invitation", *COMPANIONS]
    assert all(line["line"].leaves_at for line in lines[1:])


def test_staff_say_when_a_draft_leaves_by_itself(login, desk, reception):
    reminder = event_mailings.write_package(event=reception, by=desk).mailing.companions.get(purpose="reminder")
    field = f"letter{reminder.pk}-days_before"
    client = login(desk)

    client.post(address(reception), {"act": "arrange", "letter": reminder.pk, field: "7"})
    seven = EventMailing.objects.get(mailing=reminder).days_before
    client.post(address(reception), {"act": "arrange", "letter": reminder.pk, field: ""})

    reminder.refresh_from_db()
    assert (seven, reminder.event_mailing.days_before, reminder.scheduled_by) == (7, None, None)


def test_a_day_that_is_not_offered_is_told_beside_its_field(login, desk, reception):
    reminder = event_mailings.write_package(event=reception, by=desk).mailing.companions.get(purpose="reminder")

    page = login(desk).post(address(reception), {"act": "arrange", "letter": reminder.pk, f"letter{reminder.pk}-days_before": "999"})

    assert page.status_code == 422
    assert "error-summary" in page.content.decode()


@pytest.mark.parametrize("letter", ["", "x", "999999", "1\x002"])
def test_a_letter_of_another_event_is_not_arranged(login, desk, reception, letter):
    assert login(desk).post(address(reception), {"act": "arrange", "letter": letter}).status_code in {400, 404}


def test_a_frozen_letter_is_not_arranged(login, desk, reception):
    lead = event_mailings.write_package(event=reception, by=desk).mailing
    mailings.freeze(mailing=lead, by=desk)
    reminder = lead.companions.get(purpose="reminder")

    login(desk).post(address(reception), {"act": "arrange", "letter": reminder.pk, f"letter{reminder.pk}-days_before": "7"})

    assert EventMailing.objects.get(mailing=reminder).days_before == 3


def test_who_only_looks_is_offered_nothing(login, viewer, reception):
    page = login(viewer).get(address(reception))

    assert page.context["offers"] == []
    assert login(viewer).post(address(reception), {"act": "package"}).status_code == 403


# ── texts ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("purpose", LETTERS)
def test_every_kind_of_event_has_every_letter_in_both_languages(kind, purpose):
    text, made = KINDS[kind].letters[purpose], purposes.get(purpose)
    values = {placeholder.name: f"<{placeholder.name}>" for placeholder in made.placeholders}

    for language in ("ja", "en"):
        with translation.override(language):
            subject, body = getattr(text, f"subject_{language}"), getattr(text, f"body_{language}")
            assert letters.problems(made, subject, body) == []
            printed = letters.render(body, values, {"link"})
        assert "%(" not in printed
        assert ("<mission>" if purpose == "note_verbale" else "<salutation>") in printed
        assert "<contact>" in printed


@pytest.mark.parametrize("purpose", ["save_the_date", "cancellation", "postponement", "thanks", "survey"])
def test_a_letter_that_asks_for_no_answer_by_link_has_none(purpose):
    assert "link" not in {placeholder.name for placeholder in purposes.get(purpose).placeholders}


def test_what_happens_when_nobody_knows_whether_a_letter_arrived_is_said_for_each():
    assert {key: purposes.get(key).uncertain for key in LETTERS} == {
        "save_the_date": "hold",
        "invitation": "hold",
        "reminder": "sent",
        "practical": "resend",
        "change": "hold",
        "cancellation": "hold",
        "postponement": "hold",
        "note_verbale": "hold",
        "thanks": "sent",
        "survey": "sent",
    }
