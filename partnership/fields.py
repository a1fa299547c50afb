"""Form fields that take what people paste and type, and give back something that every database, mail and printer can hold."""

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership import japanese_dates, marks
from partnership.normalise import identifier

_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Not seen, and never meant: soft hyphen, zero-width space, directions, byte-order mark, tags. The joiners U+200C and U+200D and
# the variation selectors stay, because names are written with them.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]")
_LARGEST = 2**63 - 1
DATE_HELP = _("Such as 2027-01-14 or R9.1.14.")


def tidy(text: str, *, lines: bool = False) -> str:
    """The text without what cannot be seen; with ``lines`` its line breaks and tabs stay.

    Raises:
        ValidationError: for U+0000 and for half a character (a lone surrogate), which no database keeps.
    """
    ProhibitNullCharactersValidator()(text)
    if _SURROGATE.search(text):
        raise ValidationError(_("This text holds a broken character. Please type it again."), code="surrogate")
    text = marks.without_marks(_UNSEEN.sub("", text))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if not lines:
        text = re.sub(r"[\n\t\v\f]+", " ", text)
    return "".join(char for char in text if unicodedata.category(char) != "Cc" or char in "\n\t")


class TextField(forms.CharField):
    """Text kept as typed: names, titles, notes."""

    def to_python(self, value: Any) -> Any:
        """Take out what cannot be seen."""
        if value in self.empty_values:
            return self.empty_value
        text = tidy(str(value), lines=isinstance(self.widget, forms.Textarea))
        return super().to_python(text)


class IdentifierField(TextField):
    """Codes and telephone numbers: the same in full width and in half width."""

    def to_python(self, value: Any) -> Any:
        """Fold to NFKC."""
        if value in self.empty_values:
            return self.empty_value
        return super().to_python(identifier(tidy(str(value))))


class AddressField(forms.EmailField):
    """A mail address; a full-width ＠ or a blank pasted with it does no harm."""

    def to_python(self, value: Any) -> Any:
        """Fold to NFKC."""
        if value in self.empty_values:
            return self.empty_value
        return super().to_python(identifier(tidy(str(value))))


class LinkField(forms.URLField):
    """A web address; one without a scheme is taken for https."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **kwargs})


class DateField(forms.DateField):
    """A day, also in the Japanese calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["help_text"] = kwargs.get("help_text") or DATE_HELP
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        """Read what was typed."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        try:
            return japanese_dates.parse(str(value))
        except ValueError:
            raise ValidationError(_("This is not a date that exists. Write it such as 2027-01-14 or R9.1.14."), code="invalid") from None


class TimeField(forms.TimeField):
    """An hour of the day."""

    def to_python(self, value: Any) -> dt.time | None:
        """Read what was typed."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.time):
            return value
        try:
            return japanese_dates.parse_time(str(value))
        except ValueError:
            raise ValidationError(_("This is not an hour. Write it such as 18:30."), code="invalid") from None


class SplitDateTimeField(forms.SplitDateTimeField):
    """A day and an hour, in two boxes."""

    def __init__(self, *, input_date_formats: Any = None, input_time_formats: Any = None, **kwargs: Any) -> None:
        kwargs["help_text"] = kwargs.get("help_text") or DATE_HELP
        forms.MultiValueField.__init__(self, (DateField(), TimeField()), **kwargs)


class ChoicesField(forms.ModelMultipleChoiceField):
    """Several rows; a number that no row can have is a wrong choice, not a failure of the database."""

    def _check_values(self, value: Any) -> Any:
        for pk in value or ():
            if not re.fullmatch(r"[0-9]{1,19}", str(pk)) or int(pk) > _LARGEST:
                raise ValidationError(self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": pk})
        return super()._check_values(value)  # type: ignore[misc]


_IDENTIFIERS = frozenset({"phone", "code", "iso2", "key", "contact_phone"})


def form_class_for(field: models.Field) -> type[forms.Field] | None:
    """Which of these fields edits a model's field; None leaves it to Django."""
    if getattr(field, "choices", None):
        return None
    table: list[tuple[type[models.Field], type[forms.Field]]] = [
        (models.EmailField, AddressField),
        (models.URLField, LinkField),
        (models.SlugField, forms.SlugField),
        (models.CharField, IdentifierField if field.name in _IDENTIFIERS else TextField),
        (models.TextField, TextField),
        (models.DateTimeField, SplitDateTimeField),
        (models.DateField, DateField),
        (models.TimeField, TimeField),
        (models.ManyToManyField, ChoicesField),
    ]
    return next((edits for kind, edits in table if isinstance(field, kind)), None)


def formfield(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """For ``formfield_callback`` of a model form."""
    if (edits := form_class_for(field)) is not None:
        kwargs.setdefault("form_class", edits)
    return field.formfield(**kwargs)
