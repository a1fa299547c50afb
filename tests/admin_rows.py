"""One row of each model of the administration, for the tests that go through all of them."""

from django.urls import reverse

from tests import factories

ROWS = {
    "Appointment": factories.appointment,
    "AuditEvent": factories.audit_event,
    "Country": factories.country,
    "CountryGroup": factories.country_group,
    "Email": factories.email,
    "Enquiry": factories.enquiry,
    "Figure": factories.figure,
    "LocalGovernment": factories.local_government,
    "Organisation": factories.embassy,
    "Person": factories.person,
    "Position": factories.position,
    "User": lambda: factories.user("viewer"),
}


def changelist(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def name(model):
    return model._meta.label
