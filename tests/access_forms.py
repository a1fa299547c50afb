"""The form with which officials ask for access, as tests fill it."""

from django.urls import reverse

from tests import factories


def town():
    prefecture = factories.local_government("広島県", kind="prefecture", name_en="Hiroshima Prefecture", first_five="34000")
    return factories.local_government(
        "府中町", kind="town", name_en="Fuchu Town", kana="ふちゅうちょう", prefecture=prefecture, district_ja="安芸郡"
    )


def form(**changes):
    return {
        "email": "kokusai@town.fuchu.hiroshima.jp", "name": "申請 花子", "post": "国際課", "phone": "０８２－０００",
        "kind": "", "note": "",
        **changes,
    }  # fmt: skip


def ask(client, town, **changes):
    return client.post(reverse("portal:access_ask", args=[town.code]), form(**changes), follow=True)
