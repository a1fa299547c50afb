"""`check --deploy` in an environment like that of production, where nothing may even be a warning."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "an-example-of-a-long-secret-key-that-nobody-uses-anywhere-0123456789",
    "RSVP_KEY": "an-example-of-another-long-key-that-nobody-uses-anywhere-0123456789",
    "EMAIL_URL": "smtp+tls://user:password@relay.example.jp:587",
    "SITE_URL": "https://partnership.example.jp",
    "MAIL_FROM": "Local Partnership Cooperation Division <reception@example.jp>",
    "DATABASE_URL": "postgres://partnership@db.example.jp/partnership",
    "BROKER_URL": "redis://broker.example.jp:6379/0",
    "CACHE_URL": "rediscache://broker.example.jp:6379/1",
}


def manage(*arguments: str, environment: dict[str, str], data_dir: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with this environment and nothing of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", *arguments]
    environment = {**kept, "PYTHONUTF8": "1", "DATA_DIR": data_dir, **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def faults() -> list[str]:
    """What Django's deployment checks say."""
    with tempfile.TemporaryDirectory() as data_dir:
        result = manage("check", "--deploy", "--fail-level", "WARNING", environment=PRODUCTION, data_dir=data_dir)
    return [] if result.returncode == 0 else [(result.stdout + result.stderr).strip()]
