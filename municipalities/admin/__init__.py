"""The staff's pages over the municipal nouns."""

from municipalities.admin import access, attractions, calls, enquiries, local_governments

__all__ = ["access", "attractions", "calls", "enquiries", "local_governments"]
