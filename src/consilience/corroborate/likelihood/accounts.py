"""Accounts: what a source says of one incident, and how far copies of it still count (method.md, Accounts)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.aircraft import WordModel, likelihood_of_word
from consilience.corroborate.dependence import LIKELY, Origin, Statement, copied, is_duplicate
from consilience.corroborate.evidence import CaseEvidence, Row
from consilience.corroborate.hypotheses import NONE, Hypotheses
from consilience.corroborate.likelihood.claims import clarity_name, mode_claim, party_claim, word_factor
from consilience.corroborate.likelihood.munitions import munition_likelihood
from consilience.corroborate.moments import (
    DAY,
    SECOND_HAND,
    STANDARD_STEP,
    Clock,
    StatedTime,
    Thinning,
    stated_time_density,
    taken_at_its_word,
)
from consilience.corroborate.terms import (
    Field,
    KindFactor,
    Likelihoods,
    PlaceFactor,
    Term,
    TimeFactor,
    log_likelihood,
)
from consilience.quantities import great_circle_m
from consilience.records.parties import parties_in, says_together
from consilience.records.reference_data import Assumption
from consilience.reference.words import read_platform, read_weapons

NEAR_M = 5_000.0
"""Our choice: two town-sized positions nearer than this may be one place named otherwise."""

_CLUSTER_NO = (0.20, 0.05)
"""p("no cluster" said | no bomblets), p(… | bomblets): our choice; it is seldom said at all."""


FIRST_HAND = ("saw", "heard", "felt")
"""The perceptions of those who were there."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is weighed. `sites`: its own candidate positions (lat, lon); empty if it names no place."""

    statement: Statement
    stated: StatedTime | None
    row: Row
    sites: tuple[tuple[float, float], ...]

    @property
    def source(self) -> str:
        """Who says it: its source, or the account itself where no source is named."""
        return self.statement.source_id or self.statement.account_id


def read_account(row: Row, known_before: frozenset[str]) -> Account:
    """One row of the situated accounts frame as an Account."""
    stated = None
    if row["t_lo"] is not None:
        stated = StatedTime(row["t_lo"], row["t_hi"], row["t_sigma"], _rounding(row), row["perception"] in SECOND_HAND)
    claims = {
        "time": (row["t_lo"], row["t_hi"], row["t_sigma"]) if stated else None,
        "mode": row["mode"],
        "party": row["party"],
        "platform": row["platform"],
        "munition": row["munition"],
        "cluster": row["cluster"],
    }
    is_clock = stated is not None and stated.hi - stated.lo < DAY / 2
    counts = {
        "clock": claims["time"] if is_clock else None,
        "strikes": row["strikes"],
        "killed": _counted(row["killed_min"], row["killed_max"]),
        "injured": _counted(row["injured_min"], row["injured_max"]),
    }
    second_hand = row["perception"] not in FIRST_HAND
    stands_at = (row["exhibit"], row["locator"]) if row["exhibit"] and row["locator"] else None
    name = str(row["account_id"])
    statement = Statement(name, row["source_id"], claims, known_before, counts, second_hand, stands_at)
    own = tuple((site["lat"], site["lon"]) for site in row["sites"] or ())
    return Account(statement, stated, row, own)


def _counted(low: int | None, high: int | None) -> tuple[int | None, int | None] | None:
    return None if low is None and high is None else (low, high)


def _rounding(row: Row) -> float:
    """Only a single clock time said as `about` or `hour` may have been rounded down."""
    if row["t_precision"] not in ("about", "hour") or row["t_lo"] != row["t_hi"]:
        return 0.0
    minute = row["t_lo"] % 60
    return 60.0 if minute == 0 else 10.0 if minute % 10 == 0 else 0.0


def names_a_place_alone(account: Account, accounts: list[Account], parents: Mapping[str, list[Statement]]) -> bool:
    """Is there no account, repeating this one or repeated by it apart, that says where it was?"""
    mine = account.statement
    return not any(
        other.sites
        and other.statement.account_id != mine.account_id
        and other.statement not in parents[mine.account_id]
        and mine not in parents[other.statement.account_id]
        for other in accounts
    )


def account_term(
    account: Account,
    declared: Sequence[Origin],
    suspects: Sequence[Origin],
    clock: Clock,
    hypotheses: Hypotheses,
    evidence: CaseEvidence,
    site: tuple[tuple[float, float], ...],
) -> Term:
    """The term of one account that may repeat others, as `declared` or as its words let `suspects` be; its times are on
    the moments that are weighed."""
    alone = _independent_term(account, clock, hypotheses, evidence, site)
    if declared:
        return _as_copy(alone, account.statement, declared)
    return _as_suspect(alone, account.statement, suspects, hypotheses, clock.thinning) if suspects else alone


def declared_origin(
    statement: Statement, parents: Sequence[Statement], assumptions: Mapping[str, Assumption]
) -> Origin:
    """Its declared parents; an exact duplicate of one repeats it for certain and weighs nothing."""
    duplicate = any(is_duplicate(statement, parent) for parent in parents)
    return Origin(1.0 if duplicate else assumptions["copy_declared"].value, tuple(parents))


def _independent_term(
    account: Account,
    clock: Clock,
    hypotheses: Hypotheses,
    evidence: CaseEvidence,
    site: tuple[tuple[float, float], ...],
) -> Term:
    row, assumptions = account.row, evidence.assumptions
    return Term(
        evidence_id=account.statement.account_id,
        kind="account",
        group=account.source,
        times=_time_factors(account, clock, assumptions),
        kinds=(
            *_kind_factors(row, hypotheses, evidence),
            _existence(hypotheses, assumptions["false_report"].value),
        ),
        places=_place_factors(account, site, assumptions),
        log_cluster=_cluster(row["cluster"], assumptions),
    )


def _time_factors(account: Account, clock: Clock, assumptions: Mapping[str, Assumption]) -> tuple[TimeFactor, ...]:
    if account.stated is None:
        return ()
    span = float(clock.grid[-1] - clock.grid[0]) + STANDARD_STEP
    density = stated_time_density(clock.moments, account.stated, assumptions, span)
    at_its_word = taken_at_its_word(clock.grid, account.stated, assumptions["rounding_down"].value)
    by_chance = clock.thinning.mean(density)
    return (TimeFactor(log_likelihood(density), -float(np.log(span)), at_its_word, by_chance),)


def _kind_factors(row: Row, hypotheses: Hypotheses, evidence: CaseEvidence) -> tuple[KindFactor, ...]:
    assumptions = evidence.assumptions
    perception = row["perception"]
    said: dict[str, list[KindFactor]] = {}
    if row["mode"] is not None:
        said["mode"] = [mode_claim(row["mode"], perception, hypotheses, assumptions)]
    if row["platform"] is not None:
        said["platform"] = _platform_claim(row["platform"], perception, hypotheses, evidence)
    if row["munition"] is not None:
        said["munition"] = _munition_claim(row, hypotheses, evidence)
    if row["party"] is not None:
        said["party"] = [_party_of(row["party"], row["party_basis"], hypotheses, evidence)]
    return tuple(replace(factor, claim=column) for column, factors in said.items() for factor in factors)


def _platform_claim(
    text: str, perception: str | None, hypotheses: Hypotheses, evidence: CaseEvidence
) -> list[KindFactor]:
    word = read_platform(text, evidence.orbat, evidence.settings.parties)
    if not word.platforms:
        return []
    clarity = evidence.value(clarity_name(perception))
    model = WordModel(
        type_right=evidence.value("witness_type_right") * clarity,
        class_right=evidence.value("witness_class_right") * clarity,
        outside_list=evidence.value("word_outside_its_list"),
    )
    return [word_factor(Field.MODE, likelihood_of_word(model, word.platforms, evidence.orbat, hypotheses))]


def _munition_claim(row: Row, hypotheses: Hypotheses, evidence: CaseEvidence) -> list[KindFactor]:
    """A munition named by an account narrows platforms within a mode; its mode the account has said already.

    Where a remnant of the same weapon stands in the incident's munitions, that remnant speaks and the account does not:
    they are one thing seen.
    """
    text = str(row["munition"])
    if _is_among_remnants(text, row["incident_id"], evidence):
        return []
    p = munition_likelihood(text, evidence.value("munition_told_right"), hypotheses, evidence.orbat)
    if p is None:
        return []
    prior = np.exp(hypotheses.log_prior)
    for mode in set(hypotheses.mode):
        rows = hypotheses.where(mode=mode)
        p[rows] /= p[rows] @ prior[rows] / prior[rows].sum()
    return [word_factor(Field.PARTY, p)]


def _is_among_remnants(text: str, incident_id: str | None, evidence: CaseEvidence) -> bool:
    named = {weapon.name for weapon in read_weapons(text, evidence.orbat)}
    remnants = evidence.munitions.filter(pl.col("incident_id") == incident_id)["name"].drop_nulls()
    return any(weapon.name in named for name in remnants for weapon in read_weapons(name, evidence.orbat))


def _party_of(party: str, basis: str | None, hypotheses: Hypotheses, evidence: CaseEvidence) -> KindFactor:
    basis = basis or "assumption"
    heard_here = (basis == "spotter_warning" and evidence.sightings.height > 0) or (
        basis == "radio_warning" and evidence.transmissions.height > 0
    )
    ratio = 1.0 if heard_here else evidence.value(f"basis_{basis}")
    return party_claim(parties_in(party), both=says_together(party), likelihood_ratio=ratio, hypotheses=hypotheses)


def _existence(hypotheses: Hypotheses, false_report: float) -> KindFactor:
    p = np.ones(len(hypotheses))
    p[list(hypotheses.party).index(NONE)] = false_report
    return KindFactor(Field.EXISTENCE, log_likelihood(p), None)


def _place_factors(
    account: Account, site: tuple[tuple[float, float], ...], assumptions: Mapping[str, Assumption]
) -> tuple[PlaceFactor, ...]:
    """Same place, one near it, or elsewhere: by the distance between the nearest candidates of both."""
    if not account.sites or not site:
        return ()
    distance = min(
        float(great_circle_m(lat, lon, site_lat, site_lon)) for lat, lon in account.sites for site_lat, site_lon in site
    )
    seen = 0 if distance < NEAR_M / 2 else 1 if distance < NEAR_M else 2
    rest, chance = (_three(assumptions, suffix) for suffix in ("", "_by_chance"))
    return (PlaceFactor(rest, chance, seen),)


def _three(assumptions: Mapping[str, Assumption], suffix: str) -> NDArray[np.float64]:
    same, near = assumptions[f"place_same{suffix}"].value, assumptions[f"place_near{suffix}"].value
    return np.array([same, near, 1 - same - near])


def _cluster(said: str | None, assumptions: Mapping[str, Assumption]) -> tuple[float, float]:
    if said == "yes":
        return float(np.log(assumptions["cluster_told_wrongly"].value)), float(
            np.log(assumptions["cluster_told"].value)
        )
    if said == "no":
        return float(np.log(_CLUSTER_NO[0])), float(np.log(_CLUSTER_NO[1]))
    return 0.0, 0.0


def _as_copy(term: Term, statement: Statement, origins: Sequence[Origin]) -> Term:
    """The term of an account that may repeat others, field by field."""
    copying = sum(origin.chance for origin in origins)

    def agreeing(claim: str | None) -> float:
        return sum(one.chance for one in origins if claim is None or one.agrees(statement, claim))

    def of_kind(factor: KindFactor) -> KindFactor:
        same = agreeing(factor.claim)
        p = copied(np.exp(factor.log_p), agreeing=same, copying=copying)
        return replace(factor, log_p=log_likelihood(p), likelihoods=_copied_table(factor.likelihoods, same, copying))

    same_time = sum(one.chance for one in origins if any(_same_time(statement, other) for other in one.statements))
    return replace(
        term,
        times=tuple(_copied_time(factor, same_time, copying) for factor in term.times),
        kinds=tuple(of_kind(factor) for factor in term.kinds),
        log_cluster=_copied_cluster(term.log_cluster, agreeing("cluster"), copying),
    )


def _as_suspect(
    term: Term, statement: Statement, suspects: Sequence[Origin], hypotheses: Hypotheses, thinning: Thinning
) -> Term:
    """The term of an account that repeats others with chances that hold *given* how they agree.

    With α the chance of repeating somebody who says the same, a field's likelihood is α · p̄ + (1 − α) · p(said | θ),
    where p̄ = Σ w p² / Σ w p is how probable it was to agree by accident with one who says so (w the prior): α was
    found against that.
    """
    prior = np.exp(hypotheses.log_prior)

    def agreeing(claim: str | None) -> float:
        return sum(one.chance for one in suspects if claim is None or one.agrees(statement, claim))

    def of_kind(factor: KindFactor) -> KindFactor:
        same, p = agreeing(factor.claim), np.exp(factor.log_p)
        mixed = same * _by_accident(p, prior) + (1 - same) * p
        return replace(factor, log_p=log_likelihood(mixed), likelihoods=_copied_table(factor.likelihoods, same, same))

    def of_time(factor: TimeFactor) -> TimeFactor:
        same, p = same_time, np.exp(factor.log_p)
        p_bar = _by_accident(p, thinning.width.astype(np.float64))
        p_none = same * p_bar + (1 - same) * np.exp(factor.log_p_none)
        word = None if same >= LIKELY else factor.at_its_word
        mixed, by_chance = same * p_bar + (1 - same) * p, same * p_bar + (1 - same) * factor.by_chance
        return TimeFactor(log_likelihood(mixed), float(np.log(p_none)), word, by_chance)

    same_time = sum(one.chance for one in suspects if one.agrees(statement, "clock"))
    bomblets = agreeing("cluster")
    said = np.exp(np.array(term.log_cluster))
    if bomblets > 0:
        said = bomblets * _by_accident(said, np.ones(2)) + (1 - bomblets) * said
    return replace(
        term,
        times=tuple(of_time(factor) for factor in term.times),
        kinds=tuple(of_kind(factor) for factor in term.kinds),
        log_cluster=(float(np.log(said[0])), float(np.log(said[1]))) if bomblets > 0 else term.log_cluster,
    )


def _by_accident(p: NDArray[np.float64], prior: NDArray[np.float64]) -> float:
    """How probable a second statement is that is like one already made, from p(said | θ) and p(θ) of one shape."""
    return float((prior * p) @ p / (prior @ p))


def _copied_table(table: Likelihoods | None, agreeing: float, copying: float) -> Likelihoods | None:
    if table is None or agreeing == 0.0:
        return table
    said = np.zeros_like(table.table)
    said[table.seen] = 1.0
    share = agreeing / (agreeing + 1 - copying)
    return Likelihoods(share * said + (1 - share) * table.table, table.seen)


def _same_time(child: Statement, parent: Statement) -> bool:
    """Do the two stated times overlap within one standard deviation of the wider, the child's being no sharper?

    Whoever names a moment within the span that another left open, a clock time where the other knows the day, does not
    have it from there: on the time it is the child's own word.
    """
    a, b = child.claims["time"], parent.claims["time"]
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return False
    slack = max(a[2], b[2])
    is_sharper = (b[1] - b[0]) - (a[1] - a[0]) > 2 * slack
    return bool(a[0] <= b[1] + slack and b[0] <= a[1] + slack and not is_sharper)


def _copied_time(factor: TimeFactor, agreeing: float, copying: float) -> TimeFactor:
    """What is likelier a copy than not can't conflict: it is no statement of its own."""
    p = copied(np.exp(factor.log_p), agreeing=agreeing, copying=copying)
    p_none = agreeing + (1 - copying) * np.exp(factor.log_p_none)
    word = None if agreeing >= LIKELY else factor.at_its_word
    by_chance = agreeing + (1 - copying) * factor.by_chance
    return TimeFactor(log_likelihood(p), float(np.log(max(p_none, 1e-300))), word, by_chance)


def _copied_cluster(log_p: tuple[float, float], agreeing: float, copying: float) -> tuple[float, float]:
    if log_p == (0.0, 0.0):
        return log_p
    a, b = (agreeing + (1 - copying) * np.exp(p) for p in log_p)
    return float(np.log(a)), float(np.log(b))
