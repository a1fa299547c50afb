"""Packages and additions: several letters in one paper, and what is approved later for names that came later."""

from collections.abc import Iterator

import pytest

from partnership import approvals, mailings, purposes
from partnership.models import Approval, AuditEvent, Email, Mailing, Recipient
from partnership.transitions import Refused
from tests import factories, letters_purpose

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def guests(db):
    return [factories.organisation("association", name_ja=f"協会{n}", email=f"a{n}@mission.example.jp", language="ja") for n in (1, 2)]


def letter(desk, name):
    titles = {"ja": name, "en": name}
    return mailings.freeze(
        mailing=mailings.create(purpose=letters_purpose.KEY, titles=titles, texts=letters_purpose.TEXTS, by=desk), by=desk
    )


@pytest.fixture
def lead(guests, desk):
    return letter(desk, "Invitation")


@pytest.fixture
def companion(lead, guests, desk):
    row = letter(desk, "Reminder")
    Mailing.objects.filter(pk=row.pk).update(package=lead)
    return Mailing.objects.get(pk=row.pk)


@pytest.fixture
def approved(lead, companion, desk, approver):
    paper = approvals.submit(approval=approvals.draft(thing=lead, by=desk), by=desk)
    return approvals.agree(approval=paper, by=approver)


def fresh(mailing):
    return Mailing.objects.get(pk=mailing.pk)


def edit(mailing, desk, subject="Another subject"):
    mailings.edit(mailing=fresh(mailing), texts={"subject_en": subject}, by=desk)


# ── packages ─────────────────────────────────────────────────────────────────


def test_one_paper_approves_all_letters_of_a_package(approved, lead, companion):
    assert approvals.standing(lead).holds
    assert approvals.standing(fresh(companion)).approval == approved
    assert approvals.standing(fresh(companion)).holds


def test_each_letter_holds_or_is_void_by_itself(approved, lead, companion, desk):
    edit(companion, desk)

    assert approvals.standing(lead).holds
    now = approvals.standing(fresh(companion))
    assert (now.holds, now.void) == (False, True)
    assert [change.after for change in now.changes] == ["Another subject"]


def test_a_companion_holds_though_the_lead_has_changed(approved, lead, companion, desk):
    edit(lead, desk)

    assert approvals.standing(fresh(lead)).void
    assert approvals.standing(fresh(companion)).holds


def test_a_companion_holds_when_the_lead_was_sent(approved, lead, companion, desk):
    mailings.send(mailing=lead, by=desk)
    Mailing.objects.filter(pk=lead.pk).update(state="finished")

    assert approvals.standing(fresh(companion)).holds
    mailings.send(mailing=fresh(companion), by=desk)
    assert {email.approval for email in Email.objects.filter(mailing=companion)} == {approved}


def test_the_paper_was_carried_out_on_the_day_of_the_first_of_its_letters(approved, lead, companion, desk):
    mailings.send(mailing=lead, by=desk)
    first = Approval.objects.get(pk=approved.pk).carried_out_at
    mailings.send(mailing=fresh(companion), by=desk)

    assert first is not None
    assert Approval.objects.get(pk=approved.pk).carried_out_at == first


def test_what_is_agreed_to_covers_the_companions_as_they_were_submitted(lead, companion, desk, approver):
    paper = approvals.submit(approval=approvals.draft(thing=lead, by=desk), by=desk)
    edit(companion, desk)

    with pytest.raises(Refused, match="Reminder"):
        approvals.agree(approval=paper, by=approver)


def test_a_companion_is_not_before_the_deciders_twice(lead, companion, desk, approver):
    paper = approvals.submit(approval=approvals.draft(thing=lead, by=desk), by=desk)
    with pytest.raises(Refused):
        approvals.draft(thing=companion, by=desk)

    approvals.drop(approval=paper, by=desk)
    approvals.draft(thing=companion, by=desk)
    again = approvals.draft(thing=lead, by=desk)
    with pytest.raises(Refused, match="Reminder"):
        approvals.submit(approval=again, by=desk)


def test_a_companion_with_a_newer_paper_of_its_own_uses_that_one(approved, lead, companion, desk, approver):
    edit(companion, desk)
    own = approvals.submit(approval=approvals.draft(thing=fresh(companion), by=desk), by=desk)

    assert own.supersedes == approved
    assert [change.after for change in approvals.changes_since_last(own)] == ["Another subject"]
    approvals.agree(approval=own, by=approver)
    now = approvals.standing(fresh(companion))
    assert (now.approval, now.holds) == (own, True)
    assert approvals.standing(lead).approval == approved


def test_a_rejected_paper_of_its_own_ends_what_the_package_approved(approved, lead, companion, desk, approver):
    edit(companion, desk)
    own = approvals.submit(approval=approvals.draft(thing=fresh(companion), by=desk), by=desk)
    approvals.reject(approval=own, by=approver, opinion="送付は不要です。")
    edit(companion, desk, letters_purpose.TEXTS["subject_en"])

    assert not approvals.standing(fresh(companion)).holds


def test_without_its_package_a_letter_is_not_approved_any_more(approved, companion):
    Mailing.objects.filter(pk=companion.pk).update(package=None)

    assert not approvals.standing(fresh(companion)).holds


def test_the_paper_tells_of_changes_letter_by_letter(lead, companion, desk, approver):
    paper = approvals.submit(approval=approvals.draft(thing=lead, by=desk), by=desk)
    approvals.send_back(approval=paper, by=approver, opinion="督促状の件名を直してください。")
    edit(companion, desk)
    again = approvals.submit(approval=paper, by=desk)

    (change,) = approvals.changes_since_last(again)
    assert change.label.startswith("Reminder")
    assert change.after == "Another subject"


def test_a_record_that_somebody_altered_approves_nothing(approved, lead):
    content = {**approved.content, "texts": {**approved.content["texts"], "subject_en": "Another subject"}}
    Approval.objects.filter(pk=approved.pk).update(content=content)
    Mailing.objects.filter(pk=lead.pk).update(subject_en="Another subject")

    now = approvals.standing(fresh(lead))
    assert (now.holds, now.void) == (False, True)


# ── additions (追加決裁) ─────────────────────────────────────────────────────


@pytest.fixture
def sent(guests, desk, approver):
    mailing = letter(desk, "Invitation")
    approvals.agree(approval=approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk), by=approver)
    return mailings.send(mailing=mailing, by=desk)


def late(mailing, number=1, name="協会9"):
    return factories.recipient(
        mailing, key=f"late:{number}:{name}", label_ja=name, addition=number, values={"ja": {"guest": name}, "en": {"guest": name}}
    )


def test_nothing_added_needs_nothing_approved(sent, desk):
    with pytest.raises(Refused):
        approvals.draft_supplement(thing=sent, by=desk)


def test_an_addition_binds_the_new_names_alone_and_leaves_the_old_paper_as_it_is(sent, desk, approver):
    main = approvals.standing(sent).approval
    late(sent)
    paper = approvals.submit(approval=approvals.draft_supplement(thing=sent, by=desk), by=desk)

    assert paper.supplements == main
    assert [row["label_ja"] for row in paper.content["recipients"]] == ["協会9"]
    assert approvals.standing(sent).approval == main
    assert approvals.standing(sent).holds
    assert not approvals.supplement_standing(paper).holds

    approvals.agree(approval=paper, by=approver)
    assert approvals.supplement_standing(Approval.objects.get(pk=paper.pk)).holds
    assert [row["label_ja"] for row in approvals.shown(paper)["recipients"]] == ["協会9"]
    assert approvals.shown(paper)["texts"] == main.content["texts"]


def test_an_addition_that_changed_after_it_was_submitted_is_not_agreed_to(sent, desk, approver):
    row = late(sent)
    paper = approvals.submit(approval=approvals.draft_supplement(thing=sent, by=desk), by=desk)
    Recipient.objects.filter(pk=row.pk).update(values={"ja": {"guest": "別人"}, "en": {"guest": "Somebody"}})

    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=approver)


def test_an_addition_holds_only_while_that_holds_to_which_it_was_added(sent, desk, approver):
    late(sent)
    paper = approvals.submit(approval=approvals.draft_supplement(thing=sent, by=desk), by=desk)
    approvals.agree(approval=paper, by=approver)
    letters_purpose.state["when"] = ("1月15日", "15 January")

    now = approvals.supplement_standing(Approval.objects.get(pk=paper.pk))
    assert (now.holds, now.void) == (False, True)
    assert [(change.before, change.after) for change in now.changes] == [("1月14日", "1月15日")]
    with pytest.raises(Refused):
        approvals.draft_supplement(thing=sent, by=desk)


def test_nothing_is_added_to_what_is_not_approved(guests, desk):
    mailing = letter(desk, "Invitation")
    late(mailing)

    with pytest.raises(Refused):
        approvals.draft_supplement(thing=mailing, by=desk)


def test_a_dropped_addition_leaves_all_as_it_was(sent, desk):
    late(sent)
    paper = approvals.draft_supplement(thing=sent, by=desk)
    approvals.drop(approval=paper, by=desk)

    assert approvals.standing(sent).holds
    assert AuditEvent.objects.filter(act="approval.draft", facts__supplements__isnull=False).count() == 1
    assert approvals.draft_supplement(thing=sent, by=desk).state == "drafted"


def test_the_purpose_of_these_tests_needs_an_approval():
    assert purposes.get(letters_purpose.KEY).needs_approval
