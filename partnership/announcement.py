"""Says ``Ready at …`` once the server has really answered."""

import http.client
import logging
import threading
import time

from django.conf import settings
from django.db import connection
from django.utils.encoding import force_str

from partnership import demo

logger = logging.getLogger(__name__)


def answers(port: int) -> bool:
    """Whether the server on this port serves a page."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", "/livez", headers={"Host": settings.ALLOWED_HOSTS[0], "X-Forwarded-Proto": "https"})
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _announce(port: int, patience: float) -> None:
    end = time.monotonic() + patience
    while not answers(port):
        if time.monotonic() > end:
            logger.error("the server does not answer on port %s", port)
            return
        time.sleep(0.05)
    try:
        lines = demo.lines() if settings.DEMO else []
    finally:
        connection.close()
    text = "\n".join([f"Ready at http://127.0.0.1:{port}/", *map(force_str, lines)])
    print(text, flush=True)  # noqa: T201  this line is what the command is for


def when_ready(port: int, patience: float = 60) -> None:
    """Print the address, and for a demonstration its accounts, as soon as the server answers; does not wait for it."""
    threading.Thread(target=_announce, args=(port, patience), name="announcement", daemon=True).start()
