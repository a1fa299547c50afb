import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from partnership import attachments
from partnership.attachments import Refused
from tests import factories

pytestmark = pytest.mark.django_db


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def packed(files: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return kept.getvalue()


def jpeg() -> bytes:
    kept = io.BytesIO()
    picture = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0110] = "Camera"
    picture.save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def test_first(desk):
    about = factories.call()
    for name, content in [("a.txt", "日本".encode()), ("b.jpg", jpeg()), ("c.zip", packed({"x.txt": b"hello"})), ("p.pdf", PDF)]:
        kept = attachments.attach(about=about, upload=sent(name, content), by=desk)
        assert b"".join(attachments.download(kept).streaming_content)
    assert attachments.of(about).count() == 4
    with pytest.raises(Refused) as no:
        attachments.attach(about=about, upload=sent("c.exe", b"MZ"), by=desk)
    print(no.value)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
