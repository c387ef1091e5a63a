"""WEIGH over a whole case: incidents in independent batches, in this process or several, each batch kept when done.

A batch's result depends on the case and on its incidents alone, so neither the number of workers nor a run that was
broken off and taken up again shows in the findings.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import connection
from pathlib import Path

from consilience.casework import fitted_store
from consilience.casework.cache import StageCache, stage_key
from consilience.casework.handed_over import handed_over, one_thread_each, taken_over
from consilience.casework.single_source import with_carrier
from consilience.casework.weighed_store import from_bytes, to_bytes
from consilience.conclude.sensitivity import conclusion_of
from consilience.corroborate.evidence import CaseEvidence, without_whole_logs
from consilience.corroborate.fitted import describe
from consilience.corroborate.incident_model import Shared, share
from consilience.corroborate.log_model import LogModel
from consilience.corroborate.probe import Prober
from consilience.corroborate.weigh import fit_logs, weigh_incidents
from consilience.quantities import Digest
from consilience.records.weighed import WeighedIncident

MOST_PROBED = 500
"""Cases of more incidents are weighed without asking what each finding hangs on: under a whole log of thousands of
flights that takes half a second an incident, fifty times as long as the weighing itself. Whether one source alone
carries a single name is asked in every case."""

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""

SMALLEST_BATCH, LARGEST_BATCH, BATCHES = 2, 64, 16
"""Our choice: small enough that two workers share nine incidents, large enough that what a batch prepares for itself
(cutting the tables to incidents) does not dominate. Of the number of incidents alone, never of the workers."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Every incident's posterior, in the order of ids, and the content of log-model.json: what the logs taught.

    `log_model` is None where no log of the case is declared whole.
    """

    incidents: tuple[WeighedIncident, ...]
    log_model: bytes | None


def weigh_case(
    evidence: CaseEvidence, inputs: Digest, cache: StageCache, *, workers: int, progress: Progress
) -> Weighed:
    """Weigh all incidents. `inputs` is the digest of all that `evidence` was made from.

    What the logs taught is kept beside the batches: nothing is fitted where all is there.
    """
    batches = _batches(evidence)
    keys = [stage_key("weigh", {"inputs": inputs, "incidents": list(batch)}) for batch in batches]
    done: dict[int, bytes] = {k: kept for k, key in enumerate(keys) if (kept := cache.get(key)) is not None}
    missing = [(k, batch) for k, batch in enumerate(batches) if k not in done]
    progress("weigh", len(done), len(batches))
    model_key = stage_key("log model", {"inputs": inputs})
    log_model = cache.get(model_key)
    if missing or log_model is None:
        logs = fit_logs(evidence, lambda told, total: progress("fit logs", told, total))
        log_model = _told(evidence, logs)
        cache.put(model_key, log_model)
        for k, result in _weigh_batches(evidence, logs, missing, workers):
            cache.put(keys[k], result)
            done[k] = result
            progress("weigh", len(done), len(batches))
    return Weighed(tuple(one for k in range(len(batches)) for one in from_bytes(done[k])), log_model or None)


def _told(evidence: CaseEvidence, logs: LogModel) -> bytes:
    """What the logs taught as it is written; nothing where none is whole."""
    model = describe(evidence, logs)
    return b"" if model is None else fitted_store.to_bytes(model, evidence.settings.id)


def _batches(evidence: CaseEvidence) -> list[tuple[str, ...]]:
    ids = sorted(evidence.incidents["incident_id"])
    size = min(LARGEST_BATCH, max(SMALLEST_BATCH, math.ceil(len(ids) / BATCHES)))
    return [tuple(ids[start : start + size]) for start in range(0, len(ids), size)]


def _weigh_batches(
    evidence: CaseEvidence, logs: LogModel, batches: Sequence[tuple[int, tuple[str, ...]]], workers: int
) -> Iterator[tuple[int, bytes]]:
    """Results as they come. Spawned, not forked: Polars' threads don't survive a fork."""
    if workers <= 1 or len(batches) <= 1:
        ready = _ready(evidence, logs)
        for k, batch in batches:
            yield k, _weigh(ready, batch)
        return
    context = multiprocessing.get_context("spawn")
    count = min(workers, len(batches))
    with (
        handed_over((without_whole_logs(evidence), logs)) as given,
        ProcessPoolExecutor(count, mp_context=context, initializer=_receive, initargs=(given,)) as pool,
    ):
        with deaf_to_ctrl_c(), one_thread_each():
            running: dict[Future[bytes], int] = {pool.submit(_weigh_received, batch): k for k, batch in batches}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A case ready to be weighed; `prober` asks what findings hang on, None where nothing is to be asked."""

    evidence: CaseEvidence
    logs: LogModel
    shared: Shared
    prober: Prober | None


def _ready(evidence: CaseEvidence, logs: LogModel) -> _Ready:
    shared, prober = share(evidence), None
    if evidence.incidents.height <= MOST_PROBED or evidence.settings.single_source != "off":
        prober = Prober(evidence, logs, conclusion_of(evidence.settings), shared)
    return _Ready(evidence, logs, shared, prober)


def _weigh(ready: _Ready, batch: Sequence[str]) -> bytes:
    evidence, prober = ready.evidence, ready.prober
    weighed = weigh_incidents(evidence, ready.logs, batch, ready.shared)
    if prober is not None and evidence.settings.single_source != "off":
        weighed = tuple(with_carrier(one, prober, evidence.settings) for one in weighed)
    if prober is not None and evidence.incidents.height <= MOST_PROBED:
        weighed = tuple(replace(one, sensitivity=prober.probe(one)) for one in weighed)
    return to_bytes(weighed)


_received: list[_Ready] = []
"""A worker's case: what is not in the logs, and what these teach, taken over once when it starts."""


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started in the block ignore Ctrl-C from their first instruction: it is this process's to answer."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does, and only it is interrupted
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _receive(given: Path) -> None:
    """Set a worker up; one whose parent was killed ends too."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    _received[:] = [_ready(*taken_over(given))]


def end_with_parent() -> None:
    """End this process when the one that started it does, however that came about; never returns before."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _weigh_received(batch: Sequence[str]) -> bytes:
    return _weigh(_received[0], batch)
