"""The small synthetic case as its findings may come to say something else after a letter went out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from release_examples import TABLES
from small_folder import TABLES as SMALL

Tables = Mapping[str, Sequence[str]]

ACCOUNTS, SIGHTINGS = TABLES["accounts"], TABLES["sightings"]


def _as(lines: Sequence[str], was: str, now: str) -> list[str]:
    return [line.replace(was, now) for line in lines]


OTHER_PARTIES: Tables = {"accounts": _as(ACCOUNTS, "barrel bomb", "air strike")}
"""Syrian or Russian, and no mode stands out."""
OTHER_MODE: Tables = {**OTHER_PARTIES, "sightings": _as(SIGHTINGS, "Mi-8", "Su-24")}
"""An air strike, Syrian or Russian."""
OTHER_SITE: Tables = {"accounts": _as(ACCOUNTS, "F1", "F2")}
OTHER_NAME: Tables = {"facilities": _as(SMALL["facilities"], "Hospital one", "Hospital of another name")}
OTHER_DAY: Tables = {
    "accounts": _as(ACCOUNTS, "2017-04-02", "2017-04-03"),
    "sightings": _as(SIGHTINGS, "2017-04-02", "2017-04-03"),
    "coverage": ["kind,from,to,area,source_id", "sightings,2017-04-01T00:00,2017-04-04T00:00,,OBS1"],
}
ONE_MORE: Tables = {
    "accounts": [
        *ACCOUNTS,
        "A8,I2,W1,V1,2017-04-02T18:05,minute,F2,barrel bomb,,",
        "A9,I2,W2,,2017-04-02T18:05,minute,F2,barrel bomb,,",
    ],
    "places": [*SMALL["places"], "Schooltown,35.9,36.9,2000"],
    "sightings": [
        *SIGHTINGS,
        "S8,OBS1,2017-04-02T18:00,Schooltown,Mi-8,circling",
        "S9,OBS1,2017-04-02T18:04,Schooltown,Mi-8,circling",
    ],
}
"""I2, by the same party."""
AS_IT_WAS: Tables = {
    "accounts": ACCOUNTS, "sightings": SIGHTINGS, "coverage": TABLES["coverage"], "places": SMALL["places"],
    "facilities": SMALL["facilities"],
}  # fmt: skip


def changed(case: Path, tables: Tables) -> None:
    """The case with these tables, and the others as they first were."""
    for name, lines in {**AS_IT_WAS, **tables}.items():
        (case / f"{name}.csv").write_text("\n".join(lines) + "\n")
