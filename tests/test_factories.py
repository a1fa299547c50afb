"""The rows that other tests stand on."""

import pytest

from tests import factories, pages


@pytest.mark.django_db
def test_factories_make_every_noun_twice_without_a_collision():
    for _ in range(2):
        event = factories.event()
        factories.host(event)
        factories.task(event)
        factories.participant(event)
        factories.answer(factories.invitation(event))
        mailing = factories.event_mailing(event).mailing
        factories.recipient(mailing)
        factories.email(mailing=mailing, state="sent")
        factories.approval(mailing)
        factories.figure()
        factories.audit_event()
        factories.appointment()
        factories.country_group("", factories.country())


@pytest.mark.parametrize(
    "html",
    [
        '<html lang="ja"><h1>a</h1><script>1</script>',
        '<html lang="ja"><h1>a</h1><p style="color:red">',
        '<html lang="ja"><h1>a</h1><p onclick="1">',
        '<html lang="ja"><h1>a</h1><a href="javascript:1">',
        '<html lang="ja"><h1>a</h1>{{ name }}',
        '<html lang="ja"><h1>a</h1><h1>b</h1>',
        '<html lang="ja"><h1>a</h1><i id="x"></i><i id="x"></i>',
        "<html><h1>a</h1>",
    ],
)
def test_pages_that_break_a_rule_are_found(html):
    assert pages.faults(html)


def test_pages_that_keep_the_rules_pass():
    html = (
        '<html lang="en"><h1>a</h1><script src="/static/a.js"></script><script type="application/json">{}</script><textarea>{{</textarea>'
    )

    assert pages.faults(html) == []
