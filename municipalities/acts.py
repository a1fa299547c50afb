"""Words for the acts of the municipal side, as the audit trail tells them."""

from django.utils.translation import gettext_lazy

from partnership import acts

acts.register(
    {
        "municipalrequest.start": gettext_lazy("began a request: %(about)s"),
    }
)
