"""``manage.py serve``: the one command of a newcomer."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests import servers, services


def get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()


def refused(**environment: str) -> str:
    """What ``serve`` says when it does not start."""
    command = [sys.executable, "manage.py", "serve"]
    result = subprocess.run(command, cwd=servers.ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode != 0
    return result.stderr


def test_serve_answers_when_it_says_so_and_names_the_accounts(live):
    status, page = get(live.url + "/")

    assert status == 200
    assert "<h1" in page
    assert {"desk@mofa.example.jp", "director@mofa.example.jp", "hiroshima@lg.example.jp"} <= set(live.accounts)


def test_serve_prints_a_live_invitation(live):
    status, page = get(live.rsvp_url)

    assert status == 200
    assert "<form" in page


def test_serve_is_ready_with_a_database_and_all_migrations(live):
    status, report = get(live.url + "/readyz")

    assert status == 200
    assert json.loads(report)["migrations"] == "ok"


def test_serve_sends_with_the_embedded_worker(live):
    """A queued mail leaves although no other process runs."""
    key = live.python(
        "from partnership.models import Email; from partnership import emails;"
        "mail = emails.queue(purpose='confirmation', to_address='somebody@no.example.jp', language='en', subject='Test', text='Test',"
        " recipient_key='test:embedded'); print(mail.pk)"
    ).splitlines()[-1]

    services.wait_for(
        lambda: live.python(f"from partnership.models import Email; print(Email.objects.get(pk={key}).state)").endswith("sent"),
        "the embedded worker",
        patience=60,
    )


def test_serve_refuses_a_second_server_on_the_same_data(live):
    said = refused(**{**live.environment, "PORT": str(services.free_port())})

    assert "Another server already runs" in said


def test_serve_refuses_a_port_in_use(tmp_path):
    (tmp_path / "demo").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused(**servers.environment(tmp_path, taken.getsockname()[1]))

    assert "is not free" in said
    assert "Traceback" not in said


@pytest.mark.fault
def test_serve_ends_promptly_and_the_second_start_is_quick_and_keeps_everything(tmp_path):
    (tmp_path / "demo").touch()
    counted = "from partnership.models import User, Organisation; print(User.objects.count(), Organisation.objects.count())"

    with servers.serve(tmp_path) as first:
        password, accounts, before = first.password, first.accounts, first.python(counted)
        ended = _seconds_to_end(first, signal.SIGTERM)
    started = time.monotonic()
    with servers.serve(tmp_path) as second:
        started = time.monotonic() - started
        assert (second.password, second.accounts, second.python(counted)) == (password, accounts, before)
        interrupted = _seconds_to_end(second, signal.SIGINT)

    assert ended < 8
    assert interrupted < 8
    assert started < 15  # two seconds on an idle machine
    assert first.process.returncode == 0


def _seconds_to_end(served: servers.Served, word: signal.Signals) -> float:
    begun = time.monotonic()
    served.process.send_signal(word)
    served.process.wait(30)
    return time.monotonic() - begun
