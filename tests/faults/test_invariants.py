"""The negative control of the laboratory's own judge: each rule finds what breaks it, and is content with what is well."""

import pytest

from tests.faults import invariants
from tests.faults.invariants import RULES, WORDS, Evidence

RAW = "From: desk@mofa.example.jp\r\nTo: {to}\r\nSubject: Notice\r\n\r\n{words}\r\nhttps://partnership.example.jp/rsvp/{link}/\r\n"


def row(number: int, **changes: object) -> dict:
    """What mail_audit says of one letter that left."""
    told = {
        "message_id": f"<{number}@x>",
        "to": f"guest{number}@mission.example.jp",
        "state": "sent",
        "reason": "",
        "purpose": "laboratory",
    }
    return {**told, "attempts": 1, "seq": 0, "mailing": 1, **changes}


def accept(number: int, **changes: object) -> dict:
    """The server's line about it."""
    to, link = f"guest{number}@mission.example.jp", f"{number:032x}"
    raw = RAW.format(to=to, words=WORDS, link=link)
    told = {"t": 100.0 + number, "message_id": f"<{number}@x>", "outbox_id": link, "to": [to], "body": f"body{number}", "raw": raw}
    return {**told, **changes}


def rcpt(number: int, code: int = 250, t: float = 0) -> dict:
    """An answer to RCPT."""
    return {"t": t or 99.0 + number, "event": "rcpt", "to": f"guest{number}@mission.example.jp", "code": code}


@pytest.fixture
def seen() -> Evidence:
    """Three letters, each arrived."""
    return Evidence(
        rows=[row(number) for number in range(3)],
        accepted=[accept(number) for number in range(3)],
        heard=[rcpt(number) for number in range(3)],
        intended={f"guest{number}@mission.example.jp" for number in range(3)},
        slots=1,
        words=WORDS,
        least_wait=1,
        rate=(60, 1),
        shown={"sent": 3, "failed": 0, "uncertain": 0},
        stills=[(200.0, 300.0)],
        codes={},
        liveness=[(1, 2)],
    )


def test_all_is_well(seen):
    assert invariants.broken(seen) == []
    assert invariants.unsettled(seen) == []


def _change(number: int, **changes: object):
    return lambda seen: seen.rows[number].update(changes)


def _accept(number: int, **changes: object):
    return lambda seen: seen.accepted.append(accept(number, **changes))


def _raw(more: str, instead_of: str = "Subject: Notice"):
    return lambda seen: seen.accepted[0].update(raw=seen.accepted[0]["raw"].replace(instead_of, more))


def _hear(*lines: dict):
    return lambda seen: seen.heard.extend(lines)


def _late(*times: float):
    return lambda seen: seen.accepted.extend(accept(number + 5, t=at) for number, at in enumerate(times))


HARM = [
    (invariants.nothing_is_lost_in_silence, lambda seen: seen.intended.add("guest9@mission.example.jp")),
    (invariants.nothing_is_lost_in_silence, lambda seen: (seen.accepted.pop(), _change(2, state="failed")(seen))),
    (invariants.no_letter_is_doubled, _accept(0)),
    (invariants.no_letter_is_doubled, _accept(0, message_id="<another@x>")),
    (invariants.there_are_no_ghosts, _accept(7)),
    (invariants.there_are_no_ghosts, _change(0, state="queued")),
    (invariants.there_are_no_ghosts, _change(0, message_id="<1@x>")),
    (invariants.there_are_no_ghosts, lambda seen: seen.accepted[0].update(to=["guest1@mission.example.jp"])),
    (invariants.states_are_truthful, lambda seen: seen.accepted.pop()),
    (invariants.states_are_truthful, _change(0, state="failed", reason="address")),
    (invariants.states_are_truthful, _change(0, state="cancelled", reason="person")),
    (invariants.uncertain_is_bounded, _change(0, state="uncertain", reason="no_answer")),
    (invariants.uncertain_is_bounded, lambda seen: (seen.faults.update(killed=1), _change(0, state="uncertain")(seen))),
    (invariants.identity_is_stable, _accept(0, body="other")),
    (invariants.identity_is_stable, _accept(0, message_id="<another@x>")),
    (invariants.identity_is_stable, _raw(f"/rsvp/{1:032x}/", f"/rsvp/{0:032x}/")),
    (invariants.pause_and_cancel_hold, _late(202.0, 202.5)),  # one sender, two letters
    (invariants.pause_and_cancel_hold, _late(206.0)),  # one, but long after the time-out
    (invariants.the_rate_is_kept, _late(*[110 + 0.9 * number for number in range(62)])),
    (invariants.the_rate_is_kept, _late(*[110 + 0.1 * number for number in range(8)])),
    (invariants.refusals_are_respected, _hear(rcpt(8, 550, 100.0), rcpt(8, 550, 200.0))),
    (invariants.refusals_are_respected, _hear(rcpt(8, 451, 100.0), rcpt(8, 250, 100.5))),
    (invariants.refusals_are_respected, _change(0, attempts=2)),
    (invariants.late_recipients_add_themselves, lambda seen: seen.rows.append(row(0, message_id="<another@x>"))),
    (invariants.everything_comes_to_an_end, _change(0, state="queued")),
    (invariants.everything_comes_to_an_end, lambda seen: seen.liveness.append((3, 2))),
    (invariants.letters_are_private, lambda seen: seen.accepted[0]["to"].append("guest1@mission.example.jp")),
    (invariants.letters_are_private, _raw("Cc: somebody@example.jp")),
    (invariants.letters_are_private, _raw("To: somebody@example.jp")),
    (invariants.letters_are_private, _raw("Subject: guest1@mission.example.jp")),
    (invariants.letters_are_private, _raw(f"/rsvp/{1:032x}/", f"/rsvp/{0:032x}/")),
    (invariants.login_codes_pass_a_mailing, lambda seen: seen.codes.update({"guest0@mission.example.jp": 39.0})),
    (invariants.login_codes_pass_a_mailing, lambda seen: seen.codes.update({"code1@city.example.jp": 100.0})),
    (invariants.act_and_letter_are_one, lambda seen: seen.never.add("guest0@mission.example.jp")),
    (invariants.counts_are_counted, lambda seen: seen.shown.update(sent=2)),
    (invariants.counts_are_counted, lambda seen: (seen.accepted.pop(), seen.shown.update(sent=3))),
    (invariants.texts_are_frozen, _raw("Other words.", WORDS)),
    (invariants.poison_fails_alone, lambda seen: seen.poison.add("guest0@mission.example.jp")),
    (invariants.poison_fails_alone, _change(0, state="failed", reason="build")),
]


@pytest.mark.parametrize(("rule", "harm"), HARM)
def test_each_rule_finds_what_breaks_it(seen, rule, harm):
    harm(seen)

    assert rule(seen)


def test_no_rule_is_without_its_control():
    assert {rule for rule, _harm in HARM} == set(RULES)


@pytest.mark.parametrize("state", ["uncertain", "queued"])
def test_what_the_log_has_not_decided_is_unsettled(seen, state):
    seen.rows[0]["state"] = state

    assert invariants.unsettled(seen)


def test_letter_that_neither_arrived_nor_was_refused_is_unsettled(seen):
    seen.accepted.pop(0)

    [found] = invariants.unsettled(seen)
    assert found.startswith("guest0@mission.example.jp never got its letter")


def test_sign_in_code_that_was_wiped_is_settled_and_no_other_letter_that_came_too_late(seen):
    seen.accepted.pop(0)
    seen.rows[0] |= {"state": "failed", "reason": "expired", "purpose": "laboratory_code"}
    assert invariants.unsettled(seen) == []

    seen.rows[0] |= {"purpose": "laboratory"}
    assert len(invariants.unsettled(seen)) == 1
