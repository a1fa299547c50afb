"""Questions, costs and papers that several kinds of request share: worded once. Kinds put them together (municipalities/kinds.py)."""

from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from municipalities.questions import Condition, Cost, Document, Question, Section, Type

GOODS = ("product", "food", "drink", "craft")  # kinds of Attraction
ARTISTS = ("performing_art", "mascot")


def required(question: Question, *, label: Promise | None = None, text: Promise | str | None = None) -> Question:
    """The question, to be answered; with other words where they are given."""
    return replace(question, required=True, label=label or question.label, help=question.help if text is None else text)


def asking(question: Question, *, label: Promise | None = None, text: Promise | str | None = None) -> Question:
    """The question in other words."""
    return replace(question, label=label or question.label, help=question.help if text is None else text)


def when(question: Question, key: str, *values: str) -> Question:
    """The question, asked only when the one called ``key`` was answered with one of these."""
    return replace(question, when=Condition(key, values))


# ── what ─────────────────────────────────────────────────────────────────────

PURPOSE = Question(
    "purpose",
    _("Purpose and expected results"),
    Type.TEXT,
    help=_("What shall be different afterwards? Two or three sentences are enough."),
    required=True,
)
PROGRAMME = Question("programme", _("Programme planned"), Type.TEXT, help=_("In the order in which it happens, as far as it is known."))
COUNTRIES = Question("countries", _("Countries and regions to reach"), Type.COUNTRIES, help=_("Those that matter most, or any."))
PRODUCTS = Question(
    "products",
    _("Products, food and drink"),
    Type.ATTRACTIONS,
    help=_("Chosen from the attractions of your local government; the page of your local government takes new ones."),
    attractions=GOODS,
)
PERFORMERS = Question(
    "performers",
    _("Performing arts and mascots"),
    Type.ATTRACTIONS,
    help=_("Chosen from the attractions of your local government; the page of your local government takes new ones."),
    attractions=ARTISTS,
)
SIGHTS = Question(
    "sights",
    _("Sights"),
    Type.ATTRACTIONS,
    help=_("Chosen from the attractions of your local government; the page of your local government takes new ones."),
    attractions=("sight",),
)
MISSION = Question("mission", _("Mission abroad"), Type.MISSION, help=_("The embassy, consulate-general or permanent mission concerned."))
PEOPLE = Question(
    "people", _("People from your side"), Type.NUMBER, help=_("Staff, exhibitors and performers together, about."), most=10_000
)

# ── when ─────────────────────────────────────────────────────────────────────

MONTHS = Question(
    "months", _("Months wished"), Type.MONTHS, help=_("Several if possible. An order of wishes can be written in the box."), required=True
)
AVOID = Question(
    "avoid", _("Days to avoid"), Type.TEXT, help=_("Such as sessions of the assembly, elections, festivals and other events."), longest=500
)
TIMING = Section("timing", _("Months and days"), (MONTHS, AVOID))

# ── the governor or mayor ────────────────────────────────────────────────────

CHIEF_ATTENDS = Question(
    "chief_attends",
    _("Attendance of the governor or mayor"),
    Type.CHOICE,
    choices=(
        ("in_person", _("in person")),
        ("arranging", _("being arranged")),
        ("deputy", _("a deputy")),
        ("none", _("not planned")),
    ),
)
CHIEF_PART = Question(
    "chief_part",
    _("What the governor or mayor does in person"),
    Type.CHOICES,
    choices=(
        ("welcome", _("words of welcome")),
        ("presentation", _("presentation of the region")),
        ("guide", _("guiding the guests")),
        ("meal", _("hosting a meal")),
        ("talks", _("exchange of views with the guests")),
        ("toast", _("toast or opening of a sake cask")),
        ("sales", _("promotion at the booths")),
    ),
)
CHIEF_NOTE = Question("chief_note", _("Remarks on the governor’s or mayor’s part"), Type.LINE, longest=200)
CHIEF = Section(
    "chief", _("The governor or mayor"), (CHIEF_ATTENDS, when(CHIEF_PART, "chief_attends", "in_person", "arranging"), CHIEF_NOTE)
)

# ── what has been done so far ────────────────────────────────────────────────

CONTACTS = Question(
    "contacts",
    _("Contacts with embassies so far"),
    Type.TEXT,
    help=_("Visits, events, exchanges of the last years; with the year, if known."),
)
SISTERS = Question("sisters", _("Sister cities and other ties"), Type.TEXT, help=_("City and country, one a line."))
EARLIER = Question("earlier", _("Earlier projects with the Ministry"), Type.TEXT, help=_("Name and year, one a line."), longest=1000)
TIES = Section("ties", _("International ties so far"), (CONTACTS, SISTERS, EARLIER))

# ── money ────────────────────────────────────────────────────────────────────

COST = Question("cost", _("Expected cost on your side (yen)"), Type.YEN, help=_("A rough amount is enough."))
BUDGET = Question(
    "budget",
    _("State of the budget"),
    Type.CHOICE,
    choices=(
        ("secured", _("secured")),
        ("requested", _("requested")),
        ("planned", _("to be requested")),
        ("undecided", _("not decided")),
        ("not_needed", _("not needed")),
    ),
    required=True,
)
BUDGET_NOTE = Question(
    "budget_note",
    _("Remarks on the budget"),
    Type.LINE,
    help=_("Such as the fiscal year, the name of the budget, subsidies."),
    when=Condition("budget", ("secured", "requested", "planned")),
    longest=200,
)
MONEY = Section("money", _("Cost and budget"), (COST, BUDGET, BUDGET_NOTE))

# ── on the spot ──────────────────────────────────────────────────────────────

NEEDS = Question(
    "needs",
    _("What is needed on the spot"),
    Type.CHOICES,
    help=_("What must be reported to the guards, the fire brigade or the health office is prepared from this."),
    choices=(
        ("kitchen", _("kitchen")),
        ("fire", _("open fire or heat for cooking")),
        ("power", _("much electric power")),
        ("water", _("running water")),
        ("alcohol", _("serving alcohol")),
        ("animals", _("animals")),
        ("swords", _("swords or other blades, also blunt ones")),
        ("sound", _("sound and screens")),
        ("load", _("large loads or vehicles")),
    ),
)
SWORDS = Question(
    "swords_note",
    _("Swords and blades: kind, number, who handles them"),
    Type.TEXT,
    required=True,
    when=Condition("needs", ("swords",)),
    longest=500,
)
ANIMALS = Question(
    "animals_note",
    _("Animals: kind, number, who handles them"),
    Type.TEXT,
    required=True,
    when=Condition("needs", ("animals",)),
    longest=500,
)
NEEDS_NOTE = Question("needs_note", _("Remarks on what is needed"), Type.TEXT, help=_("Such as watts, litres, sizes."), longest=1000)
SAFETY = Question(
    "safety_contact",
    _("Who is responsible for safety"),
    Type.LINE,
    help=_("Name and telephone, reachable on the day. May follow later."),
    longest=200,
)
ON_THE_SPOT = Section("needs", _("On the spot"), (PEOPLE, NEEDS, SWORDS, ANIMALS, NEEDS_NOTE, SAFETY))

# ── publication and contact ──────────────────────────────────────────────────

PUBLISH = Question(
    "publish",
    _("Consent to publication"),
    Type.YES,
    help=_("If accepted, the Ministry may publish the name of the local government, the outline and photographs of the project."),
    required=True,
)
CONTACT_NAME = Question("contact_name", _("Contact person"), Type.LINE, required=True, longest=100)
CONTACT_POST = Question("contact_post", _("Division and post"), Type.LINE, longest=100)
CONTACT_PHONE = Question("contact_phone", _("Telephone for this request"), Type.PHONE, required=True, longest=50)
CONTACT_EMAIL = Question(
    "contact_email",
    _("E-mail for this request"),
    Type.EMAIL,
    help=_("A shared mailbox of the section is best: it outlives a transfer."),
    longest=254,
)
_PERSON = (CONTACT_NAME, CONTACT_POST, CONTACT_PHONE, CONTACT_EMAIL)
CONTACT = Section("contact", _("Contact and publication"), (*_PERSON, PUBLISH))
CONTACT_ONLY = Section("contact", _("Contact"), _PERSON)
CONTACT_IF_OTHER = Section("contact", _("Contact"), tuple(asking(replace(question, required=False)) for question in _PERSON))

# ── who pays, who decides, which papers ──────────────────────────────────────

MINISTRY, YOURS, TOGETHER = _("usually the Ministry"), _("usually your side"), _("settled case by case")
FREE = _("free of charge")
OWN_STAFF = Cost(_("Travel and lodging of your staff"), YOURS)
SHOWN = Cost(_("Food and drink, booths, performers"), YOURS)
DIVISION = _("Director of the Local Partnership Cooperation Division")
OUTLINE = Document("outline", _("Outline of the project"), help=_("One or two pages. May follow later."))
PICTURES = Document("pictures", _("Pictures or leaflets"), help=_("As you would show them to guests."))
PLAN = Document("plan", _("Floor plan or list of what is brought in"), help=_("If there is one already."))
NO_APPROVAL: frozenset[str] = frozenset()  # no answer of the kind goes through 決裁
