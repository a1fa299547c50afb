"""What Celery may call: thin doorbells. Losing one, ringing twice or late changes nothing; the outbox is the truth."""

import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from partnership import audit, mailer

_stop = threading.Event()


@shared_task(ignore_result=True)
def run_mailer() -> None:
    """Send what is due, for half a minute at most: a worker that is told to stop waits for it."""
    mailer.run(stop=_stop.is_set, seconds=30)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Put right what a lost worker left behind, and wake the mailer when something is due."""
    mailer.sweep_and_wake()


@shared_task(ignore_result=True)
def seal() -> None:
    """Seal what the audit trail gained."""
    audit.seal()


@worker_ready.connect
def stay(**_signal: Any) -> None:
    """A worker also looks by itself, so that mail leaves when beat is dead or the broker gone for good."""
    threading.Thread(target=mailer.stay, args=(_stop,), kwargs={"poll": mailer.SWEEP_SECONDS}, name="mailer", daemon=True).start()


@worker_shutting_down.connect
def leave(**_signal: Any) -> None:
    """Finish the mail at hand and no other."""
    _stop.set()
