"""Kinds of request about projects abroad."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from municipalities import question_sets as ask
from municipalities import reply_texts
from municipalities.question_sets import required, when
from municipalities.questions import Cost, Document, Kind, Question, Section, Type

ABROAD = (
    Kind(
        "overseas_pr_project",
        _("overseas promotion project"),
        _("A booth, a stage or a video at a fair abroad that the Ministry and its mission prepare for several local governments together."),
        (
            Section(
                "content",
                _("Your part in the project"),
                (
                    ask.PURPOSE,
                    required(ask.COUNTRIES),
                    Question("fair", _("City or fair wished"), Type.LINE, longest=150),
                    Question(
                        "parts",
                        _("How you take part"),
                        Type.CHOICES,
                        required=True,
                        choices=(
                            ("booth", _("booth")),
                            ("tasting", _("tasting")),
                            ("stage", _("on the stage")),
                            ("video", _("video for the mission’s channels")),
                        ),
                    ),
                    replace(when(required(ask.PRODUCTS), "parts", "booth", "tasting"), wants=("origin",)),
                    when(
                        Question("import_note", _("Import rules and certificates as far as known"), Type.TEXT), "parts", "booth", "tasting"
                    ),
                    when(required(ask.PERFORMERS), "parts", "stage"),
                    when(Question("stage_minutes", _("Minutes on stage"), Type.NUMBER, most=600), "parts", "stage"),
                    when(Question("video_note", _("Video: content, length, languages"), Type.TEXT, longest=1000), "parts", "video"),
                    ask.PEOPLE,
                    ask.NEEDS_NOTE,
                ),
            ),
            ask.TIMING,
            ask.TIES,
            ask.MONEY,
            ask.CONTACT,
        ),
        costs=(
            Cost(_("Space and common construction"), ask.MINISTRY),
            Cost(_("Shipping and customs of the products"), ask.YOURS),
            Cost(_("Performers, exhibitors and own decoration"), ask.YOURS),
            ask.OWN_STAFF,
        ),
        documents=(
            ask.OUTLINE,
            Document("certificates", _("Certificates of origin or safety"), help=_("If you have them already.")),
            ask.PICTURES,
        ),
        decides=_("Director of the Local Partnership Cooperation Division, with the mission"),
        target_days=30,
        needs_call=True,
        accepted=reply_texts.OVERSEAS_PR[0],
        declined=reply_texts.OVERSEAS_PR[1],
    ),
    Kind(
        "mission_facility",
        _("a mission’s premises for a regional promotion project"),
        _(
            "Your own project abroad in the residence, the hall or the information centre of an embassy or a consulate: "
            "a fair of products, a promotion of tourism, a meeting with importers."
        ),
        (
            Section(
                "content",
                _("The project"),
                (
                    required(ask.MISSION),
                    Question(
                        "facility",
                        _("Premises wished"),
                        Type.CHOICES,
                        choices=(
                            ("residence", _("official residence")),
                            ("hall", _("multi-purpose hall")),
                            ("centre", _("information and culture centre")),
                            ("open", _("not decided")),
                        ),
                        required=True,
                    ),
                    ask.PURPOSE,
                    required(ask.PROGRAMME),
                    Question(
                        "guest_groups", _("Guests wished"), Type.TEXT, help=_("Such as importers, travel agents, media."), required=True
                    ),
                    Question("guest_number", _("Number of guests"), Type.NUMBER, most=5_000),
                    replace(ask.PRODUCTS, wants=("origin",)),
                    ask.PERFORMERS,
                    Question("asked_mission", _("You have spoken with the mission"), Type.YES),
                    when(Question("mission_contact", _("With whom, and what was said"), Type.TEXT, longest=1000), "asked_mission", "yes"),
                ),
            ),
            ask.TIMING,
            ask.CHIEF,
            ask.ON_THE_SPOT,
            ask.MONEY,
            ask.CONTACT,
        ),
        costs=(
            Cost(_("Use of the premises"), _("usually free of charge")),
            Cost(_("Invitation of the guests by the mission"), ask.MINISTRY),
            Cost(_("Food and drink, products, performers, interpreters"), ask.YOURS),
            ask.OWN_STAFF,
        ),
        documents=(ask.OUTLINE, ask.PLAN, ask.PICTURES),
        decides=_("Director of the Local Partnership Cooperation Division, after hearing the mission"),
        target_days=15,
        accepted=reply_texts.MISSION_FACILITY[0],
        declined=reply_texts.MISSION_FACILITY[1],
    ),
    Kind(
        "local_drinks",
        _("local drinks for missions"),
        _("Sake, wine and other drinks of your region are recommended to our missions, which serve them to their guests."),
        (
            Section(
                "content",
                _("The drinks"),
                (
                    Question(
                        "drinks",
                        _("Drinks"),
                        Type.ATTRACTIONS,
                        help=ask.PRODUCTS.help,
                        required=True,
                        attractions=("drink",),
                        wants=("origin",),
                    ),
                    Question("makers", _("Breweries and makers"), Type.TEXT, help=_("Name and place, one a line."), required=True),
                    ask.PURPOSE,
                    ask.COUNTRIES,
                    Question(
                        "occasions",
                        _("Occasions wished"),
                        Type.CHOICES,
                        choices=(
                            ("reception", _("large receptions, such as on the Emperor’s birthday")),
                            ("dinner", _("lunches and dinners of the head of mission")),
                            ("tasting", _("tasting or seminar")),
                        ),
                    ),
                    Question(
                        "export",
                        _("Export so far"),
                        Type.CHOICE,
                        choices=(("yes", _("exported already")), ("soon", _("being prepared")), ("no", _("not yet"))),
                    ),
                    when(Question("export_note", _("Countries and importers"), Type.TEXT, longest=1000), "export", "yes", "soon"),
                    Question("supply", _("Quantity, shelf life, storage, price"), Type.TEXT, longest=1000),
                    Question("samples", _("Samples can be provided"), Type.YES),
                ),
            ),
            ask.CONTACT,
        ),
        costs=(
            Cost(_("Purchase and shipping of what a mission chooses"), ask.MINISTRY),
            Cost(_("Samples and papers about the drinks"), ask.YOURS),
        ),
        documents=(ask.PICTURES,),
        decides=_("Director of the Local Partnership Cooperation Division; each mission chooses"),
        accepted=reply_texts.LOCAL_DRINKS[0],
        declined=reply_texts.LOCAL_DRINKS[1],
    ),
)
