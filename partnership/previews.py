"""The letter as its reader will get it: a preview of each recipient's, and a test mail to oneself."""

from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import audit, emails, letters, mailing_content, marks, purposes
from partnership.models import Email, Mailing, Recipient, User
from partnership.transitions import Refused

TEST = purposes.register(
    purposes.Purpose(
        key="test_letter",
        label=gettext_lazy("test of a letter"),
        priority=Email.Priority.CONFIRMATION,
        uncertain="resend",
        needs_approval=False,
    )
)


@dataclass(frozen=True)
class Preview:
    """The letter to recipient ``number`` of ``total`` in one language. ``problem`` says why it cannot be printed."""

    recipient: Recipient | None
    number: int
    total: int
    language: str
    subject: str = ""
    text: str = ""
    html: str = ""
    problem: str = ""

    @property
    def is_theirs(self) -> bool:
        """Whether it is in the language in which this recipient is written to."""
        return self.recipient is not None and self.recipient.language == self.language


def recipient_at(mailing: Mailing, number: int) -> tuple[Recipient | None, int, int]:
    """Recipient ``number`` (from 1, kept within the list), its number, and how many there are.

    A draft shows the list as it would be frozen now.
    """
    if mailing.state == Mailing.State.DRAFT:
        purpose = purposes.get(mailing.purpose)
        rows = purpose.recipients(mailing) if purpose.recipients else []
        number = max(1, min(number, len(rows)))
        return (rows[number - 1] if rows else None), number, len(rows)
    total = mailing.recipients.count()
    number = max(1, min(number, total))
    return mailing.recipients.order_by("id")[number - 1 : number].first(), number, total


def preview(*, mailing: Mailing, number: int, language: str) -> Preview:
    """The letter to one recipient; without recipients, the letter with its placeholders as they were written."""
    recipient, number, total = recipient_at(mailing, number)
    return of_recipient(mailing, recipient, number, total, language)


def of_recipient(mailing: Mailing, recipient: Recipient | None, number: int, total: int, language: str) -> Preview:
    """The letter to a recipient that the caller has at hand."""
    bare = Preview(recipient, number, total, language)
    try:
        letter = _sent(mailing, recipient, language) or _letter(mailing, recipient, language)
    except KeyError as error:
        return replace(bare, problem=_("Nobody says what {%(name)s} is.") % {"name": error.args[0]})
    words = link_words(language)
    html = letters.html(letter.text, language, stand_in=words)
    return replace(bare, subject=letter.subject, text=marks.shown(letter.text, words), html=html)


def link_words(language: str) -> str:
    """What is shown where a personal link goes, in the language of the letter."""
    with translation.override(language):
        return _("[personal link]")


def _sent(mailing: Mailing, recipient: Recipient | None, language: str) -> mailing_content.Letter | None:
    """The letter as it was written when the mailing was started, whatever has changed since."""
    if recipient is None or mailing.started_at is None or language != recipient.language:
        return None
    email = mailing.emails.filter(recipient_key=recipient.key).order_by("-seq").first()
    return mailing_content.Letter(email.subject, email.text, language) if email else None


def _letter(mailing: Mailing, recipient: Recipient | None, language: str) -> mailing_content.Letter:
    purpose = purposes.get(mailing.purpose)
    values = mailing_content.common_values(mailing, language)
    if recipient is None:
        known = {placeholder.name: f"[{placeholder.explanation}]" for placeholder in purpose.placeholders if not placeholder.link}
        values = {**known, **values}
    else:
        values = {**values, **recipient.values.get(language, {})}
    subject, body = getattr(mailing, f"subject_{language}"), getattr(mailing, f"body_{language}")
    return mailing_content.Letter(
        letters.render_subject(subject, values), letters.render(body, values, mailing_content.links(purpose)), language
    )


def send_test(*, mailing: Mailing, by: User, number: int = 1) -> list[Email]:
    """Send both languages of one recipient's letter to oneself; the link is replaced by words, because it is somebody's own.

    Raises:
        Refused: when the letter cannot be printed.
    """
    sent = []
    recipient, number, total = recipient_at(mailing, number)
    for language in mailing_content.LANGUAGES:
        shown = of_recipient(mailing, recipient, number, total, language)
        if shown.problem:
            raise Refused(shown.problem)
        sent.append(_to_oneself(mailing, shown, by))
    audit.record("mailing.test", mailing, by=by, number=number)
    return sent


def _to_oneself(mailing: Mailing, shown: Preview, by: User) -> Email:
    subject = f"[TEST] {shown.subject}"[:300]
    try:
        return emails.queue(
            purpose=TEST.key,
            to_address=by.email,
            language=shown.language,
            subject=subject,
            text=shown.text,
            html=shown.html,
            about=mailing,
            by=by,
        )
    except ValueError as error:  # one's own address, or a character that no mail can hold
        raise Refused(str(error)) from None
