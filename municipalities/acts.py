"""Words for the acts of the municipal side, as the audit trail tells them."""

from django.utils.translation import gettext_lazy

from partnership import acts

acts.register(
    {
        "municipalrequest.start": gettext_lazy("began a request: %(about)s"),
        "municipalrequest.join": gettext_lazy("named the joint applicants: %(about)s"),
        "municipalrequest.discard": gettext_lazy("threw a draft away: %(about)s"),
        "municipalrequest.adopt": gettext_lazy("handed a draft to the local government: %(about)s"),
        "municipalrequest.submit": gettext_lazy("submitted: %(about)s"),
        "municipalrequest.resubmit": gettext_lazy("corrected and sent again: %(about)s"),
        "municipalrequest.confirm": gettext_lazy("confirmed the joint application: %(about)s"),
        "municipalrequest.refuse": gettext_lazy("does not take part: %(about)s"),
        "municipalrequest.relay": gettext_lazy("passed on with an opinion: %(about)s"),
        "municipalrequest.days_over": gettext_lazy("went on without joint applicants who did not answer: %(about)s"),
        "municipalrequest.take": gettext_lazy("began to consider: %(about)s"),
        "municipalrequest.assign": gettext_lazy("changed who is in charge: %(about)s"),
        "municipalrequest.ask": gettext_lazy("asked the applicants: %(about)s"),
        "municipalrequest.send_back": gettext_lazy("returned for correction: %(about)s"),
        "municipalrequest.reply": gettext_lazy("replied: %(about)s"),
        "municipalrequest.say": gettext_lazy("wrote a message: %(about)s"),
        "municipalrequest.note": gettext_lazy("wrote an internal note: %(about)s"),
        "municipalrequest.accept": gettext_lazy("accepted: %(about)s"),
        "municipalrequest.decline": gettext_lazy("declined: %(about)s"),
        "municipalrequest.withdraw": gettext_lazy("withdrew: %(about)s"),
        "municipalrequest.reopen": gettext_lazy("took up again: %(about)s"),
        "municipalrequest.close": gettext_lazy("filed: %(about)s"),
        "municipalrequest.tag": gettext_lazy("filed under other words: %(about)s"),
        "municipalrequest.relate": gettext_lazy("named related requests: %(about)s"),
        "municipalrequest.record_opinion": gettext_lazy("noted the opinion of the mission: %(about)s"),
        "decisionpaper.prepare": gettext_lazy("prepared the answer: %(about)s"),
        "decisionpaper.edit": gettext_lazy("changed the letter of an answer: %(about)s"),
        "decisionpaper.take_off": gettext_lazy("took a request off the prepared answer: %(about)s"),
        "decisionpaper.announce": gettext_lazy("gave the answer: %(about)s"),
        "decisionpaper.drop": gettext_lazy("dropped the prepared answer: %(about)s"),
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
acts.register({"municipalrequest.reorder": gettext_lazy("gave a request another place in the prefecture’s order: %(about)s")})
acts.register({"municipalrequest.choose_call": gettext_lazy("chose the call that a draft answers: %(about)s")})
acts.register(
    {
        "accessrequest.ask": gettext_lazy("asked for access to the portal: %(about)s"),
        "accessrequest.grant": gettext_lazy("gave access to the portal: %(about)s"),
        "accessrequest.refuse": gettext_lazy("refused access to the portal: %(about)s"),
        "accessrequest.expire": gettext_lazy("closed an access that nobody had confirmed: %(about)s"),
        "accessrequest.purge": gettext_lazy("deleted the names and addresses of %(count)s accesses that were not confirmed"),
        "account.leave": gettext_lazy("closed their own account: %(about)s"),
        "attraction.add": gettext_lazy("entered: %(about)s"),
        "attraction.change": gettext_lazy("changed: %(about)s"),
        "attraction.retire": gettext_lazy("took off the list: %(about)s"),
        "attraction.restore": gettext_lazy("put back on the list: %(about)s"),
        "chief.succeed": gettext_lazy("entered a new chief: %(about)s"),
        "chief.correct": gettext_lazy("corrected the name of a chief: %(about)s"),
        "organisation.contact": gettext_lazy("changed the contact of the office: %(about)s"),
        "position.contact": gettext_lazy("changed the contact of the section: %(about)s"),
    }
)
acts.register(
    {
        "municipalrequest.link": gettext_lazy("made it part of the event: %(title)s"),
        "municipalrequest.unlink": gettext_lazy("took it off the event: %(title)s"),
    }
)
