"""What every template may know."""

from django.conf import settings
from django.http import HttpRequest


def common(_request: HttpRequest) -> dict[str, object]:
    """Whether this is a demonstration: the strip at the top of every page says so."""
    return {"demo": settings.DEMO}
