"""Who may ask for what: one row for each route. A route without a row fails, and the failure prints the row that fits what it does today.

A row names the roles that are let in by GET (and HEAD) and by POST; whoever is not named is refused. PUT and DELETE are refused to all.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from partnership import attachments, tokens
from partnership.models import IncomingMail
from tests import factories

ROLES = (
    "anonymous", "viewer", "desk", "section", "approver", "minister_office", "protocol", "door", "municipal_member", "mission_officer",
    "superuser",
)  # fmt: skip

NOBODY = ""
ANYONE = " ".join(ROLES)
ACCOUNTS = ANYONE.removeprefix("anonymous ")
STAFF = "viewer desk section approver minister_office protocol door superuser"
READERS = "viewer desk section approver minister_office protocol superuser"
DIVISION = "viewer desk section approver minister_office superuser"
DECIDERS = "desk approver superuser"
TRAIL = "approver superuser"
DESK = "desk superuser"
ROOT = "superuser"
OFFICIALS = "municipal_member"


@dataclass(frozen=True)
class Row:
    """One route: who is let in by GET and by POST; ``of`` gives the arguments of an address that does not say what it is of."""

    get: str
    post: str = NOBODY
    of: Callable[[dict[str, Any]], tuple[Any, ...]] | None = None
    is_part: bool = False  # a part of a page, as htmx asks for it


def _invitation(things: dict[str, Any]) -> tuple[Any, ...]:
    return (tokens.make("rsvp", things["events.invitation"].pk, 1),)


def _approval(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["partnership.approval"].pk,)


def _scan(things: dict[str, Any]) -> tuple[Any, ...]:
    paper = things["partnership.approval"]
    upload = SimpleUploadedFile("scan.txt", b"scan", "text/plain")
    return (paper.pk, attachments.attach(about=paper, upload=upload, by=None).key)


def _account(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["partnership.user"].pk,)


def _letter(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["mailbox"],)


def _event(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["events.event"].pk,)


def _request(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["municipalities.municipalrequest"].pk,)


def _sent_request(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["municipalities.municipalrequest"].uuid,)


def _no_file(things: dict[str, Any]) -> tuple[Any, ...]:
    return (uuid.uuid4(),)


def _published_call(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["municipalities.call"].pk,)


def _body(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["municipalities.localgovernment"].code,)


def _mail(things: dict[str, Any]) -> tuple[Any, ...]:
    mailing = things["partnership.mailing"]
    letter = mailing.emails.first() or factories.email(mailing=mailing, purpose=mailing.purpose, recipient_key="matrix")
    return (mailing.pk, letter.pk)


def _notes(things: dict[str, Any]) -> tuple[Any, ...]:
    event = things["events.event"]
    letter = event.event_mailings.filter(mailing__purpose="note_verbale").first()
    letter = letter or factories.event_mailing(event, factories.mailing(purpose="note_verbale", body_ja="{mission}", body_en="{mission}"))
    return (event.pk, letter.mailing_id)


def _attraction(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["municipalities.attraction"].pk,)


def _access(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["municipalities.accessrequest"].pk,)


def _file(things: dict[str, Any]) -> tuple[Any, ...]:
    request = things["municipalities.municipalrequest"]
    upload = SimpleUploadedFile("plan.txt", b"plan", "text/plain")
    return (request.pk, attachments.attach(about=request, upload=upload, by=None).key)


def _answer(things: dict[str, Any]) -> tuple[Any, ...]:
    decision = things["municipalities.decisionpaper"].decisions.get()
    return (decision.paper_id, decision.pk)


def _incoming_file(_things: dict[str, Any]) -> tuple[Any, ...]:
    mail = IncomingMail.objects.get_or_create(digest="0" * 64, defaults={"kind": "reply"})[0]
    upload = SimpleUploadedFile("map.txt", b"a map")
    return (mail.pk, attachments.attach(about=mail, upload=upload, by=None).key)


def _incoming(_things: dict[str, Any]) -> tuple[Any, ...]:
    return (IncomingMail.objects.get_or_create(digest="0" * 64, defaults={"kind": "reply"})[0].pk,)


def _kind(_things: dict[str, Any]) -> tuple[Any, ...]:
    return ("free_consultation",)


# fmt: off
TABLE: dict[str, Row] = {
    # the front page and the probes
    "livez": Row(ANYONE, NOBODY),
    "readyz": Row(ANYONE, NOBODY),
    "front": Row(ANYONE, NOBODY),
    # signing in, one's own account
    "landing": Row(ACCOUNTS, NOBODY),
    "account": Row(ACCOUNTS, NOBODY),
    "kept_form": Row(ACCOUNTS, ACCOUNTS),
    "account_login": Row(ANYONE, ANYONE),
    "account_logout": Row(ANYONE, ANYONE),
    "account_inactive": Row(ANYONE, NOBODY),
    "account_reauthenticate": Row(ACCOUNTS, ACCOUNTS),
    "account_change_password": Row(ACCOUNTS, ACCOUNTS),
    "account_set_password": Row(ACCOUNTS, ACCOUNTS),
    "account_reset_password": Row(ANYONE, ANYONE),
    "account_confirm_login_code": Row(ACCOUNTS, ACCOUNTS),
    "account_reset_password_from_key_done": Row(ANYONE, NOBODY),
    "account_reset_password_from_key": Row(ANYONE, ANYONE),
    "account_reset_password_done": Row(ANYONE, NOBODY),
    "account_request_login_code": Row(ANYONE, ANYONE),
    "account_signup": Row(NOBODY, NOBODY),
    "account_email": Row(NOBODY, NOBODY),
    "account_email_verification_sent": Row(NOBODY, NOBODY),
    "account_confirm_email": Row(NOBODY, NOBODY),
    # guests
    "rsvp:invitation": Row(ANYONE, ANYONE, of=_invitation),
    "rsvp:calendar": Row(ANYONE, NOBODY, of=_invitation),
    # the portal's home, the body's profile and accounts; those of another body do not exist: tests/portal_matrix.py
    "portal:home": Row(OFFICIALS, NOBODY),
    "portal:access": Row(ANYONE, NOBODY),
    "portal:access_ask": Row(ANYONE, ANYONE, of=_body),
    "portal:access_asked": Row(ANYONE, NOBODY),
    "portal:body": Row(OFFICIALS, NOBODY),
    "portal:body_office": Row(OFFICIALS, OFFICIALS),
    "portal:body_section": Row(OFFICIALS, OFFICIALS),
    "portal:chief": Row(OFFICIALS, OFFICIALS),
    "portal:chief_new": Row(OFFICIALS, OFFICIALS),
    "portal:attraction_new": Row(OFFICIALS, OFFICIALS),
    "portal:attraction": Row(NOBODY, NOBODY, of=_attraction),
    "portal:picture": Row(NOBODY, NOBODY, of=_no_file),
    "portal:accounts": Row(OFFICIALS, OFFICIALS),
    "portal:account_invite": Row(NOBODY, NOBODY),
    "portal:account": Row(NOBODY, NOBODY, of=_account),
    "portal:account_hand_over": Row(NOBODY, NOBODY, of=_account),
    "portal:access_decide": Row(NOBODY, NOBODY, of=_access),
    # requests as officials follow them; whose request it is decides: tests/portal_matrix.py
    "portal:requests": Row(OFFICIALS, NOBODY),
    "portal:requests_csv": Row(OFFICIALS, NOBODY),
    "portal:request": Row(NOBODY, NOBODY, of=_sent_request),
    "portal:request_draft": Row(NOBODY, NOBODY, of=_sent_request, is_part=True),
    "portal:request_withdraw": Row(NOBODY, NOBODY, of=_sent_request),
    "portal:request_reopen": Row(NOBODY, NOBODY, of=_sent_request),
    "portal:request_refuse": Row(NOBODY, NOBODY, of=_sent_request),
    "portal:relay": Row(NOBODY, NOBODY),
    "portal:file": Row(NOBODY, NOBODY, of=_no_file),
    # calls, which everybody may read, and the pages on which officials write
    "portal:calls": Row(ANYONE, NOBODY),
    "portal:call": Row(ANYONE, NOBODY, of=_published_call),
    "portal:call_form": Row(ANYONE, NOBODY, of=lambda things: (*_published_call(things), "diplomats_study_tour")),
    "portal:call_file": Row(NOBODY, NOBODY, of=lambda things: (*_published_call(things), *_no_file(things))),
    "portal:new": Row(OFFICIALS, NOBODY),
    "portal:kind": Row(OFFICIALS, OFFICIALS, of=_kind),
    "portal:kind_form": Row(OFFICIALS, NOBODY, of=_kind),
    "portal:edit": Row(NOBODY, NOBODY, of=_sent_request),
    "portal:review": Row(NOBODY, NOBODY, of=_sent_request),
    "portal:print": Row(NOBODY, NOBODY, of=_sent_request),
    "portal:request_form": Row(NOBODY, NOBODY, of=_sent_request),
    "portal:excel": Row(OFFICIALS, OFFICIALS),
    "portal:excel_read": Row(NOBODY, NOBODY, of=_sent_request),
    # the mailbox of a demonstration
    "mailbox_letter": Row(ANYONE, NOBODY, of=_letter),
    "mailbox_html": Row(ANYONE, NOBODY, of=_letter),
    "mailbox_download": Row(ANYONE, NOBODY, of=_letter),
    "mailbox_reply": Row(NOBODY, ANYONE, of=_letter),
    "mailbox_return": Row(NOBODY, ANYONE, of=_letter),
    "mailbox": Row(ANYONE, NOBODY),
    # the work desk
    "admin:approval": Row(READERS, READERS, of=_approval),
    "admin:approvals": Row(READERS, NOBODY),
    "admin:approval_file": Row(READERS, NOBODY, of=_scan),
    "admin:approval_print": Row(READERS, NOBODY, of=_approval),
    "admin:approval_record": Row(DESK, DESK, of=_approval),
    "admin:delegations": Row(READERS, READERS),
    "admin:partnership_approvalroute_changelist": Row(DIVISION, DIVISION),
    "admin:partnership_approvalroute_add": Row("approver superuser", "approver superuser"),
    "admin:partnership_approvalroute_history": Row(DIVISION, DIVISION),
    "admin:partnership_approvalroute_delete": Row(ROOT, ROOT),
    "admin:partnership_approvalroute_change": Row(DIVISION, "approver superuser"),
    "admin:audit_seals": Row(TRAIL, NOBODY),
    "admin:index": Row(STAFF, STAFF),
    "admin:mail_incoming": Row(DESK, NOBODY),
    "admin:mail_incoming_one": Row(DESK, DESK, of=_incoming),
    "admin:mail_incoming_file": Row(DESK, NOBODY, of=_incoming_file),
    "admin:mail_holds": Row(DESK, DESK),
    "admin:search": Row(READERS, NOBODY),
    "admin:login": Row(ACCOUNTS, ACCOUNTS),
    "admin:logout": Row(NOBODY, STAFF),
    "admin:autocomplete": Row(NOBODY, NOBODY),
    "admin:jsi18n": Row(STAFF, NOBODY),
    "admin:app_list": Row(READERS, READERS),
    "admin/(?P<url>.*)$": Row(NOBODY, NOBODY),
    # partnership
    "admin:partnership_appointment_changelist": Row(READERS, READERS),
    "admin:partnership_appointment_add": Row(DESK, DESK),
    "admin:partnership_appointment_history": Row(READERS, READERS),
    "admin:partnership_appointment_delete": Row(ROOT, ROOT),
    "admin:partnership_appointment_change": Row(READERS, DESK),
    "admin:partnership_auditevent_changelist": Row(TRAIL, TRAIL),
    "admin:partnership_auditevent_add": Row(NOBODY, NOBODY),
    "admin:partnership_auditevent_history": Row(TRAIL, TRAIL),
    "admin:partnership_auditevent_delete": Row(NOBODY, NOBODY),
    "admin:partnership_auditevent_change": Row(TRAIL, NOBODY),
    "admin:partnership_country_changelist": Row(READERS, READERS),
    "admin:partnership_country_add": Row(ROOT, ROOT),
    "admin:partnership_country_history": Row(READERS, READERS),
    "admin:partnership_country_delete": Row(ROOT, ROOT),
    "admin:partnership_country_change": Row(READERS, ROOT),
    "admin:partnership_countrygroup_changelist": Row(READERS, READERS),
    "admin:partnership_countrygroup_add": Row(ROOT, ROOT),
    "admin:partnership_countrygroup_history": Row(READERS, READERS),
    "admin:partnership_countrygroup_delete": Row(ROOT, ROOT),
    "admin:partnership_countrygroup_change": Row(READERS, ROOT),
    "admin:partnership_email_changelist": Row(ROOT, ROOT),
    "admin:partnership_email_add": Row(NOBODY, NOBODY),
    "admin:partnership_email_history": Row(ROOT, ROOT),
    "admin:partnership_email_delete": Row(NOBODY, NOBODY),
    "admin:partnership_email_change": Row(ROOT, ROOT),
    "admin:partnership_email_html": Row(ROOT, NOBODY),
    "admin:mail": Row(DIVISION, NOBODY),
    "admin:mail_uncertain": Row(DESK, DESK),
    "admin:mail_log": Row(DESK, DESK),
    "admin:mail_engine": Row(DESK, ROOT),
    "admin:partnership_figure_changelist": Row(READERS, READERS),
    "admin:partnership_figure_add": Row(NOBODY, NOBODY),
    "admin:partnership_figure_history": Row(READERS, READERS),
    "admin:partnership_figure_delete": Row(NOBODY, NOBODY),
    "admin:partnership_figure_change": Row(READERS, NOBODY),
    "admin:partnership_mailing_changelist": Row(DIVISION, NOBODY),
    "admin:partnership_mailing_change": Row(DESK, DESK),
    "admin:partnership_mailing_home": Row(DIVISION, DIVISION),
    "admin:partnership_mailing_mail": Row(DIVISION, DESK, of=_mail),
    "admin:partnership_mailing_progress": Row(DIVISION, NOBODY, is_part=True),
    "admin:partnership_mailing_letter": Row(DIVISION, NOBODY),
    "admin:partnership_mailing_add": Row(NOBODY, NOBODY),
    "admin:partnership_mailing_history": Row(DIVISION, DIVISION),
    "admin:partnership_mailing_delete": Row(NOBODY, NOBODY),
    "admin:partnership_organisation_changelist": Row(READERS, READERS),
    "admin:partnership_organisation_add": Row(DESK, DESK),
    "admin:partnership_organisation_history": Row(READERS, READERS),
    "admin:partnership_organisation_delete": Row(ROOT, ROOT),
    "admin:partnership_organisation_change": Row(READERS, DESK),
    "admin:partnership_person_changelist": Row(READERS, READERS),
    "admin:partnership_person_add": Row(DESK, DESK),
    "admin:partnership_person_history": Row(READERS, READERS),
    "admin:partnership_person_delete": Row(ROOT, ROOT),
    "admin:partnership_person_change": Row(READERS, DESK),
    "admin:partnership_position_changelist": Row(READERS, READERS),
    "admin:partnership_position_add": Row(DESK, DESK),
    "admin:partnership_position_history": Row(READERS, READERS),
    "admin:partnership_position_delete": Row(ROOT, ROOT),
    "admin:partnership_position_change": Row(READERS, DESK),
    "admin:partnership_user_password_link": Row(NOBODY, DESK, of=_account),
    "admin:partnership_user_hand_over": Row(DESK, DESK, of=_account),
    "admin:partnership_user_changelist": Row(DECIDERS, DECIDERS),
    "admin:partnership_user_add": Row(DESK, DESK),
    "admin:partnership_user_history": Row(DECIDERS, DECIDERS),
    "admin:partnership_user_delete": Row(NOBODY, NOBODY),
    "admin:partnership_user_change": Row(DECIDERS, DESK),
    # municipalities
    "admin:municipalities_municipalrequest_changelist": Row(DIVISION, DIVISION),
    "admin:municipalities_municipalrequest_add": Row(DESK, DESK),
    "admin:municipalities_municipalrequest_bulk": Row(NOBODY, DESK),
    "admin:municipalities_municipalrequest_home": Row(DIVISION, DESK),
    "admin:municipalities_municipalrequest_form": Row(DESK, DESK),
    "admin:municipalities_municipalrequest_file": Row(DIVISION, NOBODY, of=_file),
    "admin:municipalities_municipalrequest_history": Row(DIVISION, DIVISION),
    "admin:municipalities_municipalrequest_delete": Row(NOBODY, NOBODY),
    "admin:municipalities_municipalrequest_change": Row(DIVISION, NOBODY),
    "admin:municipalities_decisionpaper_changelist": Row(DIVISION, DIVISION),
    "admin:municipalities_decisionpaper_add": Row(NOBODY, NOBODY),
    "admin:municipalities_decisionpaper_home": Row(DIVISION, DESK),
    "admin:municipalities_decisionpaper_letter": Row(DIVISION, DESK, of=_answer),
    "admin:municipalities_decisionpaper_history": Row(DIVISION, DIVISION),
    "admin:municipalities_decisionpaper_delete": Row(NOBODY, NOBODY),
    "admin:municipalities_decisionpaper_change": Row(DIVISION, NOBODY),
    "admin:municipalities_cannedreply_changelist": Row(DIVISION, DIVISION),
    "admin:municipalities_cannedreply_add": Row(DESK, DESK),
    "admin:municipalities_cannedreply_history": Row(DIVISION, DIVISION),
    "admin:municipalities_cannedreply_delete": Row(DESK, DESK),
    "admin:municipalities_cannedreply_change": Row(DIVISION, DESK),
    "admin:municipalities_requesttag_changelist": Row(DIVISION, DIVISION),
    "admin:municipalities_requesttag_add": Row(DESK, DESK),
    "admin:municipalities_requesttag_history": Row(DIVISION, DIVISION),
    "admin:municipalities_requesttag_delete": Row(ROOT, ROOT),
    "admin:municipalities_requesttag_change": Row(DIVISION, DESK),
    "admin:municipalities_call_changelist": Row(READERS, READERS),
    "admin:municipalities_call_add": Row(DESK, DESK),
    "admin:municipalities_call_home": Row(DIVISION, DESK),
    "admin:municipalities_call_compare": Row(DIVISION, NOBODY),
    "admin:municipalities_call_history": Row(READERS, READERS),
    "admin:municipalities_call_delete": Row(NOBODY, NOBODY),
    "admin:municipalities_call_change": Row(READERS, DESK),
    "admin:municipalities_accessrequest_changelist": Row(DIVISION, DIVISION),
    "admin:municipalities_accessrequest_add": Row(NOBODY, NOBODY),
    "admin:municipalities_accessrequest_history": Row(DIVISION, DIVISION),
    "admin:municipalities_accessrequest_delete": Row(NOBODY, NOBODY),
    "admin:municipalities_accessrequest_change": Row(DIVISION, DESK),
    "admin:municipalities_attraction_changelist": Row(READERS, READERS),
    "admin:municipalities_attraction_add": Row(DESK, DESK),
    "admin:municipalities_attraction_history": Row(READERS, READERS),
    "admin:municipalities_attraction_delete": Row(NOBODY, NOBODY),
    "admin:municipalities_attraction_change": Row(READERS, DESK),
    "admin:municipalities_localgovernment_changelist": Row(READERS, READERS),
    "admin:municipalities_localgovernment_add": Row(DESK, DESK),
    "admin:municipalities_localgovernment_history": Row(READERS, READERS),
    "admin:municipalities_localgovernment_delete": Row(ROOT, ROOT),
    "admin:municipalities_localgovernment_change": Row(READERS, DESK),
    # enquiries: the Osaka Liaison Office has them too (tests/test_enquiry_pages.py)
    "admin:municipalities_enquiry_home": Row(DIVISION, DESK),
    "admin:municipalities_enquiry_similar": Row(DIVISION, NOBODY, is_part=True),
    "admin:municipalities_enquiry_organisations": Row(DIVISION, NOBODY, is_part=True),
    "admin:municipalities_enquiry_changelist": Row(DIVISION, DIVISION),
    "admin:municipalities_enquiry_add": Row(DESK, DESK),
    "admin:municipalities_enquiry_history": Row(DIVISION, DIVISION),
    "admin:municipalities_enquiry_delete": Row(NOBODY, NOBODY),
    "admin:municipalities_enquiry_change": Row(DIVISION, DESK),
    # events
    "portal_events:events": Row("municipal_member", NOBODY),
    "portal_events:event": Row(NOBODY, NOBODY, of=_event),  # of bodies that are not theirs: nobody (tests/test_portal_events.py)
    "admin:events_from_request": Row(DESK, DESK, of=_request),
    "admin:events_event_home": Row(READERS, DESK),
    "admin:events_event_invitees": Row(READERS, DESK),
    "admin:events_event_invited": Row(READERS, DESK),
    "admin:events_event_left_out": Row(READERS, DESK),
    "admin:events_event_letters": Row(READERS, DESK),
    "admin:events_event_calls": Row(READERS, NOBODY),
    "admin:events_event_guests": Row(READERS, DESK),
    "admin:events_event_labels": Row(DESK, DESK),
    "admin:events_event_notes": Row(DIVISION, NOBODY, of=_notes),
    "admin:events_event_decide": Row(READERS, NOBODY),
    "admin:events_event_next": Row(DESK, DESK),
    "admin:events_event_changelist": Row(READERS, READERS),
    "admin:events_event_add": Row(DESK, DESK),
    "admin:events_event_history": Row(READERS, READERS),
    "admin:events_event_delete": Row(DESK, DESK),
    "admin:events_event_change": Row(READERS, DESK),
    "admin:events_invitation_home": Row(READERS, DESK),
    "admin:events_invitation_changelist": Row(READERS, READERS),
    "admin:events_invitation_add": Row(NOBODY, NOBODY),
    "admin:events_invitation_history": Row(READERS, READERS),
    "admin:events_invitation_delete": Row(NOBODY, NOBODY),
    "admin:events_invitation_change": Row(READERS, READERS),
}
# fmt: on
