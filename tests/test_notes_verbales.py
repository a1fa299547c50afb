"""Notes verbales: one for each mission, approved, numbered when issued, printed on paper; and the address labels of an event."""

import io

import pypdfium2
import pytest
from django.urls import reverse

from events import event_mailings, labels, notes_verbales
from events.models import NoteVerbale
from partnership import approvals, mailings, typesetting
from partnership.models import AuditEvent, Email, Organisation
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


def test_a_note_names_the_embassy_formally_and_its_hosts_in_the_middle_of_a_sentence(event, desk):
    mailing = drafted(event, desk)
    rows = {row.label_en: row.values for row in notes_verbales.recipients(mailing)}

    assert rows["Embassy of Norway"]["en"]["mission"] == "the Embassy of the Kingdom of Norway"
    assert rows["Embassy of Norway"]["ja"]["mission"] == "在本邦ノルウェー王国大使館"
    pages = [" ".join(page.split()) for page in read(notes_verbales.sheets(mailing))]
    assert not any("that The " in page for page in pages)
    assert any("Tokyo, (date of issue)" in page or "（発出の日）" in page for page in pages)


def test_one_sheet_of_each_language_is_enough_to_try_the_printer(event, desk, login):
    mailing = drafted(event, desk)
    Organisation.objects.filter(country__iso2="AU").update(language="ja")
    address = reverse("admin:events_event_notes", args=[event.pk, mailing.pk])

    assert len(read(login(desk).get(address + "?test").content)) == len({row.language for row in notes_verbales.recipients(mailing)})
    assert address + "?test" in login(desk).get(reverse("admin:partnership_mailing_home", args=[mailing.pk])).content.decode()


def test_a_long_note_goes_on_to_a_page_that_says_whose_it_is():
    values = {"language": "en", "number": "No. 1", "heading": "NOTE VERBALE", "place_and_day": "Tokyo", "addressee": ["The Embassy"]}
    long = [["word " * 60]] * 12

    pages = read(typesetting.pdf("notes_verbales", {"notes": [{**values, "paragraphs": part} for part in (long, long, [["short"]])]}))

    assert ["No. 1　2" in page or "No. 1 2" in " ".join(page.split()) for page in pages] == [False, True, False, True, False]


def test_what_the_register_lacks_for_the_envelopes_is_said_before_anything_is_printed(event, desk, login):
    mailing = drafted(event, desk)
    home = reverse("admin:partnership_mailing_home", args=[mailing.pk])
    client = login(desk)
    page = client.get(reverse("admin:events_event_labels", args=[event.pk])).content.decode()

    assert "駐日ノルウェー大使館" in page
    assert len(notes_verbales.without_address(mailing)) == 1
    assert client.get(home).status_code == 200
    for body in Organisation.objects.filter(invitations__event=event):
        body.address_ja = "東京都港区"
        body.save()
    assert notes_verbales.without_address(mailing) == labels.without_address(event) == []


def test_the_longest_label_has_room_for_every_line(event, desk):
    body = event.invitations.first().organisation
    body.postal_code, body.address_en = (
        "106-0041",
        "23rd Floor, International Friendship Hall Tokyo Building, 5-12-34 Minami-Azabu, Minato-ku, Tokyo",
    )
    body.address_ja = "東京都港区南麻布五丁目十二番三十四号国際友好会館東京タワービルディング二十三階" * 2
    body.save()

    for language in ("ja", "en"):
        page = pypdfium2.PdfDocument(labels.sheets(event, rule="", language=language, skip=23, by=desk))[0]  # it alone, at the foot
        text = page.get_textpage()
        boxes = [text.get_charbox(at) for at in range(text.count_chars())]
        assert min(box[1] for box in boxes) > 2 / 25.4 * 72
        assert max(box[3] for box in boxes) < 37 / 25.4 * 72


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
