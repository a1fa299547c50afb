"""What must be true of every mail after whatever befell its senders; asked from outside.

The only witnesses are the mail server's own log, which has a line for each message it accepted, written before its 250 left, and
``manage.py mail_audit``. A(m) is how often the server accepted the message with the Message-ID m. Each function is one rule and returns
sentences that say where it is broken.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

LOST_COUNTS_AS_WORD = {"failed", "uncertain", "cancelled"}
WORDS = "The words that were approved."  # in every letter of the laboratory
FINAL = {"sent", "failed", "cancelled"}
_NAME = re.compile(r"\b(?:guest|code|exit|crash|unbuildable)\d+@[\w.]+")
_LINK = re.compile(r"https://partnership\.example\.jp/rsvp/([0-9a-f]+)/")


@dataclass
class Evidence:
    """All that is known from outside."""

    rows: list[dict] = field(default_factory=list)
    accepted: list[dict] = field(default_factory=list)
    heard: list[dict] = field(default_factory=list)  # every answer to RCPT and to a body; code 0: the connection was cut
    intended: set[str] = field(default_factory=set)  # addresses that a committed act wrote a letter to
    never: set[str] = field(default_factory=set)  # addresses of acts that were rolled back
    poison: set[str] = field(default_factory=set)
    codes: dict[str, float] = field(default_factory=dict)  # login codes that were asked for while a mailing was running, and when
    stills: list[tuple[float, float]] = field(default_factory=list)  # from a button's answer until the mailing went on
    cancelled: bool = False
    slots: int = 0  # senders at work at the same time
    timeout: float = 4
    least_wait: float = 0  # seconds between a temporary refusal and the next attempt
    rate: tuple[float, float] = (0, 0)  # per minute, and how many may go at once; 0: unlimited
    words: str = ""  # that every letter must hold, whatever became of the mailing's texts
    faults: Counter = field(default_factory=Counter)
    shown: dict = field(default_factory=dict)  # what the mailing's page counts
    liveness: list[tuple[float, float]] = field(default_factory=list)  # how long the end took after the faults, and may have taken

    @property
    def times(self) -> Counter:
        """A(m)."""
        return Counter(line["message_id"] for line in self.accepted)

    @property
    def arrived(self) -> Counter:
        """How often each address got something."""
        return Counter(address for line in self.accepted for address in line["to"])

    @property
    def by_id(self) -> dict[str, dict]:
        """The rows by Message-ID."""
        return {row["message_id"]: row for row in self.rows}

    @property
    def uncertain(self) -> int:
        """Rows of which nobody knows."""
        return sum(row["state"] == "uncertain" for row in self.rows)

    @property
    def doubled(self) -> int:
        """Copies too many."""
        return sum(count - 1 for count in self.times.values())

    @property
    def lost(self) -> int:
        """Letters that never arrived, and nobody is told so: neither failed nor taken back, with a reason."""
        told = {row["to"] for row in self.rows if row["state"] in LOST_COUNTS_AS_WORD and row["reason"]}
        return sum(1 for address in self.intended if not self.arrived[address] and address not in told)

    @property
    def cuts(self) -> int:
        """Bodies that never got an answer."""
        return sum(line["event"] == "body" and line["code"] == 0 for line in self.heard)


def nothing_is_lost_in_silence(seen: Evidence) -> list[str]:
    """M1: every intended recipient was accepted for, or has a row that failed, is uncertain or cancelled, with a reason for staff."""
    rows = {row["to"]: row for row in seen.rows}
    broken = [f"{address} has no row" for address in seen.intended - rows.keys()]
    for address in seen.intended & rows.keys():
        row = rows[address]
        if not seen.arrived[address] and not (row["state"] in LOST_COUNTS_AS_WORD and row["reason"]):
            broken.append(f"nothing arrived for {address}, and its row is {row['state']}")
    return broken


def no_letter_is_doubled(seen: Evidence) -> list[str]:
    """M2: A(m) ≤ 1 for every m; nobody got more than one letter, and one more for each time that a person sent it again."""
    broken = [f"{message_id} was accepted {count} times" for message_id, count in seen.times.items() if count > 1]
    asked = Counter(row["to"] for row in seen.rows)
    return broken + [f"{to} got {count} letters" for to, count in seen.arrived.items() if count > asked[to]]


def there_are_no_ghosts(seen: Evidence) -> list[str]:
    """M3: every accepted message is exactly one row, to the same address, which is being transmitted, sent, or uncertain."""
    by_id, broken = seen.by_id, []
    if len(by_id) != len(seen.rows):
        broken.append("two rows have the same Message-ID")
    for line in seen.accepted:
        row = by_id.get(line["message_id"])
        if row is None:
            broken.append(f"{line['message_id']} was accepted and is no row of ours")
        elif line["to"] != [row["to"]]:
            broken.append(f"{line['message_id']} went to {line['to']} instead of {row['to']}")
        elif row["state"] not in {"transmitting", "sent", "uncertain"}:
            broken.append(f"{line['message_id']} was accepted and is called {row['state']}")
    return broken


def states_are_truthful(seen: Evidence) -> list[str]:
    """M4: sent means A(m) = 1; failed and cancelled mean A(m) = 0."""
    broken = [f"{row['message_id']} is called sent, and A = {seen.times[row['message_id']]}" for row in _not(seen, {"sent"}, 1)]
    return broken + [f"{row['message_id']} is called {row['state']} and was accepted" for row in _not(seen, {"failed", "cancelled"}, 0)]


def _not(seen: Evidence, states: set[str], times: int) -> Iterable[dict]:
    counted = seen.times
    return [row for row in seen.rows if row["state"] in states and counted[row["message_id"]] != times]


def uncertain_is_bounded(seen: Evidence) -> list[str]:
    """M5: no more mails are uncertain than were in flight when something broke off; each says why."""
    most = seen.faults.total() + seen.cuts
    broken = [
        f"{row['message_id']} is uncertain without a reason" for row in seen.rows if row["state"] == "uncertain" and not row["reason"]
    ]
    return broken + ([f"{seen.uncertain} mails are uncertain after {most} broken flights"] if seen.uncertain > most else [])


def identity_is_stable(seen: Evidence) -> list[str]:
    """M6: all attempts of a row have the same Message-ID, link and body; different rows different ones."""
    bodies, ids = defaultdict(set), defaultdict(set)
    for line in [*seen.accepted, *(one for one in seen.heard if one["event"] == "body")]:
        bodies[line["message_id"]].add(line["body"])
        ids[line["outbox_id"]].add(line["message_id"])
    broken = [f"{message_id} had {len(found)} different bodies" for message_id, found in bodies.items() if len(found) > 1]
    broken += [f"the row {outbox_id} had {len(found)} Message-IDs" for outbox_id, found in ids.items() if len(found) > 1]
    owners = defaultdict(set)
    for line in seen.accepted:
        for link in _LINK.findall(line["raw"].replace("=\r\n", "")):
            owners[link].add(line["message_id"])
    return broken + [f"the link {link} stood in {len(found)} letters" for link, found in owners.items() if len(found) > 1]


def pause_and_cancel_hold(seen: Evidence) -> list[str]:
    """M7 and M8: a second after the button answered, at most what was being transmitted is accepted, and nothing after the time-out."""
    broken = []
    for since, until in seen.stills:
        late = [line for line in seen.accepted if since + 1 < line["t"] < until and "code" not in line["to"][0]]
        if len(late) > seen.slots:
            broken.append(f"{len(late)} mails were accepted more than a second after the button, with {seen.slots} senders")
        broken += [f"{line['message_id']} was accepted long after the button" for line in late if line["t"] > since + seen.timeout]
    return broken


def the_rate_is_kept(seen: Evidence) -> list[str]:
    """M9: in any minute no more is accepted than the rate allows, and what may go at once; in any five too, but for what is in flight."""
    rate, burst = seen.rate
    times = sorted(line["t"] for line in seen.accepted if "code" not in line["to"][0])  # a login code draws in advance
    if not rate:
        return []
    broken = []
    for seconds, on_the_way in ((60, 0), (5, seen.slots)):
        most = max((bisect_left(times, begin + seconds) - number for number, begin in enumerate(times)), default=0)
        if most > rate * seconds / 60 + burst + on_the_way:
            broken.append(f"{most} mails were accepted within {seconds} s, at {rate} a minute and {burst:.0f} at once")
    return broken


def refusals_are_respected(seen: Evidence) -> list[str]:
    """M10: after 5xx no further attempt; after 4xx the next one waits; without a server there is none."""
    asked, broken, again = defaultdict(list), [], []
    by_id = {row["message_id"]: row["to"] for row in seen.rows}
    for line in seen.heard:
        asked[line["to"] if line["event"] == "rcpt" else by_id.get(line["message_id"], "")].append((line["t"], line["event"], line["code"]))
    for address, events in asked.items():
        for (before, _event, code), (after, then, _code) in pairwise(sorted(events)):
            if 500 <= code < 600:
                again.append(f"{address} was tried again after {code}")
            elif 400 <= code < 500 and then == "rcpt" and after - before < seen.least_wait:
                broken.append(f"{address} was tried again {after - before:.2f} s after {code}")
    # a worker that dies with the refusal in its ear, or whose database does, takes it along: then it is asked for once more
    forgotten = seen.faults.total()
    return broken + again[forgotten:] + _attempts_without_a_server(seen)


def _attempts_without_a_server(seen: Evidence) -> list[str]:
    """The other half of M10: while no server takes us in, attempts do not grow."""
    heard = Counter(line["to"] for line in seen.heard if line["event"] == "rcpt")
    extra = sum(max(0, row["attempts"] - heard[row["to"]]) for row in seen.rows if row["to"] not in seen.poison)
    return [f"{extra} attempts were counted that no server heard of"] if extra > seen.faults.total() + seen.cuts else []


def late_recipients_add_themselves(seen: Evidence) -> list[str]:
    """M11: each recipient has one row, however often and in whichever company he was put on the list."""
    rows = Counter(row["to"] for row in seen.rows if row["seq"] == 0)
    return [f"{address} has {count} first rows" for address, count in rows.items() if count > 1]


def everything_comes_to_an_end(seen: Evidence) -> list[str]:
    """M12: once the faults have stopped, every row is final within a lease, a sweep, the time of the mails themselves, and a minute."""
    broken = [f"the end took {took:.0f} s of {may:.0f}" for took, may in seen.liveness if took > may]
    return broken + [f"{row['message_id']} is still {row['state']}" for row in seen.rows if row["state"] not in {*FINAL, "uncertain"}]


def letters_are_private(seen: Evidence) -> list[str]:
    """M13: one RCPT, one address in To, no Cc or Bcc; no other recipient's address or link anywhere in the message."""
    broken = []
    for line in seen.accepted:
        head, _blank, _body = line["raw"].partition("\r\n\r\n")
        names = {name.lower() for name in re.findall(r"(?m)^([\w-]+):", head)}
        raw = line["raw"].replace("=\r\n", "")
        others = set(_NAME.findall(raw)) - set(line["to"])
        others |= set(_LINK.findall(raw)) - {line["outbox_id"].replace("-", "")}
        if len(line["to"]) != 1 or names & {"cc", "bcc"} or others or head.count("\nTo:") + head.startswith("To:") != 1:
            broken.append(f"{line['message_id']} to {line['to']} speaks of {sorted(others)}")
    return broken


def login_codes_pass_a_mailing(seen: Evidence) -> list[str]:
    """M14: a login code is accepted within a minute, while a mailing is running."""
    at = {line["to"][0]: line["t"] for line in seen.accepted}
    return [
        f"the code to {to} took {at.get(to, float('inf')) - asked:.0f} s"
        for to, asked in seen.codes.items()
        if at.get(to, 9e9) > asked + 60
    ]


def act_and_letter_are_one(seen: Evidence) -> list[str]:
    """M15: what was rolled back has no row and no mail (that what was committed has one, says the first rule)."""
    written = {row["to"] for row in seen.rows} | set(seen.arrived)
    return [f"{address} has a mail of an act that never was" for address in seen.never & written]


def counts_are_counted(seen: Evidence) -> list[str]:
    """M16: the numbers on the mailing's page are those of the outbox, and of the server's log."""
    if not seen.shown:
        return []
    rows = [row for row in seen.rows if row["mailing"]]
    counted = Counter(row["state"] for row in rows)
    told = {name: seen.shown[name] for name in ("sent", "failed", "uncertain")}
    broken = [f"the page says {count} {name}, the outbox {counted[name]}" for name, count in told.items() if count != counted[name]]
    ours = {row["message_id"] for row in rows}
    arrived = sum(line["message_id"] in ours for line in seen.accepted)
    if not told["sent"] <= arrived <= told["sent"] + told["uncertain"] + counted["transmitting"]:
        broken.append(f"the page says {told['sent']} sent, the server accepted {arrived}")
    return broken


def texts_are_frozen(seen: Evidence) -> list[str]:
    """M17: a letter says what was approved, whatever became of the mailing's texts meanwhile."""
    return [
        f"{line['message_id']} says something else"
        for line in seen.accepted
        if seen.words and "guest" in line["to"][0] and seen.words not in line["raw"].replace("=\r\n", "")
    ]


def poison_fails_alone(seen: Evidence) -> list[str]:
    """M18: a row of which no message can be made, or which kills whoever tries, fails with a reason; all others arrive."""
    rows = {row["to"]: row for row in seen.rows}
    bad = [rows[to] for to in seen.poison if rows[to]["state"] != "failed" or not rows[to]["reason"]]
    broken = [f"the poison {row['to']} is {row['state']} {row['reason']}" for row in bad]
    blamed = [row["to"] for row in seen.rows if row["reason"] in {"poison", "build"} and row["to"] not in seen.poison]
    return broken + [f"{address} is called poison" for address in blamed]


RULES: tuple[Callable[[Evidence], list[str]], ...] = (
    nothing_is_lost_in_silence,
    no_letter_is_doubled,
    there_are_no_ghosts,
    states_are_truthful,
    uncertain_is_bounded,
    identity_is_stable,
    pause_and_cancel_hold,
    the_rate_is_kept,
    refusals_are_respected,
    late_recipients_add_themselves,
    everything_comes_to_an_end,
    letters_are_private,
    login_codes_pass_a_mailing,
    act_and_letter_are_one,
    counts_are_counted,
    texts_are_frozen,
    poison_fails_alone,
)


def broken(seen: Evidence) -> list[str]:
    """Everything that is broken, with the name of its rule."""
    return [f"{rule.__name__}: {sentence}" for rule in RULES for sentence in rule(seen)]


def unsettled(seen: Evidence) -> list[str]:
    """What may not be left once the mail server's log has decided: uncertain mails, and letters that neither arrived nor were refused."""
    found = [f"{row['message_id']} is {row['state']}" for row in seen.rows if row["state"] not in FINAL]
    if not seen.cancelled:
        refused = {line["to"] for line in seen.heard if line["event"] == "rcpt" and line["code"] >= 500}
        missing = [to for to in seen.intended if not seen.arrived[to] and to not in refused | seen.poison]
        rows = {row["to"]: f"{row['state']} {row['reason']}" for row in seen.rows}
        # a sign-in code is wiped as soon as nobody knows whether it left: one that did not is asked for anew by its reader
        gone = {row["to"] for row in seen.rows if row["purpose"] == "laboratory_code" and row["reason"] == "expired"}
        found += [f"{address} never got its letter: {rows.get(address)}" for address in missing if address not in gone]
    return found
