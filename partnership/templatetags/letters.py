"""Filters of the pages that show letters."""

from django import template
from django.utils.safestring import SafeString

from partnership.letters import compared
from partnership.subjects import Change

register = template.Library()


@register.filter
def word_by_word(change: Change) -> SafeString:
    """A changed text with ``<ins>`` and ``<del>``."""
    return compared(change.before, change.after)
