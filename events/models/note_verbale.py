"""A note verbale as it was issued: numbered, kept as printed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from partnership.models import Mailing, Organisation


class NoteVerbale(models.Model):
    """One note to one mission, in the third person, delivered on paper."""

    mailing = models.ForeignKey(Mailing, models.PROTECT, verbose_name=_("mailing"), related_name="+")
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="notes_verbales")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="+")
    number_year = models.PositiveSmallIntegerField(_("fiscal year of the number"))
    number_serial = models.PositiveIntegerField(_("number within the year"))
    addressee = models.CharField(_("addressee"), max_length=300)
    language = models.CharField(_("language"), max_length=2, choices=[("ja", _("Japanese")), ("en", _("English"))])
    text = models.TextField(_("text"))
    issued_on = models.DateField(_("issued on"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("issued by"), related_name="+")

    class Meta:
        ordering = ["number_year", "number_serial"]
        verbose_name = _("note verbale")
        verbose_name_plural = _("notes verbales")
        constraints = [
            models.UniqueConstraint(fields=["number_year", "number_serial"], name="one_note_per_number"),
            models.UniqueConstraint(fields=["mailing", "organisation"], name="one_note_per_mission_and_mailing"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number as it is printed. Its form is ours, until the Ministry says which series the division's notes belong to."""
        if self.language == "ja":
            return f"地連第{self.number_year}-{self.number_serial:04d}号"
        return f"No. LPC/{self.number_year}/{self.number_serial:04d}"
