"""Three questions lead to the right kind of request."""

import itertools
from collections.abc import Callable

from municipalities import finder
from municipalities.finder import AIM, FALLBACK, PLACE, SHARE, FinderForm, find
from municipalities.kinds import KINDS
from partnership.models import User
from tests.conftest import PolicingClient


def _every() -> list[dict[str, str]]:
    return [
        dict(zip(("aim", "share", "place"), given, strict=True))
        for given in itertools.product(*([key for key, _label in one] for one in (AIM, SHARE, PLACE)))
    ]


def test_every_combination_finds_one_to_three_kinds_and_says_why() -> None:
    for given in _every():
        found = find(**given)
        assert 1 <= len(found) <= finder.MOST
        assert len({one.key for one in found}) == len(found)
        assert all(one.why for one in found)


def test_every_kind_comes_first_for_somebody() -> None:
    assert {find(**given)[0].key for given in _every()} == set(KINDS)


def test_the_plain_cases() -> None:
    assert find(aim="diplomats", share="places", place="region")[0].key == "diplomats_study_tour"
    assert find(aim="diplomats", share="chief", place="tokyo")[0].key == "cohost_reception"
    assert find(aim="diplomats", share="drinks", place="tokyo")[0].key == "local_drinks"
    assert find(aim="abroad", share="venue", place="abroad")[0].key == "mission_facility"
    assert find(aim="people", share="employee", place="tokyo")[0].key == "send_employee"
    assert [one.key for one in find()] == [FALLBACK]


def test_the_form_asks_three_questions_and_preselects_nothing() -> None:
    assert list(FinderForm().fields) == ["aim", "share", "place"]
    assert "checked" not in str(FinderForm())
    assert not FinderForm({"aim": "diplomats"}).is_valid()
    assert not FinderForm({"aim": "x", "share": "chief", "place": "tokyo"}).is_valid()


def test_the_finder_says_what_is_not_answered(login: Callable[..., PolicingClient], clerk: User) -> None:
    client = login(clerk)
    page = client.get("/portal/requests/new/?show=1")
    assert set(page.context["form"].errors) == {"aim", "share", "place"}
    assert 'id="error-summary"' in page.content.decode()
    assert 'id="error-summary"' not in client.get("/portal/requests/new/").content.decode()
