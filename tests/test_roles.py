import pytest
from django.contrib.auth.models import Group, Permission

from partnership import roles
from tests import factories

pytestmark = pytest.mark.django_db

# What may decide, send, or read what is personal: spelt out here, so that a new grant is a decision somebody reads.
FEW = {
    "partnership.decide_approval": {"desk", "section", "approver", "minister_office", "protocol"},  # each at its own stops
    "partnership.add_delegation": {"approver"},
    "partnership.change_approvalroute": {"approver"},
    "partnership.send_mailing": {"desk"},
    "partnership.add_user": {"desk"},
    "partnership.change_user": {"desk"},
    "partnership.view_auditevent": {"approver"},
    "events.view_guestneeds": {"desk", "protocol"},
}


def test_every_right_that_the_code_grants_exists():
    assert roles.sync() == set()


def test_every_role_is_a_group_with_the_rights_of_the_code():
    roles.sync()

    for name in roles.LABELS:
        held = {f"{right.content_type.app_label}.{right.codename}" for right in Group.objects.get(name=name).permissions.all()}
        assert held == roles.granted(name), name


def test_a_right_that_no_code_grants_is_taken_away():
    group = Group.objects.get(name=roles.VIEWER)
    group.permissions.add(Permission.objects.get(codename="decide_approval"))

    roles.sync()

    assert not group.permissions.filter(codename="decide_approval").exists()


@pytest.mark.parametrize("right", sorted(FEW))
def test_a_grave_right_is_held_by_few(right):
    assert {name for name in roles.LABELS if right in roles.granted(name)} == FEW[right]


def test_nobody_may_delete_or_write_the_audit_trail():
    granted = set().union(*(roles.granted(name) for name in roles.LABELS))

    assert not {right for right in granted if "audit" in right and not right.endswith("view_auditevent")}
    assert "partnership.delete_user" not in granted


def test_a_viewer_only_views():
    assert {right.split(".")[1].split("_")[0] for right in roles.granted(roles.VIEWER)} == {"view"}


def test_officials_hold_no_rights_in_the_administration(login):
    for name in (roles.MUNICIPAL_MEMBER, roles.MUNICIPAL_MANAGER, roles.MISSION_OFFICER):
        assert not {
            right for right in roles.granted(name) if right.partition(".")[2].partition("_")[0] in {"view", "add", "change", "delete"}
        }
        assert login(factories.user(name)).get("/admin/").status_code == 403
