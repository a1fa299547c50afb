"""The form of a request: made from its kind, it reads what Japanese offices type, asks only what applies, and loses nothing."""

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.utils import timezone

from municipalities import answers, drafts, months, request_forms
from municipalities.kinds import KINDS, kind_of
from municipalities.models import LocalGovernment, MunicipalRequest
from municipalities.question_fields import amount
from municipalities.request_forms import AnswersForm
from tests import factories

pytestmark = pytest.mark.django_db
TOUR = kind_of("diplomats_study_tour")


def sent(**values: Any) -> QueryDict:
    """A form as a browser sends it."""
    data = QueryDict(mutable=True)
    for key, value in values.items():
        data.setlist(key, value if isinstance(value, list) else [value])
    return data


def tour(**values: Any) -> QueryDict:
    """All that a study tour must answer."""
    return sent(
        **{
            "title": "酒蔵と島をめぐる",
            "purpose": "魅力を知っていただく。",
            "places": "酒蔵\n宮島",
            "months": ["2027-05"],
            "days": "one",
            "guests": "４０人",
            "budget": "not_needed",
            "publish": "yes",
            "contact_name": "担当（デモ）",
            "contact_phone": "０８２－５０４－２１０６",
            **values,
        }
    )


@pytest.fixture
def city(db: None) -> LocalGovernment:
    factories.country("JP")
    return factories.local_government("広島市", name_en="Hiroshima City")


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_makes_a_form_that_says_what_it_lacks(key: str, city: LocalGovernment) -> None:
    factories.country("NO")
    form = AnswersForm(kind_of(key), data=sent(), body=city)
    assert not form.is_valid()
    required = {question.key for question in kind_of(key).questions if question.required and question.when is None}
    assert set(form.errors) == {"title", *required}
    assert [field.name for _section, fields in form.sections() for field in fields] == [question.key for question in kind_of(key).questions]
    page = Template("{% for field in form %}{{ field.as_field_group }}{% endfor %}").render(Context({"form": AnswersForm(kind_of(key))}))
    assert all(str(question.label) in page for question in kind_of(key).questions)


def test_what_offices_type_is_understood(city: LocalGovernment) -> None:
    form = AnswersForm(
        TOUR,
        data=tour(months_typed="令和９年１０月、Ｒ９．６", months=["2027-05"], guests="約４０名", cost="１５０万円", publish="no"),
        body=city,
    )
    assert form.is_valid(), form.errors
    given = form.values()["answers"]
    assert given["months"] == ["2027-10", "2027-06", "2027-05"]  # what is typed is the order of wishes
    assert (given["guests"], given["cost"]) == (40, 1_500_000)
    assert given["contact_phone"] == "082-504-2106"
    assert given["publish"] is False  # “no” is an answer


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,500", 1500), ("１．５億円", 150_000_000), ("1億2千万円", 120_000_000), ("約200", 200), ("0", 0), ("¥3000", 3000)],
)
def test_amounts(text: str, number: int) -> None:
    assert amount(text, 10**12) == number


@pytest.mark.parametrize("text", ["-5", "3.5人", "たくさん", "12-15", "9" * 400, "1万2万x", "٣", "1e9"])
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        amount(text, 10**12)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("令和９年５月、６月", ["2027-05", "2027-06"]),
        ("2027年5月〜7月", ["2027-05", "2027-06", "2027-07"]),
        ("第1希望：R9.10、第2希望：R9.4", ["2027-10", "2027-04"]),
        ("①2027年5月上旬 ②2027年6月", ["2027-05", "2027-06"]),
        ("2027年11月から2028年1月まで", ["2027-11", "2027-12", "2028-01"]),
        ("May or June 2027", ["2027-05", "2027-06"]),
        ("2027年5月14日〜20日", ["2027-05"]),
        ("2027/5, 2027-06", ["2027-05", "2027-06"]),
    ],
)
def test_months(text: str, found: list[str]) -> None:
    assert months.read(text) == found


@pytest.mark.parametrize(
    "text", ["", "5月", "来年の春", "2027年13月", "2027年5月〜", "平成9年5月", "2027", "1月" * 600, "2027年1月〜2031年1月"]
)
def test_months_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        months.read(text)


def test_dates_in_either_calendar(city: LocalGovernment) -> None:
    data = sent(
        title="職員の派遣", purpose="学ぶ", starts="令和１０年４月１日", term="four", number="1", contact_name="担当", contact_phone="1"
    )
    form = AnswersForm(kind_of("send_employee"), data=data, body=city)
    assert form.is_valid(), form.errors
    assert form.values()["answers"]["starts"] == "2028-04-01"


# ── conditions ───────────────────────────────────────────────────────────────


def test_a_question_counts_only_when_it_is_asked(city: LocalGovernment) -> None:
    form = AnswersForm(TOUR, data=tour(days="one", lodging="旅館" * 500), body=city)
    assert form.is_valid(), form.errors
    assert "lodging" not in form.values()["answers"]

    form = AnswersForm(TOUR, data=tour(days="two"), body=city)
    assert list(form.errors) == ["lodging"]


def test_conditions_show_in_the_markup(city: LocalGovernment) -> None:
    """No script: an option with data-opens shows the fields of that number (app.css)."""
    form = AnswersForm(TOUR, body=city)
    page = Template("{{ form.days.as_field_group }}{{ form.lodging.as_field_group }}").render(Context({"form": form}))
    assert f'data-opens="{form.opened["lodging"]}"' in page
    assert f"opened-{form.opened['lodging']}" in page
    assert page.count("data-opens") == 2  # two days and three days


# ── rows ─────────────────────────────────────────────────────────────────────


def test_attractions_are_rows_of_the_applicants(city: LocalGovernment) -> None:
    island = factories.attraction(city, kind="sight", name_ja="宮島")
    cake = factories.attraction(city, kind="food", name_ja="もみじ饅頭")
    strange = factories.attraction(kind="food")
    form = AnswersForm(TOUR, data=tour(sights=[str(island.pk)], products=[str(cake.pk)]), body=city)
    assert form.is_valid(), form.errors
    assert form.values()["attractions"] == [island, cake]

    assert "products" in AnswersForm(TOUR, data=tour(products=[str(strange.pk)]), body=city).errors
    assert "products" in AnswersForm(TOUR, data=tour(products=["9" * 30]), body=city).errors
    assert "products" in AnswersForm(TOUR, data=tour(products=[str(island.pk)]), body=city).errors  # a sight is no product


def test_a_draft_keeps_the_attractions_that_can_be_kept(city: LocalGovernment) -> None:
    cake, strange = factories.attraction(city, kind="food"), factories.attraction(kind="food")
    form = AnswersForm(TOUR, data=tour(products=[str(cake.pk), str(strange.pk)]), body=city, lenient=True)
    assert form.is_valid()
    assert form.values()["attractions"] == [cake]


def test_attractions_of_those_who_join(city: LocalGovernment) -> None:
    prefecture = factories.local_government("広島県", kind="prefecture")
    dance = factories.attraction(prefecture, kind="performing_art", name_ja="神楽")
    request = factories.municipal_request(city, prefecture, kind=TOUR.key, state="draft")
    assert str(dance.pk) in str(AnswersForm(TOUR, request)["performers"])
    assert "広島県" in str(AnswersForm(TOUR, request)["performers"])
    assert str(dance) not in str(AnswersForm(TOUR, request, body=None)["performers"])  # access not confirmed yet


def test_the_mission_is_one_of_japans(city: LocalGovernment) -> None:
    vancouver, embassy = factories.mission("CA"), factories.organisation("embassy")
    kind = kind_of("mission_facility")
    assert "カナダ：" in str(AnswersForm(kind, body=city)["mission"])
    assert (
        AnswersForm(kind, data=sent(mission=str(vancouver.pk)), body=city, lenient=True).fields["mission"].clean(str(vancouver.pk))
        == vancouver
    )
    for wrong in (str(embassy.pk), "0", "x", "9" * 40):
        assert "mission" in AnswersForm(kind, data=sent(mission=wrong), body=city).errors


def test_any_country_makes_naming_some_needless(city: LocalGovernment) -> None:
    factories.country("NO")
    form = AnswersForm(TOUR, data=tour(countries=["NO", "*"]), body=city)
    assert form.is_valid()
    assert form.values()["answers"]["countries"] == ["*"]
    assert "countries" in AnswersForm(TOUR, data=tour(countries=["XX"]), body=city).errors


# ── drafts ───────────────────────────────────────────────────────────────────


def test_a_draft_loses_nothing(city: LocalGovernment) -> None:
    data = tour(title="題" * 200, months=[], months_typed="来年の春ごろ", guests="たくさん", days="", purpose="")
    form = AnswersForm(TOUR, data=data, body=city, lenient=True)
    assert form.is_valid()
    values = form.values()
    assert values["title"] == ""
    assert values["answers"]["_raw"] == {"title": "題" * 200, "months": "来年の春ごろ", "guests": "たくさん"}
    assert "guests" not in values["answers"]

    request = factories.municipal_request(city, kind=TOUR.key, state="draft", title="", answers=values["answers"])
    again = AnswersForm(TOUR, request)
    page = Template("{% for field in form %}{{ field.as_field_group }}{% endfor %}").render(Context({"form": again}))
    assert all(text in page for text in ("来年の春ごろ", "たくさん", "題" * 200))
    assert not again.errors  # nothing was refused
    assert again["guests"].errors  # but the page says what will have to be corrected
    lacking = dict(drafts.missing(request))
    assert {"title", "months", "guests", "purpose", "days"} <= set(lacking)
    assert ("目的" in lacking["purpose"]) or ("Purpose" in lacking["purpose"])


def test_a_corrected_draft_forgets_what_was_wrong(city: LocalGovernment) -> None:
    request = factories.municipal_request(city, kind=TOUR.key, state="draft", answers={"_raw": {"guests": "たくさん"}})
    form = AnswersForm(TOUR, request, tour(guests="40"), lenient=True)
    assert form.is_valid()
    assert "_raw" not in form.values()["answers"]


def test_a_huge_text_is_refused_with_its_count(city: LocalGovernment) -> None:
    for lenient in (False, True):
        form = AnswersForm(TOUR, data=tour(purpose="長" * 1_000_000), body=city, lenient=lenient)
        assert not form.is_valid()
        assert "1000000" in str(form.errors["purpose"]).replace(",", "")


def test_broken_characters_are_no_accident(city: LocalGovernment) -> None:
    for text in ("a\x00b", "a\ud800b"):
        assert "purpose" in AnswersForm(TOUR, data=tour(purpose=text), body=city).errors
        form = AnswersForm(TOUR, data=tour(purpose=text), body=city, lenient=True)
        assert form.is_valid()
        assert form.values()["answers"]["_raw"]["purpose"] == "ab"


def test_a_thousand_unknown_fields_are_ignored(city: LocalGovernment) -> None:
    extra = {f"unknown{number}": "x" for number in range(1000)} | {"state": "accepted", "assignee": "1", "_raw": "x"}
    form = AnswersForm(TOUR, data=tour(**extra), body=city)
    assert form.is_valid(), form.errors
    assert set(form.values()["answers"]) <= {question.key for question in TOUR.questions}


def test_what_the_form_gives_can_be_kept(city: LocalGovernment) -> None:
    form = AnswersForm(TOUR, data=tour(cost="5", countries=["*"], needs_note="x"), body=city)
    assert form.is_valid()
    given = form.values()["answers"]
    assert answers.tidied(TOUR, given) == given


# ── reading ──────────────────────────────────────────────────────────────────


def test_answers_in_words(city: LocalGovernment) -> None:
    given = {"purpose": "魅力\n発信", "months": ["2027-05", "2027-06"], "days": "two", "guests": 40, "cost": 1_500_000, "publish": True}
    request = factories.municipal_request(city, kind=TOUR.key, answers={**given, "lodging": "旅館"})
    request.attractions.add(factories.attraction(city, kind="food", name_ja="もみじ饅頭", origin="広島県廿日市市", allergens="卵"))
    said = {label: lines for _title, lines_of in request_forms.shown(request) for label, lines in lines_of}
    lines = [line for one in said.values() for line in one]
    assert ["魅力", "発信"] in said.values()
    assert "2027年5月" in lines
    assert "旅館" in lines
    assert any("1,500,000" in line for line in lines)
    assert any(line.startswith("もみじ饅頭") and "広島県廿日市市" in line and "卵" in line for line in lines)
    everything = {label for _title, lines_of in request_forms.shown(request, blank=True) for label, _lines in lines_of}
    assert len(everything) > len(said)


def test_reading_takes_few_queries(city: LocalGovernment, django_assert_max_num_queries: Any) -> None:
    request = factories.municipal_request(city, kind=TOUR.key, answers={"countries": ["*"], "purpose": "x"})
    request.attractions.add(*(factories.attraction(city, kind="food") for _ in range(20)))
    with django_assert_max_num_queries(2):
        request_forms.shown(request)


def test_a_product_without_its_origin_is_missing_something(city: LocalGovernment) -> None:
    kind = kind_of("local_drinks")
    request = factories.municipal_request(city, kind=kind.key, state="draft", answers={})
    assert "drinks" in dict(drafts.missing(request))
    sake = factories.attraction(city, kind="drink", name_ja="デモ酒造 純米")
    request.attractions.add(sake)
    assert "純米" in dict(drafts.missing(request))["drinks"]
    sake.origin = "広島県東広島市"
    sake.save()
    assert "drinks" not in dict(drafts.missing(MunicipalRequest.objects.get(pk=request.pk)))


def test_months_to_tick_begin_next_month(city: LocalGovernment) -> None:
    today = timezone.localdate()
    following = (today.replace(day=1) + dt.timedelta(days=32)).strftime("%Y-%m")
    page = str(AnswersForm(TOUR, body=city)["months"])
    assert f'value="{following}"' in page
    assert f'value="{today:%Y-%m}"' not in page
    assert page.count('type="checkbox"') == 18
