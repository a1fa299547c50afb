"""What officials type while they follow a request: a reply with files, a reason, the opinion of the prefecture."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import MunicipalRequest
from partnership.fields import TextField
from partnership.uploads import UploadField

LONGEST = 10_000
MOST_RANK = 999


class MessageForm(forms.Form):
    """A reply or a message. ``once`` is the key of this form: sent twice, it is one message."""

    once = forms.UUIDField(required=False, widget=forms.HiddenInput)
    message = TextField(label=gettext_lazy("Message to the Ministry"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    file = UploadField(label=gettext_lazy("Files"), required=False)

    def __init__(self, *args: Any, request: MunicipalRequest, is_reply: bool, already: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        self.fields["file"].already = already  # type: ignore[attr-defined]
        if is_reply:
            self.fields["message"].label = gettext_lazy("Reply to the Ministry")
        # with scripts, what is typed is kept as one goes
        self.fields["message"].widget.attrs |= {
            "hx-post": reverse("portal:request_draft", args=[request.uuid]),
            "hx-trigger": "input changed delay:1s, change",
            "hx-params": "message,csrfmiddlewaretoken",
            "hx-include": "closest form",
            "hx-target": "#kept",
            "hx-sync": "this:replace",
        }


class DraftForm(forms.Form):
    """What is being typed."""

    message = TextField(max_length=LONGEST, required=False, widget=forms.Textarea)


class ReasonForm(forms.Form):
    """Why a request is withdrawn, reopened, or not taken part in."""

    reason = TextField(label=gettext_lazy("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, help_text: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        self.fields["reason"].help_text = help_text


class RelayForm(forms.Form):
    """The prefecture's opinion on one request, and its place among those of the same call."""

    comment = TextField(
        label=gettext_lazy("Opinion of the prefecture"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    rank = forms.IntegerField(label=gettext_lazy("Order"), min_value=1, max_value=MOST_RANK, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # the opinion that the page showed, by its moment

    def __init__(self, *args: Any, request: MunicipalRequest, **kwargs: Any) -> None:
        self.request_row = request
        stamp = request.relayed_at.isoformat() if request.relayed_at else ""
        kwargs.setdefault("initial", {"comment": request.relay_comment, "rank": request.relay_rank, "seen": stamp})
        super().__init__(*args, **kwargs)
        self.fields["rank"].widget.attrs |= {"class": "w-4", "inputmode": "numeric"}

    def clean(self) -> dict[str, Any]:
        """Passing on says something: an opinion, an order, or both."""
        cleaned = super().clean() or {}
        if self.is_overtaken and cleaned.get("comment", "") != self.request_row.relay_comment and self._says_something(cleaned):
            self._show_theirs()
        if not self.errors and not cleaned.get("comment") and not cleaned.get("rank") and self.has_to_say_something:
            self.add_error("comment", ValidationError(_("Please write the opinion of the prefecture, or give the request its place.")))
        return cleaned

    @property
    def is_overtaken(self) -> bool:
        """Whether a colleague has given an opinion since the page was shown."""
        seen = self.data.get(self.add_prefix("seen"))
        return seen is not None and seen != self.initial["seen"]

    def _says_something(self, cleaned: dict[str, Any]) -> bool:
        return bool(cleaned.get("comment") or cleaned.get("rank"))

    def _show_theirs(self) -> None:
        """What was typed stays; sent once more, it replaces what the colleague wrote."""
        words = _("A colleague has written an opinion in the meantime: “%(opinion)s”. Save again to put yours in its place.")
        self.add_error("comment", ValidationError(words % {"opinion": self.request_row.relay_comment}))
        sent: Any = self.data
        self.data = renewed = sent.copy()
        renewed[self.add_prefix("seen")] = self.initial["seen"]

    has_to_say_something = True


class RelayRow(RelayForm):
    """One line of the list of all: an empty one stays as it is."""

    has_to_say_something = False

    def is_to_save(self) -> bool:
        """Whether something is written here that was not stored before; a line that the page did not show yet says nothing."""
        if self.add_prefix("comment") not in self.data:
            return False
        said = self._says_something(self.cleaned_data)
        return bool({"comment", "rank"} & set(self.changed_data)) and (
            said or (self.request_row.relayed_at is not None and not self.is_overtaken)
        )
