"""What several models share: two languages, and a version that tells two savers apart."""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Bilingual:
    """Gives ``in_language("title")`` for a model that has ``title_ja`` and ``title_en``."""

    def in_language(self, name: str, language: str | None = None) -> str:
        """The text in the wanted (or the active) language; where it is empty, the other one."""
        wanted = "en" if (language or get_language() or "ja").startswith("en") else "ja"
        other = "ja" if wanted == "en" else "en"
        return getattr(self, f"{name}_{wanted}") or getattr(self, f"{name}_{other}")


class Versioned(models.Model):
    """Counts its saves, so that the second of two people who edit the same row is told (partnership/forms.py)."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raise the version with each change of a stored row."""
        if not self._state.adding:
            self.version += 1
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
        super().save(*args, **kwargs)
