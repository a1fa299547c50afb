"""The probes: they need no account, and they are honest."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from django.utils import timezone

from tests import factories, services
from tests.servers import ROOT

ASK = """
import django
django.setup()
from django.test import Client
answer = Client().get("/readyz", headers={"host": "127.0.0.1"})
print(answer.status_code, answer.get("Retry-After"), answer.content)
"""


def readyz_with(database: str, data_dir) -> str:
    """What a process with this database answers."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "partnership.settings", "DATABASE_URL": database, "DATA_DIR": str(data_dir)}
    (data_dir / "demo").touch()
    return subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def test_livez_asks_no_database(client):
    response = client.get("/livez")

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
@pytest.mark.sqlite
def test_readyz_is_ready_when_everything_is_there(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations": "ok", "outbox": "ok"}


@pytest.mark.django_db
def test_readyz_says_that_the_outbox_is_late_and_stays_ready(client):
    factories.email(next_at=timezone.now() - dt.timedelta(minutes=10))

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["outbox"] in {"late by 600 s", "late by 601 s"}


@pytest.mark.django_db
def test_readyz_counts_neither_a_held_mail_nor_one_for_later(client):
    factories.email(next_at=timezone.now() - dt.timedelta(minutes=10), held=True)
    factories.email(next_at=timezone.now() + dt.timedelta(hours=1))

    assert client.get("/readyz").json()["outbox"] == "ok"


def test_readyz_is_not_ready_without_its_database(tmp_path):
    answer = readyz_with(f"postgres://nobody@127.0.0.1:{services.free_port()}/none", tmp_path)

    assert answer.startswith("503 10")
    assert "down" in answer


def test_readyz_is_not_ready_before_the_migrations(tmp_path):
    answer = readyz_with(f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path)

    assert answer.startswith("503 10")
    assert "missing" in answer


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_only_answer_questions(client, path):
    assert client.post(path).status_code == 405
