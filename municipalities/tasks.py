"""What Celery may call on the municipal side. Ringing twice, late or not at all changes nothing but the hour."""

from celery import shared_task

from municipalities import requests


@shared_task(ignore_result=True)
def nightly() -> None:
    """File requests that ended 30 days ago; go on without joint applicants who did not answer in time."""
    requests.nightly()
