"""The demonstration: invented, marked, complete, and refused beside real data."""

from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.utils import timezone

from events import demonstration, hosts
from events.models import Answer, CallNote, Event, Invitation, LeftOut
from municipalities.models import AccessRequest, Call, Enquiry, MunicipalRequest
from partnership import approvals, attachments, demo, demo_people, mailings, positions
from partnership.dates import long_date
from partnership.mailbox import store
from partnership.models import Appointment, Approval, Email, Figure, Mailing, Person, Position, User

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]  # in their order: first without it


def test_without_the_marker_the_demonstration_is_refused(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("load_demo", stdout=StringIO())

    assert not User.objects.exists()


def test_without_the_record_the_command_says_what_to_do():
    with pytest.raises(CommandError, match="load_registers"):
        call_command("load_demo", stdout=StringIO())


@pytest.fixture(scope="module")
def loaded(registers, django_db_blocker, tmp_path_factory):
    """The demonstration, loaded once; the mailbox of the test run receives its mails."""
    out = StringIO()
    with django_db_blocker.unblock():
        call_command("load_demo", stdout=out)
    return out.getvalue()


with_demo = pytest.mark.usefixtures("loaded")


@with_demo
def test_every_account_has_its_role_and_the_password():
    accounts = {user.email: user for user in User.objects.filter(is_demo=True, organisation__isnull=False)}

    assert set(accounts) == {one.email for one in demo_people.ACCOUNTS}
    assert len(accounts) == 15
    for one in demo_people.ACCOUNTS:
        user = accounts[one.email]
        assert set(user.groups.values_list("name", flat=True)) == set(one.roles)
        assert user.organisation.register_key == one.body
        assert user.is_staff == one.email.endswith("@mofa.example.jp")
    assert check_password(demo.password(), accounts["desk@mofa.example.jp"].password)


@with_demo
def test_every_invented_person_is_marked_and_lives_under_example_jp():
    assert not Person.objects.filter(is_demo=False).exists()
    assert not Appointment.objects.filter(is_demo=False).exists()
    addresses = [address for seat in Position.objects.all() for address in (seat.email, seat.secretariat_email) if address]
    assert addresses
    assert all(address.endswith((".example.jp", "@mofa.example.jp")) for address in addresses)
    assert Position.objects.get(organisation__register_key="embassy:NO", role="head").email == "ambassador.no@embassy.example.jp"


@with_demo
def test_names_are_unique_and_in_both_languages():
    people = list(Person.objects.all())

    assert all(person.name_en and person.name_ja for person in people)
    assert len({person.name_en for person in people}) == len(people)


@with_demo
def test_some_posts_are_vacant_or_held_by_charges_and_designates():
    heads = Position.objects.filter(role="head", organisation__kind="embassy")
    held = positions.incumbents(heads)
    ranks = [holder.rank if holder else "vacant" for holder in held.values()]

    assert ranks.count("vacant") == len(demo_people.VACANT)
    assert ranks.count("charge_ad_interim") == len(demo_people.CHARGES)
    assert ranks.count("charge_en_titre") == len(demo_people.CHARGE_EN_TITRE)
    assert ranks.count("designate") == len(demo_people.DESIGNATES)
    ambassadors = [holder for holder in held.values() if holder and holder.rank == "ambassador"]
    assert all(holder.credentials_presented_at for holder in ambassadors)


@with_demo
def test_the_nuncio_is_titled_as_one():
    seat = Position.objects.get(organisation__register_key="embassy:VA", role="head")

    assert positions.title(seat, "en") == "Apostolic Nuncio to Japan"
    assert positions.addressee(seat, "en").startswith("His Excellency Most Rev. Archbishop ")


@with_demo
def test_the_reception_is_a_marked_copy_of_the_one_of_2015():
    event = demonstration.reception()

    assert (event.title_ja, event.title_en, event.is_demo, event.state) == ("ディスカバー広島", "Discover Hiroshima", True, "inviting")
    assert event.previous.record_key == "IIK-2015-3"
    assert event.ordinal == 6
    assert hosts.host_line(event, "ja") == "外務大臣、広島県知事及び広島市長の共催"
    assert event.starts_on.weekday() < 5
    assert (event.starts_on - timezone.localdate()).days in range(42, 49)
    assert event.reply_by.date() < event.starts_on
    assert event.tasks.count() == 24
    assert event.tasks.exclude(done_at=None).exists()


@with_demo
def test_every_embassy_is_invited_or_left_out_with_a_reason():
    event = demonstration.reception()

    heads = event.invitations.filter(position__role="head").count()
    assert (heads, LeftOut.objects.filter(event=event).count()) == (157, 2)


@with_demo
def test_the_first_letter_was_approved_by_someone_else_and_sent():
    letter = demonstration.reception().event_mailings.get(mailing__purpose="invitation", number=1).mailing

    assert letter.state == Mailing.State.FINISHED
    standing = approvals.standing(letter)
    assert standing.holds
    assert standing.approval.drafted_by.email == "desk@mofa.example.jp"
    assert standing.approval.steps.get().decided_by.email == "director@mofa.example.jp"
    assert set(letter.emails.values_list("state", flat=True)) == {Email.State.SENT}
    assert letter.emails.count() == 2 * 157
    assert len(store.numbers()) >= 2 * 157


@with_demo
def test_the_second_letter_waits_for_the_director():
    letter = demonstration.reception().event_mailings.get(mailing__purpose="invitation", number=2).mailing
    paper = approvals.open_paper(letter)

    assert letter.state == Mailing.State.READY
    assert paper.state == Approval.State.CIRCULATING
    assert paper in approvals.waiting_for(User.objects.get(email="director@mofa.example.jp"))


@with_demo
def test_the_reminder_was_approved_with_the_first_letter_and_leaves_by_itself():
    event = demonstration.reception()
    reminder = event.event_mailings.get(mailing__purpose="reminder").mailing

    assert (reminder.state, reminder.package) == (
        Mailing.State.READY,
        event.event_mailings.get(mailing__purpose="invitation", number=1).mailing,
    )
    assert approvals.standing(reminder).holds
    assert timezone.now() < mailings.leaves_at(reminder) < event.reply_by


@with_demo
def test_answers_of_every_kind_have_come():
    event = demonstration.reception()

    assert {"accepted", "declined", "substitute", "none"} <= set(event.invitations.values_list("reply", flat=True))
    assert {"link", "phone", "email", "staff"} <= set(Answer.objects.values_list("source", flat=True))
    assert CallNote.objects.filter(outcome="call_back").exists()


@with_demo
def test_one_live_address_is_printed_and_leads_to_a_card(client):
    lines = "\n".join(demo.lines())
    address = next(line.strip() for line in lines.splitlines() if "/rsvp/" in line)

    page = client.get(address[address.index("/rsvp/") :])

    assert page.status_code == 200
    assert "Marit Ekdal" in page.content.decode()
    assert "desk@mofa.example.jp" in lines


@with_demo
def test_no_invented_row_counts_in_a_figure():
    assert Figure.objects.count() == 56
    assert all(figure.about is None or not figure.about.is_demo for figure in Figure.objects.all())


# ── the portal ───────────────────────────────────────────────────────────────


@with_demo
def test_requests_stand_in_every_state_with_numbers_as_they_came():
    rows = list(MunicipalRequest.objects.filter(is_demo=True))
    sent = sorted((row for row in rows if row.submitted_at), key=lambda row: row.number_serial)

    assert {row.state for row in rows} == set(MunicipalRequest.State.values)
    assert [row.submitted_at.date() for row in sent] == sorted(row.submitted_at.date() for row in sent)
    assert all(row.submitted_at <= timezone.now() for row in sent)
    assert any(row.assignee is None for row in sent)
    assert any(row.is_returned for row in sent)
    assert any(row.expected_on < timezone.localdate() for row in sent if row.state in MunicipalRequest.ACTIVE)
    assert all("（デモ）" in str(row.answers) for row in sent)


@with_demo
def test_the_thread_of_a_request_runs_forward():
    for row in MunicipalRequest.objects.filter(is_demo=True):
        moments = list(row.messages.order_by("pk").values_list("at", flat=True))
        assert [moment.date() for moment in moments] == sorted(moment.date() for moment in moments), row


@with_demo
def test_hiroshima_is_asked_about_the_tour_that_prefecture_and_city_wish():
    tour = MunicipalRequest.objects.get(is_demo=True, kind="diplomats_study_tour", applicant__code="341002")

    assert (tour.state, tour.relay_rank) == ("waiting", 1)
    assert [party.local_government.code for party in tour.parties.order_by("order")] == ["340006", "341002"]
    assert attachments.of(tour).get().name == "行程案.xlsx"


@with_demo
def test_the_reception_came_from_a_request_and_its_city_sees_it(login):
    event = demonstration.reception()
    tie = event.event_requests.get()
    city = User.objects.get(email="hiroshima@lg.example.jp")

    assert (tie.request.kind, tie.request.state) == ("cohost_reception", "accepted")
    assert event.event_attractions.count() == 4
    assert event.hosts.count() == 3
    page = login(city).get("/portal/").content.decode()
    assert f"/portal/events/{event.pk}/" in page


@with_demo
def test_calls_are_open_and_one_is_open_all_the_time():
    open_calls = Call.objects.open().filter(is_demo=True)

    assert open_calls.count() == 3
    assert open_calls.filter(closes_at=None).count() == 1
    assert Call.objects.waiting_for_results().filter(is_demo=True).count() == 1
    assert all(call.guidelines_en and call.guidelines_ja for call in Call.objects.all())


@with_demo
def test_enquiries_wait_are_late_are_answered_and_one_asks_others():
    rows = list(Enquiry.objects.filter(is_demo=True))

    assert len(rows) == 8
    assert {row.state for row in rows} == {"open", "asked", "answered"}
    assert sum(bool(row.due_on and row.due_on < timezone.localdate() and row.state in Enquiry.WAITING) for row in rows) == 1
    assert all(row.processing_minutes >= row.reaction_minutes for row in rows if row.state == "answered")
    assert all("（デモ）" in row.asker for row in rows)


@with_demo
def test_somebody_waits_for_access_and_is_not_among_the_printed_accounts():
    asked = AccessRequest.objects.get(state="waiting")

    assert asked.is_demo
    assert asked.user.is_demo
    assert asked.email not in "\n".join(demo.lines())


@with_demo
def test_a_second_load_makes_nothing_new():
    models = (User, Person, Appointment, Event, Invitation, Answer, Mailing, Approval, MunicipalRequest, Call, Enquiry, AccessRequest)
    before = [model.objects.count() for model in models]
    out = StringIO()

    call_command("load_demo", stdout=out)

    assert [model.objects.count() for model in models] == before
    assert out.getvalue().strip() == "the demonstration is complete"


@with_demo
def test_the_registers_load_again_beside_the_demonstration():
    out = StringIO()

    call_command("load_registers", stdout=out)

    assert "CONFLICT" not in out.getvalue()
    assert "477 unchanged" in out.getvalue()


@with_demo
def test_the_letter_of_an_answer_names_the_day_of_the_submission():
    request = demonstration.reception().event_requests.get().request
    letter = request.messages.get(kind="accepted").text

    assert long_date(timezone.localtime(request.submitted_at).date(), "ja") in letter
    assert request.processing_days > 10
