"""The nouns of the event side."""

from events.models.event import Event
from events.models.host import EventHost
from events.models.invitation import Answer, CallNote, Invitation
from events.models.mailing import EventMailing, LeftOut
from events.models.note_verbale import NoteVerbale
from events.models.participant import GuestNeeds, Participant
from events.models.request import EventAttraction, EventRequest
from events.models.task import Task

__all__ = [
    "Answer",
    "CallNote",
    "Event",
    "EventAttraction",
    "EventHost",
    "EventMailing",
    "EventRequest",
    "GuestNeeds",
    "Invitation",
    "LeftOut",
    "NoteVerbale",
    "Participant",
    "Task",
]
