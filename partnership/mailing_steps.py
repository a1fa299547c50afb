"""The steps that a mailing can take, and what every act on one does first: lock it, ask its approval, say what is in the way."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from partnership import approvals, purposes
from partnership.mailing_checks import approval_obstacles
from partnership.models import Mailing, User
from partnership.transitions import Refused, step

TABLE = {
    "freeze": step("draft", to="ready"),
    "thaw": step("ready", to="draft"),
    "send": step("ready", to="sending"),
    "issue": step("ready", to="finished"),  # on paper: nothing is under way
    "pause": step("sending", to="paused"),
    "resume": step("paused", to="sending"),
    "cancel": step("draft", "ready", "sending", "paused", to="cancelled"),
    "send_additions": step("sending", "finished", to="sending"),
}


def locked(mailing: Mailing) -> Mailing:
    """The mailing as it is now, under its lock."""
    return Mailing.objects.select_for_update().get(pk=mailing.pk)


def lock_about(mailing: Mailing) -> None:
    """Keep what the letter is about, and the other letters about it, as they are until this transaction ends."""
    about = purposes.get(mailing.purpose).about(mailing)
    if isinstance(about, models.Model):
        type(about)._default_manager.select_for_update().filter(pk=about.pk).first()


def stamp(by: User | None, now: Any = None) -> dict[str, Any]:
    """Who changed its state, and when."""
    return {"state_changed_at": now or timezone.now(), "state_changed_by": by}


def refuse_if(sentences: list[str]) -> None:
    """Stop when there is something to say.

    Raises:
        Refused: with the sentences.
    """
    if sentences:
        raise Refused(" ".join(strip_tags(sentence) for sentence in sentences))


def refuse_unless_standing(mailing: Mailing) -> None:
    """Stop when what was approved has changed since the letters were written.

    Raises:
        Refused: with the reason and the way out.
    """
    found = approval_obstacles(mailing)
    if found:
        raise Refused(_("The letters were written before this: %(why)s Cancel the rest and prepare a new mailing.") % {"why": found[0]})


def note_void(mailing: Mailing, by: User | None) -> None:
    """Record that an approval was found void, outside the act that is then refused, so that the record stays."""
    if purposes.get(mailing.purpose).needs_approval:
        now = approvals.standing(mailing)
        if now.void:
            approvals.void(thing=mailing, now=now, by=by)
