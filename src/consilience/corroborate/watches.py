"""When somebody was watching: the declared windows of whole logs as columns, and their union over a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.quantities import Minutes

Spans = NDArray[np.float64]
"""Disjoint intervals in order of time, (n, 2) minutes since the epoch."""

NO_SPANS: Spans = np.zeros((0, 2))
NO_SPANS.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Watches:
    """W declared windows sorted by start: minutes since the epoch, WGS 84 degrees (infinite: everywhere).

    `keeper` (W,) indexes `sources`, −1: every source. `latest` (W,) is the latest end of all windows so far.
    `anywhere` is the union of all, wherever.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    west: NDArray[np.float64]
    east: NDArray[np.float64]
    south: NDArray[np.float64]
    north: NDArray[np.float64]
    keeper: NDArray[np.int32]
    sources: tuple[str, ...]
    latest: NDArray[np.float64]
    anywhere: Spans

    @staticmethod
    def of(windows: pl.DataFrame) -> Watches:
        """From rows of `COVERAGE_WINDOWS`."""
        rows = windows.sort("start", "end", "source_id", nulls_last=True)
        sources = tuple(rows["source_id"].drop_nulls().unique().sort().to_list())
        code = {name: k for k, name in enumerate(sources)}
        everywhere = {"west": -np.inf, "east": np.inf, "south": -np.inf, "north": np.inf}
        area = {name: rows[name].fill_null(value).to_numpy() for name, value in everywhere.items()}
        start, end = rows["start"].to_numpy(), rows["end"].to_numpy()
        keeper = np.array([code.get(name, -1) for name in rows["source_id"]], dtype=np.int32)
        return Watches(
            start, end, **area, keeper=keeper, sources=sources,
            latest=np.maximum.accumulate(end) if len(end) else end, anywhere=_merged(start, end),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.start)

    def over(self, lat: float | None, lon: float | None, first: Minutes = -np.inf, last: Minutes = np.inf) -> Spans:
        """When the sky over a position is in a whole log: the union of the windows whose area holds it and that meet
        [first, last]. Without a position, only windows that hold everywhere count."""
        some = slice(int(np.searchsorted(self.latest, first)), int(np.searchsorted(self.start, last, side="right")))
        if lat is None or lon is None:
            here = np.isinf(self.west[some])
        else:
            here = (self.west[some] <= lon) & (lon <= self.east[some])
            here &= (self.south[some] <= lat) & (lat <= self.north[some])
        here &= self.end[some] >= first
        return _merged(self.start[some][here], self.end[some][here])

    def over_all(self, sites: Sequence[tuple[float, float, float]], first: Minutes, last: Minutes) -> Spans:
        """When the sky over each of several readings of a place is in a whole log: silence then counts for all alike.
        Without a position, as `over`."""
        spans = self.over(None, None, first, last) if not sites else self.over(*sites[0][:2], first, last)
        for lat, lon, _ in sites[1:]:
            spans = common(spans, self.over(lat, lon, first, last))
        return spans

    def without(self, sources: Iterable[str]) -> Watches:
        """The windows of everybody else; those that hold for every source stay."""
        gone = [k for k, name in enumerate(self.sources) if name in frozenset(sources)]
        if not gone:
            return self
        left = ~np.isin(self.keeper, gone)
        columns = {name: getattr(self, name)[left] for name in _COLUMNS}
        end = columns["end"]
        return replace(
            self, **columns, latest=np.maximum.accumulate(end) if len(end) else end,
            anywhere=_merged(columns["start"], end),
        )  # fmt: skip


_COLUMNS = ("start", "end", "west", "east", "south", "north", "keeper")


def _merged(start: NDArray[np.float64], end: NDArray[np.float64]) -> Spans:
    """The union of intervals in order of their start; touching ones are one."""
    if not len(start):
        return NO_SPANS
    latest = np.maximum.accumulate(end)
    begins = np.flatnonzero(np.append(True, start[1:] > latest[:-1]))
    return np.stack([start[begins], latest[np.append(begins[1:], len(end)) - 1]], axis=1)


def union(intervals: Iterable[tuple[float, float]]) -> Spans:
    """Overlapping or touching intervals merged, sorted."""
    rows = np.array(sorted(intervals), dtype=np.float64).reshape(-1, 2)
    return _merged(rows[:, 0], rows[:, 1])


def common(one: Spans, other: Spans) -> Spans:
    """What two lists of disjoint intervals share, in order of time."""
    starts = np.maximum(one[:, np.newaxis, 0], other[np.newaxis, :, 0])
    ends = np.minimum(one[:, np.newaxis, 1], other[np.newaxis, :, 1])
    return np.stack([starts[starts < ends], ends[starts < ends]], axis=1)


def total_length(spans: Spans, first: Minutes = -np.inf, last: Minutes = np.inf) -> Minutes:
    """The sum of the lengths of disjoint intervals, of what lies in [first, last]."""
    return float(np.clip(np.minimum(spans[:, 1], last) - np.maximum(spans[:, 0], first), 0.0, None).sum())
