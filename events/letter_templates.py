"""The templates of the letters: ``{placeholder}`` is filled for each event and guest, ``%(word)s`` by the kind of event.

The register is the card's: the third person in English, the formal one in Japanese. The plain text carries everything. A line
whose placeholders are all empty (no dress, nothing before it) is left out when the letter is printed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """One letter before a kind of event gives it its words."""

    title_ja: str
    title_en: str
    subject_ja: str
    subject_en: str
    body_ja: str
    body_en: str


_SIGNED_JA = """\
照会先　{contact}

外務省 地方連携推進室
"""
_SIGNED_EN = """\
For questions: {contact}

Local Partnership Cooperation Division
Ministry of Foreign Affairs of Japan
"""
_CARD_JA = """\
　　　　　　　　記

{title}
日時　{when}
場所　{where}
開会前　{before}
服装　{dress}
"""
_CARD_EN = """\
{title}

Date: {when}
Place: {where}
Beforehand: {before}
Dress: {dress}
"""
_SHORT_JA = """\
　　　　　　　　記

{title}
日時　{when}
場所　{where}
"""
_SHORT_EN = """\
{title}

Date: {when}
Place: {where}
"""


def _template(titles: tuple[str, str], subjects: tuple[str, str], body_ja: str, body_en: str) -> Template:
    return Template(*titles, *subjects, f"{{salutation}}\n\n{body_ja}\n{_SIGNED_JA}", f"{{salutation}}\n\n{body_en}\n{_SIGNED_EN}")


_SAVE_THE_DATE = _template(
    ("日程の予告", "Save the date"),
    ("【外務省】{title}の日程について", "Save the date: {title} (Ministry of Foreign Affairs of Japan)"),
    f"""\
{{hosts}}は、下記の{{event}}を催すことを予定しております。つきましては、あらかじめ日程をお知らせ申し上げます。

{_SHORT_JA}
正式な御案内は、追って差し上げます。現時点での御回答は不要です。
御予定表に取り込める仮の予定を、このメールに添付しております。
""",
    f"""\
{{hosts}}
%(request_en)s that you kindly keep the following date free for a {{event}}.

{_SHORT_EN}
A formal invitation will follow; no answer is needed now.
A provisional entry for your calendar is attached.
""",
)

_INVITATION = _template(
    ("招待状", "Invitation"),
    ("【外務省】{title}の御案内", "Invitation: {title} (Ministry of Foreign Affairs of Japan)"),
    f"""\
{{hosts}}は、下記の{{event}}を催すに当たり、%(attend_ja)sを賜りたく、謹んで御案内申し上げます。

{_CARD_JA}
{{reply_line}}
御回答は、次の専用ページからお願い申し上げます。登録は不要です。ページを開いただけでは回答になりません。

{{link}}

%(terms_ja)s
御回答は、期限まで同じページで改めていただけます。
""",
    f"""\
{{hosts}}
%(request_en)s the pleasure of the company of
{{guest}}
%(occasion_en)s

{_CARD_EN}
{{reply_line}}
Kindly answer on your personal page. No sign-in is needed, and opening the page does not answer for you.

{{link}}

%(terms_en)s
Until the date above you may change your answer on the same page.
""",
)

_REMINDER = _template(
    ("回答のお願い", "Reminder"),
    ("【外務省】{title}　御出欠の御回答のお願い", "Kind reminder: {title} (Ministry of Foreign Affairs of Japan)"),
    f"""\
先に御案内申し上げました下記の{{event}}につきまして、御出欠の御回答をまだ頂戴しておりません。
御多用のところ恐れ入りますが、{{reply_by}}までに御回答くださいますよう、お願い申し上げます。

{_SHORT_JA}
御回答は、次の専用ページからお願い申し上げます。登録は不要です。ページを開いただけでは回答になりません。

{{link}}

代理の方の御出席を御希望の場合も、同じページでお名前と役職をお知らせください。
行き違いに御回答を頂いておりましたら、何とぞ御容赦ください。
""",
    f"""\
{{hosts}}
%(have_en)s not yet had the honour of receiving the answer of
{{guest}}
to the invitation to the following {{event}}.

{_SHORT_EN}
Your answer is kindly requested by {{reply_by}}.
You may give it on your personal page. No sign-in is needed, and opening the page does not answer for you.

{{link}}

Should you wish somebody to attend in your place, please name the person on the same page.
If your answer has crossed this letter, kindly disregard it.
""",
)

_PRACTICAL = _template(
    ("当日の御案内", "Practical information"),
    ("【外務省】{title}　当日の御案内", "Practical information: {title} (Ministry of Foreign Affairs of Japan)"),
    f"""\
下記の{{event}}に%(attend_ja)sくださる旨の御回答を頂き、厚く御礼申し上げます。当日について御案内申し上げます。

{_CARD_JA}
%(bring_ja)s
代理の方がお越しになる場合は、本状をその方にお渡しください。

同伴者のお名前、お食事、会場での御配慮について変更がありましたら、次の専用ページでお知らせください。
変更の期限　{{list_closes}}

{{link}}
""",
    f"""\
{{hosts}}
%(look_en)s forward to the company of
{{guest}}
%(occasion_en)s

{_CARD_EN}
%(bring_en)s
Should somebody attend in your place, kindly pass this letter on.

If the names of those who accompany you, dietary needs or needs of access have changed, please tell us on your personal page.
Changes are possible until: {{list_closes}}

{{link}}
""",
)

_CHANGE = _template(
    ("変更のお知らせ", "Notice of change"),
    ("【外務省】{title}　変更のお知らせ", "Change: {title} (Ministry of Foreign Affairs of Japan)"),
    f"""\
先に御案内申し上げました下記の{{event}}につきまして、次のとおり変更がございますので、お知らせ申し上げます。
御予定をいただいておりましたところ誠に恐れ入りますが、何とぞ御了承くださいますよう、お願い申し上げます。

{{changes}}

変更後の御案内は、下記のとおりです。

{_CARD_JA}
既に頂いた御回答は、そのまま承っております。御都合が変わる場合は、次の専用ページで改めて御回答ください。

{{link}}

御予定表に取り込むと先の予定が書き換わる予定を、このメールに添付しております。
""",
    f"""\
{{hosts}}
%(have_en)s the honour to inform
{{guest}}
of the following change to the {{event}} already announced.

{{changes}}

With this change, the invitation reads:

{_CARD_EN}
An answer that you have given stands as it is. Should it no longer suit you, kindly change it on your personal page.

{{link}}

The attached entry replaces the earlier one in your calendar.
""",
)

_CANCELLATION = _template(
    ("中止のお知らせ", "Notice of cancellation"),
    ("【外務省】{title}　中止のお知らせ", "Cancelled: {title} (Ministry of Foreign Affairs of Japan)"),
    f"""\
先に御案内申し上げました下記の{{event}}は、諸般の事情により、中止することといたしました。
御予定をいただいておりましたところ誠に申し訳なく、謹んでおわび申し上げます。

{_SHORT_JA}
御回答は不要です。お手数をお掛けして恐縮に存じます。
このメールに添付したファイルを開くと、御予定表の予定が取り消されます。
""",
    f"""\
{{hosts}}
%(regret_en)s to inform
{{guest}}
that the following {{event}} has had to be cancelled.

{_SHORT_EN}
No answer is needed. Please accept sincere apologies for any inconvenience.
The attached file removes the entry from your calendar.
""",
)

_POSTPONEMENT = _template(
    ("延期のお知らせ", "Notice of postponement"),
    ("【外務省】{title}　延期のお知らせ", "Postponed: {title} (Ministry of Foreign Affairs of Japan)"),
    """\
先に御案内申し上げました下記の{event}は、諸般の事情により、延期することといたしました。
御予定をいただいておりましたところ誠に申し訳なく、謹んでおわび申し上げます。

　　　　　　　　記

{title}
当初の日時　{when}
場所　{where}

新たな日時は、決まり次第、改めて御案内申し上げます。現時点での御回答は不要です。
このメールに添付したファイルを開くと、御予定表の予定が取り消されます。
""",
    """\
{hosts}
%(regret_en)s to inform
{guest}
that the following {event} has had to be postponed.

{title}

Original date: {when}
Place: {where}

The new date will be announced as soon as it is settled. No answer is needed now; please accept sincere apologies for any inconvenience.
The attached file removes the entry from your calendar.
""",
)

_THANKS = _template(
    ("礼状", "Letter of thanks"),
    ("【外務省】{title}　御礼", "With thanks: {title} (Ministry of Foreign Affairs of Japan)"),
    """\
先般は、御多用のところ、{title}に%(attend_ja)s（代理の方の%(attend_ja)sを含みます。）を賜り、誠にありがとうございました。
お陰をもちまして、盛会のうちに終えることができました。主催者一同、厚く御礼申し上げます。

今後とも、日本の地方との交流に一層の御理解と御協力を賜りますよう、お願い申し上げます。
当日お会いになった地方自治体への御連絡を御希望の場合は、下記まで御一報ください。
""",
    """\
{hosts}
%(thank_en)s
{guest}
most sincerely for attending, in person or by a representative, {title} on {day}.

The hosts hope that it has opened the way to closer ties with the regions of Japan.
Should you wish to be put in touch with one of the local governments that you met, please write to the address below.
""",
)

_SURVEY = _template(
    ("アンケート", "Questionnaire"),
    ("【外務省】{title}　アンケートへの御協力のお願い", "Your impressions: {title} (Ministry of Foreign Affairs of Japan)"),
    """\
先般は、{title}に%(attend_ja)sを賜り、誠にありがとうございました。
今後の参考といたしたく、差し支えなければ、次の問いへのお答えを、このメールへの返信でお寄せください。お答えになれるものだけで結構です。

１　全体の印象（大変良い・良い・普通・良くない）
２　特に印象に残ったこと
３　%(ask_ja)s
４　運営や会場について、お気付きの点
５　御連絡を取りたい地方自治体

頂いたお答えは、主催者の間でのみ用い、お名前を出して公表することはありません。
""",
    """\
Thank you very much for attending {title}.
To help us prepare future events, may we ask for your answers to the following questions? A reply to this mail is all that is needed, \
and you may leave out what you wish.

1. Your overall impression (excellent, good, fair, poor)
2. What you remember best
3. %(ask_en)s
4. Remarks on the organisation and the venue
5. Local governments with which you would like to be in touch

Your answers stay with the hosts and are never published under your name.
""",
)

_NOTE_VERBALE = Template(
    "口上書",
    "Note verbale",
    "口上書：{title}",
    "Note verbale: {title}",
    """\
外務省は、{mission}に敬意を表するとともに、{hosts}が下記の{event}を催すことを、{mission}に通報する光栄を有する。

{title}
日時　{when}
場所　{where}

外務省は、{mission}の館員の出席を得られれば幸いとするところである。照会は、外務省地方連携推進室（{contact}）において承る。

外務省は、以上を申し進めるに際し、ここに重ねて{mission}に向かって敬意を表する。
""",
    """\
The Ministry of Foreign Affairs of Japan presents its compliments to {mission} and has the honour to inform it \
that {hosts} will hold the following {event}.

{title}
Date: {when}
Place: {where}

The Ministry would be grateful for the attendance of members of {mission}. \
Enquiries may be addressed to the Local Partnership Cooperation Division ({contact}).

The Ministry of Foreign Affairs of Japan avails itself of this opportunity to renew to {mission} \
the assurances of its highest consideration.
""",
)

TEMPLATES = {
    "save_the_date": _SAVE_THE_DATE,
    "invitation": _INVITATION,
    "reminder": _REMINDER,
    "practical": _PRACTICAL,
    "change": _CHANGE,
    "cancellation": _CANCELLATION,
    "postponement": _POSTPONEMENT,
    "note_verbale": _NOTE_VERBALE,
    "thanks": _THANKS,
    "survey": _SURVEY,
}
