"""Numbers for people: 年度-番号, counted anew each fiscal year, without gaps and never twice."""

import datetime as dt

from django.db import transaction

from municipalities.models import NumberSeries
from partnership.dates import fiscal_year

REQUESTS = "request"
ENQUIRIES = "enquiry"


def take(series: str, day: dt.date) -> tuple[int, int]:
    """The next number of a series on that day, as fiscal year and serial.

    Its row stays locked until the caller's transaction ends, so that the number goes back when the act does not happen.

    Raises:
        TransactionManagementError: outside a transaction.
    """
    year = fiscal_year(day)
    with transaction.atomic(durable=False):
        row, _created = NumberSeries.objects.select_for_update().get_or_create(series=series, fiscal_year=year)
        row.last += 1
        row.save(update_fields=["last"])
    return year, row.last
