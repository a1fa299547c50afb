"""Settings of the tests: the product's own, with throw-away data, servers and secrets."""

import os
import tempfile
from pathlib import Path

DATA = Path(os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="partnership-test-")))
(DATA / "demo").touch()
os.environ.setdefault("SECRET_KEY", "tests-only-secret-key-that-is-long-enough-to-pass")
os.environ.setdefault("RSVP_KEY", "tests-only-rsvp-key-that-is-long-enough-to-pass")
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url

from partnership.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for tests only
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
