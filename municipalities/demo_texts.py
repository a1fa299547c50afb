"""What the demonstration's local governments show, ask and are told: invented, marked （デモ）, and not what any of them said."""

from dataclasses import dataclass, field
from typing import Any

_CONTACT = {"publish": True, "contact_name": "国際担当（デモ）", "contact_phone": "082-000-0000"}
_TIMING = {"months": ["+9", "+10"], "budget": "requested"}


@dataclass(frozen=True)
class Show:
    """One attraction."""

    kind: str
    name_ja: str
    name_en: str
    kana: str
    text_ja: str = ""
    text_en: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """One request. ``told`` are the steps with the days ago at which they happened, newest last.

    A step is a word, or a word with its text; municipalities/demonstration.py does them.
    """

    key: str
    kind: str
    body: str  # local government code
    title: str
    answers: dict[str, Any]
    told: tuple[tuple[int, str, str], ...] = ()
    joined: tuple[str, ...] = ()
    relay: str = ""
    call: str = ""
    mission: str = ""
    shows: tuple[str, ...] = ()  # names of attractions
    source: str = "portal"
    tags: tuple[str, ...] = ()


ATTRACTIONS: dict[str, tuple[Show, ...]] = {
    "340006": (
        Show("food", "瀬戸内のかき（デモ）", "Setouchi oysters (demo)", "せとうちのかき", "生食用と加熱用。", "Raw and for cooking.",
             {"origin": "広島県", "allergens": "貝類"}),
        Show("drink", "西条の酒（デモ）", "Saijo sake (demo)", "さいじょうのさけ", "軟水で仕込む吟醸酒。",
             "Ginjo sake brewed with soft water.", {"origin": "広島県東広島市"}),
        Show("craft", "化粧筆（デモ）", "Make-up brushes (demo)", "けしょうふで", "一本ずつ手で揃えた毛先。",
             "Tips set by hand, one by one."),
        Show("performing_art", "神楽（デモ）", "Kagura (demo)", "かぐら", "大蛇の舞。", "The dance of the great serpent.",
             {"people": 12, "minutes": 25, "needs": "舞台の間口8 m、天井の高さ4 m、煙"}),
    ),
    "341002": (
        Show("food", "お好み焼き（デモ）", "Okonomiyaki (demo)", "おこのみやき", "鉄板で実演できます。", "Can be made before the guests.",
             {"origin": "広島市", "allergens": "小麦、卵、大豆、豚肉", "needs": "鉄板（電気3 kW）、換気"}),
        Show("sight", "平和記念公園（デモ）", "Peace Memorial Park (demo)", "へいわきねんこうえん", "ボランティアが英語で案内します。",
             "Volunteers guide in English."),
        Show("mascot", "もみじの妖精（デモ）", "Maple fairy (demo)", "もみじのようせい", "", "", {"people": 2}),
    ),
    "120006": (
        Show("product", "落花生（デモ）", "Peanuts (demo)", "らっかせい", "煎りたての殻付き。", "Freshly roasted in the shell.",
             {"origin": "千葉県", "allergens": "落花生"}),
        Show("drink", "房総の地酒（デモ）", "Boso sake (demo)", "ぼうそうのじざけ", "", "", {"origin": "千葉県"}),
    ),
    "122076": (
        Show("product", "梨（デモ）", "Japanese pears (demo)", "なし", "8月から9月が旬です。", "In season in August and September.",
             {"origin": "千葉県松戸市"}),
        Show("sight", "庭園の茶会（デモ）", "Tea in the garden (demo)", "ていえんのちゃかい", "", "", {"people": 6}),
    ),
    "261009": (Show("craft", "京の扇子（デモ）", "Folding fans (demo)", "きょうのせんす", "", "", {"origin": "京都市"}),),
    "070009": (Show("food", "会津の漬物（デモ）", "Aizu pickles (demo)", "あいづのつけもの", "", "", {"origin": "福島県"}),),
    "020001": (Show("drink", "りんごの発泡酒（デモ）", "Apple cider (demo)", "りんごのはっぽうしゅ", "", "", {"origin": "青森県"}),),
    "215210": (Show("product", "山里の蜂蜜（デモ）", "Mountain honey (demo)", "やまざとのはちみつ", "", "", {"origin": "岐阜県御嵩町"}),),
}  # fmt: skip

_TOUR = {
    **_CONTACT, **_TIMING,
    "purpose": "駐日外交団に平和への取組と地域の食を知っていただき、自国での発信につなげます。",
    "days": "two", "lodging": "市内のホテル（デモ）", "guests": 40, "chief_attends": "in_person", "chief_part": ["welcome", "meal"],
}  # fmt: skip
_RECEPTION = {
    **_CONTACT, **_TIMING,
    "purpose": "外交団に地域の魅力を直接伝え、輸出と観光の相手を広げます。",
    "seminar": True, "chief_attends": "in_person", "chief_part": ["welcome", "toast"],
}  # fmt: skip
_ABROAD = {
    **_CONTACT, **_TIMING,
    "facility": ["residence"],
    "purpose": "輸入業者に直接味わっていただき、取引の相手を見つけます。",
    "programme": "首長の挨拶、産品の紹介、試飲と試食（2時間）",
    "guest_groups": "輸入業者、飲食店、報道",
}  # fmt: skip
_TIES = {**_CONTACT, **_TIMING, "purpose": "市民の国際理解を深め、交流の担い手を増やします。"}
_COMPANY = {
    **_CONTACT, "budget": "not_needed", "company": "株式会社みほん水機（デモ）", "company_agrees": True,
    "technology": "小規模な集落でも使える浄水装置です。", "field": "water", "countries": ["VN", "LA"], "stage": "survey",
    "role": "市の水道部局が運転の指導を行います。", "purpose": "相手国の水の課題の解決と、地元企業の海外展開の両立を目指します。",
}  # fmt: skip

_RAIN = """御提案ありがとうございます。2日目の厳島の見学が雨で中止になったとき、代わりの行き先と移動の時間を教えてください。
定員は40人で考えています。"""

REQUESTS: tuple[Wish, ...] = (
    Wish("reception", "cohost_reception", "340006", "飯倉公館レセプションの共催",
         {**_RECEPTION, "seminar_note": "平和と食の広島（デモ）"},
         ((75, "submit", ""), (74, "confirm:341002", ""), (72, "take", ""), (40, "accept", "")),
         joined=("341002",), call="iikura_before",
         shows=("瀬戸内のかき（デモ）", "西条の酒（デモ）", "神楽（デモ）", "お好み焼き（デモ）")),
    Wish("tour", "diplomats_study_tour", "341002", "駐日外交団視察ツアーの共催",
         {**_TOUR, "places": "平和記念公園\n西条の酒蔵（デモ）\n厳島", "avoid": "議会の会期（6月中旬）"},
         ((9, "submit", ""), (8, "confirm:340006", ""), (7, "relay:1", "県としても優先の第1位です。2日目の県の施設は県が案内します。"),
          (6, "take", ""), (2, "ask:4", _RAIN)),
         joined=("340006",), relay="340006", call="tours", shows=("平和記念公園（デモ）", "お好み焼き（デモ）", "西条の酒（デモ）"),
         source="excel", tags=("重点",)),
    Wish("lecture", "sister_city_support", "341002", "大使の講演（離任前）",
         {**_TIES, "support": ["lecture"], "lecture_subject": "両国の若者に伝えたいこと（デモ）",
          "lecture_audience": "大学生と市民、200人"},
         ((8, "submit", ""), (6, "take", ""), (1, "note", "儀典から離任の日程が届く見込み。15日までに候補日を返す。"))),
    Wish("draft", "mission_facility", "341002", "在外公館での日本酒の紹介", {**_ABROAD, "programme": ""},
         mission="mission:CG-CA-VANCOUVER"),
    Wish("pears", "mission_facility", "122076", "公邸での梨の紹介",
         {**_ABROAD}, ((5, "submit", ""), (3, "relay:1", "県産の梨の輸出の足がかりとなる事業であり、県としても推薦します。")),
         relay="120006", mission="mission:CG-CA-VANCOUVER", shows=("梨（デモ）",)),
    Wish("matsudo_tour", "diplomats_study_tour", "122076", "相撲部屋と庭園をめぐる視察",
         {**_TOUR, "days": "one", "places": "相撲部屋（デモ）\n庭園の茶会（デモ）", "guests": 30},
         ((1, "submit", ""),), relay="120006", call="tours", shows=("庭園の茶会（デモ）",)),
    Wish("chiba", "cohost_reception", "120006", "海と畑の千葉の夕べ", {**_RECEPTION, "seminar": False},
         ((4, "submit", ""),), call="iikura", shows=("落花生（デモ）", "房総の地酒（デモ）")),
    Wish("chiba_water", "oda_business", "120006", "県内企業の浄水装置の海外展開", {**_COMPANY},
         ((12, "submit", ""), (10, "take:chief", ""), (3, "say", "国際協力局と打合せを行います。今週中に日程を御連絡します。"))),
    Wish("mitake", "mission_facility", "215210", "公邸で物産を紹介したい", {**_ABROAD}, ((2, "submit", ""),),
         mission="mission:CG-CA-VANCOUVER", shows=("山里の蜂蜜（デモ）",), source="mail"),
    Wish("toyota", "oda_business", "232114", "上下水道の技術の海外展開", {**_COMPANY, "stage": "idea"},
         ((38, "submit", ""), (35, "take:chief", "")), source="excel"),
    Wish("abashiri", "sister_city_support", "012114", "姉妹都市の相手をさがしたい",
         {**_TIES, "support": ["partner"], "partner_wish": "流氷や漁業が共通する、人口3万人から5万人の市", "countries": ["CA", "NO"]},
         ((11, "submit", ""), (9, "take:chief", "")), source="phone", tags=("姉妹都市",)),
    Wish("kyoto", "cohost_reception", "261009", "工芸と茶の夕べ", {**_RECEPTION, "seminar_note": "工芸の今（デモ）"},
         ((6, "submit", ""),), call="iikura", shows=("京の扇子（デモ）",), source="mail"),
    Wish("fukushima", "cohost_reception", "070009", "ふくしまの食と復興", {**_RECEPTION, "seminar_note": "復興の歩み（デモ）"},
         ((10, "submit", ""), (7, "take", "")), call="iikura", shows=("会津の漬物（デモ）",), source="mail", tags=("復興", "重点")),
    Wish("saitama", "diplomats_study_tour", "111007", "盆栽と鉄道の視察ツアー",
         {**_TOUR, "days": "one", "places": "盆栽園（デモ）\n鉄道の展示施設（デモ）"},
         ((7, "submit", ""), (5, "take:chief", ""),
          (3, "send_back:3", "訪問先ごとの所要時間と、歩く距離を書き足してください。様式を直して再び提出してください。")),
         call="tours", source="excel"),
    Wish("aomori", "local_drinks", "020001", "りんごの発泡酒の推薦", {**_CONTACT, "makers": "みほん醸造（デモ）　弘前市",
         "purpose": "在外公館の行事で味わっていただき、輸出の機会を広げます。", "occasions": ["reception", "tasting"]},
         ((14, "submit", ""), (12, "take", ""), (1, "paper", "")), shows=("りんごの発泡酒（デモ）",), source="mail"),
    Wish("mie", "send_employee", "240001", "職員の派遣", {**_CONTACT, "purpose": "国際業務の担い手を育てます。", "starts": "+fiscal",
         "term": "four", "number": 1}, ((50, "submit", ""), (48, "take:chief", ""), (20, "decline", "")), source="mail"),
    Wish("iki", "mission_facility", "422100", "島の魚と焼酎の紹介", {**_ABROAD},
         ((30, "submit", ""), (28, "take", ""), (15, "withdraw", "相手先の都合により、来年度に改めて相談します。")),
         mission="mission:CG-CN-SHANGHAI", source="mail"),
    Wish("toyama", "free_consultation", "160008", "英語版の資料の作り方",
         {**_CONTACT, "purpose": "県の紹介資料の英語版の作り方を相談したい。"},
         ((70, "submit", ""), (69, "take", ""), (66, "accept", ""), (30, "close", "")), source="phone"),
)  # fmt: skip

TAGS = ("重点", "復興", "姉妹都市")

CANNED = (
    ("", "受付の御連絡", "御提出ありがとうございます。内容を確認し、{days}開庁日ほどで御連絡します。",
     "Thank you for your request. We shall read it and come back to you in about {days} open days."),
    ("diplomats_study_tour", "雨天時の行程の確認", "荒天のときの代わりの行き先と、移動に要する時間をお知らせください。",
     "Please tell us where the guests would go in bad weather, and how long the way takes."),
    ("mission_facility", "輸入規制の確認", "持ち込む産品の品目、数量及び原産地をお知らせください。在外公館を通じて輸入規制を確認します。",
     "Please list the products with quantities and origin; the mission will check the import rules."),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One enquiry: who, about what, how many days ago, and what became of it."""

    who: str
    topic: str
    ago: int
    due: int | None  # days from today
    channel: str = "phone"
    contact: str = "000-000-0000"
    text: str = ""
    answer: str = ""
    minutes: int = 0
    by: str = "desk"
    assignee: str | None = "desk"
    asked: str = ""  # of whom
    question: str = ""


ENQUIRIES = (
    Asked("倉敷市 国際課 小野（デモ）", "姉妹都市の提携の手続について", 26, None, minutes=95,
          answer="提携の手続に国の許可は必要ありません。自治体国際化協会の手引と、他の自治体の協定書の例を御案内しました。"),
    Asked("横浜市 国際局 原田（デモ）", "飯倉公館レセプションの費用の分担", 19, None, minutes=40,
          answer="会場と招待状は外務省、料理とブースは共催者の負担が通例とお答えしました。詳細は募集要領を御案内しました。"),
    Asked("J. Miller（デモ）", "日本の市と学校どうしの交流をしたい", 12, None, channel="mail", contact="j.miller@example.org", minutes=1500,
          answer="希望する地域と学年を伺い、自治体に案内できる情報の書式をお送りしました。", by="osaka", assignee="osaka"),
    Asked("鳥取県 観光交流課 森（デモ）", "在外公館の施設を借りる費用", 6, None, minutes=25,
          answer="施設の利用は原則として無料、料理や通訳は主催者の負担とお答えしました。"),
    Asked("松山市 秘書課 岡（デモ）", "市長の海外出張で大使館に表敬したい", 4, -1, asked="西欧課",
          question="訪問の希望日に大使の都合はつきますか。", text="12月中旬、英国。市長ほか3名。表敬は30分程度を希望。"),
    Asked("網走市 企画課 西（デモ）", "姉妹都市の相手のさがし方", 1, 2, channel="mail", contact="kikaku@example.jp",
          text="カナダ又は北欧の、漁業の市を希望。"),
    Asked("御嵩町 企画課 林（デモ）", "視察ツアーの募集に町単独で応募できるか", 0, 3, assignee=None),
    Asked("大阪の商工団体 村上（デモ）", "在京大使館の商務担当を紹介してほしい", 0, 2, by="osaka", assignee="osaka"),
)  # fmt: skip

TOURS_JA = """駐日外交団を地域に案内する視察ツアーを共催する地方自治体を募集します。

1　内容　1日から3日の日程で、施設、企業、住民との交流などを組み合わせてください。
2　費用　外交団の招待は外務省、地域での移動、宿泊及び食事は共催者の負担が通例です。
3　応募　この画面の様式、又は様式（Excel）で提出してください。都道府県を経由することもできます。
4　選考　地域の均衡、前回からの年数、内容を見て決めます。"""
TOURS_EN = """The Ministry calls for local governments that host a study tour for the diplomatic corps with us.

1. Content: one to three days with places, companies and people of the region.
2. Cost: the Ministry invites the diplomats; transport, lodging and meals in the region are usually yours.
3. How: with the form on this page or the Excel form, directly or through the prefecture.
4. Choice: by the balance of regions, the years since last time, and the content."""
IIKURA_JA = """外務大臣と知事又は市町村長が、飯倉公館で共に外交団を迎えるレセプションの共催者を募集します。

1　内容　地域の食、酒、工芸、芸能などを紹介してください。始めにセミナーを行うこともできます。
2　費用　会場と招待状は外務省、料理、ブース及び実演は共催者の負担が通例です。
3　応募　知事又は市町村長が出席できることが条件です。"""
IIKURA_EN = """The Ministry calls for co-hosts of receptions at which the Minister and a governor or mayor welcome the diplomatic corps.

1. Content: the food, drink, crafts and arts of your region; a seminar may come first.
2. Cost: venue and invitations are the Ministry’s; food, booths and performances are usually yours.
3. Condition: the governor or mayor attends in person."""
MISSIONS_JA = """在外公館の公邸、多目的ホールなどを、地域の魅力を紹介する事業に使っていただけます。いつでも受け付けています。

日程は在外公館の都合によります。希望の3か月前までに御相談ください。"""
MISSIONS_EN = """The residences and halls of Japan’s missions abroad may be used for projects that promote your region.

We take requests all the time. The day depends on the mission; please ask three months ahead."""

GUIDELINES = {"tours": (TOURS_JA, TOURS_EN), "iikura": (IIKURA_JA, IIKURA_EN), "missions": (MISSIONS_JA, MISSIONS_EN)}
