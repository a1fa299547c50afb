"""What each role may do with events."""

from partnership import roles

_SEEN = (
    "event",
    "eventhost",
    "eventmailing",
    "leftout",
    "invitation",
    "answer",
    "callnote",
    "participant",
    "task",
    "eventrequest",
    "eventattraction",
)

for _role in (roles.DESK, roles.SECTION, roles.APPROVER, roles.MINISTER_OFFICE, roles.VIEWER, roles.PROTOCOL, roles.OSAKA):
    roles.grant(_role, *(f"events.view_{noun}" for noun in _SEEN))
for _noun in (*_SEEN, "guestneeds"):
    roles.grant(roles.DESK, *(f"events.{act}_{_noun}" for act in ("add", "change")))
roles.grant(
    roles.DESK,
    "events.delete_event",
    "events.delete_eventhost",
    "events.delete_invitation",
    "events.delete_task",
    "events.decide_invitation",
    "events.export_participant",
    "events.view_guestneeds",
)
# the Protocol Office stands for the hosts towards the diplomatic corps
roles.grant(roles.PROTOCOL, "events.decide_invitation", "events.view_guestneeds")
