"""Invitations whose link was made anew, because they were withdrawn and made again or because the link fell into wrong hands."""

import datetime as dt

import pytest
from django.utils import timezone

from events import event_mailings, invitations, recipients
from partnership import approvals, mailings
from partnership.models import Email, Position
from partnership.transitions import Refused
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def invitation(event):
    return factories.invitation(event)


@pytest.fixture
def letter(event, invitation, desk):
    """A letter that has left with the first link, an hour ago, and the draft of another one."""
    before = timezone.now() - dt.timedelta(hours=1)
    invitation.linked_at = before - dt.timedelta(hours=1)
    invitation.save()
    factories.email(purpose="invitation", about=invitation, to_address="old@no.example.jp", state="sent", data_started_at=before)
    return event_mailings.write(event=event, purpose="invitation", by=desk).mailing


def listed(letter):
    return [row.about for row in recipients.of(letter)]


def renew_by_reissue(invitation, desk):
    invitations.reissue(invitation=invitation, by=desk)


def renew_by_inviting_again(invitation, desk):
    invitations.withdraw(invitation=invitation, by=desk)
    invitations.invite(event=invitation.event, position=invitation.position, by=desk)


@pytest.mark.parametrize("renew", [renew_by_reissue, renew_by_inviting_again])
def test_a_new_link_is_sent_with_the_next_letter(letter, invitation, desk, renew):
    before = listed(letter)

    renew(invitation, desk)

    assert (before, listed(letter)) == ([], [invitation])


def test_a_letter_that_still_waits_takes_the_new_link_along(letter, invitation, desk):
    factories.email(purpose="invitation", about=invitation, state="queued")

    renew_by_reissue(invitation, desk)

    assert listed(letter) == []


def test_a_new_link_never_goes_to_where_the_old_one_went(letter, invitation, desk):
    invitation.position.email = "right@no.example.jp"
    invitation.position.save()
    renew_by_reissue(invitation, desk)

    invitations.answer(invitation=invitation, reply="accept", source="phone", by=desk)

    assert [mail.to_address for mail in Email.objects.filter(purpose="confirmation")] == ["right@no.example.jp"]


def test_who_is_invited_again_is_asked_again(client, invitation, desk):
    invitations.answer(invitation=invitation, reply="accept", source="link", by=None)
    renew_by_inviting_again(invitation, desk)
    invitation.refresh_from_db()

    page = client.get(f"/rsvp/{invitations.token(invitation)}/?lang=en").content.decode()

    assert "Will you attend?" in page
    assert "We look forward to welcoming you" not in page


# ── letters that did not arrive ──────────────────────────────────────────────


@pytest.fixture
def failed(event, desk, approver):
    """A letter and its copy that no server took."""
    factories.host(event)
    embassy = factories.embassy("NO", email="wrong@no.example.jp", secretariat_email="wrong.too@no.example.jp")
    factories.invitation(event, factories.head(embassy))
    invitations.reprint(event=event, by=desk)
    letter = mailings.freeze(mailing=event_mailings.write(event=event, purpose="invitation", by=desk).mailing, by=desk)
    approvals.agree(approval=approvals.submit(approval=approvals.draft(thing=letter, by=desk), by=desk), by=approver)
    mailings.send(mailing=letter, by=desk)
    letter.emails.update(state="failed", reason="unknown_address")
    return letter


def test_a_letter_is_sent_again_to_the_address_that_was_corrected(failed, desk):
    Position.objects.update(email="right@no.example.jp", secretariat_email="right.too@no.example.jp")

    mailings.retry(mailing=failed, by=desk)

    assert [mail.to_address for mail in failed.emails.filter(seq=1).order_by("id")] == ["right@no.example.jp", "right.too@no.example.jp"]


def test_a_letter_is_sent_again_where_it_went_when_the_register_has_no_address_any_more(failed, desk):
    Position.objects.update(email="", secretariat_email="")

    mailings.retry(mailing=failed, by=desk)

    assert [mail.to_address for mail in failed.emails.filter(seq=1).order_by("id")] == ["wrong@no.example.jp", "wrong.too@no.example.jp"]


def test_a_letter_is_not_sent_again_to_what_is_no_address(failed, desk):
    Position.objects.update(email="no address")

    with pytest.raises(Refused, match="no address"):
        mailings.retry(mailing=failed, by=desk)

    assert not failed.emails.filter(seq=1).exists()
