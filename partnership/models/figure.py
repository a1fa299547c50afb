"""A reported number with its basis, date and source."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partnership.models.base import Bilingual, Versioned


class Figure(Bilingual, Versioned):
    """A number that someone stated, counted or estimated, and where it comes from. Invented rows never make one."""

    class Basis(models.TextChoices):
        """How the number came about."""

        COUNTED = "counted", _("counted")
        STATED = "stated", _("stated")
        ESTIMATED = "estimated", _("estimated")

    key = models.SlugField(_("key"), max_length=80, unique=True)
    label_ja = models.CharField(_("what it counts (Japanese)"), max_length=200)
    label_en = models.CharField(_("what it counts (English)"), max_length=200)
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    value_to = models.DecimalField(
        _("up to"), max_digits=14, decimal_places=2, null=True, blank=True, help_text=_("The upper end of a stated range, such as 20–50.")
    )
    is_approximate = models.BooleanField(_("“about”"), default=False)
    unit_ja = models.CharField(_("unit (Japanese)"), max_length=30, blank=True)
    unit_en = models.CharField(_("unit (English)"), max_length=30, blank=True)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    basis_note_ja = models.TextField(_("remark on the basis (Japanese)"), blank=True)
    basis_note_en = models.TextField(_("remark on the basis (English)"), blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("calendar year"), null=True, blank=True, db_index=True)
    source = models.CharField(_("source"), max_length=300)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    about = GenericForeignKey()

    history = HistoricalRecords()

    class Meta:
        ordering = ["key"]
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return self.in_language("label")
