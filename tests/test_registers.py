"""The registers: what is loaded, and how a load treads around what people changed."""

import csv
import datetime as dt
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from municipalities import registers as municipal
from municipalities.models import LocalGovernment
from municipalities.models.local_government import check_digit
from municipalities.registers import chief_titles, load_local_governments
from partnership import body_registers as bodies
from partnership.body_registers import load_bodies, load_countries, load_embassies, load_missions
from partnership.models import AuditEvent, Country, CountryGroup, Organisation, Position
from partnership.normalise import kana_order, search_key
from partnership.progress import Bar
from partnership.registers import BadRegister, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]


@pytest.fixture
def data(tmp_path):
    """A copy of all data files, to be changed."""
    shutil.copytree(bodies.DATA, tmp_path, dirs_exist_ok=True)
    shutil.copytree(municipal.DATA, tmp_path, dirs_exist_ok=True)
    return tmp_path


def rewrite(path: Path, change) -> None:
    """Apply ``change(row)`` to every row; a row for which it returns None is dropped, more may be returned in a list."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        fields, table = list(reader.fieldnames), list(reader)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        for row in table:
            result = change(row)
            writer.writerows(result if isinstance(result, list) else [row if result is True else result] if result is not None else [])


def set_in(key: str, /, **values: str):
    """A change for ``rewrite``: new values in the row whose first cell is ``key``."""
    return lambda row: {**row, **values} if next(iter(row.values())) == key else row


def embassy(iso2: str) -> Organisation:
    return Organisation.objects.get(register_key=f"embassy:{iso2}")


# ── what is there ────────────────────────────────────────────────────────────


def test_local_governments_are_the_1788_by_kind():
    counts = {kind: LocalGovernment.objects.filter(kind=kind).count() for kind in LocalGovernment.Kind.values}

    assert counts == {
        "prefecture": 47,
        "designated_city": 20,
        "core_city": 62,
        "city": 710,
        "town": 743,
        "village": 183,
        "special_ward": 23,
    }
    assert sum(counts.values()) == 1788


def test_every_code_has_its_check_digit_and_every_municipality_its_prefecture():
    every = list(LocalGovernment.objects.select_related("prefecture"))

    assert all(one.code[5] == check_digit(one.code[:5]) for one in every)
    assert all(one.prefecture is not None and one.prefecture.code[:2] == one.code[:2] for one in every if one.kind != "prefecture")


@pytest.mark.parametrize(("code", "name"), [("122076", "松戸市"), ("012114", "網走市"), ("422100", "壱岐市"), ("010006", "北海道")])
def test_known_codes_name_their_bodies(code, name):
    assert LocalGovernment.objects.get(code=code).organisation.name_ja == name


def test_embassies_are_certain_and_probable_ones_only():
    embassies = Organisation.objects.filter(kind="embassy")

    assert embassies.count() == 159
    assert set(embassies.values_list("certainty", flat=True)) == {"certain", "probable"}
    assert not Organisation.objects.filter(register_key="embassy:KI").exists()


def test_missions_abroad_are_the_235_with_an_officer_each():
    assert Organisation.objects.filter(kind="mission").count() == 256
    assert Position.objects.filter(role="partnership_officer").count() == 235
    assert not Position.objects.filter(organisation__register_key="mission:CO-CH-GENEVA").exists()


def test_the_ministry_and_its_offices_have_leaders():
    minister = Position.objects.get(organisation__register_key="body:mofa", role="leader")

    assert (minister.title_ja, minister.title_en) == ("外務大臣", "Minister for Foreign Affairs")
    assert embassy("NO").name_ja == "駐日ノルウェー大使館"
    assert Organisation.objects.get(register_key="body:osaka").parent.register_key == "body:mofa"


@pytest.mark.parametrize(
    ("group", "size"),
    [("asean", 11), ("oic", 57), ("eu", 28), ("gcc", 6), ("african", 54), ("pacific_islands", 14), ("latin_america", 33),
     ("arab_league", 22), ("g7", 7), ("g20", 20), ("caricom", 14), ("sica", 8), ("mercosur", 5), ("central_asia", 5)],
)  # fmt: skip
def test_groups_have_their_members(group, size):
    assert CountryGroup.objects.get(code=group).countries.count() == size


def test_timor_leste_is_in_asean():
    assert "asean" in Country.objects.get(iso2="TL").groups.values_list("code", flat=True)


def test_countries_carry_formal_names_with_their_article():
    norway, emirates, japan = (Country.objects.get(iso2=code) for code in ("NO", "AE", "JP"))

    assert (norway.formal_ja, norway.formal_en) == ("ノルウェー王国", "the Kingdom of Norway")
    assert emirates.formal_en == "the United Arab Emirates"
    assert japan.formal_en == "Japan"


def test_countries_with_republic_in_their_english_formal_name_take_the_article():
    wrong = [
        country.formal_en
        for country in Country.objects.all()
        if any(word in country.formal_en for word in ("Republic", "Kingdom", "State of", "Union", "Federation"))
        and not country.formal_en.startswith("the ")
    ]

    assert wrong == []


def test_every_kana_is_hiragana():
    assert [country.kana for country in Country.objects.all() if not re.fullmatch(r"[ぁ-ゖー]+", country.kana)] == []


def test_loaded_rows_can_be_searched():
    assert "のるうぇー" in embassy("NO").search_key
    assert Organisation.objects.filter(search_key__contains="hiroshima city").exists()


@pytest.mark.parametrize(
    ("kind", "names", "titles"),
    [
        ("prefecture", ("広島県", "Hiroshima Prefecture"), ("広島県知事", "Governor of Hiroshima Prefecture")),
        ("prefecture", ("東京都", "Tokyo Metropolis"), ("東京都知事", "Governor of Tokyo")),
        ("prefecture", ("北海道", "Hokkaido"), ("北海道知事", "Governor of Hokkaido")),
        ("designated_city", ("広島市", "Hiroshima City"), ("広島市長", "Mayor of Hiroshima")),
        ("town", ("御嵩町", "Mitake Town"), ("御嵩町長", "Mayor of Mitake Town")),
        ("special_ward", ("港区", "Minato Ward"), ("港区長", "Mayor of Minato Ward")),
        ("village", ("利島村", "Toshima Village"), ("利島村長", "Mayor of Toshima Village")),
    ],
)
def test_chiefs_are_titled_by_the_kind_of_body(kind, names, titles):
    assert chief_titles(kind, *names) == titles


# ── running it again ─────────────────────────────────────────────────────────


def test_a_second_load_changes_nothing():
    history = Organisation.history.count()
    audited = AuditEvent.objects.count()
    out = StringIO()

    call_command("load_registers", stdout=out)

    assert "added" not in out.getvalue()
    assert "1,788 unchanged" in out.getvalue()
    assert (Organisation.history.count(), AuditEvent.objects.count()) == (history, audited)


def test_the_load_says_what_it_leaves_out():
    out = StringIO()

    call_command("load_registers", stdout=out)

    assert "9 left out" in out.getvalue()
    assert "Embassy of Kiribati (unsure" in out.getvalue()


def test_a_changed_file_changes_its_row_and_says_so(data):
    rewrite(data / "embassies_tokyo.csv", set_in("NO", name_en="Royal Norwegian Embassy"))

    outcome, _posts = load_embassies(data)

    assert outcome.changes == ["embassy:NO – name_en: “Embassy of Norway” → “Royal Norwegian Embassy”"]
    assert (outcome.changed, outcome.unchanged, outcome.conflicts) == (1, 158, [])
    assert embassy("NO").name_en == "Royal Norwegian Embassy"
    assert embassy("NO").version == 2
    assert "royal norwegian" in embassy("NO").search_key


def test_what_people_changed_stays_when_the_file_says_the_old_thing(data):
    row = embassy("NO")
    row.name_en = "The Norwegian Embassy"
    row.save()

    outcome, _posts = load_embassies(data)

    assert (outcome.kept, outcome.changed, outcome.conflicts) == (1, 0, [])
    assert embassy("NO").name_en == "The Norwegian Embassy"


def test_what_both_changed_is_a_conflict_and_stays(data):
    row = embassy("NO")
    row.name_en = "The Norwegian Embassy"
    row.save()
    rewrite(data / "embassies_tokyo.csv", set_in("NO", name_en="Royal Norwegian Embassy"))

    outcome, _posts = load_embassies(data)

    assert outcome.conflicts == [
        "embassy:NO was edited by hand and left as it is (name_en: here “The Norwegian Embassy”, file “Royal Norwegian Embassy”)"
    ]
    assert embassy("NO").name_en == "The Norwegian Embassy"


def test_a_value_kept_once_is_kept_again_after_other_news(data):
    row = embassy("NO")
    row.name_en = "The Norwegian Embassy"
    row.save()
    rewrite(data / "embassies_tokyo.csv", set_in("NO", note="checked"))
    load_embassies(data)

    outcome, _posts = load_embassies(data)

    assert (outcome.kept, outcome.changed) == (1, 0)
    assert (embassy("NO").name_en, embassy("NO").note) == ("The Norwegian Embassy", "checked")


def test_a_row_removed_by_hand_stays_away(data):
    embassy("NO").delete()

    outcome, _posts = load_embassies(data)

    assert outcome.conflicts == ["embassy:NO: removed by hand; it stays away"]
    assert not Organisation.objects.filter(register_key="embassy:NO").exists()


def test_a_row_that_left_the_file_is_reported_and_kept(data):
    rewrite(data / "embassies_tokyo.csv", lambda row: None if row["key"] == "NO" else row)

    outcome, _posts = load_embassies(data)

    assert outcome.gone == ["embassy:NO"]
    assert embassy("NO").name_en == "Embassy of Norway"


def test_posts_that_people_filled_in_are_untouched(data):
    head = Position.objects.get(organisation=embassy("NO"), role="head")
    head.email = "ambassador@no.example.jp"
    head.save()

    _outcome, posts = load_embassies(data)

    assert posts.conflicts == []
    head.refresh_from_db()
    assert head.email == "ambassador@no.example.jp"


def test_a_merged_municipality_keeps_its_past(data):
    def merge(row):
        if row["code"] == "215210":
            return {**row, "valid_to": "2026-12-31", "successor": "212148"}
        return row

    rewrite(data / "local_governments.csv", merge)

    outcome, _posts = load_local_governments(data)

    mitake = LocalGovernment.objects.get(code="215210").organisation
    assert outcome.changed == 1
    assert mitake.valid_to == dt.date(2026, 12, 31)
    assert mitake.successor.name_ja == "可児市"
    assert mitake.history.filter(valid_to=None).exists()
    assert load_local_governments(data)[0].changed == 0


def test_a_town_that_became_a_city_has_a_new_code_and_a_predecessor(data):
    def promote(row):
        if row["code"] != "215210":
            return row
        city = {**row, "code": "212997", "kind": "city", "name_ja": "御嵩市", "name_en": "Mitake City", "valid_from": "2027-01-01"}
        city["code"] = "21299" + check_digit("21299")
        return [{**row, "valid_to": "2026-12-31", "successor": city["code"]}, city]

    rewrite(data / "local_governments.csv", promote)

    outcome, posts = load_local_governments(data)

    city = Organisation.objects.get(name_ja="御嵩市")
    assert (outcome.added, posts.added) == (1, 1)
    assert [one.name_ja for one in city.predecessors.all()] == ["御嵩町"]
    assert city.positions.get(role="chief").title_en == "Mayor of Mitake"


def test_membership_of_a_group_follows_the_file_and_is_told(data):
    rewrite(data / "countries.csv", set_in("TL", groups="cplp"))

    outcome = load_countries(data)

    assert outcome.changes == ["TL is no longer in asean"]
    assert CountryGroup.objects.get(code="asean").countries.count() == 10


def test_a_group_that_people_made_is_left_alone(data):
    own = CountryGroup.objects.create(code="partners", name_ja="協力国", name_en="Partners")
    own.countries.add(Country.objects.get(iso2="NO"))

    load_countries(data)

    assert own.countries.count() == 1


# ── files that cannot be trusted ─────────────────────────────────────────────


@pytest.mark.parametrize(
    ("file", "change", "load", "words"),
    [
        ("local_governments.csv", set_in("122076", code="122077"), load_local_governments, "wrong check digit"),
        ("local_governments.csv", set_in("122076", kind="hamlet"), load_local_governments, "unknown kind"),
        ("local_governments.csv", set_in("122076", prefecture_code="99"), load_local_governments, "prefecture 99"),
        ("local_governments.csv", set_in("122076", valid_to="soon"), load_local_governments, "is no day"),
        ("local_governments.csv", set_in("122076", successor="999999"), load_local_governments, "not in the register"),
        ("countries.csv", set_in("NO", region="moon"), load_countries, "unknown region"),
        ("countries.csv", set_in("NO", groups="vikings"), load_countries, "vikings"),
        ("embassies_tokyo.csv", set_in("NO", key="FI"), load_embassies, "comes twice"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(data, file, change, load, words):
    rewrite(data / file, change)

    with pytest.raises(BadRegister, match=words):
        load(data)


def test_a_row_with_a_missing_cell_is_refused(tmp_path):
    (tmp_path / "list.csv").write_text("a,b\n1,2\n3\n")

    with pytest.raises(BadRegister, match="line 3"):
        list(rows(tmp_path / "list.csv", "a"))


def test_a_file_without_a_column_is_refused(tmp_path):
    (tmp_path / "list.csv").write_text("a\n1\n")

    with pytest.raises(BadRegister, match="no column b"):
        list(rows(tmp_path / "list.csv", "a", "b"))


def test_the_command_loads_nothing_when_one_file_is_bad(data):
    rewrite(data / "embassies_tokyo.csv", set_in("NO", name_en="Changed"))
    rewrite(data / "local_governments.csv", set_in("122076", kind="hamlet"))

    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_registers", data=data, stdout=StringIO())

    assert embassy("NO").name_en == "Embassy of Norway"


def test_the_command_says_when_a_file_is_missing(data):
    (data / "countries.csv").unlink()

    with pytest.raises(CommandError, match=r"countries\.csv"):
        call_command("load_registers", data=data, stdout=StringIO())


def test_bodies_and_missions_load_again_without_a_change(data):
    for load in (load_bodies, load_missions):
        outcome, posts = load(data)

        assert (outcome.added, outcome.changed, posts.added, posts.changed) == (0, 0, 0, 0)


# ── the bar ──────────────────────────────────────────────────────────────────


class Terminal(StringIO):
    def isatty(self):
        return True


def test_the_bar_is_drawn_on_a_terminal_and_wiped_at_the_end():
    out = Terminal()

    with Bar("embassies", 4, out) as bar:
        bar.to(2)

    assert " 50 %" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[2K")


def test_the_bar_is_silent_in_a_log():
    out = StringIO()

    with Bar("embassies", 4, out) as bar:
        bar.to(2)

    assert out.getvalue() == ""


@pytest.mark.parametrize(
    ("typed", "iso2"), [("Turkiye", "TR"), ("türkiye", "TR"), ("Cote d'Ivoire", "CI"), ("ベトナム", "VN"), ("べとなむ", "VN")]
)
def test_an_embassy_is_found_however_its_country_is_typed(typed, iso2):
    assert list(Organisation.objects.filter(kind="embassy", search_key__contains=search_key(typed))) == [embassy(iso2)]


def test_voiced_signs_are_not_folded():
    assert search_key("ガーナ") != search_key("カーナ")


@pytest.mark.parametrize(
    "names",
    [
        ("オーストラリア", "オーストリア", "オマーン", "オランダ"),
        ("ガーナ", "カーボベルデ", "カザフスタン", "カナダ", "ガボン", "カメルーン"),
        ("ニジェール", "日本", "ニュージーランド"),
        ("コートジボワール", "コスタリカ", "コロンビア", "コンゴ共和国"),
    ],
)
def test_countries_stand_in_the_order_of_the_syllabary(registers, names):
    found = Country.objects.filter(name_ja__in=names).order_by("kana_order")

    assert tuple(found.values_list("name_ja", flat=True)) == names


def test_readings_that_differ_in_a_mark_only_stay_apart():
    assert kana_order("カーナ") < kana_order("ガーナ") < kana_order("カイナ")
    assert kana_order("きって") > kana_order("きつ")


def test_lists_of_the_registers_stand_as_their_reader_looks_for_a_name(registers, login, desk):
    client = login(desk)

    def first(path):
        html = client.get(path).content.decode()
        return min(("アイスランド", "Afghanistan"), key=lambda name: html.find(name) if name in html else len(html))

    assert first("/admin/partnership/country/?lang=en") == "Afghanistan"
    assert first("/admin/partnership/country/?lang=ja") == "アイスランド"
    assert client.get("/admin/partnership/organisation/?kind__exact=embassy").content.decode().find("駐日アイスランド大使館") > 0
