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
acts.register(
    {
        "enquiry.note": gettext_lazy("took an enquiry down: %(about)s"),
        "enquiry.edit": gettext_lazy("changed an enquiry: %(about)s"),
        "enquiry.take": gettext_lazy("took charge of an enquiry: %(about)s"),
        "enquiry.assign": gettext_lazy("gave an enquiry to a colleague: %(about)s"),
        "enquiry.ask": gettext_lazy("asked others about an enquiry: %(about)s"),
        "enquiry.hear": gettext_lazy("noted the answer of those asked: %(about)s"),
        "enquiry.answer": gettext_lazy("answered an enquiry: %(about)s"),
        "enquiry.close": gettext_lazy("closed an enquiry without an answer: %(about)s"),
        "enquiry.reopen": gettext_lazy("opened an enquiry again: %(about)s"),
        "enquiry.become": gettext_lazy("made a request of an enquiry: %(about)s"),
        "enquiry.purge": gettext_lazy("deleted the names and contacts of %(count)s old enquiries"),
    }
)
