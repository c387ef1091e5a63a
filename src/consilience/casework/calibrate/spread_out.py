"""Independent pieces of work over several processes, each result as it comes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

from consilience.casework.batches import deaf_to_ctrl_c, end_with_parent

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def spread_out(
    work: Callable[..., Result], pieces: Sequence[Piece], workers: int, given: tuple[object, ...] = ()
) -> Iterator[tuple[Piece, Result]]:
    """`work(piece, *given)` for each piece, in this process or in so many others, which are sent `given` once each.

    Spawned, not forked: Polars' threads don't survive a fork. Broken off, it waits for nothing (a piece may take
    minutes): the workers end at once.
    """
    if workers <= 1 or len(pieces) <= 1:
        for piece in pieces:
            yield piece, work(piece, *given)
        return
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(workers, len(pieces)), mp_context=context, initializer=_set_up, initargs=(work, given)
    ) as pool:
        with deaf_to_ctrl_c():
            running = {pool.submit(_done, piece): piece for piece in pieces}
        is_done = False
        try:
            for future in as_completed(running):
                yield running[future], future.result()
            is_done = True
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in () if is_done else set(multiprocessing.active_children()) - before:
                worker.terminate()


_received: list[tuple[Callable[..., Any], tuple[object, ...]]] = []
"""A worker's task, sent once when it starts."""


def _set_up(work: Callable[..., object], given: tuple[object, ...]) -> None:
    """Set a worker up; one whose parent was killed ends too."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    _received[:] = [(work, given)]


def _done(piece: object) -> Any:
    work, given = _received[0]
    return work(piece, *given)
