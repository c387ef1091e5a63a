"""A log cut into blocks that share no flight, each joined by itself, in as many threads as are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from consilience.situate.assignment import choose_links
from consilience.situate.flight_marks import Fleet
from consilience.situate.habits import Seen, all_seen, seen_in
from consilience.situate.links import Gaps, score_links
from consilience.situate.motion import Motions
from consilience.situate.track_points import Floats, Ints, TrackPoints
from consilience.situate.whole_flights import best_flights

T = TypeVar("T")

_AT_LEAST: Final = 2_000
"""Sightings of a block, unless the log ends; our choice: a fraction of a second's work, so that threads share well."""
_AT_MOST: Final = 20_000
"""Sightings beyond which a block is cut where nobody falls silent for long enough; our choice, for its memory."""
_LEAST_LINK: Final = -5.0
"""Score below which a pair is never joined, whatever the rest of the flight says; our choice: odds of 1 to 150."""


@dataclass(frozen=True, slots=True)
class Sky:
    """All that a block is joined with: who flies, how, and the log odds of two marks on one aircraft by pace."""

    fleet: Fleet
    motions: Motions
    said_of_pair: Floats

    @classmethod
    def of(cls, fleet: Fleet, motions: Motions) -> Sky:
        """The pairs' weights are reckoned once."""
        return cls(fleet, motions, np.log(fleet.pair_weights() + 1e-300))


def cut(t: Floats, gap_max: float) -> list[slice]:
    """Blocks of a log, times ascending: exact where nobody saw anything for longer than a flight may go unseen.

    A log that never pauses so long is cut at the widest of its gaps, once in `_AT_MOST` sightings at the latest; a
    flight across such a cut becomes two. Blocks depend on the times alone.
    """
    gaps = np.diff(t)
    pauses = np.append(np.flatnonzero(gaps > gap_max) + 1, len(t))
    blocks, begin = [], 0
    while begin < len(t):
        end = int(pauses[min(int(np.searchsorted(pauses, begin + _AT_LEAST)), len(pauses) - 1)])
        if end - begin > _AT_MOST:
            earlier = pauses[np.searchsorted(pauses, begin, side="right")]
            if earlier - begin <= _AT_MOST and earlier < end:
                end = int(earlier)
            else:
                end = begin + _AT_LEAST + int(np.argmax(gaps[begin + _AT_LEAST - 1 : begin + _AT_MOST - 1]))
        blocks.append(slice(begin, end))
        begin = end
    return blocks


def look_at(points: TrackPoints, birth: Floats, sky: Sky, gaps: Gaps, blocks: Sequence[slice], workers: int) -> Seen:
    """What the best paths by pairs alone show in these blocks."""

    def look(block: slice) -> Seen:
        links = score_links(points.at[block], birth[block], sky.said_of_pair, sky.motions, gaps, 0.0)
        return seen_in(points.at[block], choose_links(links.start, links.j, links.score))

    return all_seen(each(look, blocks, workers))


def join(
    points: TrackPoints, birth: Floats, sky: Sky, gaps: Gaps, blocks: Sequence[slice], workers: int
) -> Iterator[Ints]:
    """For each block in turn, the first point of the flight of each of its points."""
    said, mix = np.log(sky.fleet.said), np.log(sky.fleet.mix)

    def join_block(block: slice) -> Ints:
        at, born = points.at[block], birth[block]
        links = score_links(at, born, sky.said_of_pair, sky.motions, gaps, _LEAST_LINK)
        after = choose_links(links.start, links.j, links.score)
        heads = best_flights(at, sky.motions, said, mix, sky.fleet.pace, after, links, born)
        return np.asarray(heads + block.start)

    return each(join_block, blocks, workers)


def each(work: Callable[[slice], T], blocks: Sequence[slice], workers: int) -> Iterator[T]:
    """The work on every block, in the blocks' order; in threads, since compiled loops let each other run."""
    if workers <= 1 or len(blocks) <= 1:
        yield from map(work, blocks)
        return
    pool = ThreadPoolExecutor(min(workers, len(blocks)))
    try:
        yield from pool.map(work, blocks)
    finally:
        pool.shutdown(cancel_futures=True)
