"""What a finding hangs on: which sources, which assumptions, what speaks for the others, what would tell more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from consilience.quantities import Log10, Minutes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a posterior says: `attack` is P(an attack happened), `weight` log10 of its likelihood ratio against none;
    the rest is given an attack and sums to 1."""

    attack: float
    weight: Log10
    party: Mapping[str, float]
    together: float
    mode: Mapping[str, float]

    def distance(self, other: Answer) -> float:
        """Total variation between the parties of two answers, in [0, 1]."""
        return sum(abs(p - other.party[name]) for name, p in self.party.items()) / 2


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The fewest dependence groups whose removal changes the answer, and the sources in them, sorted.

    `groups` None: no removal that was tried changes it.
    """

    groups: int | None
    which: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """Was one party named on one source alone? `source` names the dependence group (its smallest id) without which
    it would not be; of several, the one whose removal moves the parties furthest. None: there is none."""

    source: str | None


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one assumption, taken over its range with all others as they are, moves the parties.

    `moves`: the largest total variation from the answer as it is, in [0, 1].
    """

    assumption: str
    low: float
    high: float
    moves: float


@dataclass(frozen=True, slots=True)
class Rival:
    """The best explanation under one party beside the best under the leading one.

    `minute` is its moment, minutes since the epoch. `pieces`: evidence id and log10 p(piece | this one) − log10
    p(piece | the leading one), the largest first; with `prior` they sum to `total`.
    """

    party: str
    platform: str
    mode: str
    minute: Minutes
    total: Log10
    prior: Log10
    pieces: tuple[tuple[str, Log10], ...]


@dataclass(frozen=True, slots=True)
class NextEvidence:
    """Something still obtainable and the bits by which it is expected to reduce uncertainty, of party and of time."""

    kind: str
    what: str
    party_bits: float
    time_bits: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What one incident's finding hangs on. `ends` has for each party the answers that lower and raise it most with one
    assumption at an end of its range; `party_range` the least and most over these and over all assumptions at once."""

    breakdown: Breakdown
    party_range: Mapping[str, tuple[float, float]]
    ends: Mapping[str, tuple[Answer, Answer]]
    swings: tuple[Swing, ...]
    rivals: tuple[Rival, ...]
    next_evidence: tuple[NextEvidence, ...]
