"""Notes verbales: one for each mission, approved, numbered when issued, printed on paper; and the address labels of an event."""

import io

import pypdfium2
import pytest
from django.urls import reverse

from events import event_mailings, labels, notes_verbales
from events.models import NoteVerbale
from partnership import approvals, mailings
from partnership.models import AuditEvent, Email
from partnership.transitions import Refused
from tests import factories


def read(content):
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(content))]


@pytest.fixture
def event(db):
    made = factories.event(state="inviting", capacity=None)
    factories.host(made)
    for iso2 in ("NO", "AU"):
        body = factories.embassy(iso2)
        factories.invitation(made, factories.head(body))
        factories.invitation(made, factories.position(body, "economic"))
    factories.invitation(made, factories.position(factories.organisation("media"), "editor"))
    return made


def drafted(event, desk):
    return event_mailings.write(event=event, purpose="note_verbale", by=desk).mailing


def approved(event, desk, approver):
    mailing = drafted(event, desk)
    mailings.freeze(mailing=mailing, by=desk)
    paper = approvals.draft(thing=mailing, by=desk)
    approvals.submit(approval=paper, by=desk)
    approvals.agree(approval=paper, by=approver)
    mailing.refresh_from_db()
    return mailing


def test_each_mission_gets_one_whatever_the_number_of_its_guests(event, desk):
    rows = notes_verbales.recipients(drafted(event, desk))

    assert len(rows) == 2
    assert all(row.label_ja.endswith("大使館") for row in rows)


def test_a_note_is_numbered_when_it_is_issued_and_no_mail_is_written(event, desk, approver):
    mailing = approved(event, desk, approver)
    assert {"DRAFT" in page or "案" in page for page in read(notes_verbales.sheets(mailing))} == {True}

    mailings.send(mailing=mailing, by=desk)

    mailing.refresh_from_db()
    assert mailing.state == "finished"
    assert not Email.objects.filter(mailing=mailing).exists()
    notes = list(NoteVerbale.objects.filter(mailing=mailing))
    assert [note.number_serial for note in notes] == [1, 2]
    pages = read(notes_verbales.sheets(mailing))
    assert len(pages) == 2
    for note, page in zip(notes, pages, strict=True):
        assert ("compliments" in page) if note.language == "en" else ("敬意を表する" in page)
    assert AuditEvent.objects.filter(act="event.issue_notes").count() == 1


def test_nothing_is_issued_without_the_approval_nor_twice(event, desk, approver):
    mailing = drafted(event, desk)
    mailings.freeze(mailing=mailing, by=desk)
    with pytest.raises(Refused):
        mailings.send(mailing=mailing, by=desk)
    assert not NoteVerbale.objects.exists()

    paper = approvals.draft(thing=mailing, by=desk)
    approvals.submit(approval=paper, by=desk)
    approvals.agree(approval=paper, by=approver)
    mailings.send(mailing=mailing, by=desk)
    with pytest.raises(Refused):
        mailings.send(mailing=mailing, by=desk)
    assert NoteVerbale.objects.count() == 2


def test_the_page_of_the_mailing_leads_to_the_sheets(event, desk, approver, login):
    mailing = approved(event, desk, approver)
    client = login(desk)
    home = reverse("admin:partnership_mailing_home", args=[mailing.pk])
    sheets = reverse("admin:events_event_notes", args=[event.pk, mailing.pk])

    assert sheets in client.get(home).content.decode()
    page = client.post(home, {"act": "send"}, follow=True).content.decode()
    answer = client.get(sheets)

    assert sheets in page
    assert answer["Content-Type"] == "application/pdf"
    assert len(read(answer.content)) == 2
    other = factories.event()
    assert client.get(reverse("admin:events_event_notes", args=[other.pk, mailing.pk])).status_code == 404


def test_labels_name_body_and_guest_with_the_address_of_the_register(event, desk, login):
    body = event.invitations.first().organisation
    body.postal_code, body.address_ja, body.address_en = "106-0041", "東京都港区麻布台", "Azabudai, Minato-ku, Tokyo"
    body.save()
    address = reverse("admin:events_event_labels", args=[event.pk])
    client = login(desk)

    assert client.get(address).status_code == 200
    answer = client.post(address, {"who": "", "language": "ja", "skip": "3"})
    [page] = read(answer.content)

    assert page.count("106-0041") == 2
    assert body.name_ja in page
    assert AuditEvent.objects.filter(act="event.print_labels").count() == 1
    assert client.post(address, {"skip": "24"}).status_code == 422
    assert len(labels.of(event, "accepted")) == 0
