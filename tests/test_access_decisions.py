"""Deciding who gets access to the portal, and forgetting who did not."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from municipalities import access, access_retention, officials
from municipalities.models import AccessRequest, MunicipalRequest
from partnership import accounts
from partnership.models import AuditEvent, Email, User
from partnership.transitions import Refused
from tests import factories
from tests.access_forms import ask, town

State = AccessRequest.State


@pytest.fixture(name="town")
def town_of_the_test(db):
    return town()


# ── deciding ─────────────────────────────────────────────────────────────────


def test_granting_makes_the_account_and_its_drafts_the_bodys(town, desk):
    asked = factories.access_request(town)
    draft = factories.municipal_request(town, state="draft", created_by=asked.user)
    colleague = factories.official(town)
    assert draft not in MunicipalRequest.objects.visible_to(colleague)

    access.grant(request=asked, role="municipal_member", by=desk)

    user = User.objects.get(pk=asked.user_id)
    assert officials.of(user).body == town
    assert draft in MunicipalRequest.objects.visible_to(colleague)
    assert Email.objects.get(to_address=user.email).subject
    assert AuditEvent.objects.filter(act="accessrequest.grant", actor=desk).exists()


def test_a_manager_decides_in_the_portal(login, town):
    manager = factories.official(town, "municipal_manager")
    asked = factories.access_request(town)
    address = reverse("portal:access_decide", args=[asked.pk])
    client = login(manager)

    assert asked.email in client.get(address).content.decode()
    client.post(address, {"act": "grant", "role": "municipal_manager"})

    assert officials.of(User.objects.get(pk=asked.user_id)).is_manager


def test_refusing_needs_a_reason_closes_the_account_and_tells_why(login, town):
    manager = factories.official(town, "municipal_manager")
    asked = factories.access_request(town)
    address = reverse("portal:access_decide", args=[asked.pk])
    client = login(manager)

    assert client.post(address, {"act": "refuse", "reason": " "}).status_code == 422
    client.post(address, {"act": "refuse", "reason": "当町の職員ではありません。"})

    asked.refresh_from_db()
    assert asked.state == State.REFUSED
    assert not User.objects.get(pk=asked.user_id).is_active
    assert "当町の職員ではありません。" in Email.objects.get(to_address=asked.email).text


def test_only_managers_of_the_same_body_and_the_division_decide(login, town, viewer):
    asked = factories.access_request(town)
    member, neighbour = factories.official(town), factories.official(role="municipal_manager")
    address = reverse("portal:access_decide", args=[asked.pk])

    assert login(member).post(address, {"act": "grant", "role": "municipal_member"}).status_code == 403
    assert login(neighbour).post(address, {"act": "grant", "role": "municipal_member"}).status_code == 404
    assert login(asked.user).post(address, {"act": "grant", "role": "municipal_member"}).status_code == 403
    for nobody in (member, neighbour, viewer, asked.user):
        with pytest.raises(Refused):
            access.grant(request=asked, role="municipal_member", by=nobody)
    asked.refresh_from_db()
    assert asked.state == State.WAITING


@pytest.mark.parametrize("role", ["desk", "municipal_applicant", "superuser", ""])
def test_no_other_role_is_given(login, town, role):
    manager, asked = factories.official(town, "municipal_manager"), factories.access_request(town)

    page = login(manager).post(reverse("portal:access_decide", args=[asked.pk]), {"act": "grant", "role": role})

    assert page.status_code == 422
    with pytest.raises(Refused):
        access.grant(request=asked, role=role, by=manager)


def test_the_division_decides_at_its_desk(login, town, desk):
    asked = factories.access_request(town, email="a@city.elsewhere.lg.jp")
    address = reverse("admin:municipalities_accessrequest_change", args=[asked.pk])
    client = login(desk)

    page = client.get(address).content.decode()
    refusal = client.post(address, {"act": "refuse"})
    client.post(address, {"act": "grant", "role": "municipal_manager"})

    assert "tag bad" in page  # the domain is not one of the body's
    assert refusal.status_code == 422
    assert officials.of(User.objects.get(pk=asked.user_id)).is_manager


def test_what_waits_stands_on_the_desk_and_on_the_managers_home(login, town, desk, viewer):
    manager, member = factories.official(town, "municipal_manager"), factories.official(town)
    asked = factories.access_request(town)

    assert asked.name in login(manager).get(reverse("portal:home")).content.decode()
    assert asked.name not in login(member).get(reverse("portal:home")).content.decode()
    address = reverse("admin:municipalities_accessrequest_change", args=[asked.pk])
    assert address in login(desk).get(reverse("admin:index")).content.decode()
    assert address not in login(viewer).get(reverse("admin:index")).content.decode()


def test_deciding_twice_is_refused_in_words(town, desk):
    asked = factories.access_request(town)
    access.grant(request=asked, role="municipal_member", by=desk)

    with pytest.raises(Refused):
        access.refuse(request=AccessRequest.objects.get(pk=asked.pk), reason="遅い", by=desk)

    assert User.objects.get(pk=asked.user_id).is_active


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_of_two_decisions_at_once_one_counts(locks, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    town = factories.local_government()
    managers = [factories.official(town, "municipal_manager") for _ in range(2)]
    asked = factories.access_request(town)
    if not locks:  # the control: both read “waiting” before either writes
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self)
    outcomes, barrier = [], threading.Barrier(2)
    saved = AccessRequest.save

    def save(self, *args, **kwargs):
        if not locks:
            barrier.wait(10)
        saved(self, *args, **kwargs)

    monkeypatch.setattr(AccessRequest, "save", save)

    def decide(manager):
        try:
            access.refuse(request=AccessRequest.objects.get(pk=asked.pk), reason="別の町です。", by=manager)
            outcomes.append("decided")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[manager]) for manager in managers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == (["decided", "refused"] if locks else ["decided", "decided"])
    assert Email.objects.filter(to_address=asked.email).count() == (1 if locks else 2)


def given_by_hand(asked):
    """The division made the account a member of another town itself; the request for access still waits."""
    other = factories.local_government("別の町")
    account = asked.user
    account.organisation = other.organisation
    account.save()
    accounts.set_roles(user=account, roles=["municipal_member"], by=None)
    return other


def test_an_account_that_was_given_to_another_body_meanwhile_is_not_taken_from_it(town):
    asked = factories.access_request(town)
    other = given_by_hand(asked)
    draft = factories.municipal_request(other, state="draft", created_by=asked.user)

    with pytest.raises(Refused):
        access.grant(request=asked, role="municipal_member", by=factories.official(town, "municipal_manager"))

    asked.refresh_from_db()
    draft.refresh_from_db()
    assert (User.objects.get(pk=asked.user_id).organisation_id, draft.applicant) == (other.organisation_id, other)
    assert asked.state == State.WAITING


@pytest.mark.parametrize("end", ["refuse", "expire"])
def test_the_end_of_a_request_for_access_does_not_close_an_account_that_was_given_by_hand(town, desk, end):
    asked = factories.access_request(town)
    given_by_hand(asked)

    if end == "refuse":
        access.refuse(request=asked, reason="別の町の職員です。", by=desk)
    else:
        aged(asked, asked_at=timezone.now() - dt.timedelta(days=31))
        access.expire()

    asked.refresh_from_db()
    assert asked.state == (State.REFUSED if end == "refuse" else State.EXPIRED)
    assert User.objects.get(pk=asked.user_id).is_active


# ── the end ──────────────────────────────────────────────────────────────────


def aged(asked, **columns):
    AccessRequest.objects.filter(pk=asked.pk).update(**columns)


def test_after_thirty_days_nobody_waits_any_more(town):
    old, young = factories.access_request(town), factories.access_request(town)
    aged(old, asked_at=timezone.now() - dt.timedelta(days=31))

    assert (access.expire(), access.expire()) == (1, 0)

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, young.state) == (State.EXPIRED, State.WAITING)
    assert not User.objects.get(pk=old.user_id).is_active
    assert Email.objects.filter(to_address=old.email).count() == 1


def test_thirty_days_later_who_was_not_let_in_is_forgotten_with_the_draft(town, desk):
    asked, kept = factories.access_request(town), factories.access_request(town)
    draft = factories.municipal_request(town, state="draft", created_by=asked.user)
    access.refuse(request=asked, reason="職員ではない", by=desk)
    access.refuse(request=kept, reason="職員ではない", by=desk)
    aged(asked, decided_at=timezone.now() - dt.timedelta(days=31))
    address = asked.email

    assert (access_retention.purge_access(), access_retention.purge_access()) == (1, 0)

    asked.refresh_from_db()
    user = User.objects.get(pk=asked.user_id)
    assert address not in {asked.email, user.email}
    assert "申請" not in asked.name + user.name
    assert not User.history.filter(id=user.pk).exists()
    assert not MunicipalRequest.objects.filter(pk=draft.pk).exists()
    kept.refresh_from_db()
    assert "申請" in kept.name


def test_who_asked_again_and_was_let_in_keeps_the_account(town, desk):
    refused = factories.access_request(town)
    access.refuse(request=refused, reason="確認できない", by=desk)
    aged(refused, decided_at=timezone.now() - dt.timedelta(days=31))
    access.ask(body=town, email=refused.email, name=refused.name, post="国際課")
    access.grant(request=AccessRequest.objects.get(state=State.WAITING), role="municipal_member", by=desk)

    access_retention.purge_access()

    user = User.objects.get(pk=refused.user_id)
    assert user.email.endswith("@lg.example.jp")
    assert officials.of(user).body == town


def test_the_news_for_those_who_decide_is_stale_once_it_is_decided(client, town, desk):
    ask(client, town)
    asked = AccessRequest.objects.get()
    news = Email.objects.get(to_address=access.account_mails.division_address())

    before = access.account_mails.ACCESS.check(news)
    with transaction.atomic():
        access.grant(request=asked, role="municipal_member", by=desk)
    after = access.account_mails.ACCESS.check(Email.objects.get(pk=news.pk))

    assert (before, after) == ("", access.account_mails.DECIDED)
