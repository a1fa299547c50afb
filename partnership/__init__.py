"""Partnership: the project package and the kernel that events and municipalities stand on."""

from partnership.celery import app as celery_app

__all__ = ["celery_app"]
