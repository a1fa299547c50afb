"""The frame of every page, the fields, the bars, and the pages that everyone passes."""

import datetime as dt
import hashlib
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import path
from django.utils import translation

from partnership import errors, logs, menu
from partnership.templatetags import partnership as tags
from partnership.urls import urlpatterns as product
from tests import factories
from tests.browser import assert_accessible, watch

STATIC = Path(settings.BASE_DIR) / "static"
JST = dt.timezone(dt.timedelta(hours=9))


class Sheet(forms.Form):
    """One field of each form that a field can take."""

    title = forms.CharField(label="行事の名前", help_text="招待状に印刷する名前。")
    capacity = forms.IntegerField(label="定員", required=False)
    kind = forms.ChoiceField(label="種類", choices=[("a", "飯倉公館レセプション"), ("b", "セミナー")])
    mode = forms.ChoiceField(
        label="返事のもらい方", choices=[("a", "出欠をもらう"), ("b", "欠席のときだけもらう")], widget=forms.RadioSelect
    )
    languages = forms.MultipleChoiceField(
        label="送ることば", choices=[("ja", "日本語"), ("en", "English")], widget=forms.CheckboxSelectMultiple, required=False
    )
    when = forms.SplitDateTimeField(label="開催日時", help_text="例：2027-01-14")
    up = forms.FileField(label="ファイル", required=False)
    sure = forms.BooleanField(label="確かめました")
    note = forms.CharField(label="備考", widget=forms.Textarea(attrs={"rows": 2, "class": "w-20"}), required=False)


SHEET = """
{% extends "staff.html" %}{% load partnership %}
{% block title %}部品帳{% endblock %}
{% block crumbs %}<li><a href="/admin/">業務机</a></li><li><span aria-current="page">部品帳</span></li>{% endblock %}
{% block main %}<div class="head"><div><p class="eyebrow">開発用</p><h1>部品帳</h1></div></div>
{% include "components/error_summary.html" %}
<form method="post">{% csrf_token %}{% for field in form %}{{ field.as_field_group }}{% endfor %}
<p class="row gap"><button class="button primary">保存する</button></p></form>
<section class="part gap" aria-labelledby="t">
  <div class="part-head"><h2 id="t">表</h2>{% include "components/reply_keys.html" %}</div>
  <table class="table fold">
    <thead><tr><th scope="col">行事</th><th scope="col">返信</th></tr></thead>
    <tbody><tr><th scope="row">広島</th><td class="desk-bar">{% reply_bar 58 4 12 267 "広島" %}</td></tr></tbody>
  </table>
  <table class="bars"><caption>招待</caption>
    <tbody><tr><th scope="row">招待</th><td>{% bar 279 341 %}</td><td>341</td><td></td></tr></tbody>
  </table>
{% include "components/pages.html" %}</section>{% endblock %}
"""


@login_not_required
def sheet(request):
    messages.success(request, "保存しました")
    messages.warning(request, "ほかの人が先に保存しました")
    messages.error(request, "送れませんでした")
    form = Sheet({"title": "", "when_0": "2027-02-30", "languages": ["ja"]})
    page = Paginator(range(300), 10).page(7)
    return HttpResponse(engines["django"].from_string(SHEET).render({"form": form, "page_obj": page}, request))


urlpatterns = [*product, path("sheet/", sheet)]
handler404 = errors.not_found


@pytest.fixture
def page(login, desk):
    with override_settings(ROOT_URLCONF="tests.test_look"):
        yield login(desk).get("/sheet/?q=1&page=7").content.decode()


# ── fields ───────────────────────────────────────────────────────────────────


def test_a_field_says_label_help_error_and_control_in_this_order(page):
    field = re.search(r'<label for="id_title">.*?</div>\s*(?=<div|<fieldset)', page, re.S).group(0)

    places = [field.index(part) for part in ("行事の名前", "id_title_helptext", "id_title_error", '<input type="text"')]

    assert places == sorted(places)
    assert 'aria-describedby="id_title_helptext id_title_error"' in field
    assert 'aria-invalid="true"' in field
    assert "必須" in field or "required" in field


def test_every_link_of_the_error_summary_leads_to_a_control(page):
    summary = re.search(r'<div class="notice bad" role="alert".*?</div>', page, re.S).group(0)
    targets = re.findall(r'href="#([^"]+)"', summary)

    assert targets == ["id_title", "id_kind", "id_mode_0", "id_when_0", "id_sure"]
    assert all(re.search(rf'<(input|select|textarea)[^>]* id="{target}"', page) for target in targets)


def test_choices_are_cards_in_a_group_with_a_legend(page):
    group = re.search(r"<fieldset[^>]*>\s*<legend>返事のもらい方.*?</fieldset>", page, re.S).group(0)

    assert group.count('<label class="choice"') == 2
    assert 'aria-describedby="id_mode_error"' in group
    assert "checked" not in group


def test_a_control_keeps_its_own_classes(page):
    assert re.search(r'<textarea[^>]*class="control w-20"', page)


def test_describing_ids_exist(page):
    for ids in re.findall(r'aria-describedby="([^"]+)"', page):
        assert all(f'id="{one}"' in page for one in ids.split())


# ── frame ────────────────────────────────────────────────────────────────────


def test_the_first_link_skips_to_the_content(page):
    first = re.search(r"<body.*?<a ([^>]*)>", page, re.S).group(1)

    assert 'href="#main"' in first
    assert '<main id="main" tabindex="-1"' in page


def test_signing_out_is_a_form_not_a_link(page):
    assert re.search(r'<form method="post" action="/accounts/logout/">', page)
    assert not re.search(r'<a[^>]*href="/accounts/logout/"', page)


def test_messages_keep_their_tone(page):
    assert re.findall(r'class="notice (ok|turn|bad)"><b>', page) == ["ok", "turn", "bad"]


def test_pages_keep_the_conditions_and_mark_the_current_one(page):
    assert 'href="?q=1&amp;page=6"' in page
    assert '<span aria-current="page">7</span>' in page


@pytest.mark.django_db
def test_the_menu_shows_what_a_person_may_open_and_where_they_are(rf, superuser):
    request = rf.get("/admin/partnership/organisation/")
    request.user = superuser

    shown = {item.key: item.current for item in menu.items(request)}

    assert list(shown) == ["desk", "events", "queue", "enquiries", "mailings", "mail", "approvals", "registers"]
    assert [key for key, current in shown.items() if current] == ["registers"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "key"),
    [("/admin/", "desk"), ("/admin/events/event/1/home/", "events"), ("/admin/approvals/3/", "approvals"), ("/elsewhere/", "")],
)
def test_the_menu_marks_the_item_an_address_belongs_to(rf, superuser, address, key):
    request = rf.get(address)
    request.user = superuser

    assert [item.key for item in menu.items(request) if item.current] == ([key] if key else [])


@pytest.mark.django_db
def test_someone_without_rights_sees_only_the_desk(rf):
    request = rf.get("/admin/")
    request.user = factories.user("", is_staff=True)

    assert [item.key for item in menu.items(request)] == ["desk"]


# ── dates and bars ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("filter_", "ja", "en"),
    [
        (tags.long_date, "2027年1月5日（火）", "Tuesday, 5 January 2027"),
        (tags.short_date, "1月5日（火）", "Tue 5 Jan"),
        (tags.moment, "2027年1月5日（火）17:00", "Tuesday, 5 January 2027, 17:00 JST"),
        (tags.short_moment, "1月5日（火）17:00", "Tue 5 Jan 17:00"),
        (tags.clock, "17:00", "17:00"),
        (tags.fiscal_year, "令和8年度", "FY2026"),
    ],
)
def test_dates_are_written_as_the_ministry_writes_them(filter_, ja, en):
    moment = dt.datetime(2027, 1, 5, 8, 0, tzinfo=dt.UTC)

    with translation.override("ja"):
        japanese = filter_(moment)
    with translation.override("en"):
        english = filter_(moment)

    assert (japanese, english) == (ja, en)


@pytest.mark.parametrize("filter_", [tags.long_date, tags.short_date, tags.moment, tags.short_moment, tags.clock, tags.fiscal_year])
@pytest.mark.parametrize("value", [None, "", "2027", 5])
def test_what_is_no_date_is_shown_as_nothing(filter_, value):
    assert filter_(value) == ""


@pytest.mark.parametrize("counts", [(58, 4, 12, 267), (1, 0, 0, 0), (0, 0, 0, 0), (1, 1, 1, 1), (0, 0, 0, 5), (100000, 1, 1, 1)])
def test_a_reply_bar_fills_its_width_and_never_leaves_it(counts):
    parts = tags.reply_bar(*counts)["parts"]

    widths = [float(part["width"]) for part in parts]
    assert len(parts) == sum(1 for number in counts if number)
    assert all(float(part["x"]) + float(part["width"]) <= tags.BAR for part in parts)
    if any(counts):
        assert sum(widths) + len(parts) == pytest.approx(tags.BAR, abs=1)


@pytest.mark.parametrize(("value", "most", "width"), [(0, 0, "0.0"), (5, 10, "200.0"), (20, 10, "400.0"), (-1, 10, "0.0")])
def test_a_bar_stays_within_its_width(value, most, width):
    assert tags.bar(value, most)["width"] == width


# ── pages that everyone passes ───────────────────────────────────────────────


@pytest.mark.django_db
def test_strangers_see_three_doors_and_nothing_else(client):
    page = client.get("/").content.decode()

    assert page.count("<h2>") == 3
    ways = set(re.findall(r'href="(/[^"?]*)"', re.sub(r"<head>.*?</head>", "", page, flags=re.S)))
    assert ways == {"/", "/admin/", "/accounts/login/", "/portal/calls/", "/portal/access/"}


@pytest.mark.django_db
def test_an_official_without_an_account_finds_the_way_on_the_page_of_signing_in(client):
    assert 'href="/portal/access/"' in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("fixture", ["desk", "clerk", "officer"])
def test_ones_own_door_comes_first(request, login, fixture):
    user = request.getfixturevalue(fixture)

    page = login(user).get("/").content.decode()

    first = page[page.index('class="door-card') :]
    assert first.startswith('class="door-card mine"')
    assert page.count("door-card mine") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fixture", "address"), [("desk", "/admin/"), ("viewer", "/admin/"), ("clerk", "/portal/"), ("officer", "/account/")]
)
def test_signing_in_leads_to_ones_own_place(request, login, fixture, address):
    assert login(request.getfixturevalue(fixture)).get("/landing/")["Location"] == address


@pytest.mark.django_db
def test_the_account_page_says_who_one_is(login, clerk):
    page = login(clerk).get("/account/").content.decode()

    assert clerk.name in page
    assert "広島市" in page


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["ja", "en"])
@pytest.mark.parametrize(
    "address",
    [
        "login/",
        "login/code/",
        "signup/",
        "inactive/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/0-broken/",
        "password/reset/key/done/",
    ],
)
def test_every_page_of_signing_in_wears_our_frame(client, address, code):
    page = client.get(f"/accounts/{address}?lang={code}", follow=True).content.decode()

    assert 'class="masthead"' in page
    assert 'class="entrance"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["logout/", "password/change/", "password/set/", "reauthenticate/"])
def test_every_page_of_ones_account_wears_our_frame(login, desk, address):
    page = login(desk).get(f"/accounts/{address}", follow=True).content.decode()

    assert 'class="masthead"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["partnership/organisation", "partnership/user", "events/event", "municipalities/localgovernment"])
def test_djangos_own_pages_wear_our_frame(login, superuser, model):
    client = login(superuser)

    for address in (f"/admin/{model}/", f"/admin/{model}/add/"):
        response = client.get(address)
        if response.status_code == 200:
            page = response.content.decode()
            assert 'class="masthead"' in page
            assert "dark_mode" not in page
            assert "theme.js" not in page
            assert 'href="#main"' in page


# ── headers, logs, vendored files ────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/nowhere/", "/admin/", "/%00"])
def test_every_page_carries_the_headers_that_protect_it(client, address):
    response = client.get(address)

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"] or "private" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_signed_in_page_is_kept_nowhere(login, desk):
    assert "no-store" in login(desk).get("/account/")["Cache-Control"]


@pytest.mark.parametrize(
    "line", ["Not Found: /rsvp/AbC-_9=/", 'GET /rsvp/AbC-_9=/event.ics?lang=en "x"', "at /accounts/password/reset/key/AbC-_9=/"]
)
def test_logs_hold_no_key(line):
    assert "AbC" not in logs.masked(line)


def test_vendored_files_are_the_ones_we_checked():
    listed = dict(reversed(line.split(maxsplit=1)) for line in (STATIC / "vendor/checksums.txt").read_text().splitlines())
    found = {
        str(file.relative_to(STATIC / "vendor")): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in (STATIC / "vendor").rglob("*")
        if file.is_file() and file.name != "checksums.txt"
    }

    assert found == listed


def test_our_stylesheets_ask_nobody_else():
    for sheet_ in STATIC.rglob("*.css"):
        assert not re.search(r"https?:|//[a-z]", re.sub(r"/\*.*?\*/", "", sheet_.read_text(), flags=re.S)), sheet_


# ── in a browser ─────────────────────────────────────────────────────────────


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1366, 390, 320])
@pytest.mark.parametrize("code", ["ja", "en"])
def test_the_parts_are_accessible_at_any_width(chromium, live_server, settings, width, code):
    settings.ROOT_URLCONF = "tests.test_look"
    with chromium.new_context(viewport={"width": width, "height": 768}) as context:
        page = context.new_page()
        errors = watch(page)

        for address in ("/sheet/", "/", "/accounts/login/", "/accounts/login/code/", "/nowhere/"):
            page.goto(f"{live_server.url}{address}?lang={code}")
            assert_accessible(page)

        assert not errors


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1366, 390])
def test_djangos_own_pages_are_accessible_in_our_clothes(chromium, live_server, width):
    user = factories.user("superuser")
    body = factories.embassy("NO", head="A. Example")
    with chromium.new_context(viewport={"width": width, "height": 768}, timezone_id="Asia/Tokyo") as context:
        page = context.new_page()
        errors = watch(page)
        page.goto(f"{live_server.url}/accounts/login/")
        page.fill("[name=login]", user.email)
        page.fill("[name=password]", factories.PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/admin/")

        base = "/admin/partnership/organisation/"
        for address in ("", "?kind__exact=media", "add/", f"{body.pk}/change/", f"{body.pk}/history/", f"{body.pk}/delete/"):
            page.goto(f"{live_server.url}{base}{address}")
            page.wait_for_load_state("networkidle")
            assert_accessible(page)

        page.goto(f"{live_server.url}{base}add/")
        page.click("[name=_save]")
        page.wait_for_selector("#error-summary")
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        assert not errors
