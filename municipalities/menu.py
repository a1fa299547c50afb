"""The portal's menu, and what the municipal side adds to the staff's."""

from django.utils.translation import gettext_lazy as _

from partnership import menu

menu.register(menu.Item("portal", _("Home"), "portal:home", order=0, door="portal"))
menu.register(menu.Item("calls", _("Calls for requests"), "portal:calls", order=10, door="portal"))
menu.register(menu.Item("requests", _("Requests"), "portal:requests", prefixes=("relay/",), order=20, door="portal"))
menu.register(
    menu.Item(
        "queue",
        _("Requests"),
        "admin:municipalities_municipalrequest_changelist",
        ["municipalities.view_municipalrequest"],
        [f"municipalities/{noun}/" for noun in ("municipalrequest", "call", "decisionpaper", "cannedreply", "requesttag")],
        order=20,
    )
)
menu.register(
    menu.Item(
        "enquiries",
        _("Enquiries"),
        "admin:municipalities_enquiry_changelist",
        ["municipalities.view_enquiry"],
        ["municipalities/enquiry/"],
        order=22,
    )
)
menu.register(menu.Item("profile", _("Profile"), "portal:body", order=40, door="portal", of_a_body=True))
menu.register(menu.Item("accounts", _("Accounts"), "portal:accounts", order=50, door="portal", of_a_body=True))
