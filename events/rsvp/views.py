"""The guests' pages. A link changes nothing: GET and HEAD only show, an explicit POST answers.

The personal link is the whole authority: it travels in the address and no cookie takes part, so there is nothing that a
forged form could borrow (and a browser that names no referrer would fail Django's check of the origin). Pages are not
cached, they are named to nobody in a Referer, and their own links are relative, so no page holds the token.
"""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from events import answers, calendar, card, confirmations, guests, invitations, retention
from events.models import Answer, Invitation
from events.rsvp.forms import AnswerForm
from partnership import errors, languages
from partnership.models import Email
from partnership.transitions import Refused

Reply = Invitation.Reply
View = Callable[[HttpRequest, Invitation], HttpResponse]

_HEADERS = {"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


def for_guests(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Find the invitation of the link, speak its language, and say clearly when the link or the database does not work."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def page(request: HttpRequest, token: str) -> HttpResponse:
            response = _respond(request, token)
            for name, value in _HEADERS.items():
                response[name] = value
            return response

        def _respond(request: HttpRequest, token: str) -> HttpResponse:
            if request.method not in methods:
                status = 200 if request.method == "OPTIONS" else 405
                return HttpResponse(status=status, headers={"Allow": ", ".join([*methods, "OPTIONS"])})
            try:
                invitation = invitations.find(token)
                if invitation is None:
                    return _nobody(request)
                languages.use(request, invitation.language)
                return view(request, invitation)
            except errors.OUTAGES:
                return _interrupted(request)

        return csrf_exempt(login_not_required(page))

    return decorate


def _nobody(request: HttpRequest) -> HttpResponse:
    """One page for every link that leads nowhere, whatever the reason."""
    return render(request, "rsvp/nobody.html", _contact(settings.CONTACT_EMAIL, settings.CONTACT_PHONE), status=404)


def _interrupted(request: HttpRequest) -> HttpResponse:
    """The database cannot be reached: the link stands, and what was typed can be sent again with one button."""
    typed = [(name, value) for name in AnswerForm.base_fields for value in request.POST.getlist(name)]
    detail = _(
        "Our system cannot be reached for a moment. Your link stays valid. "
        "Please send your answer again in a minute; sent twice it counts once."
    )
    return errors.page(request, 503, detail=detail if typed else "", resend=typed)


def _contact(email: str, phone: str) -> dict[str, str]:
    return {
        "contact_email": email,
        "contact_phone": phone,
        "contact_tel": re.sub(r"[^0-9+]", "", phone),
        "contact_hours": card.weekday_hours(),
    }


def _context(request: HttpRequest, invitation: Invitation) -> dict[str, Any]:
    language = request.LANGUAGE_CODE
    printed = card.of(invitation.event, language)
    return {
        "invitation": invitation,
        "event": invitation.event,
        "card": printed,
        "hosts": card.host_lines(printed, language),
        "name": invitation.in_language("name", language),
        "post": invitation.in_language("post", language),
        "window": invitations.window(invitation),
        "has_calendar": calendar.is_possible(invitation.event),
        "days_kept": retention.NEEDS_DAYS,
        **_contact(printed.contact_email, printed.contact_phone),
    }


@for_guests("GET", "HEAD", "POST")
def answer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The card with its question, or the answer that stands."""
    if request.method == "POST":
        return _take(request, invitation)
    context = _context(request, invitation)
    current = answers.in_force(invitation)
    if current is not None and current.reply != Reply.NONE and ("change" not in request.GET or context["window"].is_closed):
        return render(request, "rsvp/done.html", {**context, **_answered(request, invitation, current)})
    if context["window"].is_closed:
        return render(request, "rsvp/closed.html", context)
    form = AnswerForm(invitation=invitation, window=context["window"], initial=_initial(invitation, current))
    return render(request, "rsvp/invitation.html", {**context, "form": form, **_standing(request, current)})


def _take(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    window = invitations.window(invitation)
    form = AnswerForm(request.POST, invitation=invitation, window=window)
    status = 422
    if form.is_valid():
        try:
            invitations.answer(invitation=invitation, source=Answer.Source.LINK, by=None, **form.cleaned_data)
            asked = languages.asked(request)
            return HttpResponseRedirect(f"{request.path}?lang={asked}" if asked else request.path)
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
    context = {**_context(request, invitation), "form": form, **_standing(request, answers.in_force(invitation))}
    if status == 409 and context["window"].is_closed:
        return render(request, "rsvp/closed.html", context, status=status)
    return render(request, "rsvp/invitation.html", context, status=status)


def _standing(request: HttpRequest, current: Answer | None) -> dict[str, Any]:
    """The answer in force, for someone who is about to change it, and when it came."""
    given = current is not None and current.reply != Reply.NONE
    return {"current": current, "standing": card.answered_at(current.answered_at, request.LANGUAGE_CODE) if current and given else ""}


def _initial(invitation: Invitation, current: Answer | None) -> Mapping[str, str]:
    """What stands in the fields of someone who changes an answer; no choice is preselected."""
    if current is None:
        return {}
    diet, access = guests.needs_of(invitation)
    return {
        "attendee_name": current.attendee_name,
        "attendee_post": current.attendee_post,
        "companions": "\n".join(current.companions),
        "diet": diet,
        "access": access,
        "note": current.note,
    }


def _answered(request: HttpRequest, invitation: Invitation, current: Answer) -> dict[str, Any]:
    language = request.LANGUAGE_CODE
    diet, access = guests.needs_of(invitation)
    mails = Email.objects.filter(purpose=confirmations.PURPOSE, recipient_key__startswith=f"answer:{current.pk}:")
    return {
        "current": current,
        "reply": current.reply,
        "decided": current.source == Answer.Source.STAFF,
        "received": card.answered_at(current.answered_at, language),
        "party": confirmations.party(invitation, current, language),
        "diet": diet,
        "access": access,
        "confirmation_sent": mails.exists(),
    }


@for_guests("GET", "HEAD")
def entry(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The calendar entry as a file."""
    if not calendar.is_possible(invitation.event):
        return _nobody(request)
    language = request.LANGUAGE_CODE
    return HttpResponse(
        calendar.ics(invitation.event, language),
        headers={"Content-Type": calendar.MIMETYPE, "Content-Disposition": f'inline; filename="{calendar.FILENAME}"'},
    )
