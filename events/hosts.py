"""Who invites, in words: the line of hosts, generated from the hosts of an event in protocol order.

「外務大臣、広島県知事及び広島市長の共催」 · “Co-hosted by the Minister for Foreign Affairs, the Governor of Hiroshima
Prefecture and the Mayor of Hiroshima”. 及び stands once, before the last name (the way of Japanese official texts).
"""

from collections.abc import Sequence
from itertools import groupby

from events.models import Event, EventHost
from partnership.models import Position

_CHIEFS = (Position.Role.LEADER, Position.Role.CHIEF, Position.Role.HEAD)  # whose title an organisation signs with
_HOSTS = (EventHost.Role.HOST, EventHost.Role.CO_HOST)


def joined(names: Sequence[str], language: str) -> str:
    """A, B and C · A、B及びC; without a comma before the last."""
    if len(names) < 2:
        return "".join(names)
    if language.startswith("en"):
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{'、'.join(names[:-1])}及び{names[-1]}"


def of_event(event: Event) -> list[EventHost]:
    """The hosts in protocol order with what their names are made of; a list prefetches ``hosts__organisation__positions``."""
    if "hosts" in getattr(event, "_prefetched_objects_cache", {}):
        return sorted(event.hosts.all(), key=lambda host: (host.order, host.pk))
    return list(event.hosts.select_related("organisation").prefetch_related("organisation__positions").order_by("order", "pk"))


def sign(host: EventHost, language: str) -> str:
    """How one host signs: its own words, else the title of its chief, else its name. English takes the article."""
    own = host.in_language("name", language)
    if own:
        return own
    body = host.organisation
    seats = {seat.role: seat for seat in body.positions.all()}
    for role in _CHIEFS:
        seat = seats.get(role)
        words = seat and (seat.title_en if language.startswith("en") else seat.title_ja)
        if words:
            return _with_article(words) if language.startswith("en") else words
    return _body_name(host, language)


def _body_name(host: EventHost, language: str) -> str:
    name = host.organisation.in_language("name", language)
    return _with_article(name) if language.startswith("en") and host.organisation.kind != "local_government" else name


def _with_article(words: str) -> str:
    return words if words.lower().startswith("the ") else f"the {words}"


def names(event: Event, language: str, rows: Sequence[EventHost] | None = None) -> list[str]:
    """The hosts as the card prints them, one a line: “The Minister for Foreign Affairs of Japan”, “the Governor of …”.

    Args:
        event: whose hosts.
        language: ja or en.
        rows: what ``of_event`` gave, to ask only once.
    """
    lines = [
        sign(host, language) if language == "ja" else _of_japan(host, sign(host, language))
        for host in (of_event(event) if rows is None else rows)
        if host.role in _HOSTS
    ]
    return [line[:1].upper() + line[1:] if place == 0 else line for place, line in enumerate(lines)]


def _of_japan(host: EventHost, words: str) -> str:
    """On a card that goes to other countries' missions the Minister is named with the country."""
    return f"{words} of Japan" if host.organisation.register_key == "body:mofa" and words.endswith("Foreign Affairs") else words


def host_line(event: Event, language: str, rows: Sequence[EventHost] | None = None) -> str:
    """Who hosts the event, in one line; "" when nobody is recorded.

    The line names all in order; which of them share a group says ``groups``.
    """
    every = of_event(event) if rows is None else rows
    hosts = [host for host in every if host.role in _HOSTS]
    parts = [_hosted(hosts, language)] if hosts else []
    cooperating = [host for host in every if host.role == EventHost.Role.COOPERATING]
    if cooperating:
        who = joined([sign(host, language) for host in cooperating], language)
        parts.append(f"in cooperation with {who}" if language.startswith("en") else f"{who}の協力")
    participating = [host for host in every if host.role == EventHost.Role.PARTICIPATING]
    if participating:
        who = joined([_body_name(host, language) for host in participating], language)
        parts.append(f"with the participation of {who}" if language.startswith("en") else f"{who}の参加")
    line = (", " if language.startswith("en") else "、").join(parts)
    return line[:1].upper() + line[1:]


def _hosted(hosts: Sequence[EventHost], language: str) -> str:
    who = joined([sign(host, language) for host in hosts], language)
    if language.startswith("en"):
        return f"{'Co-hosted' if len(hosts) > 1 else 'Hosted'} by {who}"
    return f"{who}の{'共催' if len(hosts) > 1 else '主催'}"


def groups(event: Event, language: str) -> list[str]:
    """The groups that share an event, each with its members in order: 「松戸市・千葉県」; empty when there are none."""
    grouped = sorted((host for host in of_event(event) if host.group), key=lambda host: (host.group or 0, host.order))
    separator = " and " if language.startswith("en") else "・"
    return [
        separator.join(host.organisation.in_language("name", language) for host in some)
        for _group, some in groupby(grouped, key=lambda host: host.group)
    ]
