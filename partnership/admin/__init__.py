"""The staff's pages over the kernel's nouns. Django imports this package once its site stands; each module registers its classes."""

from partnership.admin import audit, figures, outbox, people, registers, users

__all__ = ["audit", "figures", "outbox", "people", "registers", "users"]
