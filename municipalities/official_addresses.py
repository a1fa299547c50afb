"""Which mail addresses count as official: a local government’s own domain, never a free mail service."""

import re

from django.conf import settings
from django.utils.translation import gettext as _

from municipalities.models import LocalGovernment
from partnership import emails
from partnership.models import Position, User
from partnership.normalise import identifier

# The names that JPRS keeps for public bodies below .jp: nobody else can register hiroshima.jp or, below it, city.fuchu.hiroshima.jp.
_LOCAL = (
    "hokkaido|aomori|iwate|miyagi|akita|yamagata|fukushima|ibaraki|tochigi|gunma|saitama|chiba|tokyo|kanagawa|niigata|toyama|ishikawa|"
    "fukui|yamanashi|nagano|gifu|shizuoka|aichi|mie|shiga|kyoto|osaka|hyogo|nara|wakayama|tottori|shimane|okayama|hiroshima|yamaguchi|"
    "tokushima|kagawa|ehime|kochi|fukuoka|saga|nagasaki|kumamoto|oita|miyazaki|kagoshima|okinawa"
)
_DESIGNATED_CITIES = (
    "sapporo|sendai|saitama|chiba|yokohama|kawasaki|sagamihara|niigata|shizuoka|hamamatsu|nagoya|kyoto|osaka|sakai|kobe|okayama|"
    "hiroshima|kitakyushu|fukuoka|kumamoto"
)
_OFFICIAL = re.compile(
    rf"(?:^|\.)(?:[a-z0-9-]+\.lg\.jp|metro\.tokyo\.jp|pref\.(?:{_LOCAL})\.jp"
    rf"|city\.(?:{_DESIGNATED_CITIES})\.jp|(?:city|town|vill)\.[a-z0-9-]+\.(?:{_LOCAL})\.jp)$"
)
_DEMONSTRATION = re.compile(r"(?:^|\.)lg\.example\.jp$")
# An account may have been given to such an address by hand; that makes the address official, not its domain.
_ANYONES = re.compile(
    r"(?:^|\.)(?:gmail\.com|googlemail\.com|yahoo\.(?:co\.jp|ne\.jp|com)|ymail\.ne\.jp|outlook\.(?:jp|com)|hotmail\.(?:co\.jp|com)"
    r"|live\.(?:jp|com)|msn\.com|icloud\.com|me\.com|mac\.com|aol\.(?:jp|com)|docomo\.ne\.jp|ezweb\.ne\.jp|au\.com|softbank\.(?:ne\.)?jp"
    r"|i\.softbank\.jp|proton\.me|protonmail\.com|excite\.co\.jp|nifty\.(?:com|ne\.jp)|biglobe\.ne\.jp|so-net\.ne\.jp|ocn\.ne\.jp)$"
)


def domain_of(address: str) -> str:
    """What stands behind the @, in lower case."""
    return identifier(address).lower().rpartition("@")[2]


def domains_of(body: LocalGovernment) -> set[str]:
    """The domains that the body is known by: of its register, its sections, and its open accounts."""
    known = {domain_of(body.organisation.email)}
    known |= {domain_of(one) for one in Position.objects.filter(organisation=body.organisation_id).values_list("email", flat=True)}
    accounts = User.objects.filter(organisation=body.organisation_id, is_active=True)
    known |= {domain_of(one) for one in accounts.values_list("email", flat=True)}
    return {domain for domain in known if domain and not _ANYONES.search(domain)}


def is_known(address: str, body: LocalGovernment) -> bool:
    """Whether the body is already known by the address’s domain; what else is official may belong to another body."""
    return domain_of(address) in domains_of(body)


def is_official(address: str, body: LocalGovernment) -> bool:
    """Whether somebody of the body may use the address here."""
    domain = domain_of(address)
    if _OFFICIAL.search(domain) or (settings.DEMO and _DEMONSTRATION.search(domain)):
        return True
    return domain in domains_of(body)


def problem(address: str, body: LocalGovernment) -> str:
    """A sentence that says why the address cannot be used; "" when it can."""
    if sentence := emails.address_problem(address):
        return sentence
    if is_official(address, body):
        return ""
    return _(
        "Please use an official address of the local government, such as one that ends in .lg.jp. Private addresses and free mail "
        "services cannot be used. If your office has no other address, please telephone us: %(phone)s."
    ) % {"phone": settings.CONTACT_PHONE}
