"""Which evidence next: the bits that something still obtainable is expected to tell (method.md, What comes out).

Preposterior analysis (Lindley 1956, "On a measure of the information provided by an experiment"): the model's own
predictive distribution of what would be read, and the mutual information between that and the moment, and that and the
party, both given an attack. It speaks of scenes, logs and footage only; it never proposes to contact a person.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.aircraft import WordModel, likelihood_of_word
from consilience.corroborate.incident_model import IncidentModel
from consilience.corroborate.log_model import LogModel
from consilience.corroborate.posterior import Posterior
from consilience.quantities import Minutes, minutes_since_epoch, moment_at
from consilience.records.sensitivity import NextEvidence

OVERPASS = time(10, 30)
"""Local time at which a scene is assumed: Sentinel-2 and Landsat cross between 10:00 and 10:30 mean local solar time
(ESA, Sentinel-2 User Handbook, 2015)."""

UNKNOWN_SKY: Minutes = 60.0
"""Mean minutes between passes within reach where no log tells: our choice, a busy front."""

LEAST_BITS = 0.01
"""What tells less is not proposed: our choice."""

Density = NDArray[np.float64]


def next_evidence(
    model: IncidentModel, posterior: Posterior, logs: LogModel, *, log_covers: bool
) -> tuple[NextEvidence, ...]:
    """What would tell most, the most first. A log is proposed only where none covers the place at the time found."""
    attack = posterior.joint * model.hypotheses.is_attack
    attack = attack / attack.sum()
    proposals = [_best_scene(model, attack), _footage(model, attack)]
    if not log_covers:
        proposals.append(_log(model, attack, logs))
    told = [one for one in proposals if one is not None and one.party_bits + one.time_bits >= LEAST_BITS]
    return tuple(sorted(told, key=lambda one: (-one.party_bits - one.time_bits, one.kind)))


def _best_scene(model: IncidentModel, attack: Density) -> NextEvidence | None:
    """The daily overpass whose scene would tell most of before and after."""
    value = model.shared.evidence.value
    missed, elsewise = value("damage_missed"), value("damage_elsewise")
    best: tuple[float, float, float] | None = None
    for minute in _overpasses(model):
        damage = np.where(model.moments < minute, 1 - missed, elsewise)
        outcome = np.stack([damage, 1 - damage])  # (2, T)
        time_bits = _information(outcome, attack.sum(axis=1))
        party_bits = _information(_given_party(outcome, attack, model), _of_party(attack, model))
        if best is None or time_bits + party_bits > best[0] + best[1] + 1e-9:
            best = time_bits, party_bits, minute
    if best is None:
        return None
    when = moment_at(best[2]).astimezone(model.shared.evidence.settings.zone)
    what = f"a scene of the place from the morning of {when:%Y-%m-%d}, beside the ones before and after it"
    return NextEvidence("imagery", what, party_bits=best[1], time_bits=best[0])


def _overpasses(model: IncidentModel) -> list[Minutes]:
    zone = model.shared.evidence.settings.zone
    day = moment_at(float(model.moments[0])).astimezone(zone).date()
    last = moment_at(float(model.moments[-1])).astimezone(zone).date()
    found = []
    while day <= last:
        found.append(minutes_since_epoch(datetime.combine(day, OVERPASS, tzinfo=zone)))
        day += timedelta(days=1)
    return found


def _footage(model: IncidentModel, attack: Density) -> NextEvidence:
    """A film of the strike with its time: of this incident with chance `link_proposed`, else of any moment."""
    value = model.shared.evidence.value
    of_moment = model.thinning.spread(attack.sum(axis=1))
    bits = _time_bits(model.full_grid, of_moment, value("sigma_minute"), value("link_proposed"))
    return NextEvidence("media", "footage of the strike itself with a time that can be checked", 0.0, bits)


def _log(model: IncidentModel, attack: Density, logs: LogModel) -> NextEvidence:
    """A whole log over the place: the attacker's pass among the others, by time, and the words on it by party.

    The pass is told from the others with the chance of a random one among those of the interval's length, of which the
    case's own sky says how many there are, else `UNKNOWN_SKY`.
    """
    value, of_moment = model.shared.evidence.value, model.thinning.spread(attack.sum(axis=1))
    cumulative = np.cumsum(of_moment)
    spread = max(value("pass_spread"), 1.0)
    lo, hi = np.searchsorted(cumulative, (0.1, 0.9))
    width = float(model.full_grid[min(hi, len(model.full_grid) - 1)] - model.full_grid[lo])
    others = max(width, 2 * spread) / _between_passes(model, logs)
    flies = float(attack[:, model.hypotheses.flies].sum())
    found = value("detection") * flies / (1 + others)
    party_bits = _information(_words(model, attack, found), _of_party(attack, model))
    time_bits = _time_bits(model.full_grid, of_moment, spread, found)
    return NextEvidence("sighting", "a whole log of the sky over the place at that time", party_bits, time_bits)


def _between_passes(model: IncidentModel, logs: LogModel) -> Minutes:
    if not any(len(logs.sky.watches.over(*site[:2])) for site in model.sites):
        return UNKNOWN_SKY
    return 1 / max(float(logs.background.pooled.sum()), 1e-6)


def _words(model: IncidentModel, attack: Density, found: float) -> Density:
    """p(what is written | party), (V, P): a type and a nationality word with chance `found`, else nothing."""
    evidence, kinds = model.shared.evidence, model.hypotheses
    spotter = WordModel(evidence.value("spotter_type_right"), evidence.value("spotter_class_right"), 1.0)
    flying = sorted(
        {name for k, name in enumerate(kinds.platform) if kinds.flies[k] and name in evidence.orbat.platforms}
    )
    types = np.array([likelihood_of_word(spotter, (name,), evidence.orbat, kinds) for name in flying])
    types = types.reshape(-1, len(kinds)) / np.maximum(types.sum(axis=0), 1e-300)
    wrong = evidence.value("nationality_word_wrong")
    names = np.array([[1.0 if said == party else wrong for party in kinds.party] for said in kinds.parties[:-1]])
    names = names / names.sum(axis=0)
    words = (types[:, np.newaxis] * names[np.newaxis]).reshape(-1, len(kinds)) * found * kinds.flies
    outcome = np.vstack([words, 1 - words.sum(axis=0)])  # (V, K)
    return _given_party_by_kind(outcome, attack.sum(axis=0), model)


def _rows_of_party(model: IncidentModel) -> list[NDArray[np.bool_]]:
    rows = [model.hypotheses.where(party=party) for party in model.hypotheses.parties]
    return [*rows, model.hypotheses.is_together]


def _of_party(attack: Density, model: IncidentModel) -> Density:
    """p(party alone, or together | attack), (P,)."""
    of_kind = attack.sum(axis=0)
    return np.array([of_kind[rows].sum() for rows in _rows_of_party(model)])


def _given_party(outcome: Density, attack: Density, model: IncidentModel) -> Density:
    """p(outcome | party) (V, P) from p(outcome | τ) (V, T)."""
    of_moment = np.stack([attack[:, rows].sum(axis=1) for rows in _rows_of_party(model)])  # (P, T)
    return np.asarray((outcome @ of_moment.T) / np.maximum(of_moment.sum(axis=1), 1e-300))


def _given_party_by_kind(outcome: Density, of_kind: Density, model: IncidentModel) -> Density:
    """p(outcome | party) (V, P) from p(outcome | z) (V, K)."""
    weights = np.stack([of_kind * rows for rows in _rows_of_party(model)])  # (P, K)
    return np.asarray((outcome @ weights.T) / np.maximum(weights.sum(axis=1), 1e-300))


def _information(outcome: Density, of_cause: Density) -> float:
    """Mutual information in bits from p(outcome | cause) (V, C) and p(cause) (C,)."""
    before = _entropy(outcome @ of_cause)
    of_each = -(outcome * np.log2(np.maximum(outcome, 1e-300))).sum(axis=0)
    return max(before - float(of_cause @ of_each), 0.0)


def _entropy(p: Density) -> float:
    return float(-(p * np.log2(np.maximum(p, 1e-300))).sum())


def _time_bits(grid: Density, of_moment: Density, sigma: Minutes, right: float) -> float:
    """Bits of time in a clock that misses by `sigma` with chance `right` and else says any minute of the grid (G,)."""
    step = float(grid[1] - grid[0]) if len(grid) > 1 else 1.0
    reach = int(np.ceil(5 * sigma / step))
    p = np.zeros(len(grid) + 2 * reach)
    p[reach : reach + len(grid)] = of_moment
    offsets = np.arange(-reach, reach + 1) * step
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    kernel /= kernel.sum()
    stray = (1 - right) / len(p)
    said = right * np.convolve(p, kernel, mode="same") + stray
    of_one = np.full(len(p), stray)
    of_one[: len(kernel)] += right * kernel
    return max(_entropy(said) - _entropy(of_one), 0.0)
