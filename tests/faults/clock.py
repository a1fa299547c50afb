"""A worker's clock that goes wrong: whatever asks Python what time it is hears a lie; the database is not asked and knows better."""

import datetime as dt
import time

from django.utils import timezone

_true_time, _true_now = time.time, timezone.now


def lie(seconds: float) -> None:
    """From now on this process is so many seconds ahead, or behind."""
    if not seconds:
        return
    shift = dt.timedelta(seconds=seconds)
    time.time = lambda: _true_time() + seconds
    timezone.now = lambda: _true_now() + shift
