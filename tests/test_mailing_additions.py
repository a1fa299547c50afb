"""Late names: they get the letter after a supplementary approval, and nobody gets it twice."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from partnership import approvals, mailing_additions, mailings
from partnership.models import Approval, Email, Mailing, Recipient
from partnership.transitions import Refused
from tests import letters_purpose, mailing_factories


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def finished(db, desk, approver):
    mailing_factories.guests(3)
    return mailing_factories.through(mailing_factories.sending(desk, approver))


def approve(mailing, desk, approver):
    return mailing_factories.decided(approvals.open_paper(mailing), desk, approver)


def test_nobody_is_late_before_the_start_or_when_all_have_the_letter(finished, desk):
    other = mailing_factories.ready(desk)
    mailing_factories.guest(9)

    assert mailings.late(other) == []
    assert [row.label_en for row in mailings.late(finished)] == ["Association 9"]


def test_late_names_get_exactly_one_letter_each_and_the_older_rows_stay_as_they_are(finished, desk, approver):
    before = mailing_factories.rows_of(finished)
    mailing_factories.guest(4), mailing_factories.guest(5)

    added = mailings.add_late(mailing=finished, by=desk)
    approve(finished, desk, approver)
    sent = mailings.send_additions(mailing=finished, by=desk)

    rows = mailing_factories.rows_of(finished)
    assert (added, sent) == (2, 2)
    assert rows[: len(before)] == before
    assert [row[3] for row in rows[len(before) :]] == ["a4@mission.example.jp", "a5@mission.example.jp"]
    assert Mailing.objects.get(pk=finished.pk).state == "sending"


def test_the_same_names_twice_add_nobody(finished, desk, approver):
    mailing_factories.guest(4)
    mailings.add_late(mailing=finished, by=desk)

    again = mailings.add_late(mailing=finished, by=desk)
    approve(finished, desk, approver)
    mailings.send_additions(mailing=finished, by=desk)
    after = mailings.add_late(mailing=finished, by=desk)

    assert (again, after) == (0, 0)
    assert Email.objects.filter(mailing=finished).count() == 4
    with pytest.raises(Refused):
        mailings.send_additions(mailing=finished, by=desk)


def test_nothing_leaves_to_late_names_before_their_paper_is_approved(finished, desk, approver):
    mailing_factories.guest(4)
    mailings.add_late(mailing=finished, by=desk)

    with pytest.raises(Refused):
        mailings.send_additions(mailing=finished, by=desk)
    approvals.submit(approval=approvals.open_paper(finished), by=desk)
    with pytest.raises(Refused):
        mailings.send_additions(mailing=finished, by=desk)

    assert Email.objects.filter(mailing=finished).count() == 3


def test_the_supplement_holds_the_added_names_alone_and_the_first_approval_holds_on(finished, desk):
    mailing_factories.guest(4)

    mailings.add_late(mailing=finished, by=desk)
    paper = approvals.submit(approval=approvals.open_paper(finished), by=desk)

    assert paper.supplements == approvals.papers(finished).get(supplements=None)
    assert [row["label_en"] for row in paper.content["recipients"]] == ["Association 4"]
    assert approvals.standing(finished).holds


def test_a_name_slipped_in_after_the_paper_gets_nothing(finished, desk, approver):
    mailing_factories.guest(4)
    mailings.add_late(mailing=finished, by=desk)
    approve(finished, desk, approver)
    late = Recipient.objects.get(mailing=finished, addition=1)
    Recipient.objects.create(
        mailing=finished,
        key="slipped",
        label_ja="X",
        label_en="X",
        address="x@mission.example.jp",
        language="en",
        addition=1,
        values=late.values,
    )

    with pytest.raises(Refused):
        mailings.send_additions(mailing=finished, by=desk)

    assert not Email.objects.filter(recipient_key="slipped").exists()


def test_additions_slipped_into_a_frozen_list_are_not_sent_with_it(desk, approver):
    mailing_factories.guests(2)
    mailing = mailing_factories.approved(desk, approver)
    row = mailing.recipients.first()
    Recipient.objects.create(
        mailing=mailing,
        key="slipped",
        label_ja="X",
        label_en="X",
        address="x@mission.example.jp",
        language="en",
        addition=1,
        values=row.values,
    )

    mailings.send(mailing=mailing, by=desk)

    assert Email.objects.filter(mailing=mailing).count() == 2


def test_who_was_added_can_be_taken_off_again_with_the_paper(finished, desk):
    mailing_factories.guest(4)
    mailings.add_late(mailing=finished, by=desk)

    count = mailings.remove_late(mailing=finished, by=desk)

    assert count == 1
    assert approvals.open_paper(finished) is None
    assert [row.label_en for row in mailings.late(finished)] == ["Association 4"]
    with pytest.raises(Refused):
        mailings.remove_late(mailing=finished, by=desk)


def test_a_round_before_its_deciders_is_not_added_to(finished, desk, approver):
    mailing_factories.guest(4)
    mailings.add_late(mailing=finished, by=desk)
    paper = approvals.submit(approval=approvals.open_paper(finished), by=desk)
    mailing_factories.guest(5)

    with pytest.raises(Refused):
        mailings.add_late(mailing=finished, by=desk)
    approvals.agree(approval=paper, by=approver)
    with pytest.raises(Refused):
        mailings.add_late(mailing=finished, by=desk)
    mailings.send_additions(mailing=finished, by=desk)
    mailings.add_late(mailing=finished, by=desk)

    assert list(finished.recipients.order_by("id").values_list("addition", flat=True)) == [0, 0, 0, 1, 2]


def test_a_changed_fact_stops_the_letters_to_late_names(finished, desk, approver):
    mailing_factories.guest(4)
    mailings.add_late(mailing=finished, by=desk)
    approve(finished, desk, approver)
    letters_purpose.state["when"] = ("1月15日", "15 January")

    with pytest.raises(Refused):
        mailings.send_additions(mailing=finished, by=desk)

    assert Email.objects.filter(mailing=finished).count() == 3


def test_a_late_name_that_left_the_list_again_stops_the_round_in_words(finished, desk, approver):
    late = mailing_factories.guest(4)
    mailings.add_late(mailing=finished, by=desk)
    approve(finished, desk, approver)
    late.delete()

    with pytest.raises(Refused, match="協会4"):
        mailings.send_additions(mailing=finished, by=desk)


def test_a_rejected_round_is_drafted_anew_when_it_is_submitted_again(finished, desk, approver):
    mailing_factories.guest(4)
    mailings.add_late(mailing=finished, by=desk)
    paper = approvals.submit(approval=approvals.open_paper(finished), by=desk)
    approvals.reject(approval=paper, by=approver, opinion="人数を確認してください。")

    mailing_additions.draft_paper(mailing=finished, by=desk)

    assert approvals.open_paper(finished).supplements_id is not None
    assert Approval.objects.get(pk=paper.pk).state == "rejected"


def test_the_whole_way_of_late_names_on_the_page(finished, login, desk, approver):
    mailing_factories.guest(4)
    staff, address = login(desk), reverse("admin:partnership_mailing_home", args=[finished.pk])

    offered = staff.get(address).content.decode()
    staff.post(address, {"act": "add_late"})
    staff.post(address, {"act": "submit", "note": "あとから1件です。"})
    paper = approvals.open_paper(finished)
    shown = login(approver).get(reverse("admin:approval", args=[paper.pk])).content.decode()
    approvals.agree(approval=paper, by=approver)
    free = staff.get(address).content.decode()
    staff.post(address, {"act": "send_additions"})

    assert 'value="add_late"' in offered
    assert "協会4" in shown
    assert "協会1" not in shown
    assert 'value="send_additions"' in free
    assert Email.objects.filter(mailing=finished).count() == 4
