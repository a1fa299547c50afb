"""Sends what the outbox holds."""


def run() -> None:
    """Send what is due."""


def sweep_and_wake() -> None:
    """Put right what a lost worker left behind."""
