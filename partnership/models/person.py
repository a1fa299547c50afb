"""People, the seats they fill, and from when until when."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partnership.models.base import Bilingual, Versioned
from partnership.models.organisation import Organisation
from partnership.normalise import search_key


class Person(Bilingual, Versioned):
    """A person as the Ministry prints them. Names are kept exactly as typed."""

    name_ja = models.CharField(_("full name (Japanese)"), max_length=100, blank=True)
    name_en = models.CharField(_("name (English), as printed"), max_length=150, blank=True)
    kana = models.CharField(_("reading"), max_length=100, blank=True)
    prefix = models.CharField(
        _("form of address"), max_length=50, blank=True, help_text=_("Such as “His Excellency”, “Her Excellency”, “The Honourable”.")
    )
    courtesy = models.CharField(_("courtesy title"), max_length=30, blank=True, help_text=_("Mr., Ms., Dr., Most Rev. …; may stay empty."))
    note = models.TextField(_("note"), blank=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_key = models.CharField(max_length=400, editable=False, default="", db_index=True)

    history = HistoricalRecords(excluded_fields=["search_key"])

    class Meta:
        ordering = ["name_en", "name_ja"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.in_language("name")

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the name."""
        return f"person {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search key beside the names."""
        self.search_key = search_key(self.name_ja, self.name_en, self.kana)
        super().save(*args, **kwargs)


class Position(Bilingual, Versioned):
    """A seat of an organisation that people fill in turn; letters go to it, whoever holds it."""

    class Role(models.TextChoices):
        """What the seat is for."""

        HEAD = "head", _("head of mission")
        DEPUTY = "deputy", _("deputy head of mission")
        ECONOMIC = "economic", _("economic section")
        CULTURAL = "cultural", _("cultural section")
        PRESS = "press", _("press section")
        SECRETARIAT = "secretariat", _("secretariat of the head")
        CHIEF = "chief", _("chief of local government")
        INTERNATIONAL = "international", _("international section")
        PARTNERSHIP_OFFICER = "partnership_officer", _("partnership officer")
        LEADER = "leader", _("leader of the organisation")
        LIAISON = "liaison", _("liaison")
        EDITOR = "editor", _("editor")

    organisation = models.ForeignKey(Organisation, models.CASCADE, verbose_name=_("organisation"), related_name="positions")
    role = models.CharField(_("post"), max_length=30, choices=Role)
    title_ja = models.CharField(
        _("title of the post (Japanese)"), max_length=150, blank=True, help_text=_("Empty: the usual title of this post.")
    )
    title_en = models.CharField(
        _("title of the post (English)"), max_length=150, blank=True, help_text=_("Empty: the usual title of this post.")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    secretariat_email = models.EmailField(_("e-mail of the secretariat"), blank=True, help_text=_("Gets its own copy of each invitation."))
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["organisation", "role"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [models.UniqueConstraint(fields=["organisation", "role"], name="one_position_per_role")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_role_display()}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Questions about appointments."""

    def current(self) -> Self:
        """Those that hold today."""
        today = timezone.localdate()
        return self.filter(starts_on__lte=today).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))


class Appointment(Versioned):
    """A person in a post, from one day until another."""

    class Rank(models.TextChoices):
        """Diplomatic rank, highest first (Vienna Convention on Diplomatic Relations, art. 14)."""

        AMBASSADOR = "ambassador", _("ambassador")
        DESIGNATE = "designate", _("ambassador-designate")
        CHARGE_EN_TITRE = "charge_en_titre", _("chargé d’affaires en titre")
        CHARGE_AD_INTERIM = "charge_ad_interim", _("chargé d’affaires ad interim")
        MINISTER = "minister", _("minister")
        MINISTER_COUNSELLOR = "minister_counsellor", _("minister-counsellor")
        COUNSELLOR = "counsellor", _("counsellor")
        FIRST_SECRETARY = "first_secretary", _("first secretary")
        SECOND_SECRETARY = "second_secretary", _("second secretary")
        THIRD_SECRETARY = "third_secretary", _("third secretary")
        ATTACHE = "attache", _("attaché")
        NONE = "", _("no diplomatic rank")

    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("person"), related_name="appointments")
    position = models.ForeignKey(Position, models.PROTECT, verbose_name=_("post"), related_name="appointments")
    rank = models.CharField(_("rank"), max_length=30, choices=Rank, blank=True, default="")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    credentials_presented_at = models.DateTimeField(
        _("credentials presented"), null=True, blank=True, help_text=_("Day and hour decide the precedence among heads of mission.")
    )
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    objects = AppointmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "-starts_on"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="appointment_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.position})"

    @property
    def audit_label(self) -> str:
        """The audit trail outlives the name."""
        return f"{self.position} (person {self.person_id})"
