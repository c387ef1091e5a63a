"""Units, digests, ids, instants and log-weights: the smallest words that every stage shares."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, NewType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import rfc8785
from numpy.typing import NDArray

Digest = NewType("Digest", str)
"""`sha256:` and 64 lower-case hex digits (FIPS 180-4)."""

Metres = Annotated[float, "m"]
Kilometres = Annotated[float, "km"]
Minutes = Annotated[float, "min"]
Degrees = Annotated[float, "deg"]
Log10 = Annotated[float, "log10"]
"""A weight of evidence in bans (Good 1950): log10 of a likelihood ratio."""

EARTH_RADIUS_M: Metres = 6_371_008.8
"""Mean radius of the WGS 84 ellipsoid, (2a + b)/3 (Moritz 2000, Geodetic Reference System 1980)."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_BLOCK = 1 << 20
_HASHERS = 4
"""Files that are hashed at once: our choice, more only compete for one disk."""


def digest_bytes(data: bytes) -> Digest:
    """SHA-256 of bytes in memory."""
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())


def digest_file(path: Path) -> Digest:
    """SHA-256 of a file, read in blocks so that a large one costs no memory."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            state.update(block)
    return Digest("sha256:" + state.hexdigest())


def digest_files(paths: Sequence[Path], progress: Callable[[Path], None] | None = None) -> list[Digest]:
    """SHA-256 of each file, in their order; several are read at a time. `progress` is told which one is next.

    Hashing lets other threads run (hashlib, from 2,047 bytes at a time), so two cores hash twice as fast.
    """
    with ThreadPoolExecutor(max_workers=min(_HASHERS, os.cpu_count() or 1)) as pool:
        digests = pool.map(digest_file, paths)
        found = []
        for path in paths:
            if progress is not None:
                progress(path)
            found.append(next(digests))
    return found


def canonical_json(value: object) -> bytes:
    """The one byte sequence for a JSON value (RFC 8785, JSON Canonicalization Scheme).

    Only str, int within ±2^53, float, bool, None, list, tuple and dict with str keys; NaN and infinity raise.
    """
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def minutes_since_epoch(moment: datetime) -> Minutes:
    """Minutes from 1970-01-01T00:00Z to an aware datetime; the clock on which all weighing is done."""
    return (moment - EPOCH) / timedelta(minutes=1)


def moment_at(minutes: Minutes) -> datetime:
    """The UTC datetime at so many minutes since the epoch, rounded to the second."""
    return EPOCH + timedelta(seconds=round(minutes * 60))


def iso_utc(moment: datetime) -> str:
    """ISO 8601 in UTC to the second, with `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def great_circle_m(
    lat1: NDArray[np.float64] | float,
    lon1: NDArray[np.float64] | float,
    lat2: NDArray[np.float64] | float,
    lon2: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Distances in metres between WGS 84 positions in degrees, broadcast as numpy does.

    Haversine on a sphere (Sinnott 1984); within 0.5 % of the ellipsoid, far below any town's position error.
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_dphi = (phi2 - phi1) / 2
    half_dlam = (np.radians(lon2) - np.radians(lon1)) / 2
    h = np.sin(half_dphi) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_dlam) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))), dtype=np.float64)


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone of that IANA name with its history, from the pinned tzdata package and never from the system's tables.

    Findings must not depend on how old a machine's tables are. ZoneInfoNotFoundError if there is no such zone.
    """
    if name not in files("tzdata").joinpath("zones").read_text(encoding="utf-8").split():
        raise ZoneInfoNotFoundError(f"no time zone {name}")
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def readings_of_local_time(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """The UTC moments that a wall-clock time without offset can mean in a zone.

    Empty where the clock jumped over it, two where it was shown twice (PEP 495), else one.
    """
    readings = []
    for fold in (0, 1):
        aware = wall.replace(tzinfo=zone, fold=fold)
        moment = aware.astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall and moment not in readings:
            readings.append(moment)
    return tuple(readings)
