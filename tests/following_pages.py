"""What tests of portal following share."""

import datetime as dt

from django.utils import timezone

from tests import factories

LIST = "/portal/requests/"


def body_of(user):
    return user.organisation.local_government


def asked(of, *joined, **fields):
    """A request that waits for its applicant, with the question in its thread."""
    now = timezone.now()
    values = {"state": "waiting", "waiting_since": now, "reply_by": now + dt.timedelta(days=5), **fields}
    one = factories.municipal_request(of, *joined, **values)
    kind = "returned" if one.is_returned else "question"
    factories.request_message(one, kind=kind, text="雨の日の行き先を教えてください。", reply_by=one.reply_by)
    return one


def unconfirmed(one, body):
    """The joint applicant has not said yes yet."""
    one.parties.filter(local_government=body).update(confirmed_at=None)
    one.confirm_by = timezone.localdate() + dt.timedelta(days=5)
    one.save(update_fields=["confirm_by"])
    return one
