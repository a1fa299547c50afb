"""What tests of request home share."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone


def address(row):
    return reverse("admin:municipalities_municipalrequest_home", args=[row.pk])


def seen(client, row):
    """What the page knew when it was shown."""
    return client.get(address(row)).context["seen"]


def do(client, row, act, **fields):
    """Post an act as the page just shown does."""
    return client.post(address(row), {"act": act, "seen": seen(client, row), **fields})


def text_file(name="資料.txt", content="本文"):
    return SimpleUploadedFile(name, content.encode(), "text/plain")


def soon():
    return (timezone.localdate() + dt.timedelta(days=9)).isoformat()
