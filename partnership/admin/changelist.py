"""The list of an admin class, mended: only declared filters, and a value that no column can hold is the reader's mistake (400)."""

from typing import Any

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import BadRequest, EmptyResultSet, FieldError, ValidationError
from django.db import models
from django.http import HttpRequest

from partnership.fields import TextField

LONGEST_SEARCH = 200
MOST_VALUES = 60
_OUR_PARAMETERS = frozenset({"lang"})  # read by the middleware, on every page


class SearchForm(forms.Form):
    """The search box: long enough for any name, short enough for any database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {SEARCH_VAR: TextField(required=False, max_length=LONGEST_SEARCH)}


class MendedChangeList(ChangeList):
    """Django's list; what went wrong because of its address is answered with 400."""

    search_form_class = SearchForm

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Leave out what every page may carry."""
        found = super().get_filters_params(params)
        return {key: value for key, value in found.items() if key not in _OUR_PARAMETERS}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> models.QuerySet[Any]:
        """The filtered rows; their SQL is written here once, so that a value that fits no column shows before the query."""
        refuse_hostile(request)
        try:
            queryset = super().get_queryset(request, exclude_parameters)
            str(queryset.query)
        except (IncorrectLookupParameters, ValueError, OverflowError, TypeError, FieldError, ValidationError) as error:
            raise BadRequest(str(error)) from error
        except EmptyResultSet:
            pass
        return queryset

    def get_results(self, request: HttpRequest) -> None:
        """The page; a number beyond the last one is a wrong address."""
        try:
            super().get_results(request)
        except (IncorrectLookupParameters, ValueError, OverflowError) as error:
            raise BadRequest(str(error)) from error


def refuse_hostile(request: HttpRequest) -> None:
    """Stop what no list of ours ever asks for: U+0000, or hundreds of values (their ORs outgrow a database's parser).

    Raises:
        BadRequest: when there is one.
    """
    values = 0
    for name, texts in request.GET.lists():
        values += len(texts)
        if any("\x00" in text for text in (name, *texts)):
            raise BadRequest(name)
    if values > MOST_VALUES:
        raise BadRequest(f"{values} values")


def declared_lookups(model: type[models.Model], list_filter: Any, date_hierarchy: str | None) -> set[str]:
    """The parameters that the declared filters of a list read, and no others."""
    allowed: set[str] = set()
    for item in list_filter:
        if isinstance(item, type):
            allowed.add(getattr(item, "parameter_name", ""))
            continue
        path = item[0] if isinstance(item, list | tuple) else item
        allowed |= {path, f"{path}__exact", f"{path}__isnull", f"{path}__isempty"}
        field = _last_field(model, path)
        if field.is_relation:
            allowed.add(f"{path}__{field.target_field.name}__exact")
        if isinstance(field, models.DateField):
            allowed |= {f"{path}__gte", f"{path}__lt"}
    if date_hierarchy:
        allowed |= {f"{date_hierarchy}__{part}" for part in ("year", "month", "day")}
    return allowed - {""}


def _last_field(model: type[models.Model], path: str) -> Any:
    field: Any = None
    for part in path.split("__"):
        field = model._meta.get_field(part)
        if field.is_relation:
            model = field.related_model
    return field
