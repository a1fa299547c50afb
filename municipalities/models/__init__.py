"""The nouns of the municipal side."""

from municipalities.models.access import AccessRequest
from municipalities.models.attraction import Attraction
from municipalities.models.call import Call
from municipalities.models.decision import DecisionPaper, RequestDecision
from municipalities.models.enquiry import Consultation, Enquiry
from municipalities.models.local_government import LocalGovernment
from municipalities.models.message import CannedReply, MessageDraft, RequestMessage
from municipalities.models.number import NumberSeries
from municipalities.models.request import MunicipalRequest, RequestParty, RequestTag

__all__ = [
    "AccessRequest",
    "Attraction",
    "Call",
    "CannedReply",
    "Consultation",
    "DecisionPaper",
    "Enquiry",
    "LocalGovernment",
    "MessageDraft",
    "MunicipalRequest",
    "NumberSeries",
    "RequestDecision",
    "RequestMessage",
    "RequestParty",
    "RequestTag",
]
