"""What may have happened: the rows of θ's discrete part z (method.md, What is unknown)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from consilience.errors import ReferenceDataError
from consilience.records.reference_data import Operator, OrderOfBattle, PriorShare
from consilience.records.tables import MODES
from consilience.records.weighed import OTHER

UNLISTED = "unlisted platform"
"""Stands where a party has a share of a mode and no row of the order of battle for it."""

TOGETHER = "together"
ANOTHER_CAUSE = "another cause"
NONE = "none"

AIRBORNE_MODES = ("air strike", "barrel bomb")

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, eq=False)
class Hypotheses:
    """The K rows of z for one day, with their prior.

    All arrays have shape (K,) and are read-only. The last two rows are always "another cause" and "none"; rows of
    `together` stand before them. `party` holds a party, or "together", "another cause", "none"; `mode` and `platform`
    are "" for the last two. `log_prior` is the natural logarithm and sums to 1 as probabilities.
    `flies`: can a flight log show it? `can_cluster`: is the platform listed as able to scatter bomblets?
    `several_strikes`: are two or more alleged?
    """

    platform: tuple[str, ...]
    party: tuple[str, ...]
    mode: tuple[str, ...]
    parties: tuple[str, ...]
    log_prior: NDArray[np.float64]
    flies: NDArray[np.bool_]
    can_cluster: NDArray[np.bool_]
    several_strikes: bool
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.platform)

    def where(
        self, *, party: str | None = None, mode: str | None = None, platform: str | None = None
    ) -> NDArray[np.bool_]:
        """A mask (K,) of the rows with the given party, mode and platform; read-only."""
        return self.kept(("where", party, mode, platform), lambda: self._where(party, mode, platform))

    def _where(self, party: str | None, mode: str | None, platform: str | None) -> NDArray[np.bool_]:
        mask = np.ones(len(self), dtype=bool)
        for wanted, column in ((party, self.party), (mode, self.mode), (platform, self.platform)):
            if wanted is not None:
                mask &= np.array([value == wanted for value in column])
        mask.setflags(write=False)
        return mask

    def kept(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once for these rows; `key` says all that it is made from besides them."""
        if key not in self._kept:
            self._kept[key] = make()
        made: Made = self._kept[key]
        return made

    @property
    def is_attack(self) -> NDArray[np.bool_]:
        """A mask (K,) of the rows in which somebody attacked."""
        mask = np.ones(len(self), dtype=bool)
        mask[-2:] = False
        return mask

    @property
    def is_together(self) -> NDArray[np.bool_]:
        """A mask (K,) of the rows in which both parties took part."""
        return self.where(party=TOGETHER)


@dataclass(frozen=True, slots=True)
class _Row:
    platform: str
    party: str
    mode: str
    prior: float
    can_cluster: bool
    flies: bool


def hypotheses_on(day: date, orbat: OrderOfBattle, parties: tuple[str, ...], *, several_strikes: bool) -> Hypotheses:
    """The rows of z in force on a day: share of the mode × of the party in it × of the platform in both.

    `parties` are the case's, "other" is added; a party of the order of battle that the case does not tell apart counts
    as "other". "together" stands only where `several_strikes` are alleged and the case names exactly two parties.
    ReferenceDataError where the order of battle gives no share to any mode.
    """
    shares = _shares(orbat.priors)
    together = shares.get(("*", TOGETHER), 0.0) if several_strikes and len(parties) == 2 else 0.0
    another_cause, none = shares.get(("*", ANOTHER_CAUSE), 0.0), shares.get(("*", NONE), 0.0)
    single = _single_party_rows(day, orbat, (*parties, OTHER), shares)
    attack = 1.0 - another_cause - none
    rows = [_scaled(row, attack * (1.0 - together)) for row in single]
    rows += _together_rows(single, parties, attack * together)
    rows += [
        _Row("", ANOTHER_CAUSE, "", another_cause, False, False),
        _Row("", NONE, "", none, False, False),
    ]
    prior = np.array([row.prior for row in rows])
    with np.errstate(divide="ignore"):
        log_prior = np.log(prior / prior.sum())
    log_prior.setflags(write=False)
    return Hypotheses(
        platform=tuple(row.platform for row in rows),
        party=tuple(row.party for row in rows),
        mode=tuple(row.mode for row in rows),
        parties=(*parties, OTHER),
        log_prior=log_prior,
        flies=np.array([row.flies for row in rows]),
        can_cluster=np.array([row.can_cluster for row in rows]),
        several_strikes=several_strikes,
    )


def _scaled(row: _Row, factor: float) -> _Row:
    return _Row(row.platform, row.party, row.mode, row.prior * factor, row.can_cluster, row.flies)


def _shares(priors: tuple[PriorShare, ...]) -> Mapping[tuple[str, str | None], float]:
    return {(row.mode, row.party): row.share for row in priors}


def _single_party_rows(
    day: date, orbat: OrderOfBattle, parties: tuple[str, ...], shares: Mapping[tuple[str, str | None], float]
) -> list[_Row]:
    rows: list[_Row] = []
    mode_total = sum(shares.get((mode, None), 0.0) for mode in MODES)
    if mode_total <= 0:
        raise ReferenceDataError(
            "no share is given to any mode",
            where=f"order of battle {orbat.name}, priors",
            remedy="add rows with an empty party and the share of each mode.",
        )
    for mode in MODES:
        of_party = _party_shares(mode, parties, shares)
        party_total = sum(of_party.values())
        for party in parties:
            share = shares.get((mode, None), 0.0) / mode_total * of_party[party] / party_total
            if share > 0:
                rows += _platform_rows(day, orbat, mode, party, parties, share)
    return sorted(rows, key=lambda row: (MODES.index(row.mode), parties.index(row.party), row.platform))


def _party_shares(
    mode: str, parties: tuple[str, ...], shares: Mapping[tuple[str, str | None], float]
) -> dict[str, float]:
    """Shares of the case's parties within a mode; what belongs to parties it does not name goes to "other"."""
    of_party = dict.fromkeys(parties, 0.0)
    for (row_mode, party), share in shares.items():
        if row_mode == mode and party is not None:
            of_party[party if party in of_party else OTHER] += share
    if sum(of_party.values()) <= 0:
        of_party = dict.fromkeys(parties, 1.0)
    return of_party


def _platform_rows(
    day: date, orbat: OrderOfBattle, mode: str, party: str, parties: tuple[str, ...], share: float
) -> list[_Row]:
    """Rows of one party and mode. A platform that two of its rows name on one day counts once, with both shares."""
    weights: dict[str, float] = {}
    for operator in orbat.operators:
        if mode in operator.modes and _counts_as(operator, parties) == party and operator.serves_on(day):
            weights[operator.platform] = weights.get(operator.platform, 0.0) + operator.share
    total = sum(weights.values())
    if total <= 0:  # no row, or rows that all say that it does not fly for this
        return [_Row(UNLISTED, party, mode, share, True, mode in AIRBORNE_MODES)]
    return [
        _Row(
            name, party, mode, share * weight / total, orbat.platforms[name].can_cluster,
            mode in AIRBORNE_MODES and orbat.platforms[name].cruise_kmh is not None,
        )
        for name, weight in weights.items()
    ]  # fmt: skip


def _counts_as(operator: Operator, parties: tuple[str, ...]) -> str:
    return operator.party if operator.party in parties else OTHER


def _together_rows(single: list[_Row], parties: tuple[str, ...], share: float) -> list[_Row]:
    """One row for each mode that both parties have, in proportion to the smaller of their shares of it."""
    if share <= 0:
        return []
    common: dict[str, float] = {}
    for mode in MODES:
        of_party = [sum(row.prior for row in single if row.mode == mode and row.party == party) for party in parties]
        if min(of_party) > 0:
            common[mode] = min(of_party)
    total = sum(common.values())
    return [
        _Row(
            TOGETHER, TOGETHER, mode, share * weight / total,
            any(row.can_cluster for row in single if row.mode == mode and row.party in parties),
            mode in AIRBORNE_MODES,
        )
        for mode, weight in common.items()
    ]  # fmt: skip


def spread_over_together(values: NDArray[np.float64], hypotheses: Hypotheses) -> NDArray[np.float64]:
    """Fill the rows of "together" with the even mixture of the two parties' own rows of the same mode.

    `values` (…, K) are likelihoods (not logarithms) already right for single-party rows; a copy is returned. A piece of
    evidence about an attack of both speaks of one of the two aircraft or crews, with even chance.
    """
    filled = values.copy()
    prior = np.exp(hypotheses.log_prior)
    named = hypotheses.parties[:-1]
    for k in np.flatnonzero(hypotheses.is_together):
        halves = []
        for party in named:
            rows = hypotheses.where(party=party, mode=hypotheses.mode[k])
            halves.append(values[..., rows] @ prior[rows] / prior[rows].sum())
        filled[..., k] = np.mean(halves, axis=0)
    return filled
