"""The nouns of the municipal side."""

from municipalities.models.local_government import LocalGovernment

__all__ = ["LocalGovernment"]
