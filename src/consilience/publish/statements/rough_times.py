"""Times that were found only roughly: of those no sentence says a clock time as if it were known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consilience.publish.local_time import minute_of
from consilience.publish.statements.words import Words

_ROUGH = 180.0
"""Minutes of the interval from which a time is known only roughly: our choice. "At about 14:00" is heard as within an
hour or so; an interval of the whole day has a median too, which is no hour at which anything happened."""


def is_rough(time: Mapping[str, Any]) -> bool:
    """Is a finding's `time` (low, median, high: ISO 8601) too wide for its median to be told as the time?"""
    return minute_of(time["high"]) - minute_of(time["low"]) > _ROUGH


def told_time(words: Words, time: Mapping[str, Any]) -> str:
    """14:39 on 5 May 2019; the interval where the time is known only roughly."""
    if is_rough(time):
        return words.interval(time["low"], time["high"])
    median = time["median"]
    return words.label("clock_on", clock=words.clock(median), date=words.day(words.day_of(median)))
