"""A whole radio log read as exchanges: which calls are of one crew's talk about one release, and of what kind it is.

How attacks are heard (`RadioModel`) stands here too, for the impact that a call points to hangs on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from consilience.corroborate.likelihood.calls import TIMED_CLASSES
from consilience.corroborate.loops.windows import joined_calls
from consilience.corroborate.name_list import NameList
from consilience.corroborate.sky import codes_of
from consilience.corroborate.watches import Watches
from consilience.quantities import Minutes
from consilience.records.reference_data import Assumption

EXCHANGE_KINDS = ("coordinates", "approach", "release", "approach and release")
"""What is said in an exchange: nothing but coordinates; sight or clearance without a release; a release alone; both.
Each counts apart with coordinates near the site and with none."""
JOINED: Minutes = 4.0
"""Calls of one frequency that point to impacts no further apart are of one exchange: our choice, about the spread of
`call_spread`; an exchange is at most twice as long."""
RATE_FLOOR = 0.5
"""Pseudo-exchanges where none of a kind was ever logged (Jeffreys' prior for a Poisson rate)."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RadioModel:
    """How an attack is heard: `heard` d by party (`otherwise` for others); `kinds` (8,) κ, summing to 1; `lead`,
    `spread` (4,) minutes of the call of each of `TIMED_CLASSES` after the impact."""

    heard: Mapping[str, float]
    otherwise: float
    kinds: Floats
    lead: Floats
    spread: Floats


def radio_from(assumptions: Mapping[str, Assumption], parties: Sequence[str]) -> RadioModel:
    """The model before anything is fitted to the log, from the named assumptions."""
    detection, placed = assumptions["radio_detection"].value, assumptions["call_placed"].value
    shares = np.array([assumptions[f"exchange_{name.replace(' ', '_')}"].value for name in EXCHANGE_KINDS])
    shares /= shares.sum()
    return RadioModel(
        heard=dict.fromkeys(parties, detection),
        otherwise=detection,
        kinds=np.concatenate([(1 - placed) * shares, placed * shares]),
        lead=np.array([assumptions[f"call_lead_{name}"].value for name in TIMED_CLASSES]),
        spread=np.full(len(TIMED_CLASSES), assumptions["call_spread"].value),
    )


@dataclass(frozen=True, slots=True)
class RadioLog:
    """The timed calls of a whole radio log, C of them, joined to B exchanges and sorted by these.

    `call` (C,) numbers them in `ids`; `time` (C,) minutes since the epoch, `blur` (C,) their own standard deviation,
    `said` (C,) indexes `TIMED_CLASSES`; `starts` (B + 1,) offsets of the exchanges, which are in the order of `about`
    (B,), the impact that they point to; `kind` (B,) of `EXCHANGE_KINDS`; `language` (B,) indexes `languages`, -1 where
    none is noted; `lat`, `lon` (B,) NaN where no coordinates are given, `call_lat`, `call_lon` (C,) the same for each
    call; `source` (C,) indexes `sources`, -1 where nobody is named. `watches` are the coverage rows of transmissions;
    `language_share` (4, L) is how often each language is heard among a kind's exchanges.
    """

    ids: NameList
    call: Ints
    time: Floats
    blur: Floats
    said: Ints
    starts: Ints
    about: Floats
    kind: Ints
    language: Ints
    languages: tuple[str, ...]
    lat: Floats
    lon: Floats
    call_lat: Floats
    call_lon: Floats
    source: NDArray[np.int32]
    sources: tuple[str, ...]
    watches: Watches
    language_share: Floats

    def without(self, gone: frozenset[str], first: Minutes, last: Minutes) -> RadioLog:
        """The exchanges of [first, last] without some sources' calls and windows; calls stay joined as they were."""
        begin, end = np.searchsorted(self.about, [first, last]).tolist()
        away = [k for k, name in enumerate(self.sources) if name in gone]
        owner = np.repeat(np.arange(begin, end), np.diff(self.starts[begin : end + 1]))
        calls = np.arange(self.starts[begin], self.starts[end])
        kept = ~np.isin(self.source[calls], away)
        calls, owner = calls[kept], owner[kept]
        begins = np.flatnonzero(np.diff(owner, prepend=-1))
        starts, exchange = np.append(begins, len(calls)), owner[begins]
        return replace(
            self,
            call=self.call[calls],
            time=self.time[calls],
            blur=self.blur[calls],
            said=self.said[calls],
            starts=starts,
            about=self.about[exchange],
            kind=_kinds(self.said[calls], starts),
            language=self.language[exchange],
            lat=_first_known(self.call_lat[calls], starts),
            lon=_first_known(self.call_lon[calls], starts),
            call_lat=self.call_lat[calls],
            call_lon=self.call_lon[calls],
            source=self.source[calls],
            watches=self.watches.without(gone),
        )


def _language_share(kind: Ints, language: Ints, languages: int) -> Floats:
    """(4, L): with `RATE_FLOOR` added to the count of each."""
    noted = language >= 0
    found = np.bincount(kind[noted] * languages + language[noted], minlength=len(EXCHANGE_KINDS) * languages)
    counts = found.reshape(len(EXCHANGE_KINDS), languages) + RATE_FLOOR
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def read_radio(calls: pl.DataFrame, windows: pl.DataFrame, model: RadioModel) -> RadioLog:
    """The covered calls (with a `call_class`) and the coverage windows of transmissions as a radio log.

    Calls that neither a frequency nor a call sign keeps apart are joined by language and time alone.
    """
    lead = dict(zip(TIMED_CLASSES, model.lead.tolist(), strict=True))
    timed = (
        calls.filter(pl.col("call_class").is_in(list(TIMED_CLASSES)))
        .with_columns(
            at=(pl.col("t_lo") + pl.col("t_hi")) / 2,
            channel=pl.coalesce(
                pl.col("frequency_mhz").cast(pl.Float64).round(2).cast(pl.String), "callsign", pl.lit("")
            ),
        )
        .with_columns(about=pl.col("at") - pl.col("call_class").replace_strict(lead, return_dtype=pl.Float64))
        .sort("language", "channel", "about", "call_class", "transmission_id", nulls_last=True)
    )
    same = (timed["language"].rle_id() * (timed["channel"].n_unique() + 1) + timed["channel"].rank("dense")).to_numpy()
    exchange = joined_calls(same.astype(np.int64), timed["about"].to_numpy(), JOINED)
    order = np.argsort(_first_of(timed["about"].to_numpy(), exchange)[exchange], kind="stable")
    timed, exchange = timed[order], exchange[order]
    starts = np.append(np.flatnonzero(np.diff(exchange, prepend=-1) != 0), timed.height).astype(np.int64)
    first = starts[:-1]
    said = timed["call_class"].cast(pl.Enum(list(TIMED_CLASSES))).to_physical().cast(pl.Int64).to_numpy()
    languages = tuple(sorted(timed["language"].drop_nulls().unique().to_list()))
    language = timed["language"].cast(pl.Enum(list(languages))).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    kind = _kinds(said, starts)
    lat, lon = (timed[axis].cast(pl.Float64).fill_null(np.nan).to_numpy() for axis in ("lat", "lon"))
    source, sources = codes_of(timed["source_id"])
    half = ((timed["t_hi"] - timed["t_lo"]) / 2).to_numpy()
    return RadioLog(
        ids=NameList.of(timed["transmission_id"]),
        call=np.arange(timed.height),
        time=timed["at"].to_numpy().astype(np.float64),
        blur=np.hypot(timed["t_sigma"].fill_null(0.0).to_numpy(), half / np.sqrt(3.0)),
        said=said,
        starts=starts,
        about=timed["about"].to_numpy()[first],
        kind=kind,
        language=language[first],
        languages=languages,
        lat=_first_known(lat, starts),
        lon=_first_known(lon, starts),
        call_lat=lat,
        call_lon=lon,
        source=source,
        sources=tuple(name for name in sources if name is not None),
        watches=Watches.of(windows),
        language_share=_language_share(kind, language[first], len(languages)),
    )


def _first_of(values: Floats, exchange: Ints) -> Floats:
    first = np.flatnonzero(np.diff(exchange, prepend=-1) != 0)
    return values[first]


def _first_known(values: Floats, starts: Ints) -> Floats:
    """The first value of each exchange that is not NaN, else NaN."""
    known = np.flatnonzero(~np.isnan(values))
    at = np.searchsorted(known, starts[:-1])
    there = (at < len(known)) & (np.append(known, len(values))[at] < starts[1:])
    return np.where(there, np.append(values[known], np.nan)[np.where(there, at, len(known))], np.nan)


def _kinds(said: Ints, starts: Ints) -> Ints:
    """(B,) what each exchange is made of."""
    if len(starts) < 2:
        return np.zeros(0, dtype=np.int64)
    release = np.maximum.reduceat(said == TIMED_CLASSES.index("weapon_release"), starts[:-1])
    approach = np.maximum.reduceat(
        np.isin(said, [TIMED_CLASSES.index(name) for name in ("target_in_sight", "cleared")]), starts[:-1]
    )
    lengths = np.diff(starts)
    coordinates = np.maximum.reduceat(said == TIMED_CLASSES.index("target_coordinates"), starts[:-1])
    more = approach | (coordinates & (lengths > 1) & release)
    return np.where(release, np.where(more, 3, 2), np.where(approach, 1, 0)).astype(np.int64)
