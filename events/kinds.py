"""Kinds of event, as data: adding a kind touches this file only."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events import letter_texts


@dataclass(frozen=True)
class ChecklistLine:
    """A task that an event of the kind starts with, ``days`` from the event (negative before it)."""

    days: int
    title_ja: str
    title_en: str


@dataclass(frozen=True)
class Kind:
    """One kind of event: its names, and what it starts with."""

    key: str
    name: Promise
    event_ja: str  # as the card says it: レセプション
    event_en: str  # as the card says it: Reception
    lead_en: str = "at a"  # what the card puts before it: at a Reception, on the Study Tour
    wish_ja: str = "御臨席"  # what the card asks for: 御臨席、御出席、御参加
    series: bool = False
    abroad: bool = False
    audience: tuple[str, ...] = ("embassy",)  # kinds of organisation whose absence from the list must be explained
    checklist: tuple[ChecklistLine, ...] = ()
    letters: dict[str, letter_texts.LetterText] = field(default_factory=dict)  # by purpose: invitation, ...
    defaults: dict[str, Any] = field(default_factory=dict)  # what the form of a new event begins with, by field
    # what local governments ask for and get as an event of this kind (municipalities/kinds.py), and how it is begun then
    from_requests: tuple[str, ...] = ()
    first_host: str = "body:mofa"  # register key of who hosts first; "mission" is the one that the request names, "" nobody
    chiefs_host: bool = False  # minister, governor and mayor sign; otherwise their offices do
    joins_as: str = "co_host"  # role of the local governments (EventHost.Role)
    title_ja: str = ""  # {bodies} {hosts} {ordinal} {fiscal_year}
    title_en: str = ""  # likewise


# ── checklists ───────────────────────────────────────────────────────────────


def _lines(*lines: tuple[int, str, str]) -> tuple[ChecklistLine, ...]:
    return tuple(ChecklistLine(*line) for line in lines)


_IIKURA = _lines(
    (-120, "開催日を大臣室と調整する", "Settle the day with the Minister’s office"),
    (-110, "共催者（知事・市長）の意向と担当者を確認する", "Confirm the co-hosts and their contacts"),
    (-100, "実施の決裁を受ける", "Have the plan approved"),
    (-90, "飯倉公館の使用を申し込む", "Book Iikura Guest House"),
    (-75, "セミナー、ブース、実演の内容を共催者と決める", "Agree with the co-hosts on seminar, booths and performances"),
    (-60, "招待先を儀典、関係局課、共催者と調整する", "Settle the guest list with the Protocol Office, the bureaux and the co-hosts"),
    (-49, "日取りを予告する", "Let the guests know the day"),
    (-35, "招待状の決裁を受ける", "Have the invitation approved"),
    (-30, "招待状を送る", "Send the invitations"),
    (-28, "通訳を手配する", "Engage the interpreters"),
    (-24, "会場の配置図とブース図を共催者と確認する", "Agree on the floor plan and the booths"),
    (-21, "料理と飲物、アレルギー表示を確認する", "Check food, drink and allergen signs"),
    (-18, "進行表と挨拶の案を作る", "Draft the running order and the speeches"),
    (-14, "鏡開きの樽、刀剣など持込みの届を出す", "Report what is brought in: casks, swords for performances"),
    (-8, "報道発表をする", "Issue the press release"),
    (-7, "回答のない宛先に電話する", "Call those who have not answered"),
    (-5, "代理出席の諾否を決め、出欠を取りまとめる", "Decide on substitutes and settle the guest list"),
    (-3, "食事と配慮の一覧を料理担当に渡す", "Give the kitchen the dietary needs"),
    (-2, "来場者名簿と車両一覧を警備に渡す", "Give the guards the names and the cars"),
    (-1, "名札と受付表を用意し、搬入に立ち会う", "Prepare badges and reception lists; attend the loading"),
    (1, "出席者数を確定する", "Settle the attendance"),
    (7, "礼状を送り、求められた連絡先を引き継ぐ", "Send thanks and pass on the contacts that were asked for"),
    (10, "結果をグローカル外交ネットに載せる", "Publish the result on the Glocal network"),
    (21, "報道、アンケート、経費、反省点をまとめる", "Gather press, questionnaires, accounts and lessons"),
)
_MAYORS = _lines(
    (-90, "全国市長会と日程、案内の方法を調整する", "Settle day and procedure with the Japan Association of City Mayors"),
    (-75, "実施の決裁を受ける", "Have the plan approved"),
    (-60, "ブースの出展と面談の希望を市区から集める", "Collect the cities’ wishes for booths and meetings"),
    (-45, "出展する市区を決める", "Choose the cities with a booth"),
    (-35, "招待状の決裁を受ける", "Have the invitation approved"),
    (-30, "外交団に招待状を送る", "Send the invitations to the diplomatic corps"),
    (-14, "会場の配置図を確認する", "Agree on the floor plan"),
    (-8, "報道発表をする", "Issue the press release"),
    (-5, "出欠を取りまとめる", "Settle the guest list"),
    (-2, "来場者名簿を警備に渡す", "Give the guards the names"),
    (1, "出席者数を確定する", "Settle the attendance"),
    (7, "大使館が求めた連絡先を各市区に伝える", "Pass on to each city the contacts that embassies asked for"),
    (10, "結果をグローカル外交ネットに載せる", "Publish the result on the Glocal network"),
)
_SEMINAR_LINES = _lines(
    (-120, "共催する地方自治体を募る", "Call for co-hosts"),
    (-90, "共催者とテーマを決める", "Choose co-hosts and themes"),
    (-75, "実施の決裁を受ける", "Have the plan approved"),
    (-60, "会場を押さえる", "Book the venue"),
    (-40, "招待状の決裁を受ける", "Have the invitation approved"),
    (-30, "招待状を送る", "Send the invitations"),
    (-21, "発表資料と通訳を確認する", "Check presentations and interpreters"),
    (-14, "産品の一覧と原産地、アレルギー表示を確認する", "Check products, their origin and allergen signs"),
    (-7, "回答のない宛先に電話する", "Call those who have not answered"),
    (-3, "リハーサルをする", "Rehearse"),
    (-1, "名札と受付表を用意する", "Prepare badges and reception lists"),
    (1, "出席者数を確定する", "Settle the attendance"),
    (7, "交換された連絡先を共催者に引き継ぐ", "Pass on the contacts that were made"),
    (14, "アンケートをまとめ、結果を載せる", "Gather the questionnaires and publish the result"),
)
_TOUR_LINES = _lines(
    (-120, "訪問先の地方自治体を決める", "Choose the host municipality"),
    (-90, "実施の決裁を受ける", "Have the plan approved"),
    (-60, "行程を現地で確かめる", "Walk the route"),
    (-45, "宿泊、移動、食事を手配する", "Arrange lodging, transport and meals"),
    (-42, "招待状の決裁を受ける", "Have the invitation approved"),
    (-35, "招待状を行程とともに送る", "Send the invitations with the itinerary"),
    (-21, "案内役と通訳を決める", "Engage guides and interpreters"),
    (-17, "参加者を確定する", "Settle the list of participants"),
    (-14, "荒天のときの行程を用意する", "Prepare a plan for bad weather"),
    (-10, "報道発表をする", "Issue the press release"),
    (-7, "食事、保険、緊急連絡先を確認する", "Check diets, insurance and emergency contacts"),
    (-3, "名札と座席表を用意する", "Prepare badges and seats in the bus"),
    (1, "参加者数を確定する", "Settle the number of participants"),
    (7, "礼状を送る", "Send thanks"),
    (14, "参加者の発信と反省点をまとめる", "Gather what participants published, and the lessons"),
)
_FORUM_LINES = _lines(
    (-120, "テーマについて地方自治体の希望を聞く", "Ask the local governments which topics they wish"),
    (-90, "分科会と登壇者を決める", "Choose sections and speakers"),
    (-75, "実施の決裁を受ける", "Have the plan approved"),
    (-60, "会場を押さえる", "Book the venue"),
    (-45, "参加を募る（分科会の希望も）", "Open the registration with the choice of section"),
    (-30, "大使館に案内を送る", "Invite the embassies to the exchange"),
    (-14, "分科会の割り振りを決める", "Place participants in sections"),
    (-7, "資料と事前の質問を登壇者に渡す", "Give the speakers materials and questions"),
    (-1, "受付表を用意する", "Prepare the reception lists"),
    (1, "各部の出席者数を確定する", "Settle the attendance of each part"),
    (7, "残った質問に答える", "Answer the open questions"),
    (14, "資料と概要をグローカル外交ネットに載せる", "Publish materials and a summary on the Glocal network"),
)
_FAIR_LINES = _lines(
    (-180, "開催地と催しを在外公館と決める", "Choose city and fair with the mission"),
    (-150, "参加する県を募る", "Call for participating prefectures"),
    (-120, "実施の決裁を受ける", "Have the plan approved"),
    (-90, "産品ごとに輸入規制を確認する", "Check the import rules of each product"),
    (-60, "輸送と試飲試食の許可を取る", "Arrange shipping and permits for tastings"),
    (-30, "ブースと舞台の割り振りを決める", "Settle booths and stage slots"),
    (-14, "報道への案内を出す", "Invite the press"),
    (1, "来場者数を確定する", "Settle the number of visitors"),
    (14, "報道と反響をまとめる", "Gather press and reactions"),
    (30, "結果を二つの言語で載せる", "Publish the result in both languages"),
)
_PROJECT_LINES = _lines(
    (-120, "地方自治体の希望を受け付ける", "Take in the local government’s wish"),
    (-100, "日程、施設、予算を在外公館と確認する", "Settle day, premises and budget with the mission"),
    (-80, "実施の決裁を受ける", "Have the plan approved"),
    (-45, "産品の通関と検疫を確認する", "Check customs and quarantine"),
    (-30, "現地の客を在外公館が招く", "The mission invites the guests"),
    (1, "来場者数を確定する", "Settle the number of guests"),
    (30, "商談の状況を聞く", "Ask how the business talks go on"),
    (180, "半年後の状況を聞く", "Ask again after half a year"),
    (365, "一年後の成果を聞く", "Ask for the result after a year"),
)

# ── the kinds ────────────────────────────────────────────────────────────────

# ── what a new event begins with ─────────────────────────────────────────────
_AT_IIKURA = {
    "venue_ja": "外務省飯倉公館",
    "venue_en": "Iikura Guest House, Ministry of Foreign Affairs",
    "address_ja": "東京都港区麻布台1-5-3",
    "address_en": "1-5-3 Azabudai, Minato-ku, Tokyo",
    "start_time": dt.time(18, 30),
    "end_time": dt.time(20, 0),
    "dress_ja": "平服又は民族衣装",
    "dress_en": "Informal or national dress",
}

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "iikura_reception",
            _("reception at Iikura Guest House"),
            "レセプション",
            "Reception",
            series=True,
            checklist=_IIKURA,
            letters=letter_texts.RECEPTION,
            defaults={**_AT_IIKURA, "capacity": 300},
            from_requests=("cohost_reception",),
            chiefs_host=True,
            title_ja="{hosts}共催レセプション",
            title_en="Reception co-hosted by {hosts}",
        ),
        Kind(
            "city_mayors_reception",
            _("reception for city mayors"),
            "レセプション",
            "Reception",
            series=True,
            checklist=_MAYORS,
            letters=letter_texts.RECEPTION_BY_ONE,
            defaults=_AT_IIKURA,
            chiefs_host=True,
        ),
        Kind(
            "regional_promotion_seminar",
            _("regional promotion seminar"),
            "セミナー",
            "Seminar",
            wish_ja="御出席",
            series=True,
            checklist=_SEMINAR_LINES,
            letters=letter_texts.SEMINAR,
            from_requests=("regional_promotion_seminar",),
            title_ja="第{ordinal}回地域の魅力発信セミナー",
            title_en="The {ordinal} Regional Promotion Seminar",
        ),
        Kind(
            "diplomats_study_tour",
            _("diplomats’ study tour"),
            "視察ツアー",
            "Study Tour",
            "on the",
            "御参加",
            series=True,
            checklist=_TOUR_LINES,
            letters=letter_texts.TOUR,
            from_requests=("diplomats_study_tour",),
            title_ja="駐日外交団地方視察ツアー（{bodies}）",
            title_en="Diplomats’ Study Tour to {bodies}",
        ),
        # the Protocol Office’s own programme for heads of mission with their spouses; never counted among the study tours
        Kind(
            "ambassadors_tour",
            _("ambassadors’ tour (Protocol Office)"),
            "地方視察",
            "Tour",
            "on the",
            "御参加",
            checklist=_TOUR_LINES,
            letters=letter_texts.TOUR,
            from_requests=("sister_city_support",),
            first_host="body:protocol",
            title_ja="駐日各国大使の地方（{bodies}）視察",
            title_en="Ambassadors’ Tour to {bodies}",
        ),
        Kind(
            "local_partnership_forum",
            _("local partnership cooperation forum"),
            "フォーラム",
            "Forum",
            "at the",
            "御出席",
            series=True,
            audience=(),
            checklist=_FORUM_LINES,
            letters=letter_texts.FORUM,
            from_requests=("local_partnership_forum",),
            joins_as="participating",
            title_ja="{fiscal_year}地方連携フォーラム",
            title_en="Local Partnership Cooperation Forum",
        ),
        Kind(
            "reputation_recovery_event",
            _("event against reputational damage"),
            "広報事業",
            "Promotional Event",
            wish_ja="御出席",
            abroad=True,
            audience=(),
            checklist=_FAIR_LINES,
            letters=letter_texts.SEMINAR,
            from_requests=("overseas_pr_project",),
            joins_as="participating",
            title_ja="{bodies}等の魅力発信事業",
            title_en="Promotion of {bodies} and Other Regions",
        ),
        Kind(
            "blogger_invitation_tour",
            _("invitation of bloggers"),
            "招へい",
            "Invitation Tour",
            "on the",
            "御参加",
            audience=(),
            checklist=_TOUR_LINES,
            letters=letter_texts.TOUR,
        ),
        Kind(
            "regional_promotion_project",
            _("regional promotion project"),
            "広報事業",
            "Promotional Event",
            wish_ja="御出席",
            abroad=True,
            audience=(),
            checklist=_PROJECT_LINES,
            letters=letter_texts.SEMINAR,
            from_requests=("mission_facility", "overseas_pr_project", "local_drinks"),
            first_host="mission",
            title_ja="{bodies}PR事業",
            title_en="Promotional Event of {bodies}",
        ),
        Kind(
            "municipal_promotion_event",
            _("promotion by a municipality"),
            "広報事業",
            "Promotional Event",
            wish_ja="御出席",
            audience=(),
            checklist=_PROJECT_LINES,
            letters=letter_texts.SEMINAR,
            from_requests=("overseas_pr_project", "local_drinks"),
            first_host="",
            joins_as="participating",
            title_ja="{bodies}PR",
            title_en="Promotion of {bodies}",
        ),
    )
}


def kinds_from(request_kind: str) -> list[Kind]:
    """The kinds of event that a kind of request can become, the usual one first."""
    return sorted(
        (kind for kind in KINDS.values() if request_kind in kind.from_requests), key=lambda kind: kind.from_requests.index(request_kind)
    )


KIND_CHOICES = [(kind.key, kind.name) for kind in KINDS.values()]


def kind_of(key: str) -> Kind:
    """The declaration of a kind.

    Raises:
        KeyError: for a kind that is not declared here.
    """
    return KINDS[key]
