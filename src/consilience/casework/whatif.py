"""What if a source were not there, or an assumption were another: one incident's answer with and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from consilience.casework.people import read_apart
from consilience.casework.situating import join_flights, situate_case
from consilience.conclude.sensitivity import attribution_at, conclusion_of
from consilience.corroborate.assumption_range import box_of
from consilience.corroborate.probe import Prober
from consilience.corroborate.weigh import fit_logs
from consilience.errors import UsageError
from consilience.records.case import CaseSettings
from consilience.records.sensitivity import Answer


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One incident as it is and as it would be."""

    incident_id: str
    without: tuple[str, ...]
    assume: Mapping[str, float]
    settings: CaseSettings
    before: Answer
    after: Answer

    def as_json(self) -> dict[str, Any]:
        """JSON values for programs."""
        return {
            "incident_id": self.incident_id,
            "without": list(self.without),
            "assume": dict(self.assume),
            "before": self._answer(self.before),
            "after": self._answer(self.after),
        }

    def rows(self) -> list[tuple[str, str, str]]:
        """What, before, after: attribution, P(attack), each party, together, each mode."""
        before, after = (self._answer(answer) for answer in (self.before, self.after))
        rows = [("attribution", before["attribution"], after["attribution"])]
        rows.append(("an attack happened", _share(before["attack_probability"]), _share(after["attack_probability"])))
        for part in ("party", "mode"):
            rows += [(name, _share(p), _share(after[part][name])) for name, p in before[part].items()]
        return rows

    def _answer(self, answer: Answer) -> dict[str, Any]:
        return {
            "attribution": attribution_at(answer, self.settings).wording,
            "attack_probability": round(answer.attack, 6),
            "party": {name: round(p, 6) for name, p in answer.party.items()},
            "together": round(answer.together, 6),
            "mode": {name: round(p, 6) for name, p in answer.mode.items()},
        }


def what_if(folder: Path, incident_id: str, without: Sequence[str], assume: Sequence[str]) -> WhatIf:
    """The answer for one incident without some sources (copies of theirs then speak for themselves) and under other
    values of assumptions, each given as NAME=VALUE.

    Nothing is written. UsageError for an unknown incident, a source of which it has nothing, an unknown assumption, a
    value outside its range; CaseError and ReferenceDataError as in a run.
    """
    situated = situate_case(read_apart(folder).records, folder).evidence
    evidence = replace(situated, legs=join_flights(situated))
    settings = evidence.settings
    prober = Prober(evidence, fit_logs(evidence), conclusion_of(settings))
    bench = prober.bench(incident_id)
    if strangers := sorted(set(without) - bench.sources):
        raise UsageError(
            "the incident has nothing of this source",
            where=", ".join(strangers),
            remedy=f"Choose from {', '.join(sorted(bench.sources))}.",
        )
    box = box_of(evidence)
    values = dict(_assumption(text, box) for text in assume)
    after = bench.answer(values, frozenset(without))
    return WhatIf(incident_id, tuple(sorted(set(without))), values, settings, bench.answer(), after)


def _assumption(text: str, box: Mapping[str, tuple[float, float]]) -> tuple[str, float]:
    name, sign, value = text.rpartition("=")
    if not sign or name not in box:
        remedy = "Write NAME=VALUE with a name of `parameters` in findings.json that weighing reads."
        raise UsageError("there is no such assumption", where=text, remedy=remedy)
    low, high = box[name]
    try:
        number = float(value)
    except ValueError as err:
        raise UsageError("this is not a number", where=text, remedy=f"Choose from {low:g} to {high:g}.") from err
    if not low <= number <= high:
        raise UsageError("this is outside its range", where=text, remedy=f"Choose from {low:g} to {high:g}.")
    return name, number


def _share(probability: float) -> str:
    """Three decimals, never 0 or 1: the JSON has the number itself."""
    if probability < 0.0005:
        return "<0.001"
    return ">0.999" if probability > 0.9995 else f"{probability:.3f}"
