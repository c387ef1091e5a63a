"""PLACE over a whole case: from canonical records to the evidence that WEIGH is given, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from consilience.casework import after_as_of
from consilience.casework.incidents import form_incidents
from consilience.casework.no_orbat import no_order_of_battle
from consilience.casework.unsaid_shares import notices, unsaid_shares, with_zeros
from consilience.casework.unspoken import with_period, without_unspoken
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.recorded import prior_name
from consilience.records.case import CaseRecords, CaseSettings
from consilience.records.left_out import LeftOut
from consilience.records.reference_data import OrderOfBattle
from consilience.records.situated import TRACK_LEGS
from consilience.reference.assumptions import load_assumptions
from consilience.reference.gazetteer import Gazetteer
from consilience.reference.orbat import load_orbat
from consilience.reference.shipped import orbat_names
from consilience.situate.clock import TIME_SOURCES, add_times
from consilience.situate.coverage import add_covered, resolve_coverage
from consilience.situate.marks import add_marks
from consilience.situate.observer_clocks import observer_clocks
from consilience.situate.places import add_sites
from consilience.situate.tracks import associate

PLACED = ("accounts", "sightings", "transmissions", "media", "imagery", "detections")
"""Tables that are placed in time and space before incidents are known."""

CITING = ("accounts", "media")
"""Tables in which two rows of one exhibit are one thing: they get `exhibit`, one name for files of equal bytes."""


@dataclass(frozen=True, slots=True)
class Situated:
    """`records` have incidents, and in `left_out` all that a run can't use; `evidence` has no flights yet."""

    records: CaseRecords
    evidence: CaseEvidence


def situate_case(read: CaseRecords, folder: Path) -> Situated:
    """Times, sites, marks, coverage and incidents of a case. Flights are joined later (`join_flights`).

    `folder` is the case's, for an order of battle of its own. ReferenceDataError where that can't be used.
    """
    orbat, assumptions = orbat_of(read.settings, folder), load_assumptions()
    gazetteer = Gazetteer.of_case(read.tables["places"], orbat)
    facilities, lost = add_sites(read.tables["facilities"], "facilities", None, gazetteer)
    lost_all = [*lost]
    placed: dict[str, pl.DataFrame] = {}
    for table in PLACED:
        sited, lost = add_sites(read.tables[table], table, facilities, gazetteer)
        placed[table] = add_times(sited, table, read.settings, assumptions) if table in TIME_SOURCES else sited
        lost_all += lost
    windows, lost = resolve_coverage(
        read.tables["coverage"], gazetteer.find, assumptions["coverage_place_radius"].value
    )
    lost_all += lost
    same = read.same_files()
    placed |= {table: placed[table].with_columns(exhibit=pl.col("item").replace(same)) for table in CITING}
    settings = with_period(read.settings, placed)
    records = without_unspoken(form_incidents(read, placed["accounts"]), placed["accounts"], settings)
    incidents, lost = add_sites(records.tables["incidents"], "incidents", facilities, gazetteer)
    unsaid = unsaid_shares(orbat, settings, set(placed["accounts"]["mode"]))
    own = settings.orbat not in orbat_names()
    lost_all += [*lost, *after_as_of.notices(records), *notices(unsaid, settings.orbat or "", is_own=own)]
    evidence = CaseEvidence(
        settings=settings,
        incidents=incidents,
        accounts=_with_incidents(placed["accounts"], records.tables["accounts"]),
        sightings=add_marks(add_covered(placed["sightings"], windows, "sightings"), orbat, settings.parties),
        transmissions=add_covered(placed["transmissions"], windows, "transmissions"),
        media=placed["media"],
        imagery=placed["imagery"],
        munitions=records.tables["munitions"],
        detections=add_covered(placed["detections"], windows, "detections"),
        interviews=records.tables["interviews"],
        sources=records.tables["sources"],
        legs=pl.DataFrame(schema=TRACK_LEGS),
        coverage=windows,
        orbat=with_zeros(orbat, unsaid),
        assumptions=assumptions,
    )
    return Situated(replace(records, left_out=_all_left_out(records, lost_all)), evidence)


def _silence(done: int, total: int) -> None:
    """Nobody is told."""


def join_flights(
    evidence: CaseEvidence, *, workers: int = 1, progress: Callable[[int, int], None] = _silence
) -> pl.DataFrame:
    """Covered sightings grouped to flights, a `TRACK_LEGS` frame; `progress` is told the sightings done and all."""
    covered = evidence.sightings.filter("covered")
    return associate(covered, evidence.orbat, evidence.assumptions, workers=workers, progress=progress)


def compare_clocks(evidence: CaseEvidence) -> pl.DataFrame:
    """How the times of observers stand to each other by the flights of the evidence, an OBSERVER_CLOCKS frame:
    RESTRICTED."""
    covered = evidence.sightings.filter("covered")
    return observer_clocks(covered, evidence.legs, evidence.orbat, evidence.assumptions)


def orbat_of(settings: CaseSettings, folder: Path) -> OrderOfBattle:
    """The order of battle that a case names: a shipped one, a folder below the case, or none at all."""
    if settings.orbat is None:
        return no_order_of_battle(settings.parties)
    return load_orbat(settings.orbat if settings.orbat in orbat_names() else folder / settings.orbat)


def parameters_of(evidence: CaseEvidence) -> dict[str, float]:
    """Every named assumption by name: the shipped ones, and shares of the orbat as `prior: mode, party`."""
    named = {name: assumption.value for name, assumption in evidence.assumptions.items()}
    shares = {prior_name(p.mode, p.party): p.share for p in evidence.orbat.priors}
    return dict(sorted((named | shares).items()))


def _with_incidents(placed: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """The placed accounts that belong to an incident, with its id."""
    ids = accounts.select("account_id", "incident_id")
    return placed.drop("incident_id").join(ids, on="account_id", maintain_order="left").select(placed.columns)


def _all_left_out(records: CaseRecords, lost: list[LeftOut]) -> tuple[LeftOut, ...]:
    """In the order of the folder: file, row, column. A place that two tables' rows look up is listed for each."""

    def position(item: LeftOut) -> tuple[str, int, str, str, str]:
        return str(item.file), item.row or 0, item.column or "", item.why.value, item.value or ""

    return tuple(sorted((*records.left_out, *lost), key=position))
