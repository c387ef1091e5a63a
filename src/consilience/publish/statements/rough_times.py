"""Times that were found only roughly: of those no sentence says a clock time as if it were known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consilience.publish.local_time import minute_of
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.frame import Frame
from consilience.publish.statements.spoken_of import speaks_of_hour

_ROUGH = 180.0
"""Minutes of the interval from which a time is known only roughly: our choice. "At about 14:00" is heard as within an
hour or so; an interval of the whole day has a median too, which is no hour at which anything happened."""


def is_rough(time: Mapping[str, Any]) -> bool:
    """Is a finding's `time` (low, median, high: ISO 8601) too wide for its median to be told as the time?"""
    return minute_of(time["high"]) - minute_of(time["low"]) > _ROUGH


def told_time(frame: Frame, block: Block) -> str:
    """14:39 on 5 May 2019; the interval where the time is known only roughly, its days where no piece speaks of an
    hour.
    """
    words, time = frame.words, block["time"]
    if is_rough(time):
        low, high = time["low"], time["high"]
        if speaks_of_hour(frame, block):
            return words.interval(low, high)
        return words.days(words.day_of(low), words.day_of(high))
    median = time["median"]
    return words.label("clock_on", clock=words.clock(median), date=words.day(words.day_of(median)))
