"""The bench of the laboratory, shared by the tests of one process."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults.laboratory import Bench
from tests.faults.servers import Postgres, postgres


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Databases to copy, and a PostgreSQL that may be crashed, started when it is first asked for."""
    with ExitStack() as parts:
        found: list[Postgres] = []

        def server() -> Postgres:
            if not found:
                found.append(parts.enter_context(postgres()))
            return found[0]

        yield Bench(tmp_path_factory.mktemp("laboratory"), server)
