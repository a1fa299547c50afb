"""The portal's menu, and what the municipal side adds to the staff's."""

from django.utils.translation import gettext_lazy as _

from partnership import menu

menu.register(menu.Item("portal", _("Home"), "portal:home", order=0, door="portal"))
