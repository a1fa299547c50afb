"""The envelope sender of each mail, signed: ``bounce+<mail>.<signature>@…`` says which mail a report of failure speaks of.

Servers on the way may change the case of a local part and hold 64 characters (RFC 5321 4.5.3.1.1), so the signature is written in
lower-case base32 and any case is read. Nobody can make such an address for a mail that they did not get.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from partnership import addresses, tokens
from partnership.models import Email

PURPOSE = "bounce"
LONGEST_NAME = 20  # of the local part of MAIL_BOUNCES: it leaves room for numbers of ten digits
_VERSION = 0
_SIGNED = re.compile(r"(?P<pk>[1-9][0-9]{0,17})\.(?P<signature>[a-z2-7]{32})", re.ASCII)


@dataclass(frozen=True)
class Mark:
    """What an address of reports says: the mail, and whether the signature is ours."""

    pk: int
    is_ours: bool


def sender(email: Email) -> str:
    """The envelope sender of a mail; without ``MAIL_BOUNCES`` the address that it comes from."""
    if not settings.MAIL_BOUNCES:
        return addresses.on_the_wire(parseaddr(settings.MAIL_FROM)[1])
    name, _at, domain = addresses.on_the_wire(settings.MAIL_BOUNCES).rpartition("@")
    signature = base64.b32encode(tokens.sign(PURPOSE, email.pk, _VERSION)).decode().lower()
    return f"{name}+{email.pk}.{signature}@{domain}"


def read(address: str) -> Mark | None:
    """The mark in an address that reports come to; None for every other address."""
    if not settings.MAIL_BOUNCES:
        return None
    name, _at, domain = addresses.on_the_wire(settings.MAIL_BOUNCES).lower().rpartition("@")
    local, _at, host = address.strip().strip("<>").lower().rpartition("@")
    if host != domain or not local.startswith(f"{name}+"):
        return None
    found = _SIGNED.fullmatch(local.removeprefix(f"{name}+"))
    if found is None:
        return Mark(0, is_ours=False)
    pk = int(found["pk"])
    return Mark(pk, is_ours=tokens.is_signed(PURPOSE, pk, _VERSION, _bytes(found["signature"])))


def problem() -> str:
    """What is wrong with ``MAIL_BOUNCES``, for whoever starts the system; "" when it can be used."""
    if not settings.MAIL_BOUNCES:
        return ""
    name = addresses.clean(settings.MAIL_BOUNCES).rpartition("@")[0]
    if addresses.problem(settings.MAIL_BOUNCES):
        return "MAIL_BOUNCES is not a mail address."
    if "+" in name or len(name) > LONGEST_NAME:
        return f"MAIL_BOUNCES needs a name of at most {LONGEST_NAME} characters without “+”, because a signature is added to it."
    return ""


def _bytes(signature: str) -> bytes:
    try:
        return base64.b32decode(signature.upper())
    except binascii.Error:
        return b""
