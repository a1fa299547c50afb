"""The field that takes files: several at once, each checked, each fault named."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership.file_checks import ACCEPT, HELP, Checked, check, extension_of, tidy_name
from partnership.transitions import Refused

MOST_FILES = 20  # at once


class FilesInput(forms.FileInput):
    """A file control that lets one choose several. It never shows an old value: what is there already is listed beside it."""

    allow_multiple_selected = True

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the form came without it."""
        return name not in files

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """All files that were chosen."""
        if hasattr(files, "getlist"):
            return list(files.getlist(name))
        value = files.get(name)
        return list(value) if isinstance(value, list | tuple) else [value] if value else []


class UploadField(forms.FileField):
    """Files of the allowed kinds. Its value is a list of ``Checked``, ready for ``attachments.attach``.

    Args:
        already: bytes that the request has in other files; the form may set it later as ``field.already``.
        accept: what the browser offers to choose from, such as ``.jpg,.png``.
        multiple: whether several may be chosen.
    """

    widget = FilesInput
    default_error_messages = {"one": gettext_lazy("Please choose one file only.")}

    def __init__(self, *, already: int = 0, accept: str = ACCEPT, multiple: bool = True, **kwargs: Any) -> None:
        self.already, self.multiple = already, multiple
        kwargs.setdefault("help_text", HELP)
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = accept
        if not multiple:
            self.widget.allow_multiple_selected = False
            self.widget.attrs.pop("multiple", None)
        self.kinds = {one.strip().lstrip(".") for one in accept.split(",")}

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Every file is looked into; the faults of all of them are told at once."""
        uploads = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not uploads:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        if len(uploads) > 1 and not self.multiple:
            raise ValidationError(self.error_messages["one"], code="one")
        if len(uploads) > MOST_FILES:
            raise ValidationError(_("Please send at most %(most)s files at once.") % {"most": MOST_FILES}, code="too_many")
        return self._checked(uploads)

    def _checked(self, uploads: list[Any]) -> list[Checked]:
        kept: list[Checked] = []
        faults: list[ValidationError] = []
        total = self.already
        for upload in uploads:
            try:
                self._refuse_other_kind(upload.name or "")  # first: it names what this field takes, not what any field takes
                checked = check(upload, already=total)
            except Refused as no:
                faults.append(ValidationError(str(no), code="file"))
                continue
            total += checked.size
            kept.append(checked)
        if faults:
            raise ValidationError(faults)
        return kept

    def _refuse_other_kind(self, name: str) -> None:
        if extension_of(tidy_name(name)) not in self.kinds:
            kinds = ", ".join(sorted(self.kinds))
            raise Refused(
                _("“%(name)s” was not taken. Please send one of these here: %(kinds)s.") % {"name": tidy_name(name), "kinds": kinds}
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether a file was chosen."""
        return bool(data)
