"""What each role may do with the municipal nouns."""

from partnership import roles

for _role in (roles.DESK, roles.APPROVER, roles.VIEWER, roles.PROTOCOL, roles.OSAKA):
    roles.grant(_role, "municipalities.view_localgovernment")
roles.grant(roles.DESK, "municipalities.add_localgovernment", "municipalities.change_localgovernment")
