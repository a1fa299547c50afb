"""How gunicorn runs Partnership: ``gunicorn -c python:partnership.gunicorn_conf partnership.wsgi``.

Without a broker (BROKER_URL) there is one process, and it hosts Celery's worker and beat. With one, WEB_CONCURRENCY processes serve pages.
"""

import os
from typing import Any

from django.utils.module_loading import import_string
from gunicorn import glogging

from partnership.logs import MaskingFormatter

_EMBEDDED = os.environ.get("BROKER_URL", "memory://").startswith("memory:")

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 1 if _EMBEDDED else int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 8190  # longer than guard.LONGEST_ADDRESS, whose page says what to do
loglevel = os.environ.get("LOG_LEVEL", "warning")
control_socket_disable = True


class MaskingLogger(glogging.Logger):
    """gunicorn writes the address of a request that it cannot read; the key of a personal one is left out of it."""

    def setup(self, cfg: Any) -> None:
        """Give its handlers the formatter of all our logs."""
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            formatter = handler.formatter
            if formatter is not None:
                handler.setFormatter(MaskingFormatter(formatter._fmt, formatter.datefmt))


logger_class = MaskingLogger


def post_worker_init(worker: Any) -> None:
    """Start what lives in the same process, and say so once it answers."""
    # by name, because these modules need the models, which exist in the worker but not yet where this file is read
    if _EMBEDDED:
        import_string("partnership.embedded.start")()
    if worker.age == 1 and os.environ.pop("ANNOUNCE", ""):
        import_string("partnership.announcement.when_ready")(int(os.environ.get("PORT", "8000")))


def worker_exit(server: Any, worker: Any) -> None:
    """Stop what lives in the same process."""
    if _EMBEDDED:
        import_string("partnership.embedded.stop")()
