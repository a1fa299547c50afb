"""What the laboratory does inside the product, each in a process of its own: ``python -m tests.faults.deeds fill 60``."""

import smtplib
import sys
from urllib.parse import urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from partnership import emails, marks, message  # noqa: E402
from partnership.models import Email, Mailing, User  # noqa: E402


@transaction.atomic
def fill(count: str) -> None:
    """A mailing that is being sent, to so many."""
    by = User.objects.create_user("desk@mofa.example.jp", name="Desk")
    texts = dict.fromkeys(("title_ja", "title_en", "subject_ja", "subject_en", "body_ja", "body_en"), "Notice")
    mailing = Mailing.objects.create(purpose="laboratory", state=Mailing.State.SENDING, created_by=by, **texts)
    for number in range(int(count)):
        emails.queue(
            purpose="laboratory",
            to_address=f"guest{number}@mission.example.jp",
            language="en",
            subject="Notice",
            text=f"Dear guest,\n{marks.mark('link')}\n",
            html=f"<p>{marks.mark('link')}</p>",
            mailing=mailing,
            recipient_key=str(number),
            by=by,
        )


def naive() -> None:
    """The sender that everybody writes first: look at the state, send, then save the state."""
    url = urlsplit(settings.EMAIL_URL)
    for email in Email.objects.filter(state=Email.State.QUEUED).order_by("id"):
        built = message.build(email)
        with smtplib.SMTP(url.hostname, url.port, "localhost", timeout=30) as server:
            server.sendmail(built.sender, built.recipient, built.data)
        Email.objects.filter(pk=email.pk).update(state=Email.State.SENT, accepted_at=django.utils.timezone.now())


if __name__ == "__main__":
    {"fill": fill, "naive": naive}[sys.argv[1]](*sys.argv[2:])
