"""The declarations of the kinds of event."""

import pytest

from events import purposes as event_purposes
from events.kinds import KINDS, kind_of
from partnership import letters, purposes
from partnership.models import Organisation

every = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError):
        kind_of("garden_party")


@every
def test_a_kind_has_a_checklist_in_order_before_and_after_the_event(kind):
    days = [line.days for line in kind.checklist]

    assert days == sorted(days)
    assert days[0] < 0 < days[-1]
    assert all(line.title_ja and line.title_en for line in kind.checklist)


def test_the_reception_has_its_24_lines():
    assert len(KINDS["iikura_reception"].checklist) == 24


@every
def test_the_texts_of_a_kind_can_be_stored(kind):
    for key, text in kind.letters.items():
        purpose = purposes.get(key)

        assert letters.problems(purpose, text.subject_ja, text.body_ja) == []
        assert letters.problems(purpose, text.subject_en, text.body_en) == []


@every
def test_a_kind_asks_only_about_known_kinds_of_organisation(kind):
    assert set(kind.audience) <= set(Organisation.Kind.values)


@every
def test_the_invitation_says_everything_that_is_printed(kind):
    text = kind.letters["invitation"]
    needed = {"hosts", "title", "when", "where", "dress", "before", "reply_line", "link", "contact", "salutation"}

    assert needed <= letters.names(text.body_ja)
    assert needed | {"guest"} <= letters.names(text.body_en)


def test_the_reception_invites_in_the_third_person():
    values = {placeholder.name: "" for placeholder in event_purposes.PLACEHOLDERS} | {
        "hosts": "The Minister for Foreign Affairs of Japan and the Governor of Mie Prefecture",
        "guest": "Her Excellency Ms. Marit Ekdal, Ambassador Extraordinary and Plenipotentiary of the Kingdom of Norway",
        "event": "Reception",
        "title": "Discover Mie",
    }

    letter = letters.render(KINDS["iikura_reception"].letters["invitation"].body_en, values, {"link"})

    assert "Governor of Mie Prefecture\nrequest the pleasure of the company of\nHer Excellency Ms. Marit Ekdal" in letter
    assert "at a Reception" in letter
    assert "Dress:" not in letter  # nothing is said about it


def test_only_the_study_tours_of_the_division_are_a_series_of_tours():
    assert KINDS["diplomats_study_tour"].series
    assert not KINDS["ambassadors_tour"].series
