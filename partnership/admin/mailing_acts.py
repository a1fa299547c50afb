"""What staff can do on a mailing's home: each act with the permission it takes and the words it is answered with."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnership import dates, emails, mailings
from partnership.admin.base import is_key
from partnership.admin.mailing_forms import ScheduleForm
from partnership.admin.pages import Act, person
from partnership.models import Email, Mailing
from partnership.transitions import Refused

CHANGE, SEND = "partnership.change_mailing", "partnership.send_mailing"


def table(request: HttpRequest, mailing: Mailing) -> dict[str, Act]:
    """The acts by the value of the field ``act``."""

    def said(work: Callable[..., Any], words: str) -> Callable[[], str]:
        def run() -> str:
            work(mailing=mailing, by=person(request))
            return words

        return run

    def done(work: Callable[[HttpRequest, Mailing], str]) -> Callable[[], str]:
        return lambda: work(request, mailing)

    return {
        "test": (done(_test), CHANGE),
        "freeze": (said(mailings.freeze, _("The list is frozen. Now the letter can go to its approval.")), CHANGE),
        "thaw": (said(mailings.thaw, _("The list is free again. It must be frozen before the letter is approved and sent.")), CHANGE),
        "send": (said(mailings.send, _("The sending has begun.")), SEND),
        "pause": (said(mailings.pause, _("Paused. What was being handed over at this moment may still arrive.")), SEND),
        "resume": (said(mailings.resume, _("The sending goes on.")), SEND),
        "cancel": (said(mailings.cancel, _("Cancelled. Nothing more of it leaves.")), SEND),
        "retry": (done(_retry), SEND),
        "confirm": (done(_confirm), SEND),
        "add_late": (done(_add_late), CHANGE),
        "remove_late": (done(_remove_late), CHANGE),
        "send_additions": (done(_send_additions), SEND),
        "schedule": (done(_schedule), SEND),
        "unschedule": (said(mailings.unschedule, _("It does not leave by itself any more.")), SEND),
        "bundle": (done(_bundle), CHANGE),
        "unbundle": (done(_unbundle), CHANGE),
    }


def _test(request: HttpRequest, mailing: Mailing) -> str:
    text = request.POST.get("n", "1")
    by = person(request)
    mailings.test(mailing=mailing, by=by, number=int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1)
    return _("Two test mails (Japanese and English) are on their way to %(address)s.") % {"address": by.email}


def _retry(request: HttpRequest, mailing: Mailing) -> str:
    email = _email(request, mailing) if request.POST.get("email") else None
    count = mailings.retry(mailing=mailing, by=person(request), email=email)
    return _("%(count)s mails are written again and will be sent.") % {"count": count}


def _confirm(request: HttpRequest, mailing: Mailing) -> str:
    emails.confirm(email=_email(request, mailing), by=person(request))
    return _("Recorded as arrived, with your name.")


def _add_late(request: HttpRequest, mailing: Mailing) -> str:
    count = mailings.add_late(mailing=mailing, by=person(request))
    if not count:
        return _("Nobody new: everyone on the list has this letter, or waits for it.")
    return _("Names added: %(count)s. Put them before the deciders; nothing leaves before that.") % {"count": count}


def _remove_late(request: HttpRequest, mailing: Mailing) -> str:
    return _("Names taken off the list again: %(count)s.") % {"count": mailings.remove_late(mailing=mailing, by=person(request))}


def _send_additions(request: HttpRequest, mailing: Mailing) -> str:
    count = mailings.send_additions(mailing=mailing, by=person(request))
    return _("Letters on their way to the added names: %(count)s. Those sent before stay as they are.") % {"count": count}


def _schedule(request: HttpRequest, mailing: Mailing) -> str:
    form = ScheduleForm(request.POST) if "at_0" in request.POST else None
    at = form.cleaned_data["at"] if form is not None and form.is_valid() else None
    moment = mailings.schedule(mailing=mailing, by=person(request), at=at)
    return _("It leaves by itself on %(when)s, if it is approved by then.") % {"when": dates.long_moment(moment, get_language() or "ja")}


def _bundle(request: HttpRequest, mailing: Mailing) -> str:
    companion = _other(request)
    mailings.bundle(lead=mailing, companion=companion, by=person(request))
    return _("“%(letter)s” is approved together with this letter from now on.") % {"letter": companion}


def _unbundle(request: HttpRequest, mailing: Mailing) -> str:
    companion = _other(request)
    if mailing.pk not in {companion.pk, companion.package_id}:
        raise Refused(_("This letter is in no package from which it could be taken."))
    mailings.unbundle(companion=companion, by=person(request))
    return _("“%(letter)s” needs an approval of its own from now on.") % {"letter": companion}


def _other(request: HttpRequest) -> Mailing:
    key = request.POST.get("companion", "")
    if not is_key(key):
        raise Refused(_("Say which letter is meant."))
    return get_object_or_404(Mailing, pk=int(key))


def _email(request: HttpRequest, mailing: Mailing) -> Email:
    key = request.POST.get("email", "")
    if not is_key(key):
        raise Refused(_("Say which mail is meant."))
    return get_object_or_404(Email, pk=int(key), mailing=mailing)
