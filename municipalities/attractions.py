"""The attractions of a local government with their pictures: added, changed, taken off the list, never deleted."""

import io
import uuid
from collections.abc import Iterable, Sequence

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from PIL import Image

from municipalities.models import Attraction, LocalGovernment
from partnership import attachments, audit
from partnership.models import Attachment, User
from partnership.transitions import Refused

MOST_PICTURES = 5
PICTURES = ".jpg,.jpeg,.png"
PICTURE = "picture"  # the label of the attachments
SMALL = (640, 480)  # what lists show; the whole picture is one click away


def of(body: LocalGovernment) -> QuerySet[Attraction]:
    """All of a body’s, those still shown first, in the order of their kinds and readings."""
    return Attraction.objects.filter(local_government=body).order_by("-is_active", "kind", "kana", "name_ja", "pk")


def pictures(attraction: Attraction) -> list[Attachment]:
    """Its pictures in the order they came."""
    return list(attachments.of(attraction).filter(label=PICTURE))


def pictures_of(found: Iterable[Attraction]) -> dict[int, list[Attachment]]:
    """The pictures of many, by primary key, in one query."""
    return {pk: [one for one in files if one.label == PICTURE] for pk, files in attachments.of_many(found).items()}


@transaction.atomic
def save(*, attraction: Attraction, uploads: Sequence[attachments.Checked] = (), by: User) -> Attraction:
    """Keep a new or a changed attraction, with pictures that came along.

    Raises:
        Refused: when it would have more pictures than a page shows.
    """
    is_new = attraction.pk is None
    if is_new and by.is_demo:
        attraction.is_demo = True
    attraction.save()
    audit.record("attraction.add" if is_new else "attraction.change", attraction, by=by)
    _add_pictures(attraction, uploads, by)
    return attraction


def _add_pictures(attraction: Attraction, uploads: Sequence[attachments.Checked], by: User) -> None:
    if not uploads:
        return
    Attraction.objects.select_for_update().get(pk=attraction.pk)  # two colleagues who add at once count each other's
    room = MOST_PICTURES - len(pictures(attraction))
    if len(uploads) > room:
        raise Refused(_("An attraction has at most %(most)s pictures; there is room for %(room)s.") % {"most": MOST_PICTURES, "room": room})
    attachments.attach_all(about=attraction, uploads=uploads, by=by, label=PICTURE)


@transaction.atomic
def show(*, attraction: Attraction, shown: bool, by: User) -> None:
    """Take it off the list, or put it back; requests and events that name it keep it."""
    stored = Attraction.objects.select_for_update().get(pk=attraction.pk)
    if stored.is_active == shown:
        return
    stored.is_active = shown
    stored.save(update_fields=["is_active"])
    audit.record("attraction.restore" if shown else "attraction.retire", stored, by=by)


def remove_picture(*, picture: Attachment, by: User) -> None:
    """Take a picture away."""
    attachments.remove(attachment=picture, by=by)


def small(picture: Attachment) -> bytes:
    """The picture as a small JPEG, for lists.

    Raises:
        Refused: while it waits to be checked, and when it was removed.
    """
    with Image.open(io.BytesIO(attachments.content_of(picture))) as image:
        image.draft("RGB", SMALL)
        image.thumbnail(SMALL)
        flat = Image.new("RGB", image.size, "white")
        rgba = image.convert("RGBA")
        flat.paste(rgba, mask=rgba.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def picture_by_key(key: uuid.UUID) -> Attachment | None:
    """A picture of any attraction, for those who may see them all."""
    kind = ContentType.objects.get_for_model(Attraction)
    return Attachment.objects.filter(content_type=kind, key=key, label=PICTURE).exclude(state=Attachment.State.REMOVED).first()
