import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from partnership import accounts, holders, roles
from partnership.models import AuditEvent, Email, Tenure, User
from partnership.purposes import get as purpose
from partnership.transitions import Refused
from tests import factories

pytestmark = pytest.mark.django_db


def code_for(address):
    text = Email.objects.filter(purpose="login", to_address=address).latest("pk").text
    return re.search(r"^ {4}(\S+)$", text, re.MULTILINE)[1]


@pytest.fixture
def post(db):
    """A post of a city with its first holder, since April 2025."""
    with time_machine.travel("2025-04-01 09:00+09:00", tick=False):
        city = factories.local_government("広島市").organisation
        return accounts.create(
            email="kokusai@city.hiroshima.lg.example.jp", name="平田", post="国際課", roles=[roles.MUNICIPAL_MEMBER], organisation=city,
            password=factories.PASSWORD, by=None,
        )  # fmt: skip


def test_an_account_begins_with_its_first_holder(post):
    assert Tenure.objects.filter(user=post).values_list("name", "starts_on", "ends_on").get() == ("平田", dt.date(2025, 4, 1), None)


@time_machine.travel("2026-04-01 09:00+09:00", tick=False)
def test_a_post_changes_hands_and_keeps_its_mailbox(post, superuser):
    accounts.hand_over(user=post, name="大森", by=superuser)

    post.refresh_from_db()
    assert (post.name, post.post, post.email) == ("大森", "国際課", "kokusai@city.hiroshima.lg.example.jp")
    assert post.confirmed_on == dt.date(2026, 4, 1)
    past, present = Tenure.objects.filter(user=post).order_by("pk")
    assert (past.name, past.ends_on) == ("平田", dt.date(2026, 4, 1))
    assert (present.name, present.starts_on, present.ends_on, present.handed_over_by) == ("大森", dt.date(2026, 4, 1), None, superuser)


def test_what_the_predecessor_knew_no_longer_lets_anyone_in(client, login, post, superuser):
    session = login(post)
    assert session.get("/account/", follow=False).status_code == 200 or session.get("/portal/").status_code == 200

    accounts.hand_over(user=post, name="大森", by=superuser)

    assert session.get("/portal/").status_code == 302
    client.post("/accounts/login/", {"login": post.email, "password": factories.PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_code_that_waited_in_the_old_mailbox_signs_nobody_in(client, post, superuser):
    old = post.email
    client.post("/accounts/login/code/", {"email": old})
    code = code_for(old)

    accounts.hand_over(user=post, name="大森", email="omori@city.hiroshima.lg.example.jp", by=superuser)
    answer = client.post("/accounts/login/code/confirm/", {"code": code})

    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_same_code_signs_in_where_nothing_was_handed_over(client, post):
    """The negative control of the test above."""
    client.post("/accounts/login/code/", {"email": post.email})
    client.post("/accounts/login/code/confirm/", {"code": code_for(post.email)})

    assert client.session["_auth_user_id"] == str(post.pk)


def test_the_successor_signs_in_at_the_new_address(client, post, superuser):
    accounts.hand_over(user=post, name="大森", email=" Ｏmori@city.hiroshima.lg.example.jp", by=superuser)

    client.post("/accounts/login/code/", {"email": "omori@city.hiroshima.lg.example.jp"})
    client.post("/accounts/login/code/confirm/", {"code": code_for("omori@city.hiroshima.lg.example.jp")})

    assert client.session["_auth_user_id"] == str(post.pk)


def test_names_and_addresses_are_personal_in_the_trail(post, superuser):
    accounts.hand_over(user=post, name="大森", email="omori@city.hiroshima.lg.example.jp", by=superuser)

    event = AuditEvent.objects.get(act="user.hand_over")
    assert event.facts == {"moved": True}
    assert event.detail.personal["from"] == "平田"
    assert event.detail.personal["address_to"] == "omori@city.hiroshima.lg.example.jp"


def test_an_account_from_before_tenures_were_written_gets_its_first_when_it_changes_hands(superuser):
    with time_machine.travel("2024-04-01 09:00+09:00", tick=False):
        old = factories.user("municipal_member", name="昔の担当")
    assert [(row.name, row.starts_on) for row in holders.of(old)] == [("昔の担当", dt.date(2024, 4, 1))]

    accounts.hand_over(user=old, name="新しい担当", by=superuser)

    assert [(row.name, row.ends_on is None) for row in holders.of(old)] == [("新しい担当", True), ("昔の担当", False)]


def test_a_post_may_change_hands_twice_on_one_day(post, superuser):
    for name in ("大森", "石橋"):
        accounts.hand_over(user=post, name=name, by=superuser)

    assert [row.name for row in holders.of(post)] == ["石橋", "大森", "平田"]


@pytest.mark.parametrize(
    ("values", "closed"),
    [({"name": " "}, False), ({"name": "大森", "email": "taken@mofa.example.jp"}, False), ({"name": "大森"}, True)],
    ids=["no name", "address of another", "closed account"],
)
def test_a_hand_over_is_refused_and_changes_nothing(post, superuser, values, closed):
    factories.user("viewer", email="taken@mofa.example.jp")
    if closed:
        accounts.set_active(user=post, active=False, by=superuser)

    with pytest.raises(Refused):
        accounts.hand_over(user=post, by=superuser, **values)

    post.refresh_from_db()
    assert (post.name, post.has_usable_password()) == ("平田", True)
    assert Tenure.objects.filter(user=post).count() == 1


def test_nobody_hands_over_an_account_above_their_own(desk, approver):
    with pytest.raises(Refused):
        accounts.hand_over(user=approver, name="私", by=desk)


def test_confirming_is_written_down_once_a_day(post):
    with time_machine.travel("2026-04-10 09:00+09:00", tick=False):
        accounts.confirm_holder(user=post, by=post)
        accounts.confirm_holder(user=post, by=post)

    post.refresh_from_db()
    assert post.confirmed_on == dt.date(2026, 4, 10)
    assert AuditEvent.objects.filter(act="user.confirm").count() == 1


# ── in the administration ────────────────────────────────────────────────────


def test_staff_hand_an_account_over_and_its_successor_is_told(login, desk):
    account = factories.user("viewer", name="三宅", post="地域局")
    page = reverse("admin:partnership_user_hand_over", args=[account.pk])
    client = login(desk)
    assert 'name="name"' in client.get(page).content.decode()

    answer = client.post(page, {"name": "小川", "post": "地域局", "email": "ogawa@mofa.example.jp"})

    assert answer.status_code == 302
    told = Email.objects.get(purpose="account")
    assert told.to_address == "ogawa@mofa.example.jp"
    assert "http://127.0.0.1:8000/accounts/login/code/\n" in told.text
    assert purpose("account").check(told) == ""
    shown = client.get(answer["Location"]).content.decode()
    assert "三宅" in shown
    assert User.objects.get(pk=account.pk).name == "小川"


def test_a_hand_over_without_a_name_or_to_a_taken_address_keeps_what_was_typed(login, desk):
    account = factories.user("viewer")
    page = reverse("admin:partnership_user_hand_over", args=[account.pk])

    answer = login(desk).post(page, {"name": "", "post": "新しい課", "email": desk.email})

    assert answer.status_code == 422
    assert "新しい課" in answer.content.decode()
    assert not AuditEvent.objects.filter(act="user.hand_over").exists()


def test_a_corrected_name_is_still_the_same_holder(login, desk):
    account = accounts.create(email="a@mofa.example.jp", name="齋藤", roles=[roles.VIEWER], by=None)
    posted = {
        "address": account.email,
        "name": "齊藤",
        "post": "",
        "organisation": "",
        "language": "ja",
        "roles": ["viewer"],
        "active": "on",
        "version": account.version,
    }

    login(desk).post(reverse("admin:partnership_user_change", args=[account.pk]), posted)

    assert Tenure.objects.get(user=account).name == "齊藤"
