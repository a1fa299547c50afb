"""How large each scenario is: in ``make test``, where all of them take minutes, and in ``make faults``. All numbers stand here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """So many mails, by so many senders, with so many faults spread over them."""

    mails: int
    faults: int
    senders: int = 4
    delay: float = 0.1  # of the mail server: half of it passes between the line in its log and its 250


SMALL = {
    "kills": Size(600, 40, senders=6),
    "stops": Size(60, 4, delay=0.2),
    "crashes": Size(120, 2, delay=0.2),
    "redis": Size(60, 2),
    "sinks": Size(120, 2, delay=0.2),
    "replies": Size(150, 0, delay=0.02),
    "no_beat": Size(40, 1),
    "two_beats": Size(40, 0),
    "deploy": Size(80, 2),
    "clocks": Size(80, 4),
    "rates": Size(70, 2, delay=0.02),
    "poison": Size(40, 1, delay=0.02),
    "pauses": Size(80, 3),
    "cancel": Size(80, 2),
    "everything": Size(150, 6),
}
CONTROL = {
    "kills": Size(40, 8, senders=4),
    "stops": Size(40, 3, delay=0.3),
    "crashes": Size(60, 2, delay=0.3),
    "redis": Size(60, 1),
    "sinks": Size(60, 2, delay=0.3),
    "replies": Size(60, 0, delay=0.02),
    "no_beat": Size(30, 1),
    "two_beats": Size(30, 0, delay=0.2),
    "deploy": Size(40, 2),
    "clocks": Size(40, 2),
    "rates": Size(90, 1, delay=0.02),
    "poison": Size(30, 1, delay=0.02),
    "pauses": Size(60, 2),
    "cancel": Size(60, 1, delay=0.4),
    "everything": Size(60, 3),
}
LONG = {
    "kills": Size(2000, 200, senders=6),
    "stops": Size(800, 20, senders=6, delay=0.3),
    "crashes": Size(800, 10, senders=6, delay=0.3),
    "redis": Size(800, 10),
    "sinks": Size(800, 10, senders=6, delay=0.3),
    "replies": Size(2000, 0, senders=6, delay=0.05),
    "no_beat": Size(400, 1),
    "two_beats": Size(800, 0),
    "deploy": Size(800, 8),
    "clocks": Size(800, 20, senders=6),
    "rates": Size(600, 20),
    "poison": Size(400, 1),
    "pauses": Size(800, 20),
    "cancel": Size(800, 6),
    "everything": Size(2000, 60, senders=6),
}
SEEDS = (1, 2, 3)
