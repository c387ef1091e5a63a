"""The breakdown number: the fewest dependence groups whose removal changes the answer (method.md, What comes out)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import combinations

from consilience.corroborate.bench import Bench
from consilience.records.sensitivity import Answer, Breakdown

MOST_PAIRS = 300
"""Up to so many pairs of groups every one is tried (25 groups); beyond, only those with one of the `STRONGEST`. Our
choice: a second an incident."""

STRONGEST = 6
LARGEST = 6
"""No more groups than this are removed at once; beyond two, greedily: the one that moves the parties furthest."""

Group = frozenset[str]
Conclusion = Callable[[Answer], Hashable]


def break_down(bench: Bench, groups: Sequence[Group], conclusion: Conclusion) -> Breakdown:
    """The fewest of `groups` without which `conclusion` says something else: exact for one and for two (up to
    `MOST_PAIRS`), then greedy up to `LARGEST`. Of several as small, the one whose removal moves the parties furthest.
    """
    base = bench.answer()
    said = conclusion(base)

    def tried(sets: Sequence[tuple[Group, ...]]) -> list[tuple[float, tuple[Group, ...], bool]]:
        rows = []
        for chosen in sets:
            answer = bench.answer(without=frozenset().union(*chosen))
            rows.append((round(answer.distance(base), 9), chosen, conclusion(answer) != said))
        return sorted(rows, key=lambda row: (-row[0], [sorted(group) for group in row[1]]))

    singles = tried([(group,) for group in groups])
    order = [chosen[0] for _, chosen, _ in singles]
    pairs = list(combinations(order, 2))
    if len(pairs) > MOST_PAIRS:
        pairs = [pair for pair in pairs if pair[0] in order[:STRONGEST]]
    for rows in (singles, tried(pairs) if not any(row[2] for row in singles) else []):
        for _, chosen, changes in rows:
            if changes:
                return Breakdown(len(chosen), _names(chosen))
    together = tuple(order[:1])
    while together and len(together) < min(LARGEST, len(order)):
        _, together, changes = tried([(*together, group) for group in order if group not in together])[0]
        if changes:
            return Breakdown(len(together), _names(together))
    return Breakdown(None, ())


def _names(groups: Sequence[Group]) -> tuple[str, ...]:
    return tuple(sorted(name for group in groups for name in group))


def groups_of(bench: Bench, tracks: Sequence[str], calls: Sequence[str]) -> list[Group]:
    """The dependence groups of an incident, sorted: everybody who speaks of it, and who logged the flights and calls
    named. A source stands in one group alone."""
    groups: dict[str, set[str]] = {}
    for name, group in bench.logs.groups.items():
        groups.setdefault(group, set()).add(name)
    for name in bench.logs.logged_by(tracks, calls) - set(bench.logs.groups):
        groups.setdefault(name, set()).add(name)
    return sorted((frozenset(group) for group in groups.values()), key=sorted)
