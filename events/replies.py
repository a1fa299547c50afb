"""How the answers stand: from invited to coming, for one event and for several."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from events.models import Event, Invitation, Participant
from partnership.models import Email, Organisation, Position

R = Invitation.Reply
_REPLIES = (R.ACCEPTED, R.SUBSTITUTE, R.LATE, R.WAITLISTED, R.DECLINED, R.NONE)
_MOVING = (Email.State.QUEUED, Email.State.CLAIMED, Email.State.TRANSMITTING)


@dataclass
class Tally:
    """Counts of invitations that stand; withdrawn ones are left out."""

    label: str = ""
    key: str = ""
    invited: int = 0
    delivered: int = 0
    moving: int = 0
    uncertain: int = 0
    undelivered: int = 0
    accepted: int = 0
    substitute: int = 0
    late: int = 0
    waitlisted: int = 0
    declined: int = 0
    none: int = 0

    @property
    def answered(self) -> int:
        """Those that said anything."""
        return self.accepted + self.substitute + self.late + self.waitlisted + self.declined

    @property
    def waiting(self) -> int:
        """Those that wait for our decision."""
        return self.substitute + self.late + self.waitlisted

    @property
    def share(self) -> int:
        """Answers in per cent of what was delivered."""
        return round(100 * self.answered / self.delivered) if self.delivered else 0

    def add(self, other: "Tally") -> None:
        """Count another one in."""
        for name in _COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_COUNTED = (
    "invited",
    "delivered",
    "moving",
    "uncertain",
    "undelivered",
    "accepted",
    "substitute",
    "late",
    "waitlisted",
    "declined",
    "none",
)


def audience_label(kind: str, role: str) -> str:
    """An audience in words: the kind of organisation and the post."""
    return f"{Organisation.Kind(kind).label} – {Position.Role(role).label}"


def _mails(**states: Any) -> Exists:
    return Exists(
        Email.objects.filter(
            content_type=ContentType.objects.get_for_model(Invitation), object_id=OuterRef("pk"), purpose="invitation", **states
        )
    )


def standing(event: Event) -> QuerySet[Invitation]:
    """The invitations that were not withdrawn."""
    return Invitation.objects.filter(event=event).exclude(reply=R.WITHDRAWN)


def by_audience(event: Event) -> list[Tally]:
    """One tally for each kind of organisation and post, largest first, in one query."""
    rows = (
        standing(event)
        .annotate(
            was_delivered=_mails(state=Email.State.SENT, bounced_at=None),
            is_moving=_mails(state__in=_MOVING),
            is_uncertain=_mails(state=Email.State.UNCERTAIN),
            has_failed=_mails(state__in=(Email.State.FAILED, Email.State.SENT)),
        )
        .values("organisation__kind", "position__role")
        .annotate(
            invited=Count("pk"),
            delivered=Count("pk", filter=Q(was_delivered=True)),
            moving=Count("pk", filter=Q(was_delivered=False, is_moving=True)),
            uncertain=Count("pk", filter=Q(was_delivered=False, is_moving=False, is_uncertain=True)),
            undelivered=Count("pk", filter=Q(was_delivered=False, is_moving=False, is_uncertain=False, has_failed=True)),
            **{reply.value: Count("pk", filter=Q(reply=reply)) for reply in _REPLIES},
        )
        .order_by("-invited", "organisation__kind", "position__role")
    )
    return [
        Tally(
            label=audience_label(row["organisation__kind"], row["position__role"]),
            key=f"{row['organisation__kind']}.{row['position__role']}",
            **{name: row[name] for name in _COUNTED},  # type: ignore[literal-required]
        )
        for row in rows
    ]


def total(tallies: list[Tally]) -> Tally:
    """All audiences together."""
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def heads(event: Event) -> dict[str, int]:
    """People by state: expected, asked (wait for consent); with companions."""
    counted = dict.fromkeys(Participant.State.values, 0)
    rows = Participant.objects.filter(event=event).values_list("state").order_by("state").annotate(n=Count("pk"))
    return {**counted, **dict(rows)}


def with_counts(events: QuerySet[Event]) -> QuerySet[Event]:
    """The events with ``n_invited n_accepted n_substitute n_late n_declined n_none``, in the query of the events."""
    names = {reply.value: Count("invitations", filter=Q(invitations__reply=reply)) for reply in _REPLIES}
    return events.annotate(
        n_invited=Count("invitations", filter=~Q(invitations__reply=R.WITHDRAWN)), **{f"n_{name}": count for name, count in names.items()}
    )
