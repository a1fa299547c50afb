"""Signed tokens: derived, never stored. One purpose each; raising the version revokes the older ones."""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterable

from django.conf import settings

_HEAD = struct.Struct(">QH")
_MAC_BYTES = 20  # 160 bits


def _mac(key: str, purpose: str, head: bytes) -> bytes:
    return hmac.new(key.encode(), b"partnership|" + purpose.encode() + b"|" + head, hashlib.sha256).digest()[:_MAC_BYTES]


def make(purpose: str, pk: int, version: int) -> str:
    """The token of one row: 40 characters that are safe in an address."""
    head = _HEAD.pack(pk, version)
    return base64.urlsafe_b64encode(head + _mac(settings.RSVP_KEY, purpose, head)).decode()


def read(purpose: str, token: str) -> tuple[int, int] | None:
    """The row's key and the version a token speaks of; None for anything that we did not sign for this purpose."""
    # the decoder would also take + and / for - and _, and one row would have several tokens
    if len(token) != 40 or not token.isascii() or "+" in token or "/" in token:
        return None
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    head, mac = raw[: _HEAD.size], raw[_HEAD.size :]
    return _HEAD.unpack(head) if _is_signed(purpose, head, mac) else None


def sign(purpose: str, pk: int, version: int) -> bytes:
    """The signature alone, for places where a token's letters do not fit, such as an address whose case may change on its way."""
    return _mac(settings.RSVP_KEY, purpose, _HEAD.pack(pk, version))


def is_signed(purpose: str, pk: int, version: int, signature: bytes) -> bool:
    """Whether we made that signature, with the present key or an earlier one."""
    return _is_signed(purpose, _HEAD.pack(pk, version), signature)


def _is_signed(purpose: str, head: bytes, mac: bytes) -> bool:
    keys: Iterable[str] = (settings.RSVP_KEY, *settings.RSVP_KEY_FALLBACKS)
    # every key is tried, so that the time taken tells nothing
    matches = [hmac.compare_digest(_mac(key, purpose, head), mac) for key in keys]
    return any(matches)
