"""What is made coarser before it leaves: places, days of interviews, and attributes that few sources share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from consilience.publish.profiles import PROFILES, Profile

OTHER_GROUP: Final = "other"


def profile_named(name: str) -> Profile | None:
    """The publication profile of that name, or None: nothing is published under a profile that nobody wrote down."""
    return PROFILES.get(name)


def coarse_position(lat: float, lon: float, profile: Profile) -> tuple[float, float]:
    """A position at the profile's decimals of a degree."""
    return round(lat, profile.coordinate_decimals), round(lon, profile.coordinate_decimals)


def coarse_day(day: date, profile: Profile) -> str:
    """When somebody was interviewed: the month; the day itself only for a profile that names sources."""
    return day.isoformat() if profile.names_sources else f"{day:%Y-%m}"


def k_anonymous(groups: Iterable[tuple[str, ...]], k: int) -> Mapping[tuple[str, ...], int]:
    """How many share each combination of attributes, none of the groups smaller than `k`.

    Smaller groups are merged into ("other", …). Where those together are fewer than `k`, the next smallest group goes
    in with them (Sweeney 2002, k-anonymity). Where all are fewer than `k` nothing is counted. This is of one table:
    whoever has other counts of the same people can still subtract. Sorted by group.
    """
    counts: dict[tuple[str, ...], int] = {}
    for group in groups:
        counts[group] = counts.get(group, 0) + 1
    if not counts:
        return {}
    rest = (OTHER_GROUP,) * len(next(iter(counts)))
    kept = {group: n for group, n in counts.items() if n >= k and group != rest}
    merged = sum(counts.values()) - sum(kept.values())
    for group in sorted(kept, key=lambda one: (kept[one], one)):
        if merged == 0 or merged >= k:
            break
        merged += kept.pop(group)
    if 0 < merged < k:
        return {}
    return dict(sorted((kept | ({rest: merged} if merged else {})).items()))
