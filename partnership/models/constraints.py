"""Database constraints that recur."""

from django.db import models
from django.db.models import Q


def all_or_none(name: str, *fields: str) -> models.CheckConstraint:
    """These nullable fields are set together or not at all (who, when and what of one decision)."""
    none = Q(**{f"{field}__isnull": True for field in fields})
    every = Q(**{f"{field}__isnull": False for field in fields})
    return models.CheckConstraint(condition=none | every, name=name)
