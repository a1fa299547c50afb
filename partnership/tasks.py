"""What Celery may call: thin doorbells. Losing one, ringing twice or late changes nothing; the outbox is the truth."""

from celery import shared_task

from partnership import audit, mailer


@shared_task(ignore_result=True)
def run_mailer() -> None:
    """Send what is due."""
    mailer.run()


@shared_task(ignore_result=True)
def sweep() -> None:
    """Put right what a lost worker left behind, and wake the mailer when something is due."""
    mailer.sweep_and_wake()


@shared_task(ignore_result=True)
def seal() -> None:
    """Seal what the audit trail gained."""
    audit.seal()
