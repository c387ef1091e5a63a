"""Munition remnants: weapon → platforms → operators (method.md, Remnants)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from consilience.corroborate.aircraft import fill_without_attack
from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.hypotheses import Hypotheses, spread_over_together
from consilience.corroborate.likelihood.claims import word_factor
from consilience.corroborate.terms import Field, Term
from consilience.records.reference_data import OrderOfBattle, Weapon
from consilience.reference.words import read_weapons


def munition_terms(rows: Sequence[Row], hypotheses: Hypotheses, evidence: CaseEvidence) -> list[Term]:
    """One term for each remnant. All remnants of an incident are one group: they lie in one place and are one finding.

    A name that fits no weapon, or one that any platform may carry, says nothing of z.
    """
    terms = []
    for row in rows:
        weapons = read_weapons(str(row["name"] or ""), evidence.orbat)
        p = _likelihood(weapons, evidence.value("munition_right"), hypotheses, evidence.orbat)
        kinds = () if p is None else (word_factor(Field.MODE, p),)
        terms.append(
            Term(
                evidence_id=str(row["munition_id"]),
                kind="munition",
                group=f"remnants of {row['incident_id']}",
                kinds=kinds,
                log_cluster=_cluster(weapons, evidence.value("cluster_remnant_right")),
            )
        )
    return _once_each(terms)


def _once_each(terms: list[Term]) -> list[Term]:
    """The same likelihood twice in one incident is one finding (warhead and bomblets): the later is silent."""
    kept: list[Term] = []
    for term in terms:
        again = any(
            len(term.kinds) == len(other.kinds) == 1 and np.array_equal(term.kinds[0].log_p, other.kinds[0].log_p)
            for other in kept
        )
        kept.append(Term(term.evidence_id, term.kind, term.group) if again else term)
    return kept


def munition_likelihood(
    text: str, right: float, hypotheses: Hypotheses, orbat: OrderOfBattle
) -> NDArray[np.float64] | None:
    """p(a munition of this name | z), shape (K,), up to a constant; None where the name says nothing."""
    return _likelihood(read_weapons(text, orbat), right, hypotheses, orbat)


def _likelihood(
    weapons: tuple[Weapon, ...], right: float, hypotheses: Hypotheses, orbat: OrderOfBattle
) -> NDArray[np.float64] | None:
    """Rightly identified (chance `right`), it is one of the weapons that z can deliver, all alike; else any weapon."""
    bearing = [weapon for weapon in weapons if weapon.platforms]
    if not bearing:
        return None
    key = ("weapons", tuple(weapon.name for weapon in bearing), right)
    return hypotheses.kept(key, lambda: _of_weapons(bearing, right, hypotheses, orbat)).copy()


def _of_weapons(
    bearing: Sequence[Weapon], right: float, hypotheses: Hypotheses, orbat: OrderOfBattle
) -> NDArray[np.float64]:
    every = max(len(orbat.weapons), 1)
    rows = tuple(zip(hypotheses.likeness, hypotheses.mode, strict=True))
    of_kind = {}
    for platform, mode in set(rows):
        arsenal = sum(_fits(weapon, platform, mode) for weapon in orbat.weapons)
        delivers = np.mean([_fits(weapon, platform, mode) for weapon in bearing])
        of_kind[platform, mode] = float(delivers) / arsenal if arsenal else 1 / every
    fits = np.array([of_kind[row] for row in rows])
    p = right * spread_over_together(fits, hypotheses) + (1 - right) / every
    return fill_without_attack(p, hypotheses)


def _fits(weapon: Weapon, platform: str, mode: str) -> bool:
    in_mode = not weapon.modes or mode in weapon.modes
    return in_mode and (platform in weapon.platforms or (not platform and bool(weapon.platforms)))


def _cluster(weapons: tuple[Weapon, ...], right: float) -> tuple[float, float]:
    if weapons and all(weapon.is_cluster for weapon in weapons):
        return float(np.log(1 - right)), float(np.log(right))
    return 0.0, 0.0
