"""Settings of the tests: the product's own, with throw-away data, servers and secrets."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_OURS = "PARTNERSHIP_TEST_DATA"  # made by the first process, shared with those that xdist starts
if _OURS not in os.environ:
    os.environ[_OURS] = tempfile.mkdtemp(prefix="partnership-test-")
    atexit.register(shutil.rmtree, os.environ[_OURS], ignore_errors=True)
DATA = Path(os.environ[_OURS])
os.environ["DATA_DIR"] = str(DATA)
for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS", "PORT", "DEBUG"):
    os.environ.pop(name, None)  # whatever this machine runs, the tests stay away from it
(DATA / "demo").touch()
(DATA / "static").mkdir(exist_ok=True)
os.environ.setdefault("SECRET_KEY", "tests-only-secret-key-that-is-long-enough-to-pass")
os.environ.setdefault("RSVP_KEY", "tests-only-rsvp-key-that-is-long-enough-to-pass")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright leaves an event loop in the thread in which later tests use the database
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url

from partnership.settings import *  # noqa: E402, F403

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}  # noqa: F405  a file, as in production
MAIL_MARK = str(DATA / f"mail_mark-{os.environ.get('PYTEST_XDIST_WORKER', '')}")  # one for each test database
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for tests only
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
