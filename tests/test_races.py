"""What two people, or a person and the sweep, do at the same moment. With real connections."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from events import event_mailings, invitations
from events.models import Invitation
from partnership import emails, ledger, mailings
from partnership.models import Email, Mailing, Recipient
from partnership.transitions import Refused
from tests import engine, factories

pytestmark = pytest.mark.django_db(transaction=True)
RACES_IN_POSTGRES = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")


def while_somebody(does: Callable[[], object], work: Callable[[], object]) -> object:
    """Begin ``does`` in another connection, do ``work`` before that is committed, commit it while ``work`` runs or waits."""
    begun, leave = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with transaction.atomic():
                does()
                begun.set()
                leave.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    assert begun.wait(30)
    timer = threading.Timer(0.5, leave.set)
    timer.start()
    try:
        return work()
    finally:
        thread.join(30)


@pytest.mark.sqlite
def test_a_mailing_is_not_finished_while_one_of_its_mails_is_sent_again(desk):
    mailing = engine.sending(1)
    Email.objects.update(state="failed")

    while_somebody(lambda: emails.resend(email=Email.objects.get(), by=desk), ledger.finish_mailings)

    assert Mailing.objects.get(pk=mailing.pk).state == "sending"
    assert ledger.due().get().seq == 1


@RACES_IN_POSTGRES
def test_two_lists_frozen_at_the_same_moment_do_not_hold_the_same_guest(desk):
    event = factories.event(companions_allowed=1)
    factories.host(event)
    factories.invitation(event)
    invitations.reprint(event=event, by=desk)
    one, other = (event_mailings.write(event=event, purpose="invitation", by=desk).mailing for _number in range(2))

    with pytest.raises(Refused):
        while_somebody(lambda: mailings.freeze(mailing=one, by=desk), lambda: mailings.freeze(mailing=other, by=desk))

    assert Recipient.objects.get().mailing == one


@RACES_IN_POSTGRES
@pytest.mark.parametrize("page", ["invitation", "calls"])
def test_an_answer_that_was_not_seen_is_not_overwritten(desk, login, page):
    invitation = factories.invitation()
    client, data = login(desk), {"act": "answer", "reply": "decline", "source": "phone", "version": invitation.version}
    address = reverse("admin:events_invitation_home", args=[invitation.pk])
    if page == "calls":
        data |= {"act": "decline", "invitation": invitation.pk}
        address = reverse("admin:events_event_calls", args=[invitation.event_id])
    guest = Invitation.objects.get()

    while_somebody(lambda: invitations.answer(invitation=guest, reply="accept", source="link", by=None), lambda: client.post(address, data))

    assert Invitation.objects.get().reply == "accepted"
