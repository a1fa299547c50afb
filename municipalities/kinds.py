"""Kinds of request, as data: adding a kind of known questions touches this file only.

Questions that kinds share stand in question_sets.py, the letters that answer in reply_texts.py; the longer declarations have
files of their own.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from municipalities import question_sets as ask
from municipalities import reply_texts
from municipalities.kinds_abroad import ABROAD
from municipalities.kinds_at_home import AT_HOME
from municipalities.kinds_of_exchange import EXCHANGE
from municipalities.questions import Cost, Kind, Question, Section, Type

_CONSULTATION = Kind(
    "free_consultation",
    _("consultation"),
    _("Anything else, or not sure which: tell us what you have in mind, and we look for a way together."),
    (
        Section(
            "content",
            _("What you wish"),
            (
                ask.asking(ask.PURPOSE, label=_("What it is about"), text=_("As you would say it on the telephone.")),
                ask.asking(ask.COUNTRIES, label=_("Countries concerned"), text=""),
                Question("answer_wished", _("Answer wished by"), Type.DATE),
                Question(
                    "way",
                    _("How we best talk about it"),
                    Type.CHOICES,
                    choices=(
                        ("portal", _("here, in writing")),
                        ("phone", _("by telephone")),
                        ("online", _("online meeting")),
                        ("visit", _("visit")),
                    ),
                ),
            ),
        ),
        ask.CONTACT_IF_OTHER,
    ),
    costs=(Cost(_("Consultation"), ask.FREE),),
    decides=_("the officer in charge"),
    needs_approval=ask.NO_APPROVAL,
    target_days=5,
    accepted=reply_texts.CONSULTATION[0],
    declined=reply_texts.CONSULTATION[1],
)

# in the order in which they are offered
KINDS: dict[str, Kind] = {kind.key: kind for kind in (*AT_HOME, *ABROAD, *EXCHANGE, _CONSULTATION)}


def kind_choices() -> list[tuple[str, Promise]]:
    """The kinds to choose from; a function, so that a new kind needs no migration."""
    return [(kind.key, kind.title) for kind in KINDS.values()]


def kind_of(key: str) -> Kind:
    """The declaration of a kind.

    Raises:
        KeyError: for a kind that is not declared here.
    """
    return KINDS[key]
