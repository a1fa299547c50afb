"""What Celery may call: thin doorbells. Losing one, ringing twice or late changes nothing; the outbox is the truth."""

import threading
from importlib import import_module
from typing import Any

from celery import bootsteps, shared_task
from celery.signals import worker_shutting_down
from django.conf import settings

from partnership import attachments, audit, circulation, inbox, mailer, retention
from partnership.celery import app

GOODBYE = 20  # seconds that a stopping worker waits for the mail at hand

_stop = threading.Event()
_broom = mailer.Broom()  # of this process: many wake-ups do not sweep many times


@shared_task(ignore_result=True)
def run_mailer() -> None:
    """Send what is due, for half a minute at most: a worker that is told to stop waits for it."""
    mailer.run(stop=_stop.is_set, seconds=30, broom=_broom)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Put right what a lost worker left behind, and wake the mailer when something is due."""
    mailer.sweep_and_wake()


@shared_task(ignore_result=True)
def read_inbox() -> None:
    """Take in what came back: reports of failure, and the replies of people."""
    inbox.read()


@shared_task(ignore_result=True)
def seal() -> None:
    """Seal what the audit trail gained."""
    audit.seal()


@shared_task(ignore_result=True)
def remind_deciders() -> None:
    """Remind those who have papers before them whose day is near or over."""
    circulation.remind()


@shared_task(ignore_result=True)
def purge() -> None:
    """Remove the personal data that has reached its end."""
    retention.purge()


@shared_task(ignore_result=True)
def scan_attachments() -> None:
    """Have the files checked that wait for the virus scanner."""
    attachments.scan_pending()


@shared_task(ignore_result=True)
def sweep_attachments() -> None:
    """Delete bytes that no row needs."""
    attachments.sweep()


@shared_task(ignore_result=True)
def clear_sessions() -> None:
    """Remove the sessions that have ended, with whatever they kept."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


class Mailer(bootsteps.StartStopStep):
    """A worker also looks by itself, so that mail leaves when beat is dead or the broker gone for good."""

    requires = ("celery.worker.components:Pool",)  # and before the consumer, which waits for the broker

    def start(self, parent: Any) -> None:
        """Begin."""
        _stop.clear()
        self._thread = threading.Thread(
            target=mailer.stay, args=(_stop,), kwargs={"poll": mailer.SWEEP_SECONDS}, name="mailer", daemon=True
        )
        self._thread.start()

    def stop(self, parent: Any) -> None:
        """Finish the mail at hand and no other."""
        _stop.set()
        self._thread.join(GOODBYE)


@worker_shutting_down.connect
def leave(**_signal: Any) -> None:
    """The same, as soon as the worker is told."""
    _stop.set()


app.steps["worker"].add(Mailer)
