"""Letters of ours that have left, and mails about them."""

import uuid
from typing import Any

from django.utils import timezone

from events.models import Invitation
from partnership import intake, verp
from partnership.models import Email, IncomingMail
from tests import factories
from tests import mail_samples as samples


def letter(to: Invitation | None = None, **fields: Any) -> Email:
    """An invitation that was handed over, with the Message-ID that the samples speak of."""
    about = to or factories.invitation()
    now = timezone.now()
    values = {
        "purpose": "invitation",
        "to_address": "ambassador@no.example.jp",
        "to_label_ja": "ノルウェー大使館",
        "to_label_en": "Embassy of Norway",
        "about": about,
        "state": Email.State.SENT,
        "outbox_id": samples.OUTBOX,
        "message_id": samples.MESSAGE_ID,
        "data_started_at": now,
        "accepted_at": now,
        "finished_at": now,
        **fields,
    }
    return factories.email(**values)


def another(to: Invitation | None = None, **fields: Any) -> Email:
    """One more, with an id of its own."""
    mine = uuid.uuid4()
    return letter(to, outbox_id=mine, message_id=f"<{mine}@mofa.example.jp>", **fields)


def bounce(email: Email, **changes: Any) -> IncomingMail:
    """A report of failure that came to the signed address of the letter."""
    row = intake.take_in(data=samples.report(to=verp.sender(email), letter="X: y", **changes))
    assert row is not None
    return row


def reply(email: Email, text: str = samples.ACCEPTS, **changes: Any) -> IncomingMail:
    """What a person wrote back."""
    row = intake.take_in(data=samples.reply(text, answers=email.message_id, **changes))
    assert row is not None
    return row
