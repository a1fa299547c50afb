"""Mistakes in the settings that Django's own checks do not know."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's name

from partnership import inbox, mailer, verp


@register(Tags.compatibility)
def lease_outlives_the_mail_server(**_kwargs: Any) -> list[CheckMessage]:
    """A worker that waits for a slow relay must not be taken for a dead one."""
    if settings.MAIL_LEASE <= settings.EMAIL_TIMEOUT:
        return [Error("MAIL_LEASE must be longer than EMAIL_TIMEOUT, or a slow relay makes mails uncertain.", id="partnership.E001")]
    if settings.MAIL_LEASE < settings.EMAIL_TIMEOUT + 60:
        return [Warning("MAIL_LEASE should be EMAIL_TIMEOUT and a minute: a relay may be slow more than once.", id="partnership.W004")]
    return []


@register(Tags.compatibility)
def pace_of_mail_makes_sense(**_kwargs: Any) -> list[CheckMessage]:
    """A list of no waits, or no connection, would stop all mail."""
    waits = ("MAIL_RETRY", "MAIL_RETRY_GREYLISTED", "MAIL_BACKOFF")
    found = [f"{name} must be a list of seconds." for name in waits if not all(n > 0 for n in getattr(settings, name) or [0])]
    found += [f"{name} must not be negative." for name in ("MAIL_RATE", "MAIL_DOMAIN_RATE") if getattr(settings, name) < 0]
    found += ["MAIL_CONNECTIONS must be 1 or more."] * (settings.MAIL_CONNECTIONS < 1)
    return [Error(sentence, id="partnership.E004") for sentence in found]


@register(Tags.compatibility)
def mail_server_can_be_read(**_kwargs: Any) -> list[CheckMessage]:
    """An address of no server would only be noticed when the first mail does not leave."""
    try:
        mailer.transport()
    except ValueError as error:
        return [Error(str(error), id="partnership.E002")]
    return []


@register(Tags.compatibility)
def what_comes_back_can_be_read(**_kwargs: Any) -> list[CheckMessage]:
    """An address or a mailbox of no use would only be noticed when nothing comes back."""
    problems = [problem for problem in (verp.problem(), inbox.problem()) if problem]
    return [Error(problem, id="partnership.E003") for problem in problems]


@register(Tags.security, deploy=True)
def production_is_no_demonstration(**_kwargs: Any) -> list[CheckMessage]:
    """What a demonstration may leave to defaults, a real installation must say."""
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(Warning("DATA_DIR carries the marker of a demonstration.", id="partnership.W001"))
    if "mofa.example.jp" in settings.MAIL_FROM:
        found.append(Warning("MAIL_FROM is not set: mails would come from an address that does not exist.", id="partnership.W002"))
    if not settings.EMBEDDED_WORKER and "locmem" in settings.CACHES["default"]["BACKEND"]:
        found.append(Warning("CACHE_URL is not set: each web process would count the rate limits for itself.", id="partnership.W003"))
    return found
