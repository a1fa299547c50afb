"""The nouns that everyone shares."""

from partnership.models.approval import Approval, ApprovalRoute, ApprovalStep, Delegation, RouteStop
from partnership.models.attachment import Attachment
from partnership.models.audit import AuditDetail, AuditEvent, AuditSeal
from partnership.models.country import Country, CountryGroup
from partnership.models.email import Email, MailAttempt
from partnership.models.figure import Figure
from partnership.models.incoming import AddressHold, IncomingMail
from partnership.models.mail_gate import MailGate, MailMark
from partnership.models.mailing import Mailing, Recipient
from partnership.models.organisation import Organisation
from partnership.models.person import Appointment, Person, Position
from partnership.models.tenure import Tenure
from partnership.models.user import User

__all__ = [
    "AddressHold",
    "Appointment",
    "Approval",
    "ApprovalRoute",
    "ApprovalStep",
    "Attachment",
    "AuditDetail",
    "AuditEvent",
    "AuditSeal",
    "Country",
    "CountryGroup",
    "Delegation",
    "Email",
    "Figure",
    "IncomingMail",
    "MailAttempt",
    "MailGate",
    "MailMark",
    "Mailing",
    "Organisation",
    "Person",
    "Position",
    "Recipient",
    "RouteStop",
    "Tenure",
    "User",
]
