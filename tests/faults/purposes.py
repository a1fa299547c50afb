"""The letters of the laboratory; found by the product as any app's purposes are."""

from django.utils.text import format_lazy

from partnership import purposes

LETTER = purposes.register(
    purposes.Purpose(
        key="laboratory",
        label=format_lazy("{}", "laboratory"),
        priority=30,
        links=lambda email: {"link": f"https://partnership.example.jp/rsvp/{email.pk}/"},
        needs_approval=False,
    )
)
