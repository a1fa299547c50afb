"""The staff's pages over the municipal nouns."""

from municipalities.admin import access, attractions, calls, canned, enquiries, local_governments, papers, requests

__all__ = ["access", "attractions", "calls", "canned", "enquiries", "local_governments", "papers", "requests"]
