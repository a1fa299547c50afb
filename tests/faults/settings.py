"""The product's settings, with a purpose for the laboratory's letters."""

from partnership.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.faults"]  # noqa: F405
