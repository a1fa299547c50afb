"""One row of each model of the administration, for the tests that go through all of them."""

from django.urls import reverse

from tests import approval_factories, factories

ROWS = {
    "AccessRequest": factories.access_request,
    "Appointment": factories.appointment,
    "ApprovalRoute": lambda: approval_factories.route(f"way-{next(factories._numbers)}", [["approver"]]),
    "Attraction": factories.attraction,
    "AuditEvent": factories.audit_event,
    "Call": factories.call,
    "CannedReply": factories.canned_reply,
    "Country": factories.country,
    "CountryGroup": factories.country_group,
    "DecisionPaper": factories.decision_paper,
    "Email": factories.email,
    "Enquiry": factories.enquiry,
    "Figure": factories.figure,
    "LocalGovernment": factories.local_government,
    "MunicipalRequest": factories.municipal_request,
    "Organisation": factories.embassy,
    "Person": factories.person,
    "Position": factories.position,
    "RequestTag": factories.request_tag,
    "User": lambda: factories.user("viewer"),
}


def changelist(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def name(model):
    return model._meta.label
