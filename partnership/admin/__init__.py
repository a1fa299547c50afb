"""The staff's pages over the kernel's nouns. Django imports this package once its site stands; each module registers its classes."""

from partnership.admin import approvals, audit, figures, mailings, outbox, paper_desk, people, registers, searching, users

__all__ = ["approvals", "audit", "figures", "mailings", "outbox", "paper_desk", "people", "registers", "searching", "users"]
