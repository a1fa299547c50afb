"""The kinds of request, as data: complete, in both languages, and fit for the page, the letter and the spreadsheet."""

import re
import string

import pytest
from django.utils import translation

from municipalities.decision_letters import PLACEHOLDERS
from municipalities.kinds import KINDS
from municipalities.models import Attraction, MunicipalRequest
from municipalities.questions import Kind, Type
from municipalities.request_forms import AnswersForm
from partnership import letters
from partnership.normalise import search_key

EXPECTED = {
    "cohost_reception", "regional_promotion_seminar", "diplomats_study_tour", "local_partnership_forum", "overseas_pr_project",
    "mission_facility", "sister_city_support", "oda_business", "local_drinks", "send_employee", "receive_official", "free_consultation",
}  # fmt: skip
# names of other fields on the same page
RESERVED = {
    "title",
    "version",
    "act",
    "page",
    "theirs",
    "join",
    "keep",
    "relay",
    "kind",
    "call",
    "copy",
    "start_key",
    "csrfmiddlewaretoken",
}
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_the_twelve_kinds_are_there() -> None:
    assert set(KINDS) >= EXPECTED
    longest = MunicipalRequest._meta.get_field("kind").max_length
    assert all(len(key) <= (longest or 0) for key in KINDS)


@kinds
@pytest.mark.parametrize("language", ["ja", "en"])
def test_labels_differ_so_that_a_sheet_can_be_read_by_them(kind: Kind, language: str) -> None:
    with translation.override(language):
        labels = [search_key(str(question.label)) for question in kind.questions]
        assert len(set(labels)) == len(labels)
        for question in kind.questions:
            choices = [search_key(str(label)) for _key, label in question.choices]
            assert len(set(choices)) == len(choices)


@kinds
def test_each_kind_is_whole(kind: Kind) -> None:
    keys = [question.key for question in kind.questions]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & RESERVED
    assert all(re.fullmatch("[a-z_]+", key) for key in keys)
    assert len({section.key for section in kind.sections}) == len(kind.sections)
    assert str(kind.title)
    assert str(kind.explanation)
    assert str(kind.decides)
    assert kind.costs
    assert 1 <= kind.target_days <= 60
    assert kind.needs_approval <= {"accepted", "declined"}
    for question in kind.questions:
        assert bool(question.choices) == (question.type in {Type.CHOICE, Type.CHOICES})
        assert set(question.attractions) <= set(Attraction.Kind.values)


@kinds
def test_a_condition_names_an_earlier_question_of_its_section(kind: Kind) -> None:
    for section in kind.sections:
        earlier: dict[str, set[str]] = {}
        for question in section.questions:
            if question.when is not None:
                assert set(question.when.values) <= earlier[question.when.question], question.key
            if question.when is None:  # one step only: what opens is itself always asked
                earlier[question.key] = {"yes", "no"} if question.type == Type.YES else {key for key, _label in question.choices}


@kinds
def test_attractions_of_two_questions_do_not_overlap(kind: Kind) -> None:
    chosen = [one for question in kind.questions if question.type == Type.ATTRACTIONS for one in question.attractions]
    assert len(set(chosen)) == len(chosen)
    assert sum(question.type == Type.MISSION for question in kind.questions) <= 1


@pytest.mark.django_db
@kinds
def test_the_style_sheet_hides_every_question_that_can_be_hidden(kind: Kind) -> None:
    opened = AnswersForm(kind).opened
    with open("static/app.css", encoding="utf-8") as sheet:  # noqa: PTH123
        rules = sheet.read()
    assert all(f'[data-opens~="{number}"]' in rules and f".opened-{number}" in rules for number in opened.values())


@kinds
def test_each_kind_answers_in_both_languages(kind: Kind) -> None:
    for letter in (kind.accepted, kind.declined):
        assert letter is not None
        texts = (letter.subject_ja, letter.subject_en, letter.text_ja, letter.text_en)
        assert all(text.strip() for text in texts)
        names = {name for text in texts for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
        assert names <= set(PLACEHOLDERS)
        assert set(PLACEHOLDERS) <= names
        filled = letters.render(letter.text_ja, dict.fromkeys(PLACEHOLDERS, "値"))
        assert "{" not in filled
        assert "%" not in filled
        assert "外務省 地方連携推進室" in filled


@kinds
def test_each_kind_says_everything_in_both_languages(kind: Kind) -> None:
    with translation.override("en"):
        english = _words(kind)
    with translation.override("ja"):
        japanese = _words(kind)
    assert len(english) == len(japanese)
    untranslated = [one for one, other in zip(english, japanese, strict=True) if one == other]
    assert not untranslated


def _words(kind: Kind) -> list[str]:
    words = [kind.title, kind.explanation, kind.decides]
    for cost in kind.costs:
        words += [cost.what, cost.who]
    for document in kind.documents:
        words += [document.label, document.help]
    for section in kind.sections:
        words.append(section.title)
        for question in section.questions:
            words += [question.label, question.help, *(label for _key, label in question.choices)]
    return [str(word) for word in words if word]
