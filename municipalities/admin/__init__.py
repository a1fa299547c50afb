"""The staff's pages over the municipal nouns."""

from municipalities.admin import local_governments

__all__ = ["local_governments"]
