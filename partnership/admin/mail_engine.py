"""Is mail leaving? The engine in plain words: the way out, what waits, and what a restore put on hold."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import admin_pages, gates, mail_state, reasons, restores
from partnership.admin.pages import act, demand, framed, person
from partnership.fields import TextField
from partnership.mail_state import Held, Outbox
from partnership.models import MailGate

SEE = "partnership.send_mailing"
LATE = 300  # seconds after which a letter that could leave is worth a word


class ReleaseForm(forms.Form):
    """Letting go of what a restore holds. Where the log of the mail server was not asked about all, the number must be typed."""

    count = TextField(label=gettext_lazy("Type the number of letters that may then leave"), max_length=8, required=False)
    note = TextField(
        label=gettext_lazy("How it was made sure that they have not left (kept in the audit trail)"), max_length=300, required=False
    )

    def __init__(self, *args: Any, held: list[Held], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blind = sum(line.waits for line in held)
        self.leaving = self.blind + sum(line.absent for line in held)
        if self.blind:
            self.fields["count"].required = True
        else:
            del self.fields["count"]

    def clean(self) -> dict[str, Any] | None:
        """Compare the number: it shows that it was read."""
        cleaned = super().clean()
        if self.blind and "count" in self.cleaned_data and self.cleaned_data["count"].strip() != str(self.leaving):
            self.add_error("count", _("Type %(count)s if you mean it.") % {"count": self.leaving})
        return cleaned


def page(request: HttpRequest) -> HttpResponse:
    """Read by the desk; the two acts are the superuser's."""
    demand(request, SEE)
    if request.method != "POST":
        return _show(request)
    if not request.user.is_superuser:
        raise PermissionDenied
    form = ReleaseForm(request.POST, held=mail_state.held())
    if request.POST.get("act") == "release" and not form.is_valid():
        return _show(request, form, status=422)
    return act(request, {"resume": lambda: _resume(request), "release": lambda: _release(request, form)}, reverse("admin:mail_engine"))


def _show(request: HttpRequest, form: ReleaseForm | None = None, status: int = 200) -> HttpResponse:
    mark, outbox, held, ways = restores.mark(), mail_state.now(), mail_state.held(), gates.status()
    gate = next((one for one in ways if one.key == MailGate.ALL), None)
    is_held = mark is not None and mark.went_back_at is not None and mark.released_at is None
    context = {
        "mark": mark,
        "is_held": is_held,
        "held": held,
        "outbox": outbox,
        "verdict": verdict(gate, outbox, is_held=is_held),
        "gate": gate,
        "why": reasons.sentence(gate.reason) if gate and (gate.closed_since or gate.stopped_at) else "",
        "domains": [one for one in ways if one.key != MailGate.ALL],
        "problem": restores.problem(),
        "server": _server(),
        "form": form or ReleaseForm(held=held),
        "may_act": request.user.is_superuser,
    }
    return framed(request, "mail/engine.html", _("Is mail leaving?"), status=status, **context)


def verdict(gate: MailGate | None, outbox: Outbox, *, is_held: bool) -> tuple[str, str]:
    """A tone and a sentence: the answer to the question that the page is named after."""
    if trouble := _trouble(gate):
        return "bad", trouble
    if is_held:
        return "turn", _("Only what is new: a restore put the letters that were waiting on hold.")
    oldest = outbox.oldest
    if outbox.waiting and oldest is not None and (timezone.now() - oldest).total_seconds() > LATE:
        return "turn", _("Slowly, or not at all: letters that could leave have waited for long.")
    return "ok", _("Yes. Letters are leaving at this moment.") if outbox.waiting or outbox.running else _("Yes. Nothing waits.")


def _trouble(gate: MailGate | None) -> str:
    if restores.problem():
        return _("No. The mark that protects against double letters cannot be written.")
    if gate is not None and gate.stopped_at is not None:
        return _("No. Everything is stopped until a person lets it go on.")
    if gate is not None and gate.closed_since is not None:
        return _("No. No mail server takes us in; it is tried again and again.")
    return ""


def _server() -> str:
    """The mail server without its password."""
    parts = urlsplit(settings.EMAIL_URL)
    if parts.scheme == "mailbox":
        return _("the built-in mailbox of the demonstration")
    return f"{parts.hostname or '?'}{f':{parts.port}' if parts.port else ''}"


def _resume(request: HttpRequest) -> str:
    gates.resume(by=person(request))
    return _("Mail goes on.")


def _release(request: HttpRequest, form: ReleaseForm) -> str:
    count = restores.release(by=person(request), note=form.cleaned_data["note"])
    return _("Released. %(count)s letters may leave now; mailings may be started again.") % {"count": count}


admin_pages.register("mail/engine/", page, "mail_engine")
