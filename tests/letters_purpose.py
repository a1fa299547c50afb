"""A purpose for tests of the kernel's mailings: a bulletin to organisations, which knows nothing of events."""

from typing import Any

from django.contrib.contenttypes.models import ContentType

from partnership import marks, purposes
from partnership.models import Mailing, Organisation, Recipient

KEY = "test_bulletin"
TEXTS = {
    "subject_ja": "{title}の御案内",
    "subject_en": "Notice: {title}",
    "body_ja": "{guest}　様\n\n{title}を下記のとおり行います。\n日時　{when}\n\n{link}\n",
    "body_en": "Dear {guest},\n\n{title} takes place on {when}.\n\n{link}\n",
}
TITLES = {"ja": "御案内", "en": "Notice"}

state: dict[str, Any] = {}


def reset() -> None:
    """As every test finds it."""
    state.clear()
    state.update(when=("1月14日", "14 January"), title=("懇談会", "Gathering"), missing=[], guests={})


def _recipients(mailing: Mailing) -> list[Recipient]:
    kind = ContentType.objects.get_for_model(Organisation)
    return [
        Recipient(
            mailing=mailing,
            key=f"organisation:{body.pk}",
            label_ja=body.name_ja,
            label_en=body.name_en,
            address=body.email,
            language=body.language,
            values={
                "ja": {"guest": state["guests"].get(body.pk, body.name_ja)},
                "en": {"guest": state["guests"].get(body.pk, body.name_en)},
            },
            content_type=kind,
            object_id=body.pk,
        )
        for body in Organisation.objects.filter(kind="association").order_by("pk")
    ]


def _values(_mailing: Mailing, language: str) -> dict[str, str]:
    side = 0 if language == "ja" else 1
    return {"when": state["when"][side], "title": state["title"][side]}


def _facts(_mailing: Mailing) -> dict[str, dict[str, str]]:
    return {"when": {"label_ja": "日時", "label_en": "Date", "value_ja": state["when"][0], "value_en": state["when"][1]}}


PURPOSE = purposes.register(
    purposes.Purpose(
        key=KEY,
        label="bulletin (test)",  # type: ignore[arg-type]
        priority=30,
        links=lambda email: {"link": f"https://partnership.example.jp/rsvp/token-of-{email.pk}/"},
        placeholders=(
            purposes.Placeholder("guest", "the name of the guest"),
            purposes.Placeholder("title", "what takes place"),
            purposes.Placeholder("when", "date"),
            purposes.Placeholder("link", "the personal page", required=True, link=True),
        ),
        recipients=_recipients,
        values=_values,
        facts=_facts,
        before_freeze=lambda _mailing: list(state["missing"]),
        left_out=lambda _mailing: [{"label": "団体X", "reason": "役職が空席", "by": "佐藤"}],
    )
)
LINK = marks.mark("link")
reset()
