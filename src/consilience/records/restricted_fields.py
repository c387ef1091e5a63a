"""The restricted class: what may lead to an observer. Where observers stand, when, and how their clocks and habits are.

No output holds any of it one by one; a court is shown it aggregated. It is data, so that every list of what
may go out is held against it, and so that a message never repeats such a value.
"""

from __future__ import annotations

from collections.abc import Mapping

POSTS = "where an observer stood"
HOURS = "when and where an observer kept watch"
CLOCKS = "how an observer's clock runs"

RESTRICTED_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "sightings": {"lat": POSTS, "lon": POSTS},
    "media": {
        "camera_lat": POSTS, "camera_lon": POSTS, "heading_deg": POSTS, "clock_offset_s": CLOCKS, "locator": POSTS,
    },
    "coverage": {"from": HOURS, "to": HOURS, "area": HOURS, "source_id": HOURS, "note": HOURS},
}  # fmt: skip
"""By table and column of the case format, why.

A sighting's position may be the spotter's own (docs/formats/case-format.md), so both are restricted. Its time is what
the log says of an aircraft, and stands beside no source."""

WHERE_SEEN: Mapping[str, tuple[str, ...]] = {"sightings": ("place", "heading", "origin")}
"""What an observer's log says of where an aircraft was: in no edition, and withheld in bundles, to be opened singly.
Observers put it over a town near themselves, so the towns over which flights were drawn led to posts, without a source
beside them (docs/proof.md, Observers' posts). The user's own messages and tables may repeat it."""


def is_restricted(table: str | None, column: str | None) -> bool:
    """May a value of this column lead to an observer?"""
    return column in RESTRICTED_COLUMNS.get(table or "", ())
