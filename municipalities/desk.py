"""What the municipal side puts on the work desk; each noun brings its own."""

from municipalities import access_desk, enquiry_desk, requests_desk

__all__ = ["access_desk", "enquiry_desk", "requests_desk"]
