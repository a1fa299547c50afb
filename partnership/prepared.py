"""Statements that are asked for each mail, compiled once: Django's own SQL for a query, kept, with other values each time.

Django builds the SQL of a query anew each time it is asked. For the large conditions of the outbox that takes longer than the database
needs to answer, and a mailing asks them thousands of times. A query here is written as always, with a ``Slot`` wherever a value differs
from one time to the next; whatever else it is made of must not change, or must be an argument of the function that makes it:

    @functools.cache
    def _renamed() -> prepared.Change:
        return prepared.Change(Email.objects.filter(id=Slot("id", Email)), subject=Slot("subject", Email))

    _renamed().run(id=7, subject="…")
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.models import sql
from django.db.models.sql.compiler import SQLCompiler


class Slot(models.Expression):
    """The place of a value that is given when the statement is run; it is written as a field of that model is.

    Args:
        name: what the value is called when it is given.
        model: whose field it is.
        field: the name of the field, where it is another one.
    """

    def __init__(self, name: str, model: type[models.Model], field: str = "") -> None:
        super().__init__(output_field=cast("models.Field[Any, Any]", model._meta.get_field(field or name)))
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """A mark, and itself in the place of the value."""
        return "%s", [self]

    def filled(self, given: Mapping[str, Any]) -> Any:
        """The value as the database takes it."""
        return self.output_field.get_db_prep_value(given[self.name], connection)


class _Statement:
    """SQL and its parameters, of which some are slots."""

    def __init__(self, text: str, params: Sequence[Any]) -> None:
        self.text, self._params = text, params

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """The parameters with each slot filled."""
        return [param.filled(given) if isinstance(param, Slot) else param for param in self._params]


class Change(_Statement):
    """An UPDATE of the rows of a query set."""

    def __init__(self, rows: models.QuerySet[Any], **changes: Any) -> None:
        query = cast("sql.UpdateQuery", rows.query.chain(sql.UpdateQuery))
        query.add_update_values(changes)
        query.clear_ordering(force=True)
        super().__init__(*query.get_compiler(DEFAULT_DB_ALIAS).as_sql())

    def run(self, **given: Any) -> int:
        """Change the rows; returns how many there were."""
        with transaction.mark_for_rollback_on_error(), connection.cursor() as cursor:
            cursor.execute(self.text, self.values(given))
            return cursor.rowcount


class Addition(_Statement):
    """An INSERT of one row of a model; all its values are given, but its key."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        query = sql.InsertQuery(model)
        query.insert_values(fields, [model(**{field.attname: Slot(field.name, model) for field in fields})], raw=True)
        ((text, params),) = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        super().__init__(text, params)

    def run(self, **given: Any) -> None:
        """Add the row."""
        with transaction.mark_for_rollback_on_error(), connection.cursor() as cursor:
            cursor.execute(self.text, self.values(given))


class Question(_Statement):
    """A SELECT of the values that ``values_list`` names."""

    def __init__(self, rows: models.QuerySet[Any, Any]) -> None:
        self._compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        super().__init__(*self._compiler.as_sql())

    def rows(self, **given: Any) -> list[Sequence[Any]]:
        """The values of each row, as the query set would give them."""
        with connection.cursor() as cursor:
            cursor.execute(self.text, self.values(given))
            return list(self._compiler.results_iter([cursor.fetchall()]))
