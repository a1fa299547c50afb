"""Taking an enquiry down: one screen, twenty seconds; earlier answers show while the topic is typed."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities import askers, enquiries
from municipalities.admin.enquiry_forms import NoteForm
from municipalities.models import Enquiry
from partnership.admin.pages import demand, framed, keys, person
from partnership.search import LONGEST
from partnership.transitions import Refused

RECENT = 6


def note(request: HttpRequest) -> HttpResponse:
    """Show the form, or store the note."""
    demand(request, "municipalities.add_enquiry")
    if request.method != "POST":
        return _show(request, NoteForm(by=person(request)))
    form = NoteForm(request.POST, by=person(request))
    if form.is_valid():
        try:
            enquiry = _store(request, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _after(request, enquiry)
    return _show(request, form, status=422)


@transaction.atomic
def _store(request: HttpRequest, form: NoteForm) -> Enquiry:
    """The note, and its answer where it was given at once."""
    by = person(request)
    enquiry = enquiries.note(by=by, **form.facts())
    reused = keys(request.POST.getlist("reuse")[:1])
    answered = form.cleaned_data["answer"]
    if enquiry.state in Enquiry.WAITING and (reused or answered):
        earlier = get_object_or_404(Enquiry, pk=reused[0], state=Enquiry.State.ANSWERED) if reused else None
        enquiries.answer(enquiry=enquiry, text=answered or (earlier.answer if earlier else ""), reuses=earlier, by=by)
    return enquiry


def _after(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    home = reverse("admin:municipalities_enquiry_home", args=[enquiry.pk])
    said = _("%(enquiry)s has been taken down.") if enquiry.state in Enquiry.WAITING else _("%(enquiry)s has been taken down and answered.")
    messages.success(request, said % {"enquiry": enquiry})
    return redirect("admin:municipalities_enquiry_add" if "next" in request.POST else home)


def _show(request: HttpRequest, form: NoteForm, status: int = 200) -> HttpResponse:
    found = enquiries.similar(str(form["topic"].value() or "")[:300])
    recent = Enquiry.objects.filter(received_by=person(request)).select_related("organisation").order_by("-pk")[:RECENT]
    return framed(request, "municipalities/enquiry_note.html", _("Note an enquiry"), status=status, form=form, similar=found, recent=recent)


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """The earlier answers that share words with ``?topic=``; a part of the note's page."""
    demand(request, "municipalities.view_enquiry")
    found = enquiries.similar(request.GET.get("topic", "")[:300])
    return render(request, "municipalities/enquiry_similar.html", {"similar": found, "in_form": request.user.has_perm(ADD)})


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """Names that begin as ``?who=`` or ``?asked_of=`` does; options of a list that the browser shows."""
    demand(request, "municipalities.view_enquiry")
    typed = request.GET.get("who") or request.GET.get("asked_of") or ""
    found = [askers.spelt(one) for one in askers.suggestions(typed[:LONGEST])]
    return render(request, "municipalities/enquiry_organisations.html", {"names": found})


ADD = "municipalities.add_enquiry"
