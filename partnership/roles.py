"""Roles: groups whose rights are written here and in the apps' ``roles`` modules, and set in the database after each migration.

What the database holds is a copy: a right that no module grants is taken away again, so a role can be read in the code.
"""

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DESK = "desk"
SECTION = "section"
APPROVER = "approver"
MINISTER_OFFICE = "minister_office"
VIEWER = "viewer"
PROTOCOL = "protocol"
DOOR = "door"
PERSONNEL = "personnel"
OSAKA = "osaka"
MUNICIPAL_MEMBER = "municipal_member"
MUNICIPAL_MANAGER = "municipal_manager"
MUNICIPAL_APPLICANT = "municipal_applicant"
MISSION_OFFICER = "mission_officer"

LABELS: dict[str, Promise] = {
    DESK: _("desk: runs the programmes"),
    SECTION: _("section: agrees before the director"),
    APPROVER: _("approver: decides approvals"),
    MINISTER_OFFICE: _("Minister’s Office"),
    VIEWER: _("viewer: reads only"),
    PROTOCOL: _("Protocol Office"),
    DOOR: _("reception desk at the door"),
    PERSONNEL: _("Personnel Division"),
    OSAKA: _("Osaka Liaison Office"),
    MUNICIPAL_MEMBER: _("official of a local government"),
    MUNICIPAL_MANAGER: _("manager of a local government’s accounts"),
    MUNICIPAL_APPLICANT: _("official whose access is not confirmed yet"),
    MISSION_OFFICER: _("partnership officer of a mission abroad"),
}
# Who works in the administration; the others have doors of their own.
STAFF = frozenset({DESK, SECTION, APPROVER, MINISTER_OFFICE, VIEWER, PROTOCOL, DOOR, PERSONNEL, OSAKA})
# A seat at a stop of approvals is more than its rights: who does not sit there themselves gives it to nobody (partnership/accounts.py).
SEATS = frozenset({SECTION, APPROVER, MINISTER_OFFICE, PROTOCOL})

_granted: dict[str, set[str]] = {name: set() for name in LABELS}


def grant(role: str, *permissions: str) -> None:
    """Give a role rights, spelt ``app.codename``.

    Raises:
        KeyError: for a role that is not declared above.
    """
    _granted[role].update(permissions)


def granted(role: str) -> frozenset[str]:
    """The rights that the code gives a role."""
    return frozenset(_granted[role])


def label(role: str) -> str:
    """The role in words; a group that no code knows keeps its name."""
    return str(LABELS.get(role, role))


@transaction.atomic
def sync() -> set[str]:
    """Make the groups say what the code says.

    Returns:
        The granted rights that the database does not know (a misspelt one, or a model that is not migrated yet).
    """
    known = {f"{app}.{codename}": pk for app, codename, pk in Permission.objects.values_list("content_type__app_label", "codename", "pk")}
    unknown: set[str] = set()
    for name, rights in _granted.items():
        group, _created = Group.objects.get_or_create(name=name)
        unknown |= rights - known.keys()
        group.permissions.set([known[right] for right in sorted(rights & known.keys())])
    return unknown


def sync_after_migrate(sender: AppConfig, **_kwargs: object) -> None:
    """Django's hook after a migration (connected in partnership/apps.py)."""
    sync()


# ── what each role may do with the kernel's nouns; upper apps add theirs in their own module ``roles`` ────────────────────
_REGISTERS = ("country", "countrygroup", "organisation", "person", "position", "appointment", "figure")
_PAPERS = ("mailing", "recipient", "approval", "approvalstep", "approvalroute", "routestop")

for _role in (DESK, SECTION, APPROVER, MINISTER_OFFICE, VIEWER, PROTOCOL, OSAKA):
    grant(_role, *(f"partnership.view_{noun}" for noun in _REGISTERS))
for _role in (DESK, SECTION, APPROVER, MINISTER_OFFICE, VIEWER):
    grant(_role, *(f"partnership.view_{noun}" for noun in _PAPERS))
grant(PROTOCOL, "partnership.view_approval", "partnership.view_approvalstep")
for _role in (DESK, SECTION, APPROVER, MINISTER_OFFICE, PROTOCOL):  # each at its own stops
    grant(_role, "partnership.decide_approval", "partnership.view_delegation")
grant(PERSONNEL, "partnership.view_organisation", "partnership.view_person")
grant(DESK, *(f"partnership.{act}_{noun}" for act in ("add", "change") for noun in ("organisation", "person", "position", "appointment")))
grant(DESK, *(f"partnership.{act}_{noun}" for act in ("add", "change") for noun in ("mailing", "approval")))
grant(DESK, "partnership.send_mailing", "partnership.handle_incomingmail")
grant(DESK, "partnership.view_user", "partnership.add_user", "partnership.change_user")
grant(APPROVER, "partnership.view_user", "partnership.view_auditevent")
grant(APPROVER, *(f"partnership.{act}_{noun}" for act in ("add", "change") for noun in ("delegation", "approvalroute", "routestop")))
