"""The product's settings, with the purposes of the laboratory's letters, and what a fault may change about a process."""

import os

from partnership.settings import *  # noqa: F403
from tests.faults import clock

INSTALLED_APPS += ["tests.faults"]  # noqa: F405
LOGGING["root"]["level"] = "ERROR"  # noqa: F405  hundreds of faults would fill the log with what they are meant to cause

if os.environ.get("FAULTS_ROUNDS"):  # the negative control of two beats: a round that sends whatever is due
    CELERY_BEAT_SCHEDULE = {"round": {"task": "tests.faults.tasks.go_round", "schedule": 1.0, "options": {"queue": "naive"}}}

clock.lie(float(os.environ.get("FAULTS_CLOCK", "0")))
