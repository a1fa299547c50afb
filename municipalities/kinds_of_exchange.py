"""Kinds of request about ties, business and staff."""

from django.utils.translation import gettext_lazy as _

from municipalities import question_sets as ask
from municipalities import reply_texts
from municipalities.question_sets import required, when
from municipalities.questions import Cost, Document, Kind, Question, Section, Type

_YEARS = (("one", _("one year")), ("two", _("two years")), ("three", _("three years")), ("four", _("four years")))

EXCHANGE = (
    Kind(
        "sister_city_support",
        _("support for sister-city exchange"),
        _("A diplomat visits your sister city, a head of mission comes to your city for a lecture, or we help to find a partner abroad."),
        (
            Section(
                "content",
                _("The support"),
                (
                    Question(
                        "support",
                        _("Support wished"),
                        Type.CHOICES,
                        required=True,
                        choices=(
                            ("visit", _("visit of our diplomats to the sister city")),
                            ("lecture", _("lecture or dialogue with a head of mission")),
                            ("partner", _("a partner is wanted")),
                            ("anniversary", _("support for an anniversary")),
                        ),
                    ),
                    when(
                        Question("sister", _("Sister city concerned"), Type.LINE, help=_("City and country."), required=True, longest=150),
                        "support",
                        "visit",
                        "anniversary",
                    ),
                    when(Question("visit_subject", _("What the visit shall bring up"), Type.TEXT, longest=1000), "support", "visit"),
                    when(
                        Question("lecture_subject", _("Subject of the lecture"), Type.LINE, required=True, longest=150),
                        "support",
                        "lecture",
                    ),
                    when(Question("lecture_audience", _("Listeners: who, how many"), Type.LINE, longest=150), "support", "lecture"),
                    when(
                        Question("partner_wish", _("What partner you look for"), Type.TEXT, required=True, longest=1000),
                        "support",
                        "partner",
                    ),
                    when(
                        Question(
                            "partner_fields",
                            _("Fields of the exchange"),
                            Type.CHOICES,
                            choices=(
                                ("economy", _("economy and tourism")),
                                ("culture", _("culture and sport")),
                                ("education", _("education and young people")),
                                ("environment", _("environment and disaster prevention")),
                                ("administration", _("administration")),
                            ),
                        ),
                        "support",
                        "partner",
                    ),
                    ask.asking(ask.COUNTRIES, label=_("Countries concerned"), text=_("Those that matter most, or any.")),
                    ask.MISSION,
                    ask.PURPOSE,
                ),
            ),
            ask.TIMING,
            ask.TIES,
            ask.CONTACT,
        ),
        costs=(
            Cost(_("Visit of our diplomats to the sister city"), ask.MINISTRY),
            Cost(_("Travel of a head of mission to your city"), ask.TOGETHER),
            Cost(_("Venue and staff in your city"), ask.YOURS),
        ),
        documents=(ask.OUTLINE, Document("agreement", _("Agreement of the tie"), help=_("If there is one already."))),
        decides=ask.DIVISION,
        target_days=15,
        accepted=reply_texts.SISTER_CITY[0],
        declined=reply_texts.SISTER_CITY[1],
    ),
    Kind(
        "oda_business",
        _("overseas business of a local company with ODA"),
        _("A company of your region and your own experience (water, waste, transport, environment) meet a need abroad, with ODA."),
        (
            Section(
                "content",
                _("The business"),
                (
                    Question(
                        "company", _("Company"), Type.LINE, help=_("Name and place. Several: one request each."), required=True, longest=150
                    ),
                    Question("company_agrees", _("The company agrees to this request"), Type.YES, required=True),
                    Question("technology", _("Product or technology"), Type.TEXT, required=True),
                    Question(
                        "field",
                        _("Field of technology"),
                        Type.CHOICE,
                        required=True,
                        choices=(
                            ("water", _("water and sewage")),
                            ("waste", _("waste")),
                            ("transport", _("urban transport")),
                            ("pollution", _("anti-pollution and energy")),
                            ("disaster", _("disaster prevention")),
                            ("agriculture", _("agriculture and fisheries")),
                            ("health", _("health and welfare")),
                            ("other", _("other")),
                        ),
                    ),
                    required(ask.COUNTRIES),
                    Question("demand", _("Need in the country, as far as known"), Type.TEXT),
                    Question("role", _("What your local government does"), Type.TEXT, required=True),
                    Question(
                        "stage",
                        _("Stage of the business"),
                        Type.CHOICE,
                        required=True,
                        choices=(
                            ("idea", _("an idea")),
                            ("survey", _("survey")),
                            ("pilot", _("trial")),
                            ("business", _("business abroad has begun")),
                        ),
                    ),
                    Question(
                        "schemes",
                        _("Schemes used or in mind"),
                        Type.LINE,
                        help=_("Such as those of JICA; “not known” will do."),
                        longest=200,
                    ),
                    ask.MISSION,
                    ask.PURPOSE,
                ),
            ),
            ask.MONEY,
            ask.CONTACT,
        ),
        costs=(
            Cost(_("Consultation"), ask.FREE),
            Cost(_("Surveys, trials and projects"), _("by the rules of each scheme")),
        ),
        documents=(ask.OUTLINE, Document("company", _("Papers of the company"))),
        decides=_("Director of the Local Partnership Cooperation Division, with the bureau in charge"),
        needs_approval=ask.NO_APPROVAL,
        accepted=reply_texts.ODA_BUSINESS[0],
        declined=reply_texts.ODA_BUSINESS[1],
    ),
    Kind(
        "send_employee",
        _("sending an employee to the Ministry"),
        _("An employee of yours works at the Ministry, usually two years in Tokyo and two at a mission, and brings the experience home."),
        (
            Section(
                "content",
                _("The employee"),
                (
                    ask.PURPOSE,
                    Question("starts", _("Beginning"), Type.DATE, help=_("Usually 1 April, such as 2028-04-01 or R10.4.1."), required=True),
                    Question(
                        "term",
                        _("Length"),
                        Type.CHOICE,
                        required=True,
                        choices=(
                            ("four", _("two years in Tokyo and two years at a mission")),
                            ("two", _("two years in Tokyo")),
                            ("other", _("other")),
                        ),
                    ),
                    when(Question("term_note", _("Which length"), Type.LINE, required=True, longest=100), "term", "other"),
                    Question("number", _("Number of employees"), Type.NUMBER, required=True, most=10),
                    Question(
                        "candidate",
                        _("Candidate"),
                        Type.CHOICE,
                        help=_("Do not write a name here; the Personnel Division asks for it later."),
                        choices=(("found", _("already found")), ("looking", _("being chosen")), ("later", _("not yet"))),
                    ),
                    Question("language", _("Languages and level"), Type.LINE, longest=150),
                    Question("fields", _("Work wished at the Ministry"), Type.TEXT, longest=1000),
                    Question("afterwards", _("Work after the return"), Type.TEXT, longest=1000),
                ),
            ),
            ask.CONTACT_ONLY,
        ),
        costs=(
            Cost(_("Salary in Tokyo"), _("usually the sending local government")),
            Cost(_("Salary and allowances at a mission"), ask.MINISTRY),
            Cost(_("Housing in Tokyo"), ask.TOGETHER),
        ),
        decides=_("Personnel Division, on the proposal of the division"),
        target_days=30,
        may_be_joint=False,
        accepted=reply_texts.SEND_EMPLOYEE[0],
        declined=reply_texts.SEND_EMPLOYEE[1],
    ),
    Kind(
        "receive_official",
        _("receiving an official of the Ministry"),
        _("An official of the Ministry works for your local government, as an assistant of the mayor or head of international affairs."),
        (
            Section(
                "content",
                _("The post"),
                (
                    Question(
                        "post", _("Title of the post"), Type.LINE, help=_("As it would stand on the card."), required=True, longest=100
                    ),
                    Question(
                        "level",
                        _("Level of the post"),
                        Type.CHOICE,
                        required=True,
                        choices=(
                            ("deputy", _("deputy mayor or deputy governor")),
                            ("director_general", _("head of a department")),
                            ("director", _("head of a division")),
                            ("adviser", _("adviser")),
                            ("other", _("other")),
                        ),
                    ),
                    Question("duties", _("Duties"), Type.TEXT, required=True),
                    Question("qualities", _("Experience and languages wished"), Type.TEXT, longest=1000),
                    Question("starts", _("Beginning"), Type.DATE, help=_("Usually 1 April, such as 2028-04-01 or R10.4.1."), required=True),
                    Question("term", _("Length"), Type.CHOICE, required=True, choices=_YEARS),
                    Question("conditions", _("Salary and status"), Type.TEXT, longest=1000),
                    Question("living", _("Housing and family"), Type.TEXT, longest=1000),
                    ask.PURPOSE,
                ),
            ),
            ask.CONTACT_ONLY,
        ),
        costs=(
            Cost(_("Salary and allowances during the posting"), _("usually the receiving local government")),
            Cost(_("Housing and removal"), ask.TOGETHER),
        ),
        documents=(Document("rules", _("Rules on posts and salaries")),),
        decides=_("Personnel Division, on the proposal of the division"),
        target_days=40,
        may_be_joint=False,
        accepted=reply_texts.RECEIVE_OFFICIAL[0],
        declined=reply_texts.RECEIVE_OFFICIAL[1],
    ),
)
