"""Replies that the division gives often: which are offered for a request, and their text with its facts filled in."""

import re

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from municipalities import decision_letters
from municipalities.models import CannedReply, MunicipalRequest

DAYS = "days"
PLACEHOLDERS: dict[str, Promise] = {
    **{name: words for name, words in decision_letters.PLACEHOLDERS.items() if name != decision_letters.DATE},
    DAYS: gettext_lazy("open days in which this kind is usually answered"),
}
_NAME = re.compile(r"\{([a-z_]+)\}")


def offered(request: MunicipalRequest) -> QuerySet[CannedReply]:
    """Those of its kind, and those for every kind."""
    return CannedReply.objects.filter(kind__in=["", request.kind])


def text_of(reply: CannedReply, request: MunicipalRequest) -> str:
    """In the language in which we write to the applicant. What nobody can fill in stays for whoever sends it."""
    values = {**decision_letters.values_of(request), DAYS: str(request.kind_facts.target_days)}
    text = reply.in_language("text", decision_letters.language_of(request))
    return _NAME.sub(lambda name: values.get(name[1], name[0]), text)


def unknown(text: str) -> list[str]:
    """The placeholders of a text that nobody can fill in."""
    return sorted({name for name in _NAME.findall(text) if name not in PLACEHOLDERS})
