"""The 1,788 local governments: 47 prefectures and 1,741 municipalities."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partnership.models import Organisation
from partnership.models.base import Versioned


def check_digit(first_five: str) -> str:
    """The sixth digit of a local government code (総務省, 全国地方公共団体コード): weights 6 5 4 3 2, modulus 11."""
    total = sum(int(digit) * weight for digit, weight in zip(first_five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


class LocalGovernment(Versioned):
    """What a local government is beyond an organisation: code, kind, prefecture, district."""

    class Kind(models.TextChoices):
        """The kinds of the Local Autonomy Act, with the core cities that the register tells apart."""

        PREFECTURE = "prefecture", _("prefecture")
        DESIGNATED_CITY = "designated_city", _("designated city")
        CORE_CITY = "core_city", _("core city")
        CITY = "city", _("city")
        TOWN = "town", _("town")
        VILLAGE = "village", _("village")
        SPECIAL_WARD = "special_ward", _("special ward")

    organisation = models.OneToOneField(Organisation, models.CASCADE, verbose_name=_("organisation"), related_name="local_government")
    code = models.CharField(_("local government code"), max_length=6, unique=True, validators=[RegexValidator(r"^[0-9]{6}\Z")])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    prefecture = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("prefecture"), related_name="municipalities", null=True, blank=True
    )
    district_ja = models.CharField(_("district"), max_length=50, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["code"]
        verbose_name = _("local government")
        verbose_name_plural = _("local governments")

    def __str__(self) -> str:
        return str(self.organisation)
