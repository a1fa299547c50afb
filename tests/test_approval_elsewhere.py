"""Decisions of 決裁 made on paper or by telephone with their scans, and the page of deputies."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from partnership import approvals, attachments, mailings
from partnership.models import Approval, ApprovalStep, Delegation
from tests import approval_factories, factories, file_samples, letters_purpose

pytestmark = pytest.mark.django_db

PDF = file_samples.pdf()


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def mailing(desk):
    factories.organisation("association", name_ja="協会1", name_en="Association 1", email="a1@mission.example.jp", language="en")
    draft = mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)
    return mailings.freeze(mailing=draft, by=desk)


@pytest.fixture
def paper(mailing, desk, approver):
    return approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)


def page(paper):
    return reverse("admin:approval", args=[paper.pk])


def words(response):
    return response.content.decode()


def state(paper):
    return Approval.objects.get(pk=paper.pk).state


# ── made elsewhere ───────────────────────────────────────────────────────────


def record(client, paper, by, **fields):
    values = {
        "step": paper.steps.get().pk,
        "decision": "agree",
        "decided_by": by.pk,
        "decided_on": timezone.localdate().isoformat(),
        "medium": "paper",
        "seen": paper.digest,
        "evidence": file_samples.sent("決裁書.pdf", PDF),
        **fields,
    }
    return client.post(
        reverse("admin:approval_record", args=[paper.pk]), {key: value for key, value in values.items() if value is not None}
    )


def test_a_decision_on_paper_is_recorded_with_its_scan(paper, login, desk, approver, viewer, door):
    answer = record(login(desk), paper, approver)

    step = ApprovalStep.objects.get(approval=paper)
    assert answer.status_code == 302
    assert (state(paper), step.medium, step.decided_by, step.recorded_by) == ("approved", "paper", approver, desk)
    file = attachments.of(step).get()
    scan = reverse("admin:approval_file", args=[paper.pk, file.key])
    assert scan in words(login(viewer).get(page(paper)))
    assert b"".join(login(viewer).get(scan).streaming_content) == PDF
    assert login(door).get(scan).status_code == 403


def test_a_scan_is_reached_through_its_own_paper_alone(paper, login, desk, approver):
    record(login(desk), paper, approver)
    file = attachments.of(ApprovalStep.objects.get(approval=paper)).get()
    other = factories.approval(factories.event_mailing().mailing, by=desk)

    assert login(desk).get(reverse("admin:approval_file", args=[other.pk, file.key])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"evidence": None}, "evidence"),
        ({"decision": "return"}, "opinion"),
        ({"decided_on": "2999-01-01"}, "decided_on"),
        ({"decided_on": "2015-07-01"}, "decided_on"),
        ({"decided_by": "0"}, "decided_by"),
        ({"medium": "screen"}, "medium"),
        ({"medium": "phone"}, "__all__"),  # entered by its author
        ({"evidence": SimpleUploadedFile("x.exe", b"MZ", "application/x-msdownload")}, "evidence"),
    ],
)
def test_a_record_that_proves_nothing_is_refused_and_keeps_what_was_typed(fields, name, paper, login, desk, approver):
    shown = record(login(desk), paper, approver, **{"opinion": " " if name == "opinion" else "書いた意見", **fields})

    assert shown.status_code == 422
    assert name in shown.context["form"].errors
    assert "書いた意見" in words(shown) or name == "opinion"
    assert state(paper) == "circulating"


def test_a_colleague_records_a_telephone_call(paper, login, approver):
    colleague = factories.user("desk")

    record(login(colleague), paper, approver, medium="phone", evidence=None)

    assert state(paper) == "approved"
    assert ApprovalStep.objects.get(approval=paper).medium == "phone"


def test_only_the_division_records_and_only_what_circulates(paper, login, desk, approver, viewer):
    address = reverse("admin:approval_record", args=[paper.pk])
    approvals.recall(approval=paper, by=desk)

    assert [login(one).get(address).status_code for one in (viewer, approver)] == [403, 403]
    assert login(desk).get(address).status_code == 302


# ── deputies ─────────────────────────────────────────────────────────────────


def name_deputy(client, **fields):
    today = timezone.localdate()
    values = {"act": "create", "starts_on": today.isoformat(), "ends_on": (today + dt.timedelta(days=3)).isoformat(), "reason": "出張"}
    return client.post("/admin/delegations/", {**values, **fields})


def test_somebody_names_their_own_deputy_and_ends_it_early(login, approver):
    deputy = factories.user("section")
    client = login(deputy)

    name_deputy(client, deputy=approver.pk)
    row = Delegation.objects.get()
    client.post("/admin/delegations/", {"act": "end", "delegation": row.pk})

    row.refresh_from_db()
    assert (row.principal, row.deputy, row.reason) == (deputy, approver, "出張")
    assert row.ended_at is not None
    assert row in login(approver).get("/admin/delegations/").context["over"]


def test_whoever_looks_after_deputies_enters_those_of_others(login, approver):
    absent, deputy = factories.user("section"), factories.user("protocol")

    name_deputy(login(approver), principal=absent.pk, deputy=deputy.pk)

    assert Delegation.objects.get().principal == absent


@pytest.mark.parametrize("fields", [{"ends_on": "2015-07-01"}, {"starts_on": "2999-01-02"}, {"deputy": "0"}, {"starts_on": "昨日"}])
def test_an_absence_that_cannot_be_keeps_what_was_typed(fields, login, approver):
    deputy = factories.user("section")

    shown = name_deputy(login(approver), **{"principal": approver.pk, "deputy": deputy.pk, **fields})

    assert shown.status_code == 422
    assert "出張" in words(shown)
    assert not Delegation.objects.exists()


def test_nobody_without_the_right_to_decide_names_or_ends_deputies(login, viewer, approver):
    deputy = factories.user("section")
    row = approval_factories.delegation(approver, deputy)

    assert login(viewer).get("/admin/delegations/").context["form"] is None
    login(viewer).post("/admin/delegations/", {"act": "end", "delegation": row.pk})
    assert name_deputy(login(viewer), deputy=deputy.pk).status_code == 422

    row.refresh_from_db()
    assert row.ended_at is None
    assert Delegation.objects.count() == 1
