"""Mails that a paper sends while it circulates, each in its reader's language: it waits for you, it was decided, see it afterwards."""

import logging
from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import emails, letters, purposes
from partnership.dates import long_date, long_moment
from partnership.models import Approval, ApprovalStep, Delegation, Email, User
from partnership.subjects import Change

logger = logging.getLogger(__name__)

PURPOSE = purposes.register(
    purposes.Purpose(
        key="approval_notice",
        label=gettext_lazy("notice about an approval"),
        priority=Email.Priority.CONFIRMATION,
        uncertain="resend",
        needs_approval=False,
    )
)
_CHANGES = 5  # named in a mail; the page has them all


def waits(approval: Approval, deciders: Iterable[tuple[User, User | None]], *, by: User | None) -> None:
    """Tell those who can decide now that the paper waits for them; a deputy is told in whose place."""
    for user, absent in deciders:
        with translation.override(user.language):
            lines = [_("Dear %(name)s,") % {"name": user.name}, "", _("a paper waits for your decision."), *_about(approval, user, absent)]
            _queue(approval, user, _subject(approval), lines, by)


def reminder(approval: Approval, deciders: Iterable[tuple[User, User | None]], *, is_over: bool) -> None:
    """Remind those who can decide now of a paper whose day is near or over."""
    for user, absent in deciders:
        with translation.override(user.language):
            said = _("a paper is still waiting for your decision, and its day is over.") if is_over else _(
                "a paper that is to be decided soon is still waiting for your decision."
            )  # fmt: skip
            lines = [_("Dear %(name)s,") % {"name": user.name}, "", said, *_about(approval, user, absent)]
            _queue(approval, user, _("Reminder: %(subject)s") % {"subject": _subject(approval)}, lines, None)


def decided(approval: Approval, step: ApprovalStep, *, by: User) -> None:
    """Tell the author what became of the paper."""
    author = approval.drafted_by
    with translation.override(author.language):
        state = approval.get_state_display()
        title = approval.in_language("title")
        lines = [_("Dear %(name)s,") % {"name": author.name}, "", _("your paper is now “%(state)s”.") % {"state": state}, "", title]
        lines += _decision(step)
        _queue(approval, author, _("Decision (%(state)s): %(title)s") % {"state": state, "title": title}, lines, by)


def decided_for(approval: Approval, step: ApprovalStep, absent: User, *, by: User) -> None:
    """Tell an absent decider what their deputy decided, or what was recorded in their name: they see it afterwards."""
    with translation.override(absent.language):
        deputed = step.in_place_of_id == absent.pk
        said = _("your deputy decided a paper in your place. Please look at it afterwards.") if deputed else _(
            "a decision of yours was entered by a colleague. Please look whether it is as you decided; if not, tell the division at once."
        )  # fmt: skip
        lines = [_("Dear %(name)s,") % {"name": absent.name}, "", said, "", approval.in_language("title"), *_decision(step)]
        if step.recorded_by:
            lines.append(_("Entered by: %(name)s") % {"name": step.recorded_by})
        _queue(approval, absent, _("To be seen afterwards: %(title)s") % {"title": approval.in_language("title")}, lines, by)


def passed_over(approval: Approval, people: Iterable[User], *, by: User) -> None:
    """Tell those whom an urgent paper passed over that it was decided, and that they see it afterwards (後閲)."""
    for user in people:
        with translation.override(user.language):
            said = _("an urgent paper was decided before it came to you. Please look at it afterwards.")
            lines = [_("Dear %(name)s,") % {"name": user.name}, "", said, "", approval.in_language("title")]
            lines.append(_("Decided by: %(name)s") % {"name": by})
            _queue(approval, user, _("To be seen afterwards: %(title)s") % {"title": approval.in_language("title")}, lines, by)


def outdated(approval: Approval, people: Iterable[User], changes: Callable[[], Sequence[Change]]) -> None:
    """Tell the author and the deciders that what lies before them has changed since it was submitted.

    Args:
        changes: says in the active language what changed.
    """
    for user in people:
        with translation.override(user.language):
            title = approval.in_language("title")
            said = _("what a circulating paper is about has changed since it was submitted. It cannot be agreed to as it is.")
            own = _("Take it back, look at it, and submit it again.") if user.pk == approval.drafted_by_id else ""
            lines = [_("Dear %(name)s,") % {"name": user.name}, "", said, *([own] if own else []), "", title, ""]
            lines += [f"・{change.label}" for change in changes()[:_CHANGES]]
            _queue(approval, user, _("Changed while circulating: %(title)s") % {"title": title}, lines, None)


def deputy(delegation: Delegation, *, by: User) -> None:
    """Tell a deputy from when until when they decide in somebody's place, and the absent one when somebody else said so."""
    people = [delegation.deputy] if by.pk == delegation.principal_id else [delegation.deputy, delegation.principal]
    for user in people:
        with translation.override(user.language):
            said = (
                _("you decide in place of %(name)s while they are absent.") % {"name": delegation.principal}
                if user.pk == delegation.deputy_id
                else _("%(name)s decides in your place while you are absent.") % {"name": delegation.deputy}
            )
            _about_delegation(delegation, user, _("Deputy for approvals: %(name)s"), said, by)


def deputy_no_more(delegation: Delegation, *, by: User) -> None:
    """Tell a deputy, and the one who is back, that it ended before its last day."""
    for user in (delegation.deputy, delegation.principal):
        if user.pk != by.pk:
            with translation.override(user.language):
                said = _("%(deputy)s no longer decides in place of %(name)s.") % {
                    "deputy": delegation.deputy, "name": delegation.principal,
                }  # fmt: skip
                _about_delegation(delegation, user, _("End of the deputising for %(name)s"), said, by)


def _about_delegation(delegation: Delegation, user: User, subject: str, said: str, by: User) -> None:
    days = _("From %(first)s until %(last)s") % {
        "first": long_date(delegation.starts_on, user.language), "last": long_date(delegation.ends_on, user.language),
    }  # fmt: skip
    lines = [_("Dear %(name)s,") % {"name": user.name}, "", said, "", days]
    if delegation.reason:
        lines.append(_("Reason: %(reason)s") % {"reason": delegation.reason})
    address = settings.SITE_URL + reverse("admin:approvals")
    lines += ["", _("Papers that wait for your decision:"), address, ""]
    _post(user, subject % {"name": delegation.principal}, lines, delegation, by)


def _subject(approval: Approval) -> str:
    title = approval.in_language("title")
    return (_("Urgent, for your decision: %(title)s") if approval.is_urgent else _("For your decision: %(title)s")) % {"title": title}


def _about(approval: Approval, user: User, absent: User | None) -> list[str]:
    lines = [""]
    if absent is not None:
        lines += [_("You decide in place of %(name)s, who is absent.") % {"name": absent}, ""]
    lines += [approval.in_language("title"), _("Drafted by: %(name)s") % {"name": approval.drafted_by}]
    if approval.due_at:
        lines.append(_("To be decided by: %(when)s") % {"when": long_moment(approval.due_at, user.language)})
    return [*lines, "", approval.note] if approval.note else lines


def _decision(step: ApprovalStep) -> list[str]:
    lines = [_("Decided by: %(name)s") % {"name": step.decided_by}]
    if step.in_place_of:
        lines.append(_("In place of: %(name)s") % {"name": step.in_place_of})
    if step.medium != ApprovalStep.Medium.SCREEN:
        lines.append(_("Decided %(how)s") % {"how": step.get_medium_display()})
    return [*lines, _("Opinion: %(opinion)s") % {"opinion": step.opinion}] if step.opinion else lines


def _queue(approval: Approval, user: User, subject: str, lines: list[str], by: User | None) -> None:
    address = settings.SITE_URL + reverse("admin:approval", args=[approval.pk])
    _post(user, subject, [*lines, "", _("The paper with everything that belongs to it:"), address, ""], approval, by)


def _post(user: User, subject: str, lines: list[str], about: Approval | Delegation, by: User | None) -> None:
    try:
        emails.queue(
            purpose=PURPOSE.key,
            to_address=user.email,
            language=user.language,
            subject=" ".join(letters.clean(subject).split())[:300],
            text=letters.clean("\n".join(lines)),
            about=about,
            by=by,
        )
    except ValueError:  # an address nobody can write to; the work desk shows the paper all the same
        logger.warning("no notice about %s %s to account %s: its address is not fit", about._meta.model_name, about.pk, user.pk)
