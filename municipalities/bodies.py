"""Finding one of the 1,788 local governments: by name, reading or code, or through its prefecture. Namesakes are told apart."""

from django.db.models import F, Q, QuerySet

from municipalities.models import LocalGovernment
from partnership.models import Organisation
from partnership.normalise import identifier, search_key

MOST = 30


def current() -> QuerySet[LocalGovernment]:
    """Those that exist today, with what a line about one names; prefectures first, then by code."""
    found = LocalGovernment.objects.select_related("organisation", "prefecture__organisation")
    return found.filter(organisation__in=Organisation.objects.current()).order_by(F("prefecture").asc(nulls_first=True), "code")


def search(text: str) -> list[LocalGovernment]:
    """Those whose name, reading or code holds every word; a word may also name the prefecture (“広島 府中町”)."""
    words = text.split()[:5]
    if not words:
        return []
    found = current()
    for word in words:
        key = search_key(word)
        fits = Q(organisation__search_key__contains=key) | Q(code=identifier(word))
        if len(words) > 1:
            fits |= Q(prefecture__organisation__search_key__contains=key)
        found = found.filter(fits)
    rows = list(found[: MOST + 1])
    whole = search_key(text)
    return sorted(rows, key=lambda body: whole not in search_key(body.organisation.name_ja, body.organisation.kana).split())


def prefectures() -> list[LocalGovernment]:
    """The 47, from north to south."""
    return list(current().filter(kind=LocalGovernment.Kind.PREFECTURE))


def within(prefecture_code: str) -> list[LocalGovernment]:
    """The prefecture itself, then its municipalities in the order of their codes."""
    return list(current().filter(Q(code=prefecture_code, prefecture=None) | Q(prefecture__code=prefecture_code)))


def by_code(code: str) -> LocalGovernment | None:
    """The local government of a code, if it exists today."""
    return current().filter(code=code).first()


def remark(body: LocalGovernment) -> str:
    """What tells it from its namesakes: prefecture and district."""
    prefecture = str(body.prefecture) if body.prefecture else ""
    return " ".join(part for part in (prefecture, body.district_ja) if part)
