"""The second floor: Celery in batches of a hundred, no state for a recipient. It is fast, and a killed worker loses or doubles."""

import smtplib
from urllib.parse import urlsplit

from celery import shared_task
from django.conf import settings

from partnership.models import Email, Mailing
from tests.bench import letters


@shared_task(ignore_result=True)
def batch(keys: list[int]) -> None:
    """One SELECT, one connection, a message built for each, one UPDATE."""
    url = urlsplit(settings.EMAIL_URL)
    rows = list(Email.objects.filter(pk__in=keys))
    ics = letters.entry(rows[0])
    with smtplib.SMTP(url.hostname, url.port, "localhost") as server:
        for email in rows:
            server.send_message(letters.message(email, ics))
    Mailing.objects.filter(pk=rows[0].mailing_id).update(title_en=f"sent until {keys[-1]}")
