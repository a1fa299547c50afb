"""What each role may do with the municipal nouns."""

from partnership import roles

_SEEN = (
    "localgovernment", "attraction", "call", "municipalrequest", "requestmessage", "requesttag", "cannedreply", "decisionpaper", "enquiry",
)  # fmt: skip

for _role in (roles.DESK, roles.SECTION, roles.APPROVER, roles.MINISTER_OFFICE, roles.VIEWER, roles.PROTOCOL, roles.OSAKA):
    roles.grant(_role, "municipalities.view_localgovernment", "municipalities.view_attraction", "municipalities.view_call")
for _role in (roles.DESK, roles.SECTION, roles.APPROVER, roles.MINISTER_OFFICE, roles.VIEWER):  # whoever decides about it sees it
    roles.grant(_role, *(f"municipalities.view_{noun}" for noun in _SEEN), "municipalities.view_accessrequest")
# the Osaka Liaison Office answers enquiries of its region as the division does
for _role in (roles.DESK, roles.OSAKA):
    roles.grant(_role, "municipalities.view_enquiry", "municipalities.add_enquiry", "municipalities.change_enquiry")
for _noun in ("localgovernment", "attraction", "call", "municipalrequest", "requesttag", "cannedreply", "decisionpaper"):
    roles.grant(roles.DESK, f"municipalities.add_{_noun}", f"municipalities.change_{_noun}")
roles.grant(
    roles.DESK, "municipalities.change_accessrequest", "municipalities.decide_municipalrequest", "municipalities.delete_cannedreply"
)
for _role in (roles.MUNICIPAL_MEMBER, roles.MUNICIPAL_MANAGER, roles.MUNICIPAL_APPLICANT):
    roles.grant(_role, "municipalities.use_portal")
roles.grant(roles.MUNICIPAL_MANAGER, "municipalities.manage_officials")
# nobody gives a right that they do not hold: the division gives access to the portal (and reaches no page of it: officials.py)
roles.grant(roles.DESK, "municipalities.use_portal", "municipalities.manage_officials")
