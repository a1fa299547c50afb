"""The mail that follows an answer: what we understood, and what happens next. It goes where the invitation went.

Dietary and access needs are not repeated in it, because mails are kept and forwarded.
"""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from events import card, written
from events.models import Answer, Invitation
from partnership import emails, letters, marks
from partnership.models import Email, User

PURPOSE = "confirmation"

Reply = Invitation.Reply


def addresses(invitation: Invitation) -> list[str]:
    """Where the invitation was sent: the post and its secretariat. Never an address that came with an answer."""
    found = list(written.of(invitation).order_by("id").values_list("to_address", flat=True))
    found = found or [invitation.position.email, invitation.position.secretariat_email]
    return [address for address in dict.fromkeys(found) if address and not emails.address_problem(address)]


def queue(invitation: Invitation, answer: Answer, *, by: User | None, decided: str = "") -> list[Email]:
    """Put the confirmation of an answer, or of a decision about it, into the outbox.

    Args:
        decided: the reply that the hosts decided about; empty for the guest's own answer.
    """
    language = invitation.language
    with translation.override(language):
        outcome = _outcome(answer, decided)
        title = " ".join(letters.clean(invitation.event.in_language("title", language)).split())
        subject = (_("%(words)s (%(title)s)") % {"words": _subject(outcome), "title": title})[:300]
        text = "\n".join(_lines(invitation, answer, outcome, language))
    labels = (str(invitation.organisation.in_language("name", "ja")), str(invitation.organisation.in_language("name", "en")))
    return [
        emails.queue(
            purpose=PURPOSE,
            to_address=address,
            language=language,
            subject=subject,
            text=text,
            html=letters.html(text, language),
            about=invitation,
            recipient_key=f"answer:{answer.pk}:{number}",
            labels=labels,
            by=by,
        )
        for number, address in enumerate(addresses(invitation))
    ]


def is_overtaken(email: Email, invitation: Invitation) -> bool:
    """Whether a newer answer has come since the one that this mail confirms."""
    newest = invitation.answers.order_by("-id").values_list("pk", flat=True).first()
    return newest is not None and not email.recipient_key.startswith(f"answer:{newest}:")


def _outcome(answer: Answer, decided: str) -> str:
    """One word for what the mail says; a decision of the hosts reads otherwise than an answer."""
    return f"{answer.reply} after {decided}" if decided else answer.reply


def _subject(outcome: str) -> str:
    return {
        Reply.ACCEPTED: _("Your acceptance"),
        Reply.DECLINED: _("Your reply"),
        Reply.SUBSTITUTE: _("Your request: someone attends instead"),
        Reply.LATE: _("Your request to attend"),
        Reply.WAITLISTED: _("Your request to attend"),
        "accepted after substitute": _("The hosts agree to a substitute"),
        "none after substitute": _("Concerning your request: someone attends instead"),
        "accepted after late": _("The hosts look forward to welcoming you"),
        "accepted after waitlisted": _("The hosts look forward to welcoming you"),
        "declined after late": _("Concerning your request to attend"),
        "declined after waitlisted": _("Concerning your request to attend"),
    }[outcome]


def sentences(outcome: str) -> tuple[str, ...]:
    """What is said about an answer, in the active language; the guest's page says the same."""
    sorry_full = _("To our great regret there is no place left. We would be glad to welcome you on another occasion.")
    return {
        Reply.ACCEPTED: (_("Thank you. We have noted your acceptance and look forward to welcoming you."),),
        Reply.DECLINED: (_("Thank you for letting us know. We are sorry that you cannot attend."),),
        Reply.SUBSTITUTE: (
            _("Thank you. You asked that someone attend instead. This is not yet agreed; the hosts will let you know."),
            _("Please wait for our mail before the person named below comes."),
        ),
        Reply.LATE: (_("Thank you. Your acceptance came after the deadline. It is not yet agreed; the hosts will let you know by mail."),),
        Reply.WAITLISTED: (
            _("Thank you. All places are taken at present. We have noted that you would like to attend; the hosts will contact you."),
        ),
        "accepted after substitute": (_("The hosts are pleased to welcome the person named below instead."),),
        "none after substitute": (
            _("To our regret the hosts cannot receive someone else in place of the guest."),
            _("The invitation to the guest stands. Please tell us whether the guest can attend."),
        ),
        "accepted after late": (_("The hosts are pleased to confirm your attendance and look forward to welcoming you."),),
        "accepted after waitlisted": (_("A place has become free. The hosts look forward to welcoming you."),),
        "declined after late": (sorry_full,),
        "declined after waitlisted": (sorry_full,),
    }[outcome]


def party(invitation: Invitation, answer: Answer, language: str) -> list[str]:
    """Those the answer speaks of, one line each: the guest or the substitute, then the companions."""
    if answer.reply in {Reply.DECLINED, Reply.NONE, Reply.WITHDRAWN}:
        return []
    if answer.attendee_name:
        comma = ", " if language == "en" else "　"
        first = comma.join(part for part in (answer.attendee_name, answer.attendee_post) if part)
    else:
        first = card.guest(invitation, language)
    return [first, *answer.companions]


def _lines(invitation: Invitation, answer: Answer, outcome: str, language: str) -> Iterator[str]:
    printed = card.of(invitation.event, language)
    yield card.guest(invitation, language)
    yield ""
    yield from sentences(outcome)
    yield ""
    colon = _(": ")
    yield f"{printed.event}{colon}{printed.title}"
    yield f"{_('When')}{colon}{printed.when}"
    if printed.where:
        yield f"{_('Where')}{colon}{printed.where}"
    people = [letters.clean(name) for name in party(invitation, answer, language)]
    for name in people:
        yield f"{_('Attending') if answer.reply == Reply.ACCEPTED else _('Wishing to attend')}{colon}{name}"
    if people and printed.dress:
        yield f"{_('Dress')}{colon}{printed.dress}"
    if people and printed.before:
        yield f"{_('Beforehand')}{colon}{printed.before}"
    yield ""
    yield _("Your answer, and how to change it:")
    yield marks.mark("link")
    yield ""
    yield _("Local Partnership Cooperation Division, Ministry of Foreign Affairs of Japan")
    if printed.contact:
        yield printed.contact
