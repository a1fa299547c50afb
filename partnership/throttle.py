"""How often something may be tried: counted in the cache, so that all processes that share one count together.

allauth counts its own pages; its counter belongs to requests and to its settings, and its authors call it internal. This one
counts whatever the caller names, such as an address that asks for access.
"""

import hashlib

from django.core.cache import cache


def allow(key: str, *, most: int, seconds: int) -> bool:
    """Count one try, and say whether it is among the first ``most`` of its stretch of time.

    Args:
        key: what is counted; it may hold an address, for only its fingerprint is stored.
        seconds: how long the stretch is, from the first try on.
    """
    place = f"throttle:{seconds}:{hashlib.sha256(key.encode()).hexdigest()}"
    if cache.add(place, 1, timeout=seconds):
        return most >= 1
    try:
        return cache.incr(place) <= most
    except ValueError:  # the stretch ended between the two lines
        return allow(key, most=most, seconds=seconds)
