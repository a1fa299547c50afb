import itertools

import pytest
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, reverse

from partnership.admin.base import BaseAdmin, Mended
from partnership.admin.changelist import MendedChangeList
from partnership.models import AuditEvent, Country, Organisation
from tests import factories
from tests.admin_rows import ROWS, changelist, name

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)
MODELS = [model for model, _admin in REGISTERED]
HUGE = "9" * 30
NASTY = [
    "\x00",
    "abc",
    "-1",
    HUGE,
    "9" * 5000,
    "１",
    "1e400",
    "'",
    "%",
    "(",
    "[]",
    "\u202e",
    "0001-01-01",
    "9999-12-31 23:59:59+14:00",
    "NaN",
]


# those whose list is Django's; the others have a page of their own, tested where it is written
LISTED = [model for model, one in REGISTERED if type(one).changelist_view is BaseAdmin.changelist_view]


# ── nobody goes round it ─────────────────────────────────────────────────────


def test_every_admin_class_derives_from_the_mended_one():
    bypassing = [model._meta.label for model, one in REGISTERED if not isinstance(one, BaseAdmin)]
    inlines = [inline for _model, one in REGISTERED for inline in one.inlines if not issubclass(inline, Mended)]
    lists = [model._meta.label for model, one in REGISTERED if not issubclass(one.get_changelist(None), MendedChangeList)]

    assert (bypassing, inlines, lists) == ([], [], [])
    assert not admin.site.is_registered(Group)
    assert {model._meta.app_label for model in MODELS} <= {"partnership", "municipalities", "events"}


def test_no_admin_class_takes_a_mended_part_back():
    mended = ("lookup_allowed", "response_action", "get_object", "get_changelist")
    undone = [
        (model._meta.label, part)
        for model, one in REGISTERED
        for part in mended
        if getattr(type(one), part) is not getattr(BaseAdmin, part)
    ]

    assert undone == []


def test_no_list_is_edited_in_place_and_nothing_is_deleted_in_bulk(rf, superuser):
    for model, one in REGISTERED:
        request = rf.get("/")
        request.user = superuser
        assert not one.list_editable, model
        assert "delete_selected" not in one.get_actions(request), model


# ── hostile addresses ────────────────────────────────────────────────────────


def parameters(model, one):
    """Every parameter that a list reads, and lookups that it must not read."""
    declared = []
    for item in one.list_filter:
        path = getattr(item, "parameter_name", None) or (item[0] if isinstance(item, tuple) else item)
        declared += [path, f"{path}__exact", f"{path}__isnull", f"{path}__id__exact", f"{path}__gte"]
    if one.date_hierarchy:
        declared += [f"{one.date_hierarchy}__{part}" for part in ("year", "month", "day")]
    own = [field.name for field in model._meta.concrete_fields][1:3]
    hostile = [f"{field}__{lookup}" for field in own for lookup in ("regex", "startswith", "exact", "in")]
    return ["q", "o", "p", "all", "e", "_popup", "_to_field", "_facets", "_changelist_filters", "nonsense", "pk__in", *declared, *hostile]


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_list_survives_every_nasty_parameter(login, superuser, model):
    client, one = login(superuser), admin.site._registry[model]
    if model.__name__ in ROWS:
        ROWS[model.__name__]()

    for key, value in itertools.product(parameters(model, one), NASTY if model is Organisation else NASTY[:6]):
        response = client.get(changelist(model), {key: value})
        assert response.status_code < 500, (key, value[:40])
        assert response.status_code in {200, 400, 404, 414}, (key, value[:40], response.status_code)


@pytest.mark.parametrize("model", LISTED, ids=name)
def test_hundreds_of_values_are_refused(login, superuser, model):
    response = login(superuser).get(changelist(model), {"q": ["x"] * 300})

    assert response.status_code == 400


@pytest.mark.parametrize("model", MODELS, ids=name)
@pytest.mark.parametrize("key", [HUGE, "abc", "0", "-1", "１", "1_0", "%00", "1%00", "9" * 5000, "_5F", "' OR 1=1"])
def test_a_key_that_no_row_has_is_a_404(login, superuser, model, key):
    client, info = login(superuser), f"/admin/{model._meta.app_label}/{model._meta.model_name}"

    for page in ("change", "delete", "history"):
        for method in (client.get, client.post):
            response = method(f"{info}/{key}/{page}/".replace("%00", "\0"))
            assert response.status_code in {400, 403, 404, 405, 414}, (page, response.status_code)


@pytest.mark.parametrize("model", LISTED, ids=name)
@pytest.mark.parametrize("chosen", ["abc", "\x00", HUGE, "-1", "", "１", "1.0"])
def test_an_action_on_a_key_that_no_row_has_is_refused(login, superuser, model, chosen):
    data = {"action": "export_csv", "index": "0", "select_across": "0", helpers.ACTION_CHECKBOX_NAME: ["1", chosen]}

    response = login(superuser).post(changelist(model), data)

    assert response.status_code == 400


@pytest.mark.parametrize(
    "data", [{"action": "no_such"}, {"action": "export_csv", "index": HUGE}, {"action": "export_csv", "index": "x"}, {"index": "0"}]
)
def test_a_broken_action_changes_nothing(login, superuser, data):
    response = login(superuser).post(changelist(Country), {"select_across": "0", helpers.ACTION_CHECKBOX_NAME: ["1"], **data})

    assert response.status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"app_label": "partnership"},
        {"app_label": "\x00", "model_name": "x", "field_name": "y"},
        {"app_label": "partnership", "model_name": "position", "field_name": "nothing"},
        {"app_label": "partnership", "model_name": "position", "field_name": "id"},
        {"app_label": "partnership", "model_name": "position", "field_name": "organisation", "term": "\x00"},
        {"app_label": "partnership", "model_name": "position", "field_name": "organisation", "term": "x " * 3000},
        {"app_label": "partnership", "model_name": "position", "field_name": "organisation", "page": HUGE},
    ],
)
def test_completion_survives_nasty_parameters(login, superuser, query):
    assert login(superuser).get("/admin/autocomplete/", query).status_code < 500


def test_completion_searches_in_any_width_and_any_kana(login, desk):
    factories.organisation(name_ja="広島県", name_en="Hiroshima Prefecture", kana="ひろしまけん")
    query = {"app_label": "partnership", "model_name": "position", "field_name": "organisation", "term": "ﾋﾛｼﾏ"}

    found = login(desk).get("/admin/autocomplete/", query).json()

    assert [row["text"] for row in found["results"]] == ["広島県"]


# ── what can be read and written ─────────────────────────────────────────────


def test_a_hidden_column_cannot_be_guessed_letter_by_letter(login, viewer):
    factories.organisation(name_ja="秘密の団体", note="TOKENa")
    client = login(viewer)

    for lookup in ("note__startswith", "note__regex", "note", "country__name_en__contains", "users__password__startswith"):
        assert client.get(changelist(Organisation), {lookup: "TOKENa"}).status_code == 400, lookup
    assert client.get(changelist(Organisation), {"kind__exact": "association"}).status_code == 200


def test_a_viewer_views(login, viewer):
    client, embassy = login(viewer), factories.embassy("NO")
    path = f"/admin/partnership/organisation/{embassy.pk}"

    page = client.get(f"{path}/change/")
    assert page.status_code == 200
    assert 'name="name_ja"' not in page.content.decode()
    assert 'name="version"' not in page.content.decode()
    assert client.post(f"{path}/change/", {"name_ja": "x"}).status_code == 403
    assert client.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/partnership/organisation/add/").status_code == 403


def test_save_as_new_makes_no_row_where_it_is_not_offered(login, desk):
    embassy, before = factories.embassy("NO"), Organisation.objects.count()

    response = login(desk).post(f"/admin/partnership/organisation/{embassy.pk}/change/", {"_saveasnew": "1", "name_ja": "x"})

    assert response.status_code == 400
    assert Organisation.objects.count() == before


def test_a_multiple_choice_of_impossible_keys_is_a_wrong_choice(login, superuser):
    country = factories.country("NO")
    values = {"iso2": "NO", "name_ja": "a", "name_en": "a", "formal_ja": "a", "formal_en": "a", "kana": "a", "region": "europe"}

    for pk in (HUGE, "abc", "１"):
        response = login(superuser).post(f"/admin/partnership/country/{country.pk}/change/", {**values, "groups": [pk]})
        assert response.status_code == 200, pk


def test_tampered_inline_rows_are_wrong_input(login, desk):
    embassy = factories.embassy("NO")
    base = {"kind": "embassy", "name_ja": "a", "name_en": "a", "country": embassy.country_id, "language": "en", "version": embassy.version}
    rows = {"positions-TOTAL_FORMS": "1", "positions-INITIAL_FORMS": "1"}

    for broken in (
        {"positions-TOTAL_FORMS": "abc"},
        {"positions-TOTAL_FORMS": HUGE},
        {**rows, "positions-0-id": HUGE, "positions-0-role": "head"},
        {**rows, "positions-0-id": "abc", "positions-0-role": "head"},
    ):
        response = login(desk).post(f"/admin/partnership/organisation/{embassy.pk}/change/", {**base, **broken})
        assert response.status_code == 200, broken


def test_an_inline_row_of_another_page_stays_as_it_is(login, desk):
    embassy, neighbour = factories.embassy("NO"), factories.position(email="theirs@fr.example.jp")
    base = {"kind": "embassy", "name_ja": "a", "name_en": "a", "country": embassy.country_id, "language": "en", "version": embassy.version}
    rows = {"positions-TOTAL_FORMS": "1", "positions-INITIAL_FORMS": "1", "positions-0-id": neighbour.pk, "positions-0-role": "head"}

    login(desk).post(f"/admin/partnership/organisation/{embassy.pk}/change/", {**base, **rows, "positions-0-email": "mine@no.example.jp"})

    neighbour.refresh_from_db()
    assert neighbour.email == "theirs@fr.example.jp"
    assert neighbour.organisation != embassy


@pytest.mark.parametrize("page", ["/admin/r/1/1/", "/admin/password_change/", "/admin/auth/group/", "/admin/account/emailaddress/"])
def test_pages_of_the_stock_admin_that_we_do_without_are_not_there(login, superuser, page):
    assert login(superuser).get(page).status_code == 404


def test_signing_in_and_out_of_the_administration_is_signing_in_and_out(client, login, desk, clerk):
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/?next=/admin/", follow=True).request["PATH_INFO"] == "/accounts/login/"
    assert login(clerk).get("/admin/").status_code == 403
    assert login(desk).get("/admin/logout/").status_code == 405


# ── what stays of it ─────────────────────────────────────────────────────────


def test_an_edit_leaves_an_audit_event_without_values_and_a_history(login, desk):
    person = factories.person(name_en="Ingrid Example")
    client = login(desk)
    form = {
        "name_ja": "",
        "name_en": "Ingrid Hansen",
        "version": person.version,
        "appointments-TOTAL_FORMS": 0,
        "appointments-INITIAL_FORMS": 0,
    }

    assert client.post(f"/admin/partnership/person/{person.pk}/change/", form).status_code == 302

    event = AuditEvent.objects.get(act="person.change")
    assert (event.actor, event.facts) == (desk, {"fields": ["name_en"]})
    page = client.get(f"/admin/partnership/person/{person.pk}/history/").content.decode()
    assert "Ingrid Example" in page
    assert "Ingrid Hansen" in page
    assert str(desk) in page


def test_adding_and_deleting_leave_audit_events(login, superuser):
    client = login(superuser)
    client.post("/admin/partnership/countrygroup/add/", {"code": "g7", "name_ja": "Ｇ７", "name_en": "G7"})
    group = AuditEvent.objects.get(act="countrygroup.add").object_id

    client.post(f"/admin/partnership/countrygroup/{group}/delete/", {"post": "yes"})

    assert AuditEvent.objects.filter(act="countrygroup.delete", object_id=group).exists()


@pytest.mark.parametrize("model", [model for model in MODELS if model.__name__ in ROWS], ids=name)
def test_every_history_page_opens(login, superuser, model):
    row = ROWS[model.__name__]()

    assert login(superuser).get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/history/").status_code == 200


@pytest.mark.parametrize("model", [model for model in MODELS if model.__name__ in ROWS], ids=name)
def test_every_page_of_a_row_opens(login, superuser, model):
    row = ROWS[model.__name__]()

    page = login(superuser).get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/", follow=True)
    assert page.status_code == 200  # its form, or its home
    try:
        response = login(superuser).get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"))
    except NoReverseMatch:
        return
    assert response.status_code in {200, 403, 404}


@pytest.mark.parametrize("model", [model for model in MODELS if model.__name__ in ROWS], ids=name)
def test_a_list_costs_the_same_with_one_and_with_thirty_rows(login, superuser, assert_fixed_queries, model):
    client = login(superuser)

    assert_fixed_queries(lambda: client.get(changelist(model)), ROWS[model.__name__])
