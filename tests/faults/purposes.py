"""The letters of the laboratory; found by the product as any app's purposes are. Three kinds of recipients are poison."""

import ctypes
import os
import re

from django.utils.functional import Promise
from django.utils.text import format_lazy

from partnership import purposes
from partnership.models import Email

EXIT, CRASH, UNBUILDABLE = "exit", "crash", "unbuildable"  # local parts of poisonous recipients, before their number
NAMES = re.compile(rf"\b(?:guest|code|{EXIT}|{CRASH}|{UNBUILDABLE})\d+@")  # any recipient, wherever it is written
LINK = re.compile(r"https://partnership\.example\.jp/rsvp/\S+?/")


def links(email: Email) -> dict[str, str]:
    """The personal link; a poisonous row kills the process that builds its message."""
    if email.to_address.startswith(EXIT):
        os._exit(1)
    if email.to_address.startswith(CRASH):
        ctypes.string_at(0)
    return {"link": f"https://partnership.example.jp/rsvp/{email.outbox_id.hex}/"}


def _label(text: str) -> Promise:
    return format_lazy("{}", text)


LETTER = purposes.register(purposes.Purpose(key="laboratory", label=_label("laboratory"), priority=30, links=links, needs_approval=False))
CODE = purposes.register(purposes.Purpose(key="laboratory_code", label=_label("code"), priority=0, secret=True, needs_approval=False))
