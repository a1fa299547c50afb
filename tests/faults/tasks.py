"""What Celery runs in negative controls: the tasks that everybody writes first."""

import os

from celery import shared_task

from partnership.celery import app
from partnership.models import Email
from partnership.tasks import Mailer
from tests.faults import senders

QUEUE = "naive"  # theirs alone, so that the product's own wake-ups send nothing in a control

if os.environ.get("FAULTS_WAKE_UPS_ONLY"):  # a worker that trusts its broker and beat, and looks for nothing by itself
    app.steps["worker"].discard(Mailer)


@shared_task(acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def send_letter(pk: int) -> None:
    """One task for one letter; its state is looked at before and saved after."""
    email = Email.objects.get(pk=pk)
    if email.state == Email.State.QUEUED:
        senders.send_then_save(email)


@shared_task(ignore_result=True)
def go_round() -> None:
    """Send whatever is due."""
    for email in Email.objects.filter(state=Email.State.QUEUED).order_by("id"):
        senders.send_then_save(email)
