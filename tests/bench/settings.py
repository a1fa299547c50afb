"""The product's settings, with the task that a floor runs."""

from partnership.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.bench"]  # noqa: F405
