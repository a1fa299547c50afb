"""What the demonstration says when it is ready: one live address of an invitation."""

from collections.abc import Iterable

from events import demonstration, invitations
from partnership import demo


def lines() -> Iterable[str]:
    """The address at which the guest of a demo invitation answers."""
    invitation = demonstration.live_invitation()
    if invitation is not None:
        yield f"An invitation that waits for its answer ({invitation.organisation.name_en})"
        yield f"  {invitations.rsvp_url(invitation)}"


demo.register(lines)
