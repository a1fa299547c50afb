"""What the environment must say before Partnership starts, and the marker that makes a demonstration of it.

With the file ``DATA_DIR/demo`` (written by ``make run``) missing secrets are made up once and kept beside it. Without
it a missing secret, a missing mail server or an address without https stops the start with a readable list.
"""

import os
import secrets
from pathlib import Path

DEMO_MARKER = "demo"


def is_demo(data_dir: Path) -> bool:
    """Whether this installation carries the marker of a demonstration."""
    return (data_dir / DEMO_MARKER).exists()


def kept_secret(data_dir: Path, name: str, size: int = 48) -> str:
    """A random secret that a demonstration makes once and keeps, readable by its owner only."""
    path = data_dir / f"{name}.secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        value = secrets.token_urlsafe(size)
        file.write(value)
    return value


def missing_for_production(environ: dict[str, str]) -> list[str]:
    """One sentence for each thing that production needs and the environment does not say."""
    needed = {
        "SECRET_KEY": "a long random text; it signs sessions",
        "RSVP_KEY": "a long random text; it signs the links in invitations",
        "EMAIL_URL": "the mail server, such as smtp+tls://user:password@relay.example.jp:587",
    }
    missing = [f"{name} is missing: {why}." for name, why in needed.items() if not environ.get(name)]
    missing += [
        f"{name} is too short: at least 32 characters."
        for name in ("SECRET_KEY", "RSVP_KEY")
        if environ.get(name) and len(environ[name]) < 32
    ]
    if not environ.get("SITE_URL", "").startswith("https://"):
        missing.append("SITE_URL must be the public address and start with https://, such as https://partnership.example.jp.")
    if environ.get("EMAIL_URL", "").startswith("mailbox:"):
        missing.append("EMAIL_URL must not be the built-in mailbox, which delivers to nobody.")
    return missing


def refuse_to_start(reasons: list[str]) -> None:
    """Stop with the list, if there is anything on it.

    Raises:
        SystemExit: with the sentences, one a line.
    """
    if reasons:
        lines = "\n".join(f"  - {reason}" for reason in reasons)
        raise SystemExit(f"Partnership does not start, because its environment is not complete:\n{lines}")
