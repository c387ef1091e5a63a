"""What the likelihood of a kind of evidence is given of one incident, and the parts that it makes of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.hypotheses import Hypotheses
from consilience.corroborate.likelihood.accounts import Account
from consilience.corroborate.likelihood.detection_log import DetectionLog
from consilience.corroborate.moments import Clock
from consilience.corroborate.terms import Term
from consilience.corroborate.wording import Habits


@dataclass(frozen=True, slots=True)
class Material:
    """All that a likelihood may read of one incident, assumptions apart; `without` are the sources to do without.

    `sites` (lat, lon, error in metres) are the candidate places, `clock` its moments, `rows` the rows that name the
    incident by table, `upstream` whom a source draws on. `evidence` is the case with its assumptions as they are: a
    part is made under others too. `habits` is how the case's accounts speak, `noticed` are its detections, which name
    no incident.
    """

    incident_id: str
    sites: tuple[tuple[float, float, float], ...]
    clock: Clock
    hypotheses: Hypotheses
    accounts: tuple[Account, ...]
    rows: Mapping[str, Sequence[Row]]
    upstream: Mapping[str, frozenset[str]]
    evidence: CaseEvidence
    habits: Habits
    noticed: DetectionLog
    without: frozenset[str] = frozenset()

    @property
    def grid(self) -> NDArray[np.float64]:
        """All moments, (G,)."""
        return self.clock.grid


@dataclass(frozen=True, slots=True)
class Part:
    """Terms that are made together from the same rows.

    `key` says what they stand on besides the assumptions: two parts of one incident and kind with equal keys make equal
    terms. `sources` are those whose removal changes or ends the part. `make` gives the terms on the whole grid, under
    the assumptions of the evidence that it is handed.
    """

    key: tuple[Hashable, ...]
    sources: frozenset[str]
    make: Callable[[CaseEvidence], list[Term]]
