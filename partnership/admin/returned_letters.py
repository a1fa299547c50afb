"""After an address was corrected in the register: which letters came back from the old one, and the way to send them again."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from partnership import incoming, incoming_words
from partnership.models import IncomingMail

FIELDS = ("email", "secretariat_email")
SHOWN = 10


class TellsOfReturnedLetters:
    """For admin classes over models with addresses."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 Django's signature
        """Save; then say what came back from the addresses that are no more."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        tell(request, chain([form], *(formset.forms for formset in formsets)))


def tell(request: HttpRequest, forms: Iterable[Any]) -> None:
    """A message with a link to each letter that waits for a corrected address."""
    old = {str(form.initial.get(name) or "") for form in forms for name in FIELDS if name in form.changed_data} - {""}
    if not old or not request.user.has_perm(incoming.HANDLE):
        return
    addressed = Q()
    for address in old:
        addressed |= Q(email__to_address__iexact=address)
    rows = list(incoming.to_settle().filter(addressed, kind=IncomingMail.Kind.BOUNCE)[:SHOWN])
    if rows:
        links = format_html_join(
            _(", "),
            '<a href="{}">{}</a>',
            ((reverse("admin:mail_incoming_one", args=[row.pk]), incoming_words.whom_of(row.email)) for row in rows if row.email),
        )
        messages.warning(request, format_html("{} {}", _("Letters to the old address came back. Send them again:"), links))
