import pytest
import time_machine
from django.core.cache import caches

from partnership import throttle


@pytest.fixture(params=["in the process", "redis"])
def counting(request, settings):
    """Both caches that an installation may have."""
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url, "KEY_PREFIX": "throttle"}}
        caches["default"].clear()


@pytest.mark.usefixtures("counting")
def test_the_first_few_tries_are_allowed_and_no_more():
    assert [throttle.allow("a", most=3, seconds=60) for _ in range(5)] == [True, True, True, False, False]


@pytest.mark.usefixtures("counting")
def test_each_key_has_a_count_of_its_own():
    assert throttle.allow("a", most=1, seconds=60)
    assert throttle.allow("あ b@lg.example.jp\n" * 100, most=1, seconds=60)
    assert not throttle.allow("a", most=1, seconds=60)


def test_after_its_time_it_begins_anew():
    with time_machine.travel("2026-12-03 10:00+09:00", tick=False) as clock:
        assert [throttle.allow("a", most=1, seconds=60) for _ in range(2)] == [True, False]
        clock.shift(59)
        assert not throttle.allow("a", most=1, seconds=60)  # trying on does not prolong it
        clock.shift(2)
        assert throttle.allow("a", most=1, seconds=60)


def test_nothing_readable_is_stored(monkeypatch):
    seen = []
    monkeypatch.setattr(throttle.cache, "add", lambda key, *_args, **_kwargs: seen.append(key) or True)

    throttle.allow("someone@lg.example.jp", most=1, seconds=60)

    assert "someone" not in str(seen)
