"""The form of a request as an Excel file: written by ``build``, read by ``read``."""

from municipalities.sheet_reading import CellError, Proposal, Sheet, read
from municipalities.sheet_writing import build, file_name

__all__ = ["CellError", "Proposal", "Sheet", "build", "file_name", "read"]
