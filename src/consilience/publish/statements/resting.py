"""What stands behind the names in a `support`, and whether it still stands: the one rule by which a draft marks it.

A sentence rests on a finding where it names one (`I07/attribution`), a total (`totals/killed`) or a finding of each
incident (`all/time`): totals count every incident. It then waits for the review of each of those findings, whatever
it says of them, and is marked where a review or sign-off of one rested on a row that the case no longer holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

INCIDENTS = "incidents"
"""Names in a `support` the list of incidents."""
_EVERY = ("totals", "all")
_EVERY_FINDING = tuple(f"{head}/" for head in _EVERY)


@dataclass(frozen=True, slots=True)
class Claims:
    """What people decided on, or wrote of, and the case no longer claims.

    `rows`: by incident_id, the rows behind a review or sign-off of its finding that has not been given anew.
    `incidents`: those that were reviewed or signed, not retracted, and stand in the case no more.
    `once`: every name of an incident and of a row of `context` that the case has held at any time.
    """

    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    incidents: tuple[str, ...] = ()
    once: frozenset[str] = frozenset()


_SEVERAL = 2
"""From so many on their order matters, and all incidents are gone through for it."""


def findings_behind(support: Iterable[str], incidents: Collection[str]) -> tuple[str, ...]:
    """The incidents whose findings a sentence rests on, each once, in the order of the case."""
    named = set()
    for name in support:
        head, _, rest = name.partition("/")
        if rest and head in _EVERY:
            return tuple(incidents)
        if rest:
            named.add(head)
    known = [one for one in named if one in incidents]
    return tuple(known) if len(known) < _SEVERAL else tuple(one for one in incidents if one in named)


def counts_every(support: Iterable[str]) -> bool:
    """Does a sentence rest on the list of incidents, on a total, or on a finding of each incident?"""
    return any(name == INCIDENTS or name.startswith(_EVERY_FINDING) for name in support)


def no_longer_claimed(support: Collection[str], incidents: Collection[str], claims: Claims) -> tuple[str, ...]:
    """Names of rows and incidents that a sentence rested on when somebody reviewed it, and that are gone."""
    rows = [row for incident in findings_behind(support, incidents) for row in claims.rows.get(incident, ())]
    return tuple(dict.fromkeys([*(claims.incidents if counts_every(support) else ()), *rows]))


def rows_behind(support: Iterable[str], pieces: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Names of all that a sentence rests on, sorted: its own, and the pieces behind each finding that it names.

    What counts every incident rests on the incidents, and not on each piece of each. `pieces` by incident_id.
    """
    found: set[str] = set()
    for name in support:
        head, _, rest = name.partition("/")
        if rest and head in _EVERY:
            found |= pieces.keys()
        found |= {name, *(pieces.get(head, ()) if rest else ())}
    return tuple(sorted(found))
