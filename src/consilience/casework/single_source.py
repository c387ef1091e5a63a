"""Does one source alone carry that one party is named? Asked of each incident in which one is."""

from __future__ import annotations

from dataclasses import replace

from consilience.conclude.sensitivity import attribution_at
from consilience.corroborate.breakdown import groups_of
from consilience.corroborate.probe import Prober
from consilience.records.case import CaseSettings
from consilience.records.sensitivity import Answer, Carried
from consilience.records.weighed import WeighedIncident


def with_carrier(weighed: WeighedIncident, prober: Prober, settings: CaseSettings) -> WeighedIncident:
    """The incident with `carried` filled in, where one party would be named on its posterior; else as it is.

    A source counts with everything that depends on it, an observer with all rows that he wrote. Without it the same one
    party must be named again, or it carries the name.
    """
    named = attribution_at(_answer(weighed), settings).parties
    if len(named) != 1:
        return weighed
    bench = prober.bench(weighed.incident_id)
    calls = [piece.evidence_id for piece in weighed.pieces if piece.kind == "transmission"]
    base, carriers = bench.answer(), list[tuple[float, str]]()
    for group in groups_of(bench, [track.track_id for track in weighed.tracks], calls):
        answer = bench.answer(without=group)
        if attribution_at(answer, settings).parties != named:
            carriers.append((-round(answer.distance(base), 9), min(group)))
    return replace(weighed, carried=Carried(min(carriers)[1] if carriers else None))


def _answer(weighed: WeighedIncident) -> Answer:
    weight = weighed.log10_lr["attack:none"]
    return Answer(weighed.cause["attack"], weight, weighed.party, weighed.together, weighed.mode)
