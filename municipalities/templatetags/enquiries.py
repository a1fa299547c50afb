"""Filters of the pages of enquiries."""

from django import template
from django.utils.translation import gettext as _

from municipalities import enquiries
from municipalities.models import Enquiry

register = template.Library()

_HOUR, _DAY = 60, 24 * 60


@register.filter
def duration(minutes: int | None) -> str:
    """25 min · 3 h 10 min · 2 days: as exactly as it matters."""
    if minutes is None:
        return ""
    if minutes < _HOUR:
        return _("%(minutes)s min") % {"minutes": minutes}
    if minutes < _DAY:
        return _("%(hours)s h %(minutes)s min") % {"hours": minutes // _HOUR, "minutes": minutes % _HOUR}
    days = round(minutes / _DAY)
    return _("1 day") if days == 1 else _("%(days)s days") % {"days": days}


@register.filter
def state_class(enquiry: Enquiry) -> str:
    """The class of the tag that says where it stands."""
    return {"asked": " run", "answered": " ok"}.get(enquiry.state, "")


@register.filter
def asker(enquiry: Enquiry) -> str:
    """Who asked, in one line: the organisation, and who it was there."""
    return "　".join(part for part in (str(enquiry.organisation or ""), enquiry.asker) if part)


@register.filter
def call_back(enquiry: Enquiry) -> str:
    """The address behind a telephone number or a mail address; nothing for other words."""
    return enquiries.contact_link(enquiry.contact)
