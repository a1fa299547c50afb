"""The letters that answer requests, in both languages: what they start with; the desk changes them in the paper.

What may stand in braces is said in decision_letters.py. A line whose placeholders are all empty is left out when a letter is
rendered (partnership/letters.py).
"""

from municipalities.questions import ReplyText

_OPENING_JA = "平素より外交行政の推進に御理解と御協力を賜り、厚く御礼申し上げます。"
_FACTS_JA = """\
　　　　　　　　記

受付番号　{number}
種類　{kind}
件名　{title}"""
_FACTS_EN = """\
Number: {number}
Kind: {kind}
Subject: {title}"""

_ACCEPTED_JA = f"""\
{{date}}

{{applicants}} 御中

{_OPENING_JA}

{{submitted}}付けで御提出のありました下記の御要望につきまして、検討の結果、%(decision)sことといたしましたので、お知らせいたします。

%(next)s

{_FACTS_JA}

照会先　{{contact}}

外務省 地方連携推進室
"""
_ACCEPTED_EN = f"""\
{{date}}

To {{applicants}}

Thank you for your request of {{submitted}}. After careful consideration we are glad to inform you that %(decision)s.

%(next)s

{_FACTS_EN}

For questions: {{contact}}

Local Partnership Cooperation Division
Ministry of Foreign Affairs of Japan
"""
_DECLINED_JA = f"""\
{{date}}

{{applicants}} 御中

{_OPENING_JA}

{{submitted}}付けで御提出のありました下記の御要望につきましては、慎重に検討いたしましたが、誠に遺憾ながら、今回は御希望に沿いかねる結果となりました。
御準備いただいたところ大変恐縮ではございますが、何とぞ御理解を賜りますようお願い申し上げます。

%(other)s

{_FACTS_JA}

照会先　{{contact}}

外務省 地方連携推進室
"""
_DECLINED_EN = f"""\
{{date}}

To {{applicants}}

Thank you for your request of {{submitted}}. We have considered it with care. To our regret we are not able to meet it on this occasion.
We know how much work you have put into it, and ask for your understanding.

%(other)s

{_FACTS_EN}

For questions: {{contact}}

Local Partnership Cooperation Division
Ministry of Foreign Affairs of Japan
"""


def _accepted(decision_ja: str, next_ja: str, decision_en: str, next_en: str) -> ReplyText:
    return ReplyText(
        subject_ja="【外務省】{title}について（{number}）",
        subject_en="[MOFA Japan] {title} ({number})",
        text_ja=_ACCEPTED_JA % {"decision": decision_ja, "next": next_ja},
        text_en=_ACCEPTED_EN % {"decision": decision_en, "next": next_en},
    )


def _declined(other_ja: str, other_en: str) -> ReplyText:
    return ReplyText(
        subject_ja="【外務省】{title}について（{number}）",
        subject_en="[MOFA Japan] {title} ({number})",
        text_ja=_DECLINED_JA % {"other": other_ja},
        text_en=_DECLINED_EN % {"other": other_en},
    )


COHOST_RECEPTION = (
    _accepted(
        "外務大臣との共催によりレセプションを開催する",
        "開催日は、外務大臣及び貴団体の長の日程を調整の上、別途御相談いたします。日程が決まるまでは、公表をお控えくださいますようお願いいたします。\n"
        "経費の分担、招待先、セミナー、ブース及び実演の内容につきましては、当室の担当者から御連絡いたします。",
        "the reception will be held, hosted by the Minister for Foreign Affairs together with you",
        "We will consult you on the day, once the calendars of the Minister and of the head of your local government allow. "
        "Please do not make the plan public before the day is settled.\n"
        "Our officer will contact you about the sharing of costs, the guests, the seminar, the booths and the performances.",
    ),
    _declined(
        "なお、地域の魅力発信セミナー、駐日外交団地方視察ツアー等、貴団体の魅力を駐日外交団に紹介する機会は他にもございます。御関心がございましたら、"
        "当室まで御相談ください。次回の募集に改めて御応募いただくことも可能です。",
        "There are other ways to present your region to the diplomatic corps, such as the regional promotion seminar and the study tours. "
        "We shall gladly advise you. You are also welcome to apply again when the next call opens.",
    ),
)
SEMINAR = (
    _accepted(
        "地域の魅力発信セミナーを貴団体との共催により開催する",
        "開催日、会場及び発表の順番は、共催いただく他の団体とも調整の上、別途お知らせいたします。\n"
        "発表資料（日本語及び英語）並びに産品の一覧（原産地及びアレルギー表示を含む。）の提出期限は、当室の担当者から御連絡いたします。",
        "you are chosen as one of the co-hosts of the regional promotion seminar",
        "We will inform you of the day, the venue and the order of the presentations after consulting the other co-hosts.\n"
        "Our officer will tell you by when we need your presentation (in Japanese and English) and the list of products with origin and "
        "allergens.",
    ),
    _declined(
        "セミナーは毎年度開催しておりますので、次回の募集に改めて御応募くださいますようお願いいたします。"
        "個別の大使館への御紹介等につきましても、御相談を承ります。",
        "The seminar is held every fiscal year; you are welcome to apply again when the next call opens. "
        "We also advise you gladly on how to get in touch with individual embassies.",
    ),
)
STUDY_TOUR = (
    _accepted(
        "駐日外交団地方視察ツアーの訪問先とする",
        "日程及び行程の詳細につきましては、当室の担当者が御相談の上、現地の下見を経て決定いたします。"
        "参加者の募集は、行程の決定後に当室から駐日外交団に対して行います。\n"
        "移動、宿泊、食事の手配及び経費の分担につきましても、併せて御相談いたします。",
        "your region is chosen as the destination of a study tour of the diplomatic corps",
        "Our officer will settle the days and the itinerary with you, after a visit to the places. "
        "We will then invite the diplomatic corps.\n"
        "We will also consult you on transport, lodging, meals and the sharing of costs.",
    ),
    _declined(
        "視察ツアーは継続して実施する予定ですので、次回の募集に改めて御応募くださいますようお願いいたします。"
        "近隣の団体との共同による行程も歓迎しております。",
        "Study tours are to continue; you are welcome to apply again when the next call opens. "
        "Itineraries proposed together with neighbouring local governments are welcome.",
    ),
)
FORUM = (
    _accepted(
        "地方連携フォーラムへの参加又は御提案を承る",
        "日時、会場及び分科会の構成は、決まり次第お知らせいたします。御提案いただいた議題につきましては、分科会の編成に当たり、個別に御相談することがございます。",
        "your participation in the forum, or your proposal for it, is accepted",
        "We will inform you of the day, the venue and the sections as soon as they are settled. "
        "We may contact you about the topic you proposed when we compose the sections.",
    ),
    _declined(
        "フォーラムの資料及び概要は、終了後にグローカル外交ネットに掲載いたします。今後の企画の参考とさせていただきますので、引き続き御提案をお寄せください。",
        "Papers and a summary will be published on the Glocal network afterwards. Please continue to send us your proposals; "
        "they help us to plan the next forum.",
    ),
)
OVERSEAS_PR = (
    _accepted(
        "海外における広報事業に御参加いただく",
        "出展品目ごとの輸入規制の確認、輸送の方法、ブース及び舞台の割当てにつきましては、在外公館と調整の上、当室の担当者から御連絡いたします。"
        "輸入が認められない品目は、展示又は試食の対象から除くことがございます。",
        "you will take part in the promotion project abroad",
        "After consulting the mission, our officer will contact you about the import rules for each product, the shipping, and the booths "
        "and stage slots. Products that may not be imported cannot be shown or tasted.",
    ),
    _declined(
        "在外公館の施設を活用した広報事業等、海外における広報の機会は他にもございますので、御関心がございましたら当室まで御相談ください。",
        "There are other ways to present your region abroad, such as projects at the premises of our missions. We shall gladly advise you.",
    ),
)
MISSION_FACILITY = (
    _accepted(
        "在外公館の施設を活用して事業を実施する",
        "実施日、使用する施設、招待者及び経費の分担につきましては、在外公館の担当官を交えて調整いたします。"
        "食品等の持込みにつきましては、現地の輸入及び検疫の規則を御確認ください。",
        "the project will be held at the premises of our mission",
        "The day, the rooms, the guests and the sharing of costs will be settled together with the officer of the mission. "
        "Please check the local rules on import and quarantine for food and other goods.",
    ),
    _declined(
        "時期、内容又は任国を改めて御計画の際は、早い段階で当室まで御相談ください。",
        "Should you plan the project at another time, in another form or in another country, please consult us at an early stage.",
    ),
)
SISTER_CITY = (
    _accepted(
        "姉妹都市交流等の支援を行う",
        "具体的な日程、訪問又は講演を行う者等につきましては、関係する公館及び館長の日程を踏まえ、当室の担当者から御相談いたします。"
        "提携先を求める御要望につきましては、在外公館を通じて先方に照会いたします。",
        "we will support your exchange",
        "Our officer will consult you on days and persons, depending on the calendars of the missions and their heads. "
        "Where you seek a partner, we will ask through our missions.",
    ),
    _declined(
        "館長の一時帰国の時期等により、改めて御希望に沿える場合もございますので、引き続き御相談ください。"
        "提携の進め方につきましては、一般財団法人自治体国際化協会（クレア）においても相談を受け付けています。",
        "It may become possible at another time, for example when a head of mission is on leave in Japan; please keep in touch. "
        "The Council of Local Authorities for International Relations (CLAIR) also advises on partnerships.",
    ),
)
ODA_BUSINESS = (
    _accepted(
        "貴団体及び企業の海外展開を支援する",
        "活用し得る制度、相手国の事情及び今後の手順につきましては、関係局課、在外公館及び独立行政法人国際協力機構（ＪＩＣＡ）と協議の上、"
        "当室の担当者から御連絡いたします。各制度への応募及び審査は、それぞれの実施機関の定める手続によります。",
        "we will support the overseas business of the company and of your local government",
        "After consulting the bureaux, the missions and the Japan International Cooperation Agency (JICA), our officer will contact you "
        "about the schemes that fit, the situation in the country and the next steps. Each scheme has its own application and selection.",
    ),
    _declined(
        "制度の要件、相手国の事情等が変わった場合には、改めて御相談を承ります。日本貿易振興機構（ジェトロ）等の支援制度も併せて御検討ください。",
        "Please consult us again should the plan or the situation in the country change. "
        "The programmes of the Japan External Trade Organization (JETRO) may also be of use.",
    ),
)
LOCAL_DRINKS = (
    _accepted(
        "在外公館における提供の候補として紹介する",
        "御提案いただいた銘柄は、在外公館に情報を提供し、行事での採用は各公館が現地の事情に応じて判断いたします。"
        "採用となった場合には、使用した行事及び反響をお知らせいたします。",
        "the drinks will be recommended to our missions",
        "We will pass on the information. Each mission decides which drinks it serves, depending on the local situation. "
        "Where yours are chosen, we will tell you at which event they were served, and how the guests received them.",
    ),
    _declined(
        "在外公館で提供する酒類の候補は、定期的に見直しております。新たな銘柄又は輸出の予定ができた際には、改めて御提案ください。",
        "The list of drinks is revised regularly. Please propose again when there is a new drink or a plan to export.",
    ),
)
SEND_EMPLOYEE = (
    _accepted(
        "貴団体の職員を外務省に受け入れる",
        "受入れの時期、期間、配属先及び身分の取扱いにつきましては、人事担当課を交えて調整の上、協定を取り交わします。"
        "候補者の推薦に必要な書類は、当室の担当者から別途お送りいたします。",
        "the Ministry will receive an employee of your local government",
        "Time, length, placement and status will be settled together with the Personnel Division and laid down in an agreement. "
        "Our officer will send you the papers with which to nominate a candidate.",
    ),
    _declined(
        "受入れの定員には限りがございます。来年度以降の受入れにつきましても、夏から秋にかけて御希望をお伺いしますので、引き続き御検討ください。",
        "The number of places is limited. We ask for wishes for the following years from summer to autumn; please consider applying again.",
    ),
)
RECEIVE_OFFICIAL = (
    _accepted(
        "外務省の職員を派遣する方向で人選を進める",
        "候補者、職名、期間及び処遇につきましては、人事担当課を交えて調整の上、協定を取り交わします。候補者の決定までは、公表をお控えくださいますようお願いいたします。",
        "we will look for an official of the Ministry whom we can send to you",
        "Candidate, post, length and conditions will be settled together with the Personnel Division and laid down in an agreement. "
        "Please do not make the plan public before the candidate is settled.",
    ),
    _declined(
        "国の職員の派遣につきましては、内閣府の地方創生人材支援制度も併せて御検討ください。外務省職員による講演、助言等につきましても、御相談を承ります。",
        "The government’s personnel support system for regional revitalization may also be of use. "
        "We also arrange lectures and advice by officials of the Ministry.",
    ),
)
CONSULTATION = (
    _accepted(
        "御相談を承る",
        "具体的な進め方につきましては、当室の担当者から御連絡いたします。",
        "we will gladly take up your request",
        "Our officer will contact you about how to go on.",
    ),
    _declined(
        "他の方法について御一緒に検討することもできますので、引き続き御相談ください。",
        "Please consult us again; together we may find another way.",
    ),
)
