"""Kinds of request about events in Japan."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from municipalities import question_sets as ask
from municipalities import reply_texts
from municipalities.question_sets import required, when
from municipalities.questions import Cost, Document, Kind, Question, Section, Type

AT_HOME = (
    Kind(
        "cohost_reception",
        _("co-hosting a reception at Iikura Guest House"),
        _(
            "The Minister for Foreign Affairs and the governor or mayor invite ambassadors, embassies, foreign business people and media "
            "to the Ministry’s guest house, to a seminar and a reception with the food, the drink and the arts of your region."
        ),
        (
            Section(
                "content",
                _("The reception"),
                (
                    ask.PURPOSE,
                    ask.COUNTRIES,
                    Question("seminar", _("A seminar before the reception"), Type.YES, required=True),
                    when(Question("seminar_note", _("Subject and speakers of the seminar"), Type.TEXT, longest=1000), "seminar", "yes"),
                    required(ask.PRODUCTS),
                    ask.PERFORMERS,
                    Question("booths", _("Booths wished"), Type.NUMBER, most=50),
                ),
            ),
            ask.TIMING,
            Section(
                "chief",
                _("The governor or mayor"),
                (
                    replace(
                        required(
                            ask.CHIEF_ATTENDS, text=_("The Minister and the governor or mayor are hosts together; nobody can stand in.")
                        ),
                        choices=ask.CHIEF_ATTENDS.choices[:2],
                    ),
                    required(ask.CHIEF_PART),
                    ask.CHIEF_NOTE,
                ),
            ),
            ask.ON_THE_SPOT,
            ask.TIES,
            ask.MONEY,
            ask.CONTACT,
        ),
        costs=(
            Cost(_("Venue, invitations, reception desk"), ask.MINISTRY),
            Cost(_("Interpreter of the Minister"), ask.MINISTRY),
            ask.SHOWN,
            ask.OWN_STAFF,
        ),
        documents=(ask.OUTLINE, ask.PLAN, ask.PICTURES),
        decides=_("Minister for Foreign Affairs, on the proposal of the division"),
        target_days=40,
        needs_call=True,
        accepted=reply_texts.COHOST_RECEPTION[0],
        declined=reply_texts.COHOST_RECEPTION[1],
    ),
    Kind(
        "regional_promotion_seminar",
        _("regional promotion seminar"),
        _("Several local governments present their region to the diplomatic corps in Tokyo, in turn, and meet the guests at booths."),
        (
            Section(
                "content",
                _("The presentation"),
                (
                    Question("theme", _("Theme of the presentation"), Type.LINE, required=True, longest=150),
                    ask.PURPOSE,
                    ask.asking(ask.PROGRAMME, label=_("Content of the presentation")),
                    Question("speaker", _("Who presents, and in which language"), Type.LINE, longest=200),
                    Question("interpreter", _("You bring an interpreter"), Type.YES),
                    ask.COUNTRIES,
                    ask.PRODUCTS,
                    ask.PERFORMERS,
                ),
            ),
            ask.TIMING,
            ask.CHIEF,
            ask.ON_THE_SPOT,
            ask.TIES,
            ask.MONEY,
            ask.CONTACT,
        ),
        costs=(
            Cost(_("Venue, invitations, reception desk"), ask.MINISTRY),
            ask.SHOWN,
            Cost(_("Interpreter of the presentation"), ask.YOURS),
            ask.OWN_STAFF,
        ),
        documents=(ask.OUTLINE, ask.PICTURES),
        decides=ask.DIVISION,
        target_days=30,
        needs_call=True,
        accepted=reply_texts.SEMINAR[0],
        declined=reply_texts.SEMINAR[1],
    ),
    Kind(
        "diplomats_study_tour",
        _("diplomats’ study tour"),
        _("Diplomats posted in Tokyo travel to your region for one to three days: places, companies, people, and a talk with the chief."),
        (
            Section(
                "content",
                _("The tour"),
                (
                    ask.PURPOSE,
                    Question("places", _("Places to visit"), Type.TEXT, help=_("In the order of the tour, one a line."), required=True),
                    ask.SIGHTS,
                    ask.PRODUCTS,
                    ask.PERFORMERS,
                    Question(
                        "exchange",
                        _("Exchange with people of the region"),
                        Type.CHOICES,
                        choices=(
                            ("companies", _("companies")),
                            ("students", _("schools and students")),
                            ("residents", _("residents and associations")),
                            ("foreigners", _("foreign residents")),
                        ),
                    ),
                    ask.COUNTRIES,
                ),
            ),
            Section(
                "route",
                _("Days, transport and meals"),
                (
                    ask.MONTHS,
                    ask.AVOID,
                    Question(
                        "days",
                        _("Number of days"),
                        Type.CHOICE,
                        required=True,
                        choices=(("one", _("one day")), ("two", _("two days")), ("three", _("three days"))),
                    ),
                    when(Question("lodging", _("Lodging"), Type.LINE, required=True, longest=200), "days", "two", "three"),
                    Question("guests", _("Guests you can receive"), Type.NUMBER, required=True, most=200),
                    Question("transport", _("Way to the region and within it"), Type.TEXT, longest=1000),
                    Question("meals", _("Meals, and what diets can be served"), Type.TEXT, longest=1000),
                    Question(
                        "rain_plan",
                        _("If the weather is bad"),
                        Type.TEXT,
                        help=_("Other places, and how long the way takes."),
                        longest=1000,
                    ),
                    Question("barriers", _("Steps and long ways on foot"), Type.LINE, longest=200),
                ),
            ),
            ask.CHIEF,
            Section("needs", _("On the spot"), (ask.asking(ask.PEOPLE, text=_("Those who travel along, about.")), ask.SAFETY)),
            ask.TIES,
            ask.MONEY,
            ask.CONTACT,
        ),
        costs=(
            Cost(_("Invitation of the diplomats, staff of the Ministry"), ask.MINISTRY),
            Cost(_("Bus, lodging and meals in the region"), ask.YOURS),
            Cost(_("One lunch of the Ministry"), ask.MINISTRY),
            ask.OWN_STAFF,
        ),
        documents=(Document("itinerary", _("Draft of the itinerary"), help=_("Places with times. May follow later.")), ask.PICTURES),
        decides=ask.DIVISION,
        needs_call=True,
        accepted=reply_texts.STUDY_TOUR[0],
        declined=reply_texts.STUDY_TOUR[1],
    ),
    Kind(
        "local_partnership_forum",
        _("local partnership cooperation forum"),
        _("Once a year: a briefing on foreign policy, sections on practical questions, an exchange with embassies. Take part, or propose."),
        (
            Section(
                "content",
                _("Your part in the forum"),
                (
                    Question(
                        "part",
                        _("What you wish"),
                        Type.CHOICES,
                        required=True,
                        choices=(
                            ("attend", _("take part")),
                            ("topic", _("propose a topic")),
                            ("speak", _("report on a project of our own")),
                            ("exchange", _("meet embassies at the exchange")),
                        ),
                    ),
                    when(
                        Question("people", _("Number of participants"), Type.NUMBER, required=True, most=100), "part", "attend", "exchange"
                    ),
                    when(Question("topic", _("Topic proposed"), Type.LINE, required=True, longest=150), "part", "topic"),
                    when(Question("topic_why", _("Why this topic"), Type.TEXT, longest=1000), "part", "topic"),
                    when(Question("speech", _("What the report is about, and who gives it"), Type.TEXT, required=True), "part", "speak"),
                    when(ask.COUNTRIES, "part", "exchange"),
                    Question("questions", _("What you would like to hear about"), Type.TEXT, longest=1000),
                ),
            ),
            ask.CONTACT,
        ),
        costs=(Cost(_("Taking part"), ask.FREE), ask.OWN_STAFF),
        documents=(ask.OUTLINE,),
        decides=ask.DIVISION,
        target_days=10,
        needs_approval=ask.NO_APPROVAL,
        accepted=reply_texts.FORUM[0],
        declined=reply_texts.FORUM[1],
    ),
)
