"""The chief of a local government: who it is, a misprint put right, and a new one after an election."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import LocalGovernment
from municipalities.registers import chief_titles
from partnership import audit
from partnership.models import Appointment, Person, Position, User
from partnership.positions import incumbent
from partnership.transitions import Refused


def position_of(body: LocalGovernment) -> Position | None:
    """The chief’s post."""
    found = Position.objects.select_related("organisation__country")
    return found.filter(organisation=body.organisation_id, role=Position.Role.CHIEF).first()


def current(body: LocalGovernment, on: dt.date | None = None) -> Appointment | None:
    """Who is chief on a day (today)."""
    position = position_of(body)
    return incumbent(position, on) if position else None


def newest(position: Position | None) -> Appointment | None:
    """The appointment that began last, or will begin next."""
    if position is None:
        return None
    return position.appointments.select_related("person").order_by("-starts_on", "-pk").first()


@transaction.atomic
def succeed(
    *, body: LocalGovernment, names: dict[str, str], starts_on: dt.date, seen: int | None, by: User, is_demo: bool = False
) -> Appointment:
    """A new chief takes office; the one before ends the day before.

    Args:
        names: ``name_ja name_en kana courtesy`` of the new chief.
        seen: the appointment that the page showed; None for none.

    Raises:
        Refused: when a colleague entered another one meanwhile, or the day is not after the predecessor’s first.
    """
    position, _made = Position.objects.get_or_create(organisation=body.organisation, role=Position.Role.CHIEF, defaults=_titles(body))
    position = Position.objects.select_for_update(of=("self",)).get(pk=position.pk)
    before = newest(position)
    if (before.pk if before else None) != seen:
        raise Refused(_("A colleague has entered a chief in the meantime. Please look again before you save yours."))
    if before is not None:
        if starts_on <= before.starts_on:
            raise Refused(
                _("The term begins after that of the predecessor, who has been in office since %(day)s.") % {"day": before.starts_on}
            )
        _end(before, starts_on - dt.timedelta(days=1))
    person = Person.objects.create(**names, is_demo=is_demo)
    made = Appointment.objects.create(position=position, person=person, starts_on=starts_on, is_demo=is_demo)
    audit.record("chief.succeed", made, by=by, starts_on=str(starts_on), code=body.code)
    return made


def _end(appointment: Appointment, day: dt.date) -> None:
    if appointment.ends_on is None or appointment.ends_on > day:
        appointment.ends_on = day
        appointment.save(update_fields=["ends_on"])


def _titles(body: LocalGovernment) -> dict[str, str]:
    ja, en = chief_titles(body.kind, body.organisation.name_ja, body.organisation.name_en)
    return {"title_ja": ja, "title_en": en}


def is_coming(appointment: Appointment | None) -> bool:
    """Whether the term has yet to begin."""
    return appointment is not None and appointment.starts_on > timezone.localdate()
