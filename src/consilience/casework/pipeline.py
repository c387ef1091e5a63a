"""The main job: a case folder to findings. The only place that knows every stage, and in which order they come."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from consilience.casework import after_as_of, fitted_store
from consilience.casework.acting_time import now
from consilience.casework.alone import alone_with
from consilience.casework.batches import Progress
from consilience.casework.cache import StageCache, stage_key
from consilience.casework.folders import RUN_FILE, RUN_SCHEMA, check_out, default_out, files_below, replaced_whole
from consilience.casework.keys import open_vault, own_keyring
from consilience.casework.outputs_told import tell_outputs
from consilience.casework.provenance import trace
from consilience.casework.run_record import StageClock, peak_memory_mb, versions
from consilience.casework.sealing import seal_case, with_notices
from consilience.casework.second_look import check_withdrawals
from consilience.casework.situating import compare_clocks, join_flights, parameters_of, situate_case
from consilience.casework.views import view_case
from consilience.casework.weighing import weigh_case
from consilience.conclude.findings import conclude
from consilience.conclude.schema import validate
from consilience.corroborate.evidence import CaseEvidence
from consilience.errors import PublishError
from consilience.publish.geojson import write_map
from consilience.publish.left_out import write_left_out
from consilience.publish.report import write_report
from consilience.publish.restricted import write_restricted
from consilience.publish.tables import write_tables
from consilience.publish.writing import write_output
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.records.case import CaseRecords
from consilience.records.left_out import Why
from consilience.records.weighed import WeighedIncident
from consilience.vault.store import FOLDER

LOG_MODEL = "log-model.json"
"""What the whole logs taught, beside findings.json, which holds its digest."""


def _silence(stage: str, done: int, total: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a case holds and what was found in it, before anything is written outside `.consilience/`."""

    case: Path
    records: CaseRecords
    evidence: CaseEvidence
    weighed: Sequence[WeighedIncident]
    findings: Mapping[str, Any]
    log_model: bytes | None
    ledger_root: str
    ledger_signed: str
    workers: int
    clocks: pl.DataFrame = field(repr=False)
    clock: StageClock = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A finished run: where its outputs stand, the findings, and run.json."""

    out: Path
    records: CaseRecords
    findings: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def notices(self) -> tuple[str, ...]:
        """Of all that `check` notices what a run says too, a line each: where a date or as_of must be wrong, and what
        nobody gave a share, so that no evidence could speak for it.
        """
        unsaid = (str(item) for item in self.records.left_out if item.why is Why.NO_SHARE)
        return *after_as_of.shut_by(self.records.left_out, self.records.settings.as_of), *unsaid

    def summary(self) -> dict[str, Any]:
        """Per incident the time, mode, attribution, P(attack) and confidence; how much was left out, and `notices`:
        JSON values.
        """
        keys = ("incident_id", "title", "time", "mode", "attribution", "attack_probability", "confidence")
        blocks = [{key: block[key] for key in keys} for block in self.findings["incidents"]]
        found = {"incidents": blocks, "totals": self.findings["totals"], "left_out": self.findings["left_out"]}
        return {**found, "notices": list(self.notices)}


def run_case(folder: Path, out: Path | None = None, *, workers: int = 1, progress: Progress = _silence) -> CaseRun:
    """Keep, read, place, weigh, conclude and show a case; `out` is by default `CASE-findings` beside it.

    `out` appears whole or stays as it was, also where a source withdraws meanwhile (UsageError). Nothing in the case
    folder changes but `.consilience/`. Raises the errors of `errors`: CaseError, ReferenceDataError,
    VaultError (a case folder that can't be written among them), FindingsInvalid, PublishError.
    """
    case = folder.resolve()
    target = default_out(case) if out is None else out.resolve()
    check_out(target, case)
    found = find(folder, workers=workers, progress=progress)
    with ExitStack() as until_in_place, replaced_whole(target) as fresh:
        record = _write(found, fresh, progress)
        tell_outputs(case, target, default_out(case), "findings of a run")
        vault = open_vault(case)
        until_in_place.enter_context(vault.writing())  # whoever withdraws comes before, or finds the outputs
        check_withdrawals(vault, found.records)
    return CaseRun(target, found.records, found.findings, record)


def find(folder: Path, *, workers: int = 1, progress: Progress = _silence) -> Found:
    """Everything of a run but its outputs: preserved, read, placed, weighed, concluded and validated."""
    clock = StageClock()
    with ExitStack() as until_kept:
        with clock.stage("read"):
            progress("read", 0, 1)
            vault = open_vault(folder)
            apart = until_kept.enter_context(alone_with(folder, vault))
            progress("read", 1, 1)
        with clock.stage("preserve"):
            custodians = own_keyring().custodians
            sealing = seal_case(vault, folder, apart, custodians, now(), lambda done, of: progress("seal", done, of))
            read = with_notices(apart, sealing).records
            vault.preserve(folder, read.files, now(), progress=lambda done, total: progress("preserve", done, total))
    with clock.stage("situate"):
        progress("situate", 0, 1)
        situated = situate_case(read, folder)
        progress("situate", 1, 1)
    records, parameters = situated.records, parameters_of(situated.evidence)
    case_digest = read.digest()
    inputs = _inputs(case_digest, situated.evidence, parameters)
    cache = StageCache(folder / FOLDER / "cache")
    with clock.stage("tracks"):
        progress("tracks", 0, 1)
        legs = _flights(situated.evidence, inputs, cache, workers, progress)
        evidence = replace(situated.evidence, legs=legs)
        clocks = _clocks(evidence, inputs, cache)
        progress("tracks", 1, 1)
    with clock.stage("weigh"):
        weighed = weigh_case(evidence, inputs, cache, workers=workers, progress=progress)
    with clock.stage("conclude"):
        frozen = None if weighed.log_model is None else digest_bytes(weighed.log_model)
        findings = conclude(records, weighed.incidents, parameters, case_digest=case_digest, log_model=frozen)
        validate(findings)
    check_withdrawals(open_vault(folder), records)
    return Found(
        folder.resolve(), records, evidence, weighed.incidents, findings, weighed.log_model, vault.root(),
        str(vault.signed()), workers,
        clocks, clock,
    )  # fmt: skip


def _inputs(case_digest: Digest, evidence: CaseEvidence, parameters: Mapping[str, float]) -> Digest:
    """The digest of all that flights and posteriors are made from, besides the program and its own reference data.

    The order of battle stands for itself, since a case may bring its own.
    """
    return digest_bytes(canonical_json([case_digest, repr(evidence.orbat), dict(parameters)]))


def _flights(
    evidence: CaseEvidence, inputs: Digest, cache: StageCache, workers: int, progress: Progress
) -> pl.DataFrame:
    key = stage_key("tracks", {"inputs": inputs})
    kept = cache.get(key)
    if kept is not None:
        return pl.read_parquet(io.BytesIO(kept))
    legs = join_flights(evidence, workers=workers, progress=lambda done, total: progress("tracks", done, total))
    _keep(cache, key, legs)
    return legs


def _clocks(evidence: CaseEvidence, inputs: Digest, cache: StageCache) -> pl.DataFrame:
    """How observers' times stand to each other: RESTRICTED, written into a folder of its own and nowhere else."""
    key = stage_key("observer clocks", {"inputs": inputs})
    kept = cache.get(key)
    if kept is not None:
        return pl.read_parquet(io.BytesIO(kept))
    clocks = compare_clocks(evidence)
    _keep(cache, key, clocks)
    return clocks


def _keep(cache: StageCache, key: Digest, frame: pl.DataFrame) -> None:
    stream = io.BytesIO()
    frame.write_parquet(stream)
    cache.put(key, stream.getvalue())


def _write(found: Found, folder: Path, progress: Progress) -> dict[str, Any]:
    """Every output of findings-format.md into an empty folder; gives run.json's content."""
    with found.clock.stage("publish"):
        progress("publish", 0, 1)
        view = view_case(found.records, found.evidence, found.weighed)
        if found.log_model is not None:
            view = replace(view, log_model=fitted_store.from_bytes(found.log_model))
            write_output(folder / LOG_MODEL, found.log_model)
        _write_json(folder / "findings.json", found.findings)
        _write_json(folder / "provenance.json", trace(found.records, found.evidence.legs))
        write_tables(found.findings, folder / "tables")
        write_map(found.findings, view, folder / "map.geojson")
        write_left_out(found.records.left_out, folder / "left-out.csv")
        write_report(found.findings, view, folder)
        write_restricted(found.clocks, folder)
        progress("publish", 1, 1)
    record = _run_record(found, [*files_below(folder), RUN_FILE])
    _write_json(folder / RUN_FILE, record)
    return record


def _run_record(found: Found, files: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": RUN_SCHEMA,
        "case_id": found.records.settings.id,
        "versions": versions(),
        "ledger_root": found.ledger_root,
        "ledger_signed": found.ledger_signed,
        "exhibits": {str(file.path): file.digest for file in found.records.files},
        "case_digest": found.findings["case_digest"],
        "parameters": found.findings["parameters"],
        "workers": found.workers,
        "stages_s": found.clock.seconds,
        "peak_memory_mb": peak_memory_mb(found.workers),
        "files": sorted(files),
    }


def _write_json(path: Path, value: object) -> None:
    """UTF-8, one space of indent, keys in the order given, a line end at the end: one value, one sequence of bytes."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    try:
        path.write_bytes(text.encode())
    except OSError as err:
        raise PublishError(f"can't write this output: {err.strerror}", where=str(path), remedy="Free space.") from err
