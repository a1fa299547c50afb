"""The form of a request, made from its kind, and the answers as people read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import EllipsisType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.utils import ErrorList
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import answers, parties
from municipalities.answers import RAW
from municipalities.models import Attraction, LocalGovernment, MunicipalRequest
from municipalities.question_fields import field_for
from municipalities.question_widgets import said as month_said
from municipalities.questions import Kind, Question, Section, Type
from partnership.fields import TextField
from partnership.models import Organisation

TITLE = "title"
LONGEST_TITLE = 150
# what is typed is kept even where it cannot be read; what is chosen from a list cannot be misread
_TYPED = frozenset({Type.LINE, Type.TEXT, Type.PHONE, Type.EMAIL, Type.NUMBER, Type.YEN, Type.DATE, Type.MONTHS})


class Asked(forms.BoundField):
    """A field on the page: it knows which answer opens it, and what keeps a draft's answer from being read."""

    form: "AnswersForm"

    @property
    def errors(self) -> ErrorList:
        """Of the form; of a draft that was kept all the same, what will have to be corrected."""
        return self.form.errors.get(self.name) or self.form.unread.get(self.name) or ErrorList(renderer=self.form.renderer)

    def css_classes(self, extra_classes: Any = None) -> str:
        """``opened-2`` hides it until an option with ``data-opens="2"`` is chosen (app.css)."""
        own = self.form.opened.get(self.name)
        return " ".join(filter(None, [super().css_classes(extra_classes), f"opened-{own}" if own else ""]))


class AnswersForm(forms.Form):
    """The questions of a kind. A lenient form keeps a draft: nothing is required, and what cannot be read is kept as typed."""

    bound_field_class = Asked
    use_required_attribute = False

    title = TextField(
        label=gettext_lazy("Subject"),
        max_length=LONGEST_TITLE,
        help_text=gettext_lazy("A few words that name it in every list."),
    )

    def __init__(
        self,
        kind: Kind,
        request: MunicipalRequest | None = None,
        data: Any = None,
        files: Any = None,
        *,
        body: LocalGovernment | EllipsisType | None = ...,
        joined: Sequence[LocalGovernment] = (),
        lenient: bool = False,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Make the fields.

        Args:
            kind: whose questions are asked.
            request: whose answers the form begins with.
            data: what was sent.
            files: not looked at; documents have a form of their own.
            body: whose attractions are offered beside those of ``joined``; by default the applicant's. None offers no others than
                those that the request names already.
            joined: further bodies whose attractions are offered; by default those of the request.
            lenient: for drafts.
            initial: answers to begin with where the request has none.
            **kwargs: as for any form.
        """
        self.kind, self.lenient = kind, lenient
        self.unread: dict[str, ErrorList] = {}
        super().__init__(data, files, initial={**(initial or {}), **initial_of(kind, request)}, label_suffix="", **kwargs)
        own = (request.applicant if request else None) if isinstance(body, EllipsisType) else body
        offered = _offered(request, own, joined)
        for question in kind.questions:
            self.fields[question.key] = field_for(question, offered, only=None if joined or _is_joint(request) else own)
        self.opened = self._number_the_openings()
        if not self.is_bound:
            self._say_what_is_unread(request)

    def _number_the_openings(self) -> dict[str, int]:
        """Which fields are opened by which number; the options that open them are marked with it."""
        numbers: dict[Any, int] = {}
        opened: dict[str, int] = {}
        for question in self.kind.questions:
            if question.when is None:
                continue
            number = numbers.setdefault(question.when, len(numbers) + 1)
            opened[question.key] = number
        for condition, number in numbers.items():
            widget = self.fields[condition.question].widget
            marks = dict(getattr(widget, "opens", {}))
            for value in condition.values:
                marks[value] = f"{marks.get(value, '')} {number}".strip()
            widget.opens = marks
        return opened

    def _say_what_is_unread(self, request: MunicipalRequest | None) -> None:
        for key, text in _raw(request.answers if request else {}).items():
            if key in self.fields:
                self.unread[key] = self._faults(key, text)

    def _faults(self, key: str, text: Any) -> ErrorList:
        try:
            self.fields[key].clean(text)
        except ValidationError as fault:
            return self.error_class(fault.messages, renderer=self.renderer)
        return self.error_class([_("Please look at this again.")], renderer=self.renderer)

    # ── reading ──────────────────────────────────────────────────────────────

    def clean(self) -> dict[str, Any]:
        """Leave out what is not asked; in a draft, keep what cannot be read for later."""
        given = super().clean() or self.cleaned_data
        for question in self.kind.questions:
            if not answers.is_asked(question, given):
                self.errors.pop(question.key, None)
                given.pop(question.key, None)
        if self.lenient:
            self._forgive()
        return given

    def _forgive(self) -> None:
        """Nothing is required of a draft, and nothing typed is lost; only what is too long to keep stays an error."""
        for key in list(self.errors):
            if key not in self.fields:
                continue
            text = self._typed(key)
            if len(text) > answers.LONGEST_RAW:
                self.errors[key] = self._too_long(key, text)
                continue
            fault = self.errors.pop(key)
            if text:
                self.unread[key] = fault
            if self._question_type(key) == Type.ATTRACTIONS:
                self.cleaned_data[key] = self._still_there(key)

    def _too_long(self, key: str, text: str) -> ErrorList:
        most = next((one.limit_value for one in self.fields[key].validators if isinstance(one, MaxLengthValidator)), answers.LONGEST_RAW)
        words = _("This text has %(count)s characters; at most %(most)s can be taken. Send long texts as files.")
        return self.error_class([words % {"count": f"{len(text):,}", "most": f"{most:,}"}], renderer=self.renderer)

    def _question_type(self, key: str) -> Type:
        question = self.kind.question(key)
        return question.type if question else Type.LINE

    def _typed(self, key: str) -> str:
        """What stands in a box that people type into, as one text that can be stored."""
        if self._question_type(key) not in _TYPED:
            return ""
        value = self[key].data
        parts = value if isinstance(value, list | tuple) else [value]
        return "、".join(month_said(str(one), "ja") for one in parts if one).replace("\0", "").encode("utf-8", "ignore").decode()

    def _still_there(self, key: str) -> list[Attraction]:
        """Those chosen that may be chosen; one that was taken off the list meanwhile does not keep the others from being saved."""
        chosen = {str(one) for one in self[key].data or ()}
        return [one for one in self.fields[key].queryset if str(one.pk) in chosen]  # type: ignore[attr-defined]

    # ── handing on ───────────────────────────────────────────────────────────

    def values(self) -> dict[str, Any]:
        """What the verbs take: ``title answers attractions mission``."""
        given: dict[str, Any] = {}
        rows: list[Attraction] = []
        mission: Organisation | None = None
        for question in self.kind.questions:
            value = self.cleaned_data.get(question.key)
            if question.type == Type.ATTRACTIONS:
                rows += value or []
            elif question.type == Type.MISSION:
                mission = value
            elif not answers.is_empty(value):
                given[question.key] = value
        if raw := {key: self._typed(key) for key in self.unread if key in self.fields}:
            given[RAW] = raw
        return {TITLE: self.cleaned_data.get(TITLE) or "", "answers": given, "attractions": rows, "mission": mission}

    def sections(self) -> Iterator[tuple[Section, list[forms.BoundField]]]:
        """The sections in order, each with its fields."""
        for section in self.kind.sections:
            yield section, [self[question.key] for question in section.questions]


def _raw(given: Mapping[str, Any]) -> dict[str, Any]:
    raw = given.get(RAW)
    return raw if isinstance(raw, dict) else {}


def initial_of(kind: Kind, request: MunicipalRequest | None) -> dict[str, Any]:
    """What a request's form begins with."""
    if request is None:
        return {}
    chosen = list(request.attractions.all()) if request.pk else []
    rows: dict[str, Any] = {TITLE: request.title}
    for question in kind.questions:
        if question.type == Type.ATTRACTIONS:
            rows[question.key] = [one.pk for one in fitting(question, chosen)]
        elif question.type == Type.MISSION:
            rows[question.key] = request.mission_id
        elif question.key in request.answers:
            rows[question.key] = request.answers[question.key]
    return rows | _raw(request.answers)


def fitting(question: Question, chosen: Iterable[Attraction]) -> list[Attraction]:
    """Of what was chosen, the kinds that this question asks for."""
    return [one for one in chosen if not question.attractions or one.kind in question.attractions]


def _is_joint(request: MunicipalRequest | None) -> bool:
    return bool(request and request.pk and request.parties.count() > 1)


def _offered(request: MunicipalRequest | None, body: LocalGovernment | None, joined: Sequence[LocalGovernment]) -> list[Attraction]:
    """The attractions to choose from: those shown today of these bodies, and those that the request names already."""
    bodies = [one for one in (body, *joined) if one is not None]
    if body is not None and request is not None and request.pk and not joined:
        bodies += parties.joined_of(request)
    found = Attraction.objects.filter(local_government__in=bodies).current()
    if request is not None and request.pk:
        found = (found | Attraction.objects.filter(pk__in=request.attractions.values("pk"))).distinct()
    return list(found.select_related("local_government__organisation").order_by("local_government__code", "kind", "kana", "name_ja"))


# ── as people read it ────────────────────────────────────────────────────────


def shown(request: MunicipalRequest, *, blank: bool = False) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """The answers section by section in the active language: for pages, prints, mails and papers.

    Args:
        request: with its attractions and mission, best prefetched.
        blank: shows what was asked and not answered, too, as a printed form does.
    """
    kind = request.kind_facts
    chosen = list(request.attractions.all())
    found = []
    for section in kind.sections:
        lines = [
            (str(question.label), said)
            for question in section.questions
            if answers.is_asked(question, request.answers)
            and (said := _said(question, request, chosen) or ([_("(not filled in)")] if blank else []))
        ]
        if lines:
            found.append((str(section.title), lines))
    return found


def _said(question: Question, request: MunicipalRequest, chosen: list[Attraction]) -> list[str]:
    if question.type == Type.ATTRACTIONS:
        return [described(one) for one in fitting(question, chosen)]
    if question.type == Type.MISSION:
        return [str(request.mission)] if request.mission else []
    if text := _raw(request.answers).get(question.key):
        return [*str(text).splitlines(), _("(cannot be read: to be corrected)")]
    return answers.words(question, request.answers.get(question.key))


def described(attraction: Attraction) -> str:
    """An attraction with what a reader wants to know beside its name: もみじ饅頭（食品、原産地：広島県廿日市市）."""
    parts = [str(attraction.get_kind_display())]
    for name in ("origin", "allergens"):
        if value := getattr(attraction, name):
            label = str(Attraction._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            parts.append(f"{label}{_(': ')}{value}")
    if attraction.people:
        parts.append(_("%(n)s people") % {"n": attraction.people})
    if attraction.minutes:
        parts.append(_("%(n)s minutes") % {"n": attraction.minutes})
    return _("%(name)s (%(parts)s)") % {"name": attraction, "parts": _(", ").join(parts)}
