"""What a person would say of what was done to events, their guests and their checklists."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Answer, Invitation
from partnership import acts
from partnership.models import AuditEvent


def _answered(row: AuditEvent, about: str) -> str:
    reply = str(dict(Invitation.Reply.choices).get(row.facts.get("to", ""), ""))
    if row.facts.get("heads", 0) > 1:
        reply = _("%(reply)s, %(heads)s people") % {"reply": reply, "heads": row.facts["heads"]}
    source = dict(Answer.Source.choices).get(row.facts.get("source", ""), "")
    values = {"about": about, "reply": reply, "source": source}
    if row.actor_id is None:
        return _("answered: %(reply)s (%(source)s)") % values
    return _("entered for %(about)s: %(reply)s (%(source)s)") % values


acts.register(
    {
        "event.create": gettext_lazy("entered the event"),
        "event.edit": gettext_lazy("changed the facts of the event"),
        "event.change": gettext_lazy("changed the hosts"),
        "event.open_invitations": gettext_lazy("began to invite"),
        "event.close_replies": gettext_lazy("closed the list of guests"),
        "event.reopen_replies": gettext_lazy("opened the list of guests again"),
        "event.hold": gettext_lazy("noted that the event was held"),
        "event.report": gettext_lazy("noted that the report is done"),
        "event.cancel": gettext_lazy("cancelled the event"),
        "event.postpone": gettext_lazy("postponed the event"),
        "event.plan_again": gettext_lazy("took up the postponed event again"),
        "event.purge_needs": gettext_lazy("deleted the dietary and access needs of %(count)s parties, as promised to the guests"),
        "event.make_from_request": gettext_lazy("made the event of the request %(title)s"),
        "event.add_co_hosts": gettext_lazy("added the applicants of the request %(title)s to the hosts"),
        "event.unlink_request": gettext_lazy("took the request %(title)s off the event"),
        "event.invite": gettext_lazy("invited %(count)s posts"),
        "event.leave_out": gettext_lazy("gave the reason why %(count)s missions are not invited"),
        "event.issue_notes": gettext_lazy("issued notes verbales (%(count)s)"),
        "event.print_labels": gettext_lazy("printed address labels (%(count)s)"),
        "guest_list.download": gettext_lazy("downloaded the list of guests (%(count)s lines)"),
        "task.add": gettext_lazy("added to the checklist: %(title)s"),
        "task.take": gettext_lazy("took charge of: %(title)s"),
        "task.tick": gettext_lazy("ticked off: %(title)s"),
        "task.untick": gettext_lazy("took back a tick: %(title)s"),
        "task.remove": gettext_lazy("took off the checklist: %(title)s"),
        "task.move": gettext_lazy("moved %(count)s tasks with the date"),
        "invitation.invite": gettext_lazy("invited: %(about)s"),
        "invitation.remove": gettext_lazy("took off the list: %(about)s"),
        "invitation.withdraw": gettext_lazy("withdrew the invitation: %(about)s"),
        "invitation.reprint": gettext_lazy("renewed the name as printed: %(about)s"),
        "invitation.reissue": gettext_lazy("gave a new link: %(about)s"),
        "invitation.call": gettext_lazy("telephoned: %(about)s"),
        "invitation.consent": gettext_lazy("consented: %(about)s"),
        "invitation.admit": gettext_lazy("admitted: %(about)s"),
        "invitation.turn_away": gettext_lazy("turned away: %(about)s"),
        "invitation.take_back": gettext_lazy("took back an answer that was entered by mistake: %(about)s"),
        "invitation.refuse_substitute": gettext_lazy("refused the substitute: %(about)s"),
        "mailing.arrange": gettext_lazy("said who gets it and when it leaves: %(about)s"),
        "mailing.follow_addresses": gettext_lazy("took %(count)s addresses from the register that were corrected since: %(about)s"),
        "record.load": gettext_lazy("loaded the published record"),
    },
    {"invitation.answer": _answered},
)
