"""Mail addresses: what may stand in one, which belong to nobody, and how one is written to a server.

Wider than Django's validator where Japan needs it: carriers gave out addresses such as ``a..b@docomo.ne.jp`` until 2009, and
their owners still have them. Narrower where a server would stumble: no control characters, no host without a dot.
"""

import re

from django.utils.translation import gettext as _

from partnership.normalise import identifier

_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
# RFC 2606, RFC 6761, and what JPRS keeps back under .jp (example.jp, example.co.jp, example1.jp …)
_INVENTED = re.compile(r"(?:^|\.)(?:test|example|invalid|localhost|example\.(?:com|net|org)|example\d?\.(?:[a-z]{2}\.)?jp)$")


def clean(address: str) -> str:
    """The address as it is kept: half width, without spaces around it."""
    return identifier(address)


def problem(address: str) -> str:
    """A sentence that says why no mail can go to this address; "" when one can."""
    if not clean(address):
        return _("There is no mail address.")
    local, at, domain = clean(address).rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or not _is_domain(domain) or len(clean(address)) > 254:
        return _("“%(address)s” is not a mail address.") % {"address": ascii(address)[1:-1] if not address.isprintable() else address}
    return ""


def is_invented(address: str) -> bool:
    """Whether the address lies in a domain that is reserved for examples and tests, so that nobody can have it."""
    return bool(_INVENTED.search(_wire_domain(address.rpartition("@")[2].rstrip("."))))


def on_the_wire(address: str) -> str:
    """The address as a server wants it: the domain in ASCII, and quotes around a local part with dots in unusual places."""
    local, _at, domain = clean(address).rpartition("@")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        local = f'"{local}"'
    return f"{local}@{_wire_domain(domain)}"


def _is_domain(domain: str) -> bool:
    labels = _wire_domain(domain).split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def _wire_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode().lower()
    except UnicodeError:
        return ""
