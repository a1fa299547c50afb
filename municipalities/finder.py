"""Three questions that lead to the right kind of request, for whoever does not know the Ministry's programmes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.kinds import KINDS
from municipalities.questions import Kind

MOST = 3  # kinds that are proposed
FALLBACK = "free_consultation"
UNSURE = "unsure"

AIM: tuple[tuple[str, Promise], ...] = (
    ("diplomats", gettext_lazy("show our region to diplomats in Japan")),
    ("abroad", gettext_lazy("show our region or our products abroad")),
    ("tie", gettext_lazy("deepen or find a tie with a foreign city")),
    ("business", gettext_lazy("help a local company abroad")),
    ("people", gettext_lazy("exchange staff with the Ministry")),
    ("learn", gettext_lazy("learn about foreign policy, meet embassies and other local governments")),
    (UNSURE, gettext_lazy("something else, or not sure")),
)
PLACE: tuple[tuple[str, Promise], ...] = (
    ("tokyo", gettext_lazy("in Tokyo")),
    ("region", gettext_lazy("in our region")),
    ("abroad", gettext_lazy("abroad")),
    (UNSURE, gettext_lazy("not decided")),
)
SHARE: tuple[tuple[str, Promise], ...] = (
    ("chief", gettext_lazy("the governor or mayor as host")),
    ("presentation", gettext_lazy("a presentation")),
    ("places", gettext_lazy("places and people to visit")),
    ("products", gettext_lazy("products, food, performers")),
    ("drinks", gettext_lazy("sake, wine or other drinks")),
    ("venue", gettext_lazy("a plan of our own that needs a venue")),
    ("company", gettext_lazy("a company and our experience")),
    ("employee", gettext_lazy("an employee whom we send")),
    ("post", gettext_lazy("a post for somebody from the Ministry")),
    ("topic", gettext_lazy("a topic or a question")),
    (UNSURE, gettext_lazy("not decided")),
)


@dataclass(frozen=True)
class _Fit:
    aim: frozenset[str]
    place: frozenset[str]
    share: frozenset[str]


def _fit(aim: str, place: str, share: str) -> _Fit:
    return _Fit(frozenset(aim.split()), frozenset(place.split()), frozenset(share.split()))


_FITS: dict[str, _Fit] = {
    "cohost_reception": _fit("diplomats", "tokyo", "chief products"),
    "regional_promotion_seminar": _fit("diplomats", "tokyo", "presentation products"),
    "diplomats_study_tour": _fit("diplomats", "region", "places chief"),
    "local_partnership_forum": _fit("learn", "tokyo", "topic presentation"),
    "overseas_pr_project": _fit("abroad", "abroad", "products presentation"),
    "mission_facility": _fit("abroad", "abroad", "venue chief products"),
    "local_drinks": _fit("abroad diplomats", "abroad", "drinks"),
    "sister_city_support": _fit("tie", "region abroad", "topic places chief"),
    "oda_business": _fit("business", "abroad region", "company"),
    "send_employee": _fit("people", "tokyo abroad", "employee"),
    "receive_official": _fit("people", "region", "post"),
}
_WEIGHTS = {"aim": 4, "share": 3, "place": 2}  # what one wants decides before what one brings, and this before where


@dataclass(frozen=True)
class Found:
    """A kind that fits, and which of the answers it fits."""

    kind: Kind
    why: str

    @property
    def key(self) -> str:
        """Of the kind."""
        return self.kind.key

    @property
    def title(self) -> Promise:
        """Of the kind."""
        return self.kind.title

    @property
    def explanation(self) -> Promise:
        """Of the kind."""
        return self.kind.explanation


class FinderForm(forms.Form):
    """The three questions. “Not sure” is an answer."""

    aim = forms.ChoiceField(label=gettext_lazy("What do you want?"), choices=AIM, widget=forms.RadioSelect)
    share = forms.ChoiceField(label=gettext_lazy("What do you bring?"), choices=SHARE, widget=forms.RadioSelect)
    place = forms.ChoiceField(label=gettext_lazy("Where does it happen?"), choices=PLACE, widget=forms.RadioSelect)

    use_required_attribute = False


def find(*, aim: str = UNSURE, share: str = UNSURE, place: str = UNSURE) -> list[Found]:
    """One to three kinds, the best first. What fits nothing is a matter for a consultation."""
    given = {"aim": aim, "share": share, "place": place}
    fitting = {key: _fitting(fit, given) for key, fit in _FITS.items()}
    scores = {key: sum(_WEIGHTS[name] for name in names) for key, names in fitting.items()}
    best = max(scores.values())
    if best < _WEIGHTS["share"]:  # the place alone says nothing
        return [_found(FALLBACK, ())]
    order = {key: place for place, key in enumerate(KINDS)}
    near = sorted((key for key in scores if scores[key] >= best - 1), key=lambda key: (-scores[key], order[key]))[:MOST]
    found = [_found(key, [(name, given[name]) for name in fitting[key]]) for key in near]
    is_whole = best == sum(_WEIGHTS[name] for name, value in given.items() if value != UNSURE)
    return found if is_whole or len(found) == MOST else [*found, _found(FALLBACK, ())]


def _fitting(fit: _Fit, given: dict[str, str]) -> list[str]:
    """The questions whose answer fits."""
    return [name for name, value in given.items() if value in getattr(fit, name)]


def _found(key: str, reasons: Iterable[tuple[str, str]]) -> Found:
    words = {"aim": dict(AIM), "share": dict(SHARE), "place": dict(PLACE)}
    said = [str(words[name][value]) for name, value in reasons]
    if not said:
        return Found(KINDS[key], _("Tell us what you have in mind; we look for a way together."))
    return Found(KINDS[key], _("Fits: %(reasons)s") % {"reasons": _(", ").join(said)})
