"""Words for the acts of the municipal side, as the audit trail tells them."""

from django.utils.translation import gettext_lazy

from partnership import acts

acts.register(
    {
        "municipalrequest.start": gettext_lazy("began a request: %(about)s"),
    }
)
acts.register(
    {
        "call.publish": gettext_lazy("published a call: %(about)s"),
        "call.unpublish": gettext_lazy("took a call back: %(about)s"),
        "call.rank": gettext_lazy("ordered the requests of a call: %(about)s"),
    }
)
