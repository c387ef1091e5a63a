"""Which named assumptions a piece of work reads, and evidence under other values of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from consilience.corroborate.evidence import CaseEvidence
from consilience.records.reference_data import Assumption


class Recorded(Mapping[str, Assumption]):
    """Assumptions that remember in `read` which of them were asked for."""

    def __init__(self, assumptions: Mapping[str, Assumption]) -> None:
        self._assumptions = assumptions
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Assumption:
        found = self._assumptions[name]
        self.read.add(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._assumptions

    def __iter__(self) -> Iterator[str]:
        return iter(self._assumptions)

    def __len__(self) -> int:
        return len(self._assumptions)


def under(evidence: CaseEvidence, values: Mapping[str, float]) -> tuple[CaseEvidence, Recorded]:
    """The evidence under other values of named assumptions (names it does not know are passed over), and its record."""
    changed = {
        name: replace(assumption, value=values[name]) if name in values else assumption
        for name, assumption in evidence.assumptions.items()
    }
    recorded = Recorded(changed)
    return replace(evidence, assumptions=recorded), recorded


def prior_name(mode: str, party: str | None) -> str:
    """How a share of the order of battle is called among the assumptions."""
    return f"prior: {mode}" + (f", {party}" if party else "")
