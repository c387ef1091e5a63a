"""Work on a whole case in independent batches of incidents, in this process or several, each kept when it is done.

A batch's result depends on the case and on its incidents alone, so neither the number of workers nor a run that was
broken off and taken up again shows in the findings.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from typing import Any, Generic, TypeVar

from consilience.casework.cache import StageCache, stage_key
from consilience.casework.handed_over import handed_over, one_thread_each, taken_over
from consilience.quantities import Digest

Given = TypeVar("Given")
Ready = TypeVar("Ready")

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""

SMALLEST_BATCH, LARGEST_BATCH, BATCHES = 2, 64, 16
"""Our choice: small enough that two workers share nine incidents, large enough that what a batch prepares for itself
(cutting the tables to incidents) does not dominate. Of the number of incidents alone, never of the workers."""


@dataclass(frozen=True, slots=True)
class Stage(Generic[Given, Ready]):
    """What is done with batches: `ready` makes what all of them need, once a process, from what is given; `work` a
    batch's result of that and its incidents. Both are functions of a module, since workers get them by name."""

    name: str
    ready: Callable[[Given], Ready]
    work: Callable[[Ready, Sequence[str]], bytes]


class Batches(Generic[Given, Ready]):
    """The batches of one stage of a case and their results, as far as they are kept from earlier runs.

    `inputs` is the digest of all that results are made from; the cache keeps them under it.
    """

    def __init__(
        self,
        stage: Stage[Given, Ready],
        incident_ids: Iterable[str],
        inputs: Digest,
        cache: StageCache,
        progress: Progress,
    ) -> None:
        self._stage, self._cache, self._progress = stage, cache, progress
        self._batches = _batches(sorted(incident_ids))
        self._keys = [stage_key(stage.name, {"inputs": inputs, "incidents": list(ids)}) for ids in self._batches]
        kept = {k: cache.get(key) for k, key in enumerate(self._keys)}
        self._done: dict[int, bytes] = {k: result for k, result in kept.items() if result is not None}
        self._tell()

    @property
    def are_done(self) -> bool:
        """Is every result there?"""
        return len(self._done) == len(self._batches)

    def work(self, given: Given, handed: Given, workers: int) -> None:
        """Work on what is missing, from `given` in this process or from `handed`, the same for workers (who may be
        handed less of what they don't read); each result is kept when it comes."""
        missing = [(k, ids) for k, ids in enumerate(self._batches) if k not in self._done]
        if not missing:
            return
        for k, result in _worked(self._stage, given, handed, missing, workers):
            self._cache.put(self._keys[k], result)
            self._done[k] = result
            self._tell()

    def results(self) -> list[bytes]:
        """The results in the order of incidents, once all are done."""
        return [self._done[k] for k in range(len(self._batches))]

    def _tell(self) -> None:
        self._progress(self._stage.name, len(self._done), len(self._batches))


def _batches(ids: Sequence[str]) -> list[tuple[str, ...]]:
    size = min(LARGEST_BATCH, max(SMALLEST_BATCH, math.ceil(len(ids) / BATCHES)))
    return [tuple(ids[start : start + size]) for start in range(0, len(ids), size)]


def _worked(
    stage: Stage[Given, Ready],
    given: Given,
    handed: Given,
    batches: Sequence[tuple[int, tuple[str, ...]]],
    workers: int,
) -> Iterator[tuple[int, bytes]]:
    """Results as they come. Spawned, not forked: Polars' threads don't survive a fork."""
    if workers <= 1 or len(batches) <= 1:
        ready = stage.ready(given)
        for k, batch in batches:
            yield k, stage.work(ready, batch)
        return
    context = multiprocessing.get_context("spawn")
    count = min(workers, len(batches))
    with (
        handed_over((stage, handed)) as path,
        ProcessPoolExecutor(count, mp_context=context, initializer=_receive, initargs=(path,)) as pool,
    ):
        with deaf_to_ctrl_c(), one_thread_each():
            running: dict[Future[bytes], int] = {pool.submit(_work_received, batch): k for k, batch in batches}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_received: list[tuple[Stage[Any, Any], Any]] = []
"""A worker's stage and what it made ready, taken over once when it starts."""


def _receive(path: Path) -> None:
    """Set a worker up; one whose parent was killed ends too."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    stage, handed = taken_over(path)
    _received[:] = [(stage, stage.ready(handed))]


def _work_received(batch: Sequence[str]) -> bytes:
    stage, ready = _received[0]
    result: bytes = stage.work(ready, batch)
    return result


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


def end_with_parent() -> None:
    """End this process when the one that started it does, however that came about; never returns before."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
