"""The accounts of a body: colleagues, handing over, the yearly confirmation."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from municipalities import account_mails, colleagues
from partnership import accounts, business_days, confirmations, roles
from partnership.models import AuditEvent, Email, Tenure, User
from partnership.transitions import Refused
from tests import factories

MEMBER, MANAGER = roles.MUNICIPAL_MEMBER, roles.MUNICIPAL_MANAGER
LONG_AGO = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)


@pytest.fixture
def body(db):
    return factories.local_government("広島市", name_en="Hiroshima City")


@pytest.fixture
def manager(body):
    return factories.official(body, MANAGER, post="国際課", name="管理 花子")


@pytest.fixture
def member(body):
    return factories.official(body, post="観光課", name="担当 一郎")


def stored(user):
    return User.objects.get(pk=user.pk)


def invitation(**changes):
    return {"email": "kanko@lg.example.jp", "name": "新任 太郎", "post": "観光課", "role": MEMBER, **changes}


# ── the list ─────────────────────────────────────────────────────────────────


def test_everybody_of_the_body_sees_who_holds_which_account(login, manager, member):
    User.objects.filter(pk=manager.pk).update(last_login=dt.datetime(2026, 10, 5, tzinfo=dt.UTC))
    other = factories.official(name="隣町 次郎")
    closed = factories.official(member.organisation.local_government, name="退職 三郎", is_active=False)

    page = login(member).get(reverse("portal:accounts")).content.decode()

    assert manager.name in page
    assert manager.email in page
    assert "2026年10月" in page
    assert other.name not in page
    assert closed.name not in page
    assert reverse("portal:account_invite") not in page


def test_the_list_costs_the_same_whatever_its_length(login, body, manager, assert_fixed_queries):
    client = login(manager)

    assert_fixed_queries(lambda: client.get(reverse("portal:accounts")), lambda: factories.official(body), rows=12)


# ── colleagues ───────────────────────────────────────────────────────────────


def test_a_manager_invites_a_colleague_who_is_told_how_to_sign_in(login, body, manager):
    login(manager).post(reverse("portal:account_invite"), invitation())

    made = User.objects.get(email="kanko@lg.example.jp")
    assert (made.organisation, accounts.roles_of(made)) == (body.organisation, [MEMBER])
    assert not made.has_usable_password()
    mail = Email.objects.get(to_address=made.email)
    assert "/accounts/login/code/" in mail.text
    assert Tenure.objects.get(user=made).name == made.name


@pytest.mark.parametrize("email", ["kanko@gmail.com", "no address", ""])
def test_only_official_addresses_are_invited(login, manager, email):
    page = login(manager).post(reverse("portal:account_invite"), invitation(email=email))

    assert page.status_code == 422
    assert "新任 太郎" in page.content.decode()
    assert not User.objects.filter(name="新任 太郎").exists()


@pytest.mark.parametrize("role", ["desk", "superuser", "mission_officer", ""])
def test_no_other_role_is_given(login, manager, body, role):
    assert login(manager).post(reverse("portal:account_invite"), invitation(role=role)).status_code == 422
    with pytest.raises(Refused):
        colleagues.invite(body=body, by=manager, **invitation(role=role))


def test_a_member_neither_invites_nor_changes_colleagues(login, body, manager, member):
    client = login(member)

    assert client.get(reverse("portal:account_invite")).status_code == 403
    assert client.post(reverse("portal:account", args=[manager.pk]), {"act": "remove"}).status_code == 403
    assert client.get(reverse("portal:account_hand_over", args=[manager.pk])).status_code == 403
    with pytest.raises(Refused):
        colleagues.set_role(user=manager, role=MEMBER, by=member)
    with pytest.raises(Refused):
        colleagues.invite(body=body, by=member, **invitation())


def test_a_manager_of_another_body_reaches_nothing(login, body, manager, member):
    neighbour = factories.official(role=MANAGER)
    client = login(neighbour)

    for name in ("account", "account_hand_over"):
        assert client.get(reverse(f"portal:{name}", args=[member.pk])).status_code == 404
        assert client.post(reverse(f"portal:{name}", args=[member.pk]), {"act": "remove"}).status_code == 404
    for verb in (
        lambda: colleagues.remove(user=member, by=neighbour),
        lambda: colleagues.set_role(user=member, role=MANAGER, by=neighbour),
        lambda: colleagues.hand_over(user=member, name="侵入", post="課", email=member.email, by=neighbour),
        lambda: colleagues.invite(body=body, by=neighbour, **invitation()),
    ):
        with pytest.raises(Refused):
            verb()
    assert stored(member).is_active


def test_a_manager_makes_a_colleague_manager_and_may_then_leave(login, manager, member):
    client = login(manager)

    client.post(reverse("portal:account", args=[member.pk]), {"act": "manager"})
    left = client.post(reverse("portal:account", args=[manager.pk]), {"act": "remove"})

    assert accounts.roles_of(stored(member)) == [MANAGER]
    assert not stored(manager).is_active
    assert left["Location"] == reverse("front")
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.filter(act="account.leave", actor=manager).exists()


def test_the_last_manager_stays_until_another_is_named(login, manager, member):
    client = login(manager)

    page = client.post(reverse("portal:account", args=[manager.pk]), {"act": "remove"}, follow=True)

    assert stored(manager).is_active
    assert "notice bad" in page.content.decode()


def test_a_colleague_is_removed_and_what_was_sent_stays(login, body, manager, member):
    request = factories.municipal_request(body, submitted_by=member)

    login(manager).post(reverse("portal:account", args=[member.pk]), {"act": "remove"})

    assert not stored(member).is_active
    request.refresh_from_db()
    assert request.submitted_by == member


def test_an_act_that_does_not_exist_is_refused(login, manager, member):
    assert login(manager).post(reverse("portal:account", args=[member.pk]), {"act": "delete"}).status_code == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_of_two_managers_who_remove_each_other_one_stays(locks, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    body = factories.local_government()
    first, second = (factories.official(body, MANAGER) for _ in range(2))
    if not locks:  # the control: both count the other before either is closed
        barrier = threading.Barrier(2)
        found = colleagues.LocalGovernment.objects.get(pk=body.pk)
        monkeypatch.setattr(colleagues, "_locked_body", lambda _user: found)
        close = accounts.set_active
        monkeypatch.setattr(accounts, "set_active", lambda **values: (barrier.wait(10), close(**values)))

    def remove(user, by):
        try:
            colleagues.remove(user=stored(user), by=stored(by))
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert colleagues.of(body).count() == (1 if locks else 0)


# ── handing over ─────────────────────────────────────────────────────────────


def test_on_1_april_a_member_hands_their_own_account_over(login, member):
    client = login(member)
    before = member.name

    answer = client.post(
        reverse("portal:account_hand_over", args=[member.pk]), {"name": "後任 太郎", "post": member.post, "email": member.email}
    )

    assert answer["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session
    new = stored(member)
    assert (new.name, new.email) == ("後任 太郎", member.email)
    assert not new.check_password(factories.PASSWORD)
    assert set(Tenure.objects.filter(user=new).values_list("name", flat=True)) == {before, "後任 太郎"}
    assert Email.objects.filter(to_address=new.email).exists()
    assert not confirmations.is_missing(new, timezone.localdate())


def test_a_manager_hands_a_colleagues_account_over_to_another_address(login, manager, member):
    client = login(manager)
    address = reverse("portal:account_hand_over", args=[member.pk])

    refused = client.post(address, {"name": "後任 太郎", "post": "観光課", "email": "taro@gmail.com"})
    client.post(address, {"name": "後任 太郎", "post": "観光振興課", "email": "KANKO2@lg.example.jp"})

    assert refused.status_code == 422
    assert "後任 太郎" in refused.content.decode()
    new = stored(member)
    assert (new.email, new.post) == ("kanko2@lg.example.jp", "観光振興課")
    page = client.get(reverse("portal:account", args=[member.pk])).content.decode()
    assert "担当 一郎" in page
    assert "後任 太郎" in page


def test_an_address_of_another_account_is_refused(login, manager, member):
    page = login(member).post(reverse("portal:account_hand_over", args=[member.pk]), {"name": "後任", "post": "課", "email": manager.email})

    assert page.status_code == 422
    assert stored(member).name == "担当 一郎"


# ── the yearly confirmation ──────────────────────────────────────────────────


@pytest.fixture
def old(member):
    User.objects.filter(pk=member.pk).update(date_joined=LONG_AGO, confirmed_on=dt.date(2025, 4, 10))
    return stored(member)


@pytest.mark.parametrize(
    ("day", "missing"),
    [(dt.date(2026, 3, 31), False), (dt.date(2026, 4, 1), True), (dt.date(2026, 12, 3), True), (dt.date(2027, 3, 31), True)],
)
def test_each_fiscal_year_asks_anew(old, day, missing):
    assert confirmations.is_missing(old, day) == missing
    assert confirmations.missing(day).filter(pk=old.pk).exists() == missing


def test_an_account_made_this_fiscal_year_need_not_be_confirmed(member):
    assert not confirmations.is_missing(member, timezone.localdate())
    assert not confirmations.missing(timezone.localdate()).exists()


def test_one_button_confirms(login, old):
    client = login(old)
    assert "notice turn" in client.get(reverse("portal:accounts")).content.decode()

    client.post(reverse("portal:accounts"))

    assert stored(old).confirmed_on == timezone.localdate()
    assert "notice turn" not in client.get(reverse("portal:accounts")).content.decode()


@pytest.mark.parametrize(
    ("day", "turn"),
    [
        (dt.date(2026, 3, 31), ""),
        (dt.date(2026, 4, 1), "first"),
        (dt.date(2027, 4, 1), "first"),
        (dt.date(2028, 4, 2), ""),  # 1 April 2028 is a Saturday
        (dt.date(2028, 4, 3), "first"),
        (dt.date(2026, 5, 14), "first"),
        (dt.date(2026, 5, 15), "second"),
        (dt.date(2027, 5, 16), "first"),  # 15 May 2027 is a Saturday
        (dt.date(2027, 5, 17), "second"),
        (dt.date(2026, 5, 31), "second"),
        (dt.date(2026, 6, 1), ""),
    ],
)
def test_reminders_begin_on_open_days(day, turn):
    assert colleagues.reminder_round(day) == turn
    assert business_days.is_open(dt.date(2028, 4, 3))


def test_each_holder_is_reminded_once_in_a_round_however_often_it_runs(old):
    april, may = dt.date(2026, 4, 1), dt.date(2026, 5, 15)

    counts = [colleagues.remind(day) for day in (april, april, dt.date(2026, 4, 2), may, may)]

    assert counts == [1, 0, 0, 1, 0]
    mails = Email.objects.filter(purpose=account_mails.CONFIRMATION.key)
    assert {mail.to_address for mail in mails} == {old.email}
    assert mails[0].text.count("\nhttp") == 2  # the link and the address of the site, each on a line of its own


def test_a_night_that_was_missed_is_caught_up(old):
    assert colleagues.remind(dt.date(2026, 4, 20)) == 1


def test_who_confirmed_or_is_closed_is_not_reminded(old, manager):
    colleagues.confirm(user=old)

    assert colleagues.remind(confirmations.year_start(timezone.localdate()) + dt.timedelta(days=5)) == 0


def test_the_division_lists_who_has_not_confirmed(login, old, manager, desk):
    client = login(desk)

    page = client.get(reverse("admin:partnership_user_changelist"), {"confirmed": "no"}).content.decode()

    assert old.email in page
    assert manager.email not in page
    assert client.get(reverse("admin:partnership_user_changelist"), {"confirmed": "x"}).status_code in {302, 400}
