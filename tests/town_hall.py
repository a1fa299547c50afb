"""A city and its prefecture that ask for something: fixtures, and the way of a request as its officials go it."""

from typing import Any

import pytest

from municipalities import requests
from municipalities.models import LocalGovernment, MunicipalRequest
from partnership.models import User
from tests import factories


@pytest.fixture
def prefecture(db: None) -> LocalGovernment:
    """広島県, whose code comes after that of many, and which stands before its city."""
    return factories.local_government("広島県", kind="prefecture", name_en="Hiroshima Prefecture", first_five="34000")


@pytest.fixture
def city(prefecture: LocalGovernment) -> LocalGovernment:
    """広島市."""
    return factories.local_government("広島市", kind="designated_city", name_en="Hiroshima City", prefecture=prefecture, first_five="34100")


@pytest.fixture
def official(city: LocalGovernment) -> User:
    """An official of the city."""
    return factories.official(city, name="平田", post="国際交流課")


@pytest.fixture
def prefectural(prefecture: LocalGovernment) -> User:
    """An official of the prefecture."""
    return factories.official(prefecture, name="森脇", post="国際課")


def draft(of: LocalGovernment, by: User, **fields: Any) -> MunicipalRequest:
    """A consultation that was begun."""
    return requests.start(applicant=of, by=by, **{"kind": "free_consultation", **fields})


def write(request: MunicipalRequest, by: User, **changes: Any) -> MunicipalRequest:
    """Fill the form and save it over whatever is there."""
    form = {
        "version": None,
        "title": "視察ツアーの共催について",
        "answers": {"purpose": "平和記念公園と酒蔵を紹介したい。"},
        "attractions": [],
        "joined": [],
        **changes,
    }
    return requests.save(request=request, by=by, **form)


def sent(of: LocalGovernment, by: User, *joined: LocalGovernment, **changes: Any) -> MunicipalRequest:
    """A consultation that was submitted."""
    return requests.submit(request=write(draft(of, by), by, joined=list(joined), **changes), by=by)
