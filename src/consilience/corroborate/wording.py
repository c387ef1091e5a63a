"""Copies that nobody declared: how probable is it that an account repeats another, from how they agree?

Bayes over "repeats nobody" and "repeats this earlier account", for each candidate: a prior rate (`copy_undeclared`,
even over the candidates) and, field by field, p(what the child says | what the other says, copied) over the same for
two who speak of one incident independently. A copy keeps a field with chance `copy_kept`, silence too, and else drops
or changes it alike. Independent speakers say a field as often as the case's accounts do and agree on it as often as the
case's unrelated pairs do, both drawn to one half by `copy_strength` pseudo-observations: two honest witnesses of one
attack agree often, so that agreement tells little where everybody agrees. Who copies has it at second hand with chance
`copy_second_hand`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, log

from consilience.corroborate.dependence import Statement, parents_of
from consilience.records.reference_data import Assumption

FIELDS = ("clock", "mode", "party", "platform", "munition", "cluster", "strikes", "killed", "injured")
"""What is compared: claims that are weighed, counts, and the time where it is one of the clock: all who speak of one
incident agree on the day."""

LEAST = 0.01
"""A less probable copy is none: our choice; it could move no weight by more than that."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How the accounts of a case speak: of `accounts`, how many say a field (`said`) and how many know of the attack at
    `second_hand`; of unrelated pairs of one incident that `both` say a field, in how many it is the `same`."""

    accounts: int
    second_hand: int
    said: Mapping[str, int]
    both: Mapping[str, int]
    same: Mapping[str, int]


def habits_of(by_incident: Sequence[Sequence[Statement]], upstream: Mapping[str, frozenset[str]]) -> Habits:
    """Counted over the whole case, declared copies apart: they have no words of their own."""
    originals = [[one for one in some if not parents_of(one, some, upstream)] for some in by_incident]
    every = [one for statements in originals for one in statements]
    pairs = [
        pair for statements in originals for pair in combinations(statements, 2) if not are_related(*pair, upstream)
    ]
    both = {f: [(a, b) for a, b in pairs if None not in (a.says(f), b.says(f))] for f in FIELDS}
    return Habits(
        accounts=len(every),
        second_hand=sum(one.second_hand for one in every),
        said={f: sum(one.says(f) is not None for one in every) for f in FIELDS},
        both={f: len(found) for f, found in both.items()},
        same={f: sum(a.says(f) == b.says(f) for a, b in found) for f, found in both.items()},
    )


def are_related(a: Statement, b: Statement, upstream: Mapping[str, frozenset[str]]) -> bool:
    """Does the case itself say why the two may agree: one draws on the other, or both on a third?"""
    if parents_of(a, [b], upstream) or parents_of(b, [a], upstream):
        return True
    above = [upstream.get(one.source_id or "", frozenset()) for one in (a, b)]
    return bool(above[0] & above[1])


def candidates_for(
    child: Statement, others: Sequence[Statement], upstream: Mapping[str, frozenset[str]]
) -> list[Statement]:
    """The accounts of the same incident that this one may repeat although nothing declares it.

    Who saw for himself copies nobody who has it at second hand, and of two alike the smaller id is the first, so that
    nothing is its own ancestor. A declared copy is accounted for and has none, nor is it one: its words are another's.
    """
    if parents_of(child, others, upstream):
        return []
    return [
        one
        for one in others
        if (one.second_hand, one.account_id) < (child.second_hand, child.account_id)
        and not are_related(one, child, upstream)
        and not parents_of(one, others, upstream)
    ]


def suspected(
    child: Statement, earlier: Sequence[Statement], habits: Habits, assumptions: Mapping[str, Assumption]
) -> list[tuple[Statement, float]]:
    """How probable it is that an account repeats each of its candidates; together less than 1."""
    if not earlier:
        return []
    rate = assumptions["copy_undeclared"].value
    prior = rate / (1 - rate) / len(earlier)
    odds = [prior * exp(_log_ratio(one, child, habits, assumptions)) for one in earlier]
    total = 1 + sum(odds)
    return [(one, o / total) for one, o in zip(earlier, odds, strict=True) if o / total >= LEAST]


def _log_ratio(parent: Statement, child: Statement, habits: Habits, assumptions: Mapping[str, Assumption]) -> float:
    """log p(child | parent, copied) / p(child | parent, independent)."""
    kept, second = assumptions["copy_kept"].value, assumptions["copy_second_hand"].value
    strength = assumptions["copy_strength"].value

    def share(count: int, of: int) -> float:
        return (count + strength / 2) / (of + strength)

    usual = share(habits.second_hand, habits.accounts)
    total = log(second / usual) if child.second_hand else log((1 - second) / (1 - usual))
    for field in FIELDS:
        said, agree = share(habits.said[field], habits.accounts), share(habits.same[field], habits.both[field])
        first, then = parent.says(field), child.says(field)
        if first is None:
            total += log((1 + kept) / 2 / (1 - said)) if then is None else log((1 - kept) / 2 / said)
        elif then is None:
            total += log((1 - kept) / 2 / (1 - said))
        else:
            total += log(kept / (said * agree)) if then == first else log((1 - kept) / 2 / (said * (1 - agree)))
    return total
