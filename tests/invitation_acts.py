"""What tests of invitations share."""

from events import invitations
from events.models import Answer, Invitation, Participant


def by_link(invitation: Invitation, reply: str, **fields) -> Answer:
    return invitations.answer(invitation=invitation, reply=reply, source="link", by=None, **fields)


def people(invitation: Invitation) -> list[tuple[str, str, str]]:
    return list(Participant.objects.filter(invitation=invitation).order_by("order").values_list("part", "name_en", "state"))
