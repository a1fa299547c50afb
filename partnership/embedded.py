"""Celery's worker and beat inside the web process, for an installation on one machine without a broker.

Their messages live in this process only. Nothing is lost with it: Celery carries wake-ups, the rows of the outbox say what is to be done,
and beat sweeps them. There is exactly one such process (partnership/gunicorn_conf.py).
"""

import logging
import threading
from typing import Any

from celery import signals
from celery.beat import EmbeddedService, Scheduler

from partnership.celery import app

logger = logging.getLogger(__name__)

THREADS = 4
_running: list[Any] = []


def start() -> None:
    """Start worker and beat as threads of this process, and do at once what could not wait for beat."""
    worker = app.WorkController(pool_cls="threads", concurrency=THREADS, without_gossip=True, without_mingle=True, without_heartbeat=True)
    threading.Thread(target=worker.start, name="celery-worker", daemon=True).start()
    beat = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)
    beat.start()
    _running.extend((beat, worker))
    app.send_task("partnership.tasks.sweep", expires=60)
    app.send_task("partnership.tasks.purge")  # a machine that is switched off at night has missed the hour


def stop(patience: float = 5) -> None:
    """Ask beat and worker to end after the task in hand; whoever does not is cut off with the process.

    A mail cut off in mid-transmission is found by the next sweep and shown as uncertain, never sent again blindly.
    """
    # what a worker of its own tells its tasks when it gets SIGTERM
    signals.worker_shutting_down.send(sender="embedded", sig="SIGTERM", how="Warm", exitcode=0)
    threads = [threading.Thread(target=service.stop, daemon=True) for service in _running]
    _running.clear()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
        if thread.is_alive():
            logger.warning("a task did not end in time; it is cut off and swept at the next start")
