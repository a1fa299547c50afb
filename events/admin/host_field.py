"""A host is typed by name or code: 広島県, Hiroshima Prefecture, 340006. Quicker than a list of two thousand, and needs no script."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership.fields import TextField
from partnership.models import Organisation
from partnership.normalise import identifier, search_key

SHOWN = 6
_CODE = re.compile(r"\(?([0-9]{6})\)?\Z", re.ASCII)


class HostField(TextField):
    """An organisation by its name, by a part of it that fits only one, or by its local government code."""

    widget = forms.TextInput(attrs={"class": "vTextField"})
    default_error_messages = {"unknown": gettext_lazy("The register knows no organisation of this name.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The name of a stored organisation; what was typed stays as it is."""
        if isinstance(value, int):
            found = Organisation.objects.filter(pk=value).first()
            return _spelt(found) if found else ""
        return value

    def to_python(self, value: Any) -> Any:
        """The organisation that is meant."""
        typed = super().to_python(value)
        if typed in self.empty_values:
            return None
        return _meant(typed)

    def validate(self, value: Any) -> None:
        """Required or not; length was checked on what was typed."""
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """An organisation needs none."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another organisation is named now."""
        return (self.prepare_value(initial) or "") != (data or "")


def _spelt(organisation: Organisation) -> str:
    """The name, with the code where there is one: there are two cities called 府中市."""
    code = (organisation.register_key or "").removeprefix("lg:")
    return f"{organisation.name_ja}（{code}）" if _CODE.fullmatch(code) else organisation.name_ja


def _meant(typed: str) -> Organisation:
    current = Organisation.objects.select_related("country")
    code = _CODE.search(identifier(typed))
    if code and (found := current.filter(register_key=f"lg:{code[1]}").first()):
        return found
    exact = _few(current.filter(Q(name_ja=typed) | Q(name_en__iexact=typed)))
    if len(exact) == 1:
        return exact[0]
    similar = exact or _few(current.filter(search_key__contains=search_key(typed)))
    if len(similar) == 1:
        return similar[0]
    if not similar:
        raise ValidationError(_("The register knows no organisation of this name."), code="unknown")
    names = _(", ").join(_spelt(one) for one in similar[:SHOWN]) + (" …" if len(similar) > SHOWN else "")
    raise ValidationError(_("Several organisations fit: %(names)s. Type the whole name or the code.") % {"names": names}, code="several")


def _few(rows: QuerySet[Organisation]) -> list[Organisation]:
    """Those that exist today before those that ended."""
    found = list(rows.current()[: SHOWN + 1])  # type: ignore[attr-defined]
    return found or list(rows[: SHOWN + 1])
