"""The division's queue: what it lists, finds and counts, and acts on many requests at once."""

import csv
import datetime as dt
import io

import pytest
from django.contrib.admin import helpers
from django.urls import reverse
from django.utils import timezone

from municipalities.models import DecisionPaper, MunicipalRequest
from partnership import search
from partnership.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/municipalities/municipalrequest/"
YESTERDAY = dt.timedelta(days=1)


def rows(client, **query):
    return list(client.get(LIST, query).context["cl"].result_list)


def chosen(client, act, *marked, **fields):
    return client.post(LIST, {"action": act, "index": "0", helpers.ACTION_CHECKBOX_NAME: [row.pk for row in marked], **fields}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


# ── what is listed ───────────────────────────────────────────────────────────


def test_the_list_begins_with_what_is_open_by_the_day_it_is_due(login, desk):
    today = timezone.localdate()
    later = factories.municipal_request(expected_on=today + dt.timedelta(days=9))
    sooner = factories.municipal_request(state="submitted", expected_on=today + dt.timedelta(days=2))
    waiting = factories.municipal_request(state="waiting", expected_on=today + dt.timedelta(days=20))
    factories.municipal_request(state="declined")

    client = login(desk)

    assert rows(client) == [sooner, later, waiting]
    assert len(rows(client, turn="all")) == 4
    assert [row.state for row in rows(client, turn="ended")] == ["declined"]
    assert [row.state for row in rows(client, state="declined")] == ["declined"]


def test_a_draft_of_a_town_hall_is_nobodys_business(login, desk, superuser):
    draft = factories.municipal_request(state="draft", title="下書き")

    for query in ({}, {"turn": "all"}, {"q": "下書き"}):
        assert rows(login(desk), **query) == []
    assert login(superuser).get(reverse("admin:municipalities_municipalrequest_home", args=[draft.pk])).status_code == 404


def test_an_entry_on_behalf_is_listed_to_its_author_alone(login, desk):
    mine = factories.municipal_request(state="draft", created_by=desk)

    assert rows(login(desk)) == [mine]
    assert rows(login(factories.user("desk"))) == []


def test_filters_narrow_the_list(login, desk):
    today = timezone.localdate()
    hiroshima = factories.local_government("広島県", kind="prefecture", first_five="34000")
    city = factories.local_government("広島市", prefecture=hiroshima, first_five="34100")
    mine = factories.municipal_request(city, assignee=desk, relay=hiroshima, relayed_at=timezone.now())
    late = factories.municipal_request(expected_on=today - YESTERDAY)
    joint = factories.municipal_request(factories.local_government(first_five="12207"), city, state="waiting", relay=hiroshima)
    of_call = factories.municipal_request(kind="diplomats_study_tour", call=factories.call())
    of_call.tags.add(tag := factories.request_tag("酒"))
    client = login(desk)

    assert rows(client, assignee="me") == [mine]
    assert set(rows(client, assignee="nobody", turn="ours")) == {late, of_call}
    assert rows(client, assignee=str(desk.pk)) == [mine]
    assert rows(client, turn="late") == [late]
    assert rows(client, turn="theirs") == [joint]
    assert set(rows(client, prefecture="34")) == {mine, joint}
    assert rows(client, kind__exact="diplomats_study_tour") == [of_call]
    assert rows(client, call__id__exact=of_call.call_id) == [of_call]
    assert rows(client, tags__id__exact=tag.pk) == [of_call]
    assert rows(client, through="relayed", turn="ours") == [mine]
    assert rows(client, through="waiting") == [joint]
    assert set(rows(client, body=city.pk)) == {mine, joint}


@pytest.mark.parametrize(
    "query",
    [{"turn": "x"}, {"assignee": "x"}, {"assignee": "9" * 30}, {"state": "x"}, {"prefecture": "99"}, {"through": "x"}, {"body": "x"}],
)
def test_a_filter_that_does_not_exist_is_the_readers_mistake(login, desk, query):
    assert login(desk).get(LIST, query).status_code == 400


def test_a_party_that_does_not_take_part_is_no_applicant(login, desk):
    other = factories.local_government("尾道市", first_five="34205")
    request = factories.municipal_request(factories.local_government(first_five="12207"), other)
    request.parties.filter(local_government=other).update(confirmed_at=None, refused_at=timezone.now())

    client = login(desk)

    assert rows(client, prefecture="34") == []
    assert rows(client, q="尾道") == []
    assert "尾道市" not in client.get(LIST).content.decode()


def test_requests_are_found_by_number_subject_and_any_applicant(login, desk):
    joined = factories.local_government("網走市", name_en="Abashiri City", kana="あばしりし")
    request = factories.municipal_request(factories.local_government("松戸市"), joined, title="酒蔵ツアー", number_serial=147)
    ended = factories.municipal_request(state="closed", title="酒の会")
    client = login(desk)

    for words in ("R8-0147", "Ｒ８－０１４７", "r8−0147", "ツアー", "松戸", "網走", "ＡＢＡＳＨＩＲＩ", "松戸 酒"):
        assert rows(client, q=words) == [request], words
    assert rows(client, q="酒の会") == [ended]
    assert rows(client, q="広島") == []


def test_the_masthead_finds_requests_and_no_drafts(login, desk, door):
    request = factories.municipal_request(factories.local_government("松戸市"), title="酒蔵ツアー")
    factories.municipal_request(state="draft", title="酒蔵の下書き")

    found = {group.kind.key: [hit.title for hit in group.hits] for group in search.find(desk, "酒蔵")}

    assert found["requests"] == [str(request)]
    assert "requests" not in {group.kind.key for group in search.find(door, "酒蔵")}


def test_the_numbers_above_the_list_open_their_rows(login, desk):
    factories.municipal_request(assignee=desk)
    factories.municipal_request(assignee=desk, state="waiting")
    factories.municipal_request(assignee=desk, expected_on=timezone.localdate() - YESTERDAY)
    factories.municipal_request()
    client = login(desk)

    page = client.get(LIST)

    assert page.context["counts"] == {"mine": 2, "unassigned": 1, "late": 1}
    assert len(rows(client, assignee="me", turn="ours")) == 2
    assert 'class="late"' in page.content.decode()


def test_the_list_costs_the_same_for_ten_and_for_a_thousand(login, desk, assert_fixed_queries):
    client, call = login(desk), factories.call()
    joined, relay = factories.local_government(), factories.local_government(kind="prefecture")

    def add():
        request = factories.municipal_request(None, joined, relay=relay, call=call, assignee=desk, state="waiting", reply_by=timezone.now())
        request.tags.add(factories.request_tag("酒"))

    assert_fixed_queries(lambda: client.get(LIST), add)


def test_the_download_names_what_the_list_shows_and_starts_no_formula(login, desk):
    request = factories.municipal_request(factories.local_government("=1+1市"), title="@SUM", relay=factories.local_government("広島県"))
    request.tags.add(factories.request_tag("酒"))

    response = login(desk).post(LIST, {"action": "export_csv", "index": "0", helpers.ACTION_CHECKBOX_NAME: [request.pk]})

    header, line = csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig")))
    assert len(header) == len(line)
    assert request.number in line
    assert {"'@SUM", "'=1+1市", "広島県", "酒", "相談"} & set(line) >= {"'@SUM", "'=1+1市", "広島県", "酒"}
    assert AuditEvent.objects.get(act="municipalrequest.export").facts == {"count": 1}


def test_who_may_see_the_queue(login, client, viewer, approver, protocol, door, clerk):
    factories.municipal_request()

    assert [login(one).get(LIST).status_code for one in (viewer, approver, protocol, door, clerk)] == [200, 200, 403, 403, 403]
    assert client.get(LIST).status_code == 302


def test_an_old_address_of_the_administration_leads_to_the_requests_home(login, viewer):
    request = factories.municipal_request()

    assert login(viewer).get(f"{LIST}{request.pk}/change/")["Location"] == f"{LIST}{request.pk}/home/"


# ── many at once ─────────────────────────────────────────────────────────────


def test_many_are_taken_and_those_that_cannot_are_named(login, desk):
    new, other = factories.municipal_request(state="submitted"), factories.municipal_request()
    closed = factories.municipal_request(state="closed")
    client = login(desk)

    page = client.post(
        f"{LIST}?turn=all",
        {"action": "take_marked", "index": "0", helpers.ACTION_CHECKBOX_NAME: [new.pk, other.pk, closed.pk]},
        follow=True,
    )

    for row in (new, other, closed):
        row.refresh_from_db()
    assert (new.state, new.assignee, other.assignee, closed.assignee) == ("in_review", desk, desk, None)
    assert any(closed.number in words and new.number not in words for words in said(page))


def test_nobody_takes_what_a_colleague_is_in_charge_of(login, desk):
    """From many marked at once one easily takes too much; who wants it assigns it on purpose."""
    colleague = factories.user("desk")
    theirs, mine, free = (factories.municipal_request(assignee=one) for one in (colleague, desk, None))

    page = login(desk).post(
        f"{LIST}?turn=all",
        {"action": "take_marked", "index": "0", helpers.ACTION_CHECKBOX_NAME: [theirs.pk, mine.pk, free.pk]},
        follow=True,
    )

    for row in (theirs, mine, free):
        row.refresh_from_db()
    assert (theirs.assignee, mine.assignee, free.assignee) == (colleague, desk, desk)
    assert any(theirs.number in words and colleague.name in words and free.number not in words for words in said(page))


def test_many_are_assigned_to_a_colleague(login, desk):
    colleague = factories.user("desk")
    one, two, closed = (
        factories.municipal_request(),
        factories.municipal_request(state="waiting"),
        factories.municipal_request(state="closed"),
    )
    client = login(desk)

    asked = client.post(LIST, {"action": "assign_marked", "index": "0", helpers.ACTION_CHECKBOX_NAME: [one.pk, two.pk]})
    assert [row.pk for row in asked.context["rows"]] == [one.pk, two.pk]
    empty = client.post(f"{LIST}bulk/", {"act": "assign", "request": [one.pk]})
    done = client.post(f"{LIST}bulk/", {"act": "assign", "request": [one.pk, two.pk, closed.pk], "to": colleague.pk}, follow=True)

    assert empty.status_code == 422
    assert set(MunicipalRequest.objects.filter(assignee=colleague)) == {one, two}
    assert any(closed.number in words for words in said(done))


def test_nothing_is_given_to_someone_outside_the_division(login, desk, viewer, clerk):
    request = factories.municipal_request()

    for other in (viewer, clerk):
        assert login(desk).post(f"{LIST}bulk/", {"act": "assign", "request": [request.pk], "to": other.pk}).status_code == 422


def test_many_get_a_tag_and_keep_those_they_had(login, desk):
    one, two = factories.municipal_request(), factories.municipal_request()
    one.tags.add(factories.request_tag("酒"))
    client = login(desk)

    client.post(LIST, {"action": "tag_marked", "index": "0", helpers.ACTION_CHECKBOX_NAME: [one.pk, two.pk]})
    client.post(f"{LIST}bulk/", {"act": "tag", "request": [one.pk, two.pk], "new": "欧州、 視察"})

    assert [tag.name for tag in one.tags.order_by("name")] == sorted(["欧州", "視察", "酒"])
    assert two.tags.count() == 2


def test_answers_to_many_stand_on_one_paper_and_those_that_cannot_be_answered_are_named(login, desk):
    fit = [factories.municipal_request(kind="diplomats_study_tour", call=factories.call()) for _n in range(2)]
    ended = factories.municipal_request(state="withdrawn")
    client = login(desk)

    page = client.post(
        f"{LIST}?turn=all",
        {"action": "accept_marked", "index": "0", helpers.ACTION_CHECKBOX_NAME: [row.pk for row in (*fit, ended)]},
        follow=True,
    )

    paper = DecisionPaper.objects.get()
    assert page.redirect_chain[-1][0] == reverse("admin:municipalities_decisionpaper_home", args=[paper.pk])
    assert {decision.request for decision in paper.decisions.all()} == set(fit)
    assert any(ended.number in words for words in said(page))


def test_what_was_left_out_is_one_message_with_a_line_for_each_reason(login, desk):
    withdrawn, closed = factories.municipal_request(state="withdrawn"), factories.municipal_request(state="closed")

    marked = [factories.municipal_request().pk, withdrawn.pk, closed.pk]

    fields = {"action": "accept_marked", "index": "0", helpers.ACTION_CHECKBOX_NAME: marked}
    page = login(desk).post(f"{LIST}?turn=all", fields, follow=True)

    (words,) = [words for words in said(page) if withdrawn.number in words or closed.number in words]
    assert "2" in words.splitlines()[0]
    assert len(words.splitlines()) == 3


def test_who_only_reads_acts_on_nothing(login, viewer, approver):
    request = factories.municipal_request(state="submitted")
    for reader in (viewer, approver):
        client = login(reader)
        for act in ("take_marked", "assign_marked", "tag_marked", "accept_marked", "decline_marked"):
            chosen(client, act, request)
        assert client.post(f"{LIST}bulk/", {"act": "tag", "request": [request.pk], "new": "酒"}).status_code == 403
    request.refresh_from_db()
    assert (request.state, request.assignee, request.tags.count(), DecisionPaper.objects.count()) == ("submitted", None, 0, 0)


def test_too_many_at_once_are_refused_in_words(login, desk, monkeypatch):
    monkeypatch.setattr("municipalities.admin.bulk.MOST", 1)
    two = [factories.municipal_request(state="submitted") for _n in range(2)]

    page = chosen(login(desk), "take_marked", *two)

    assert len(said(page)) == 1
    assert not MunicipalRequest.objects.exclude(assignee=None).exists()


@pytest.mark.parametrize("fields", [{}, {"act": "x"}, {"act": "assign"}, {"act": "tag", "request": ["x", "9" * 40]}])
def test_a_broken_bulk_form_does_no_harm(login, desk, fields):
    assert login(desk).post(f"{LIST}bulk/", fields).status_code in {302, 400}
