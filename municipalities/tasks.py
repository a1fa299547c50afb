"""What Celery may call on the municipal side. Ringing twice, late or not at all changes nothing but the hour."""

from celery import shared_task

from municipalities import access, colleagues, requests


@shared_task(ignore_result=True)
def nightly() -> None:
    """File requests that ended 30 days ago; go on without joint applicants who did not answer in time."""
    requests.nightly()


@shared_task(ignore_result=True)
def care_for_accounts() -> None:
    """Close accesses that nobody confirmed; in April and May, ask the holders of accounts whether all is as shown."""
    access.expire()
    colleagues.remind()
