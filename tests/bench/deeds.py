"""What a measurement does inside the product, each in a process of its own: ``python -m tests.bench.deeds fill 1000``.

Those that send say when they are ready, wait for a line, and tell at the end what it cost them, as a line of JSON.
"""

import json
import resource
import smtplib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models.functions import Now  # noqa: E402

from events import event_mailings, invitations  # noqa: E402
from partnership import approvals, mailer, mailings, message  # noqa: E402
from partnership.models import Email, MailAttempt, Mailing  # noqa: E402
from tests import factories  # noqa: E402
from tests.bench import letters, tasks  # noqa: E402

BATCH = 100


@transaction.atomic
def fill(count: str) -> None:
    """An approved invitation to so many posts: the product's letter, with its personal link and its calendar entry."""
    desk, director = factories.user("desk"), factories.user("approver")
    event = factories.event(capacity=None)
    factories.host(event)
    posts = [
        factories.position(factories.organisation("association"), "head", email=f"guest{number}@mission.example.jp")
        for number in range(int(count))
    ]
    invitations.invite_many(event=event, positions=posts, by=desk)
    letter = event_mailings.write(event=event, purpose="invitation", by=desk).mailing
    mailings.freeze(mailing=letter, by=desk)
    paper = approvals.draft(thing=letter, by=desk)
    approvals.submit(approval=paper, by=desk)
    approvals.agree(approval=paper, by=director)


def write() -> None:
    """Start the approved letter: check its approval, print it for each recipient, one row each."""
    with _measured() as told:
        for mailing in Mailing.objects.filter(state=Mailing.State.READY):
            mailings.send(mailing=mailing, by=mailing.created_by)
        told["mails"] = Email.objects.exclude(mailing=None).count()


@transaction.atomic
def again() -> None:
    """Put every letter back to where it was before it left; only a measurement may do that."""
    MailAttempt.objects.all()._raw_delete("default")
    Email.objects.exclude(mailing=None).update(
        state="queued", owner="", fence=0, attempts=0, crashes=0, accepted_at=None, finished_at=None, lease_until=None,
        data_started_at=None, next_at=Now(), smtp_code=None, smtp_reply="", reason="",
    )  # fmt: skip
    Mailing.objects.exclude(started_at=None).update(state=Mailing.State.SENDING)


def ours() -> None:
    """The engine, with everything it writes down, until nothing is due. A mailer stays for days, so what it loads once is loaded before."""
    message.build(Email.objects.exclude(mailing=None).order_by("id")[0])
    with _measured() as told:
        told["mails"] = mailer.run().handled


def built(count: str) -> None:
    """The first floor: a message built and sent for each mail, on one connection. Nothing is remembered."""
    url, rows = urlsplit(settings.EMAIL_URL), list(Email.objects.exclude(mailing=None).order_by("id")[: int(count)])
    ics = letters.entry(rows[0])
    with _measured() as told, smtplib.SMTP(url.hostname, url.port, "localhost") as server:
        for email in rows:
            server.send_message(letters.message(email, ics))
        told["mails"] = len(rows)


def batches() -> None:
    """Ask Celery's workers for the second floor."""
    keys = list(Email.objects.exclude(mailing=None).order_by("id").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        tasks.batch.delay(keys[start : start + BATCH])


@contextmanager
def _measured() -> Iterator[dict[str, Any]]:
    told: dict[str, Any] = {"statements": 0}

    def count(execute: Any, *call: Any) -> Any:
        told["statements"] += 1
        return execute(*call)

    print("ready", flush=True)
    sys.stdin.readline()
    wall, cpu = time.monotonic(), time.process_time()
    with connection.execute_wrapper(count):
        yield told
    told |= {"seconds": time.monotonic() - wall, "cpu": time.process_time() - cpu}
    told["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    {"fill": fill, "write": write, "again": again, "ours": ours, "built": built, "batches": batches}[sys.argv[1]](*sys.argv[2:])
