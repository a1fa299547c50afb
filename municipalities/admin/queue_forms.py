"""Forms of a request's home and of the queue."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import canned_replies, clock, messages, requests_queue, rights
from municipalities.models import CannedReply, LocalGovernment, MunicipalRequest, RequestTag
from partnership.fields import ChoicesField, DateField, TextField
from partnership.models import User
from partnership.normalise import identifier
from partnership.uploads import UploadField

_NUMBER = re.compile(r"R?([0-9]{1,2})-0*([0-9]{1,6})\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,、，;；]+")


class WriteForm(forms.Form):
    """What we write to the local government: a question, a return for correction, or a message that asks for nothing."""

    WAYS = (
        ("ask", gettext_lazy("Question: the local government replies, and the clock stops until then")),
        ("send_back", gettext_lazy("Return for correction: they change the form and send it again")),
        ("say", gettext_lazy("Message: nothing is asked for")),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("What this is"),
        widget=forms.RadioSelect,
        choices=(),
        error_messages={"invalid_choice": gettext_lazy("This cannot be done any more as the request stands now.")},
    )
    text = TextField(label=gettext_lazy("Text"), max_length=messages.LONGEST, widget=forms.Textarea(attrs={"rows": 7}))
    reply_by = DateField(
        label=gettext_lazy("Reply by"), required=False, help_text=gettext_lazy("For a question or a return: 17:00 of that day.")
    )
    uploads = UploadField(label=gettext_lazy("Files"), required=False)

    def __init__(self, row: MunicipalRequest, user: User, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "write")
        super().__init__(*args, **kwargs)
        ways = [(way, label) for way, label in self.WAYS if rights.may(row, way, user)]
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.initial["way"] = ways[0][0]
        if any(way != "say" for way, _label in ways):
            self.initial.setdefault("reply_by", clock.reply_by(timezone.now()).date())
        else:
            del self.fields["reply_by"]

    def clean_reply_by(self) -> dt.date | None:
        """Only a day to come."""
        day = self.cleaned_data["reply_by"]
        if day and day < timezone.localdate() and self.cleaned_data.get("way") != "say":
            raise ValidationError(_("This day is over."), code="over")
        return day

    def clean(self) -> dict[str, Any] | None:
        """Who asks says until when; a returned form takes no files of ours."""
        cleaned = super().clean()
        way = self.cleaned_data.get("way")
        if way in {"ask", "send_back"} and not self.cleaned_data.get("reply_by") and "reply_by" not in self.errors:
            self.add_error("reply_by", _("Say until when the local government should reply."))
        if way == "send_back" and self.cleaned_data.get("uploads"):
            self.add_error("uploads", _("Files go with a question or a message. Send them in a message first."))
        return cleaned

    def reply_at(self) -> dt.datetime:
        """17:00 of the chosen day."""
        return clock.closing(self.cleaned_data["reply_by"])


class NoteForm(forms.Form):
    """A note that never leaves the division."""

    text = TextField(label=gettext_lazy("Internal note"), max_length=messages.LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    uploads = UploadField(label=gettext_lazy("Files"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "note")
        super().__init__(*args, **kwargs)


class AssignForm(forms.Form):
    """To whom a request is given."""

    to = forms.ModelChoiceField(label=gettext_lazy("In charge"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = requests_queue.colleagues()  # type: ignore[attr-defined]


class TagsForm(forms.Form):
    """Words to file requests under: known ones, and new ones."""

    tags = ChoicesField(label=gettext_lazy("Tags"), queryset=RequestTag.objects.all(), required=False, widget=forms.CheckboxSelectMultiple)
    new = TextField(label=gettext_lazy("New tags"), required=False, max_length=200, help_text=gettext_lazy("Separated by commas."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.may_be_empty = kwargs.pop("may_be_empty", False)
        super().__init__(*args, **kwargs)

    def clean_new(self) -> list[str]:
        """The words, each once."""
        words = [word.strip() for word in re.split(r"[,、，]", self.cleaned_data["new"])]
        if long := [word for word in words if len(word) > 40]:
            raise ValidationError(_("A tag has at most 40 letters: “%(word)s”.") % {"word": long[0]}, code="long")
        return list(dict.fromkeys(word for word in words if word))

    def clean(self) -> dict[str, Any] | None:
        """At least one, where there is nothing else to do."""
        cleaned = super().clean()
        if not self.errors and not self.may_be_empty and not self.cleaned_data["tags"] and not self.cleaned_data["new"]:
            self.add_error("new", _("Choose a tag or write a new one."))
        return cleaned

    def chosen(self) -> list[RequestTag]:
        """The rows; new words become rows."""
        made = [RequestTag.objects.get_or_create(name=name)[0] for name in self.cleaned_data["new"]]
        return sorted({*self.cleaned_data["tags"], *made}, key=str)


class RelateForm(forms.Form):
    """Other requests, by number."""

    numbers = TextField(
        label=gettext_lazy("Numbers of related requests"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Such as R8-0147, R8-0151."),
    )

    def __init__(self, row: MunicipalRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.user = row, user

    def clean_numbers(self) -> list[MunicipalRequest]:
        """The requests of these numbers."""
        found = []
        for typed in (word for word in _BETWEEN.split(identifier(self.cleaned_data["numbers"])) if word):
            hit = _NUMBER.match(typed)
            where = Q(number_year=int(hit[1]) + 2018, number_serial=int(hit[2])) if hit else Q(pk__in=())
            one = requests_queue.of(self.user).filter(where).exclude(pk=self.row.pk).first()
            if one is None:
                raise ValidationError(_("There is no other request “%(number)s”.") % {"number": typed[:20]}, code="unknown")
            found.append(one)
        return found


class OpinionForm(forms.Form):
    """What the mission abroad says of the request."""

    text = TextField(label=gettext_lazy("Opinion of the mission"), max_length=messages.LONGEST, widget=forms.Textarea(attrs={"rows": 4}))


class ReasonForm(forms.Form):
    """Why a request is withdrawn on behalf, or taken up again."""

    reason = TextField(label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class CannedForm(forms.Form):
    """Which canned reply to put into the text."""

    canned = forms.ModelChoiceField(label=gettext_lazy("Canned reply"), queryset=CannedReply.objects.none(), required=False)

    def __init__(self, row: MunicipalRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["canned"].queryset = canned_replies.offered(row)  # type: ignore[attr-defined]


class ReplyForm(forms.Form):
    """A reply that came by telephone, mail or paper."""

    body = forms.ModelChoiceField(label=gettext_lazy("Who replied"), queryset=LocalGovernment.objects.none())
    text = TextField(label=gettext_lazy("What they said"), max_length=messages.LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    uploads = UploadField(label=gettext_lazy("Files"), required=False)

    def __init__(self, row: MunicipalRequest, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "reply")
        super().__init__(*args, **kwargs)
        parties = row.parties.filter(refused_at=None).values("local_government")
        self.fields["body"].queryset = LocalGovernment.objects.filter(pk__in=parties).select_related("organisation")  # type: ignore[attr-defined]
        self.initial["body"] = row.applicant_id


class RelayForm(forms.Form):
    """What the prefecture says of the request, entered for it."""

    comment = TextField(
        label=gettext_lazy("The prefecture’s opinion"), max_length=messages.LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    rank = forms.IntegerField(label=gettext_lazy("The prefecture’s order"), required=False, min_value=1, max_value=9999)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "relay")
        super().__init__(*args, **kwargs)
