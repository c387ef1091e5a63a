"""Copied sources: who may repeat whom, and what a repetition still weighs (method.md, Copies).

p(child | θ, parents) = c · 1[agrees with a parent] + (1 − c) · p(child | θ), field by field. Parents of one child stay
independent of each other, and an exact duplicate (c = 1) changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LIKELY = 0.5
"""From this chance on, one account is taken to hang on another where only yes or no can be said."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the copy model compares of an account: who says it, and its claims field by field (None: not claimed).

    `known_before` holds ids (accounts or sources) that the person had seen or been told of before speaking. `counts`
    are claims that are compared and not weighed; `second_hand`: does the person not claim to have perceived it?
    `stands_at` is the exhibit and the place inside it where the account stands, None where either is not told.
    """

    account_id: str
    source_id: str | None
    claims: Mapping[str, object]
    known_before: frozenset[str] = frozenset()
    counts: Mapping[str, object] = field(default_factory=dict)
    second_hand: bool = False
    stands_at: tuple[str, str] | None = None

    def says(self, field: str) -> object:
        """The claim in a field, weighed or not; None where there is none."""
        return self.claims.get(field, self.counts.get(field))


@dataclass(frozen=True, slots=True)
class Origin:
    """With this `chance` an account repeats one of these statements."""

    chance: float
    statements: tuple[Statement, ...]

    def agrees(self, statement: Statement, claim: str) -> bool:
        """Is the claim made, and is it that of one of them?"""
        said = statement.says(claim)
        return said is not None and any(parent.says(claim) == said for parent in self.statements)


def ancestors(depends_on: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """For each source, every source that its knowledge comes from, directly or through others. Cycles are allowed."""
    reached: dict[str, frozenset[str]] = {}
    for source in depends_on:
        seen: set[str] = set()
        waiting = list(depends_on[source])
        while waiting:
            parent = waiting.pop()
            if parent not in seen:
                seen.add(parent)
                waiting.extend(depends_on.get(parent, ()))
        reached[source] = frozenset(seen)
    return reached


def parents_of(
    statement: Statement, others: Sequence[Statement], upstream: Mapping[str, frozenset[str]]
) -> list[Statement]:
    """The statements of the same incident that this one may repeat.

    A parent speaks for a source upstream of this one's, or was known to the person before, or is an earlier statement
    (by id) of the same source or read off the same place of the same exhibit. Where two sources depend on each other,
    the one with the smaller id is the parent, so that nothing is its own ancestor.
    """
    found = []
    for other in others:
        if other.account_id == statement.account_id:
            continue
        if statement.stands_at is not None and statement.stands_at == other.stands_at:
            if other.account_id < statement.account_id:
                found.append(other)
        elif other.account_id in statement.known_before or other.source_id in statement.known_before:
            found.append(other)
        elif statement.source_id is not None and other.source_id is not None:
            if statement.source_id == other.source_id:
                if other.account_id < statement.account_id:
                    found.append(other)
            elif _is_upstream(other.source_id, statement.source_id, upstream):
                found.append(other)
    return found


def _is_upstream(parent: str, child: str, upstream: Mapping[str, frozenset[str]]) -> bool:
    if parent not in upstream.get(child, frozenset()):
        return False
    return child not in upstream.get(parent, frozenset()) or parent < child


def copied(probability: NDArray[np.float64], *, agreeing: float, copying: float) -> NDArray[np.float64]:
    """The copy model on probabilities (any shape): Σ c · 1[agrees] + (1 − Σ c) · p.

    `copying` is the chance of repeating anybody, `agreeing` that of repeating somebody who says the same.
    """
    return agreeing + (1.0 - copying) * probability


def dependence_groups(
    speaking: Iterable[str], upstream: Mapping[str, frozenset[str]], told: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """The dependence group of each source that speaks of one incident: those that draw on one another share a group.

    A source that draws on others who speak here goes with one of them (of several, the smallest id, for parents stay
    independent of each other); if none of them speaks here, with all, so that two that draw on the same silent source
    are one group. `told` names, for a source, those whose words it knew before it spoke. A group bears its smallest id.
    """
    names = set(speaking)
    group = {name: name for name in names}

    def root(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for name in sorted(names):
        above = (upstream.get(name, frozenset()) | set(told.get(name, ()))) - {name}
        here = above & names
        for other in [min(here)] if here else sorted(above):
            low, high = sorted((root(name), root(other)))
            group[high] = low
    return {name: root(name) for name in sorted(names)}


def same_uploads(uploads: Sequence[tuple[str, Sequence[str]]]) -> list[int]:
    """Which posts are one thing: for each (who posted it, its marks) the number of the first post that it hangs on.

    Posts that share a mark (a source, an exhibit, an address) are one thing, also through others. The result is the
    index of the earliest post of the same thing, in the order given.
    """
    first_with: dict[str, int] = {}
    root = list(range(len(uploads)))

    def find(post: int) -> int:
        while root[post] != post:
            post = root[post]
        return post

    for post, (source, marks) in enumerate(uploads):
        for mark in (f"by {source}", *marks):
            low, high = sorted((find(first_with.setdefault(mark, post)), find(post)))
            root[high] = low
    return [find(post) for post in range(len(uploads))]


def is_duplicate(statement: Statement, parent: Statement) -> bool:
    """Are both statements the same in every claim? Then the later one adds nothing at all (c = 1)."""
    return dict(statement.claims) == dict(parent.claims)
