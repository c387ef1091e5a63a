"""Seconds and memory of a whole war: tracks, fit, posterior and consistency, the candidate join, at four sizes.

Run from the repository root:  .venv/bin/python benchmarks/scale.py [--incidents 10000] [--sightings 5000000] …

One simulated war of 200 attacks and 60 days is laid end to end, with fresh ids, until there are enough incidents; its
logs are laid end to end likewise until they are long enough, and reach as far beyond the attacks on either side. With
--overlaid N so many copies of the logs, each moved by whole days, lie over one another, and the sky is so much busier.
Each size (1/8, 1/4, 1/2 and the whole) is run in a process of its own. Printed are seconds of wall time by stage, those
of processor time (this process and its workers) in brackets, the peak of memory over all of them (pages that they share
count once), and the exponent of growth, least squares of log processor seconds over log size; n log n over this range
is 1.07 to 1.12. A plot goes to build/scale.svg.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl
from process_memory import Memory

from consilience.casework.cache import StageCache
from consilience.casework.situating import situate_case
from consilience.casework.weighing import weigh_case
from consilience.corroborate.evidence import CaseEvidence
from consilience.engine.join import candidates
from consilience.quantities import digest_bytes
from consilience.readings.case_folder import read_case
from consilience.situate.tracks import associate
from consilience.worlds.kinds import kind_named
from consilience.worlds.make import make_world

ATTACKS, DAYS, SEED = 200, 60, 901
SIZES = (0.125, 0.25, 0.5, 1.0)
DAY = 1440.0
OVERLAID = 8
"""Days by which each copy of the logs is moved against the last."""

Made = TypeVar("Made")


def situated() -> CaseEvidence:
    """The war from which all others are laid together."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "world"
        make_world(seed=SEED, attacks=ATTACKS, days=DAYS, out=folder, kind=kind_named("full"))
        return situate_case(read_case(folder / "case"), folder / "case").evidence


def moved(frame: pl.DataFrame, days: pl.Expr, name: pl.Expr) -> pl.DataFrame:
    """Rows moved by so many days, with `name` before every id that is theirs."""
    keys = [key for key in ("account_id", "incident_id", "sighting_id", "transmission_id", "media_id", "scene_id",
                            "munition_id", "interview_id") if key in frame.columns]  # fmt: skip
    minutes = [key for key in ("t_lo", "t_hi", "start", "end") if key in frame.columns]
    dates = [key for key, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    return frame.with_columns(
        *((pl.col(key) + days * DAY) for key in minutes),
        *((pl.col(key) + pl.duration(days=days)) for key in dates),
        *(pl.when(pl.col(key).is_not_null()).then(pl.format("{}{}", name, pl.col(key))).alias(key) for key in keys),
    )


def laid(frame: pl.DataFrame, tiles: int, first: int) -> pl.DataFrame:
    """The rows once in each stretch of `DAYS`."""
    parts = [moved(frame, pl.lit((first + k) * DAYS), pl.lit(f"W{k:03d}-")) for k in range(tiles)]
    return pl.concat(parts)


def overlaid(log: pl.DataFrame, rows: int, copies: int) -> pl.DataFrame:
    """So many rows of a log, laid end to end about the war; of `copies`, each is moved in a circle by whole days."""
    begin = np.floor(float(log["t_lo"].min()) / DAY) * DAY  # type: ignore[arg-type]
    day = ((pl.col("t_lo") - begin) // DAY).cast(pl.Int64)
    parts = []
    for copy in range(copies):
        around = (day + copy * OVERLAID) % (DAYS + 1) - day
        parts.append(moved(log.with_columns(_by=around), pl.col("_by"), pl.lit(f"C{copy}-")).drop("_by"))
    tiles = max(1, round(rows / copies / log.height))
    return laid(pl.concat(parts), tiles, -(tiles // 2))


def war(base: CaseEvidence, asked: argparse.Namespace, size: float) -> CaseEvidence:
    """The situated evidence of a war of so many incidents, no flights yet."""
    tiles = max(1, round(asked.incidents * size / base.incidents.height))
    first = -(tiles // 2)
    own = [*base.accounts["account_id"], *base.interviews["interview_id"]]

    def interviews(k: int) -> pl.DataFrame:
        mine = pl.when(pl.element().is_in(own)).then(pl.lit(f"W{k:03d}-") + pl.element()).otherwise(pl.element())
        rows = base.interviews.with_columns(pl.col("shown_or_told_before").list.eval(mine))
        return moved(rows, pl.lit(0), pl.lit(f"W{k:03d}-"))

    start = base.settings.period_start
    assert start is not None
    settings = replace(
        base.settings,
        period_start=start + timedelta(days=first * DAYS),
        period_end=start + timedelta(days=(first + tiles) * DAYS),
        single_source="off",
    )
    windows = max(tiles, round(asked.sightings * size / asked.overlaid / base.sightings.height))
    tables = ("incidents", "accounts", "media", "imagery", "munitions")
    return replace(
        base,
        settings=settings,
        **{name: laid(getattr(base, name), tiles, first) for name in tables},  # type: ignore[arg-type]
        coverage=laid(base.coverage, windows, -(windows // 2)),
        interviews=pl.concat([interviews(k) for k in range(tiles)]),
        sightings=overlaid(base.sightings, int(asked.sightings * size), asked.overlaid),
        transmissions=overlaid(base.transmissions, int(asked.transmissions * size), asked.overlaid),
    )


def measure(asked: argparse.Namespace, size: float) -> dict[str, Any]:
    """One size, in this process."""
    evidence, workers = war(situated(), asked, size), asked.workers
    memory, seconds, processor = Memory(), dict[str, float](), dict[str, float]()

    def timed(stage: str, work: Callable[[], Made]) -> Made:
        begin, before = time.perf_counter(), sum(os.times()[:4])
        made = work()
        while multiprocessing.active_children():  # only an ended worker's time is told
            time.sleep(0.05)
        seconds[stage], processor[stage] = time.perf_counter() - begin, sum(os.times()[:4]) - before
        return made

    legs = timed("tracks", lambda: associate(
        evidence.sightings.filter("covered"), evidence.orbat, evidence.assumptions, workers=workers,
        progress=lambda *_: None,
    ))  # fmt: skip
    evidence = replace(evidence, legs=legs)
    begun: dict[str, tuple[float, float]] = {}

    def progress(stage: str, *_: int) -> None:
        now = time.perf_counter(), sum(os.times()[:4])
        begun.setdefault(stage, now)
        if stage == "fit logs":
            begun["fitted"] = now

    with tempfile.TemporaryDirectory() as kept:
        inputs = digest_bytes(b"scale")
        weighed = timed("weigh", lambda: weigh_case(
            evidence, inputs, StageCache(Path(kept)), workers=workers, progress=progress,
        ).incidents)  # fmt: skip
    for k, spent in enumerate((seconds, processor)):
        spent["fit"] = begun["fitted"][k] - begun["weigh"][k]
        spent["weigh"] -= spent["fit"]
    left = keyed(evidence.incidents.select("incident_id", "sites"), "incident_id").join(
        pl.DataFrame({"id": [w.incident_id for w in weighed], "t_lo": [w.time_low for w in weighed],
                      "t_hi": [w.time_high for w in weighed]}), on="id",
    )  # fmt: skip
    right = keyed(evidence.sightings.select("sighting_id", "sites", "t_lo", "t_hi"), "sighting_id")
    pairs = timed("join", lambda: candidates(left, right, 90.0, 60_000.0))
    return {
        "incidents": len(weighed), "sightings": evidence.sightings.height,
        "transmissions": evidence.transmissions.height, "flights": legs["track_id"].n_unique(), "pairs": pairs.height,
        "seconds": seconds, "processor": processor, "peak_mb": memory.peak_mb,
    }  # fmt: skip


def keyed(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row for each place that a row can mean."""
    place = pl.col("sites").struct
    return frame.explode("sites").with_columns(lat=place.field("lat"), lon=place.field("lon")).rename({key: "id"})


WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 560, 380, 70, 50, 150, 50
"""Of the plot, in pixels; the rest is the margin around it."""
LIMIT_S = 180.0
"""What decision 18 allows for the largest size."""


def plotted(rows: list[dict[str, Any]], exponent: float) -> str:
    """Wall and processor time by size, both axes logarithmic, beside n log n through the smallest size."""
    size = np.array([row["incidents"] for row in rows], dtype=float)
    wall, spent = (np.array([sum(row[what].values()) for row in rows]) for what in ("seconds", "processor"))
    law = spent[0] * size * np.log(size) / (size[0] * np.log(size[0]))
    least, most = 10.0, 10 ** np.ceil(np.log10(max(spent.max(), law.max(), LIMIT_S)))

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * float(np.log(value / size[0]) / np.log(size[-1] / size[0]))

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * float(np.log(value / least) / np.log(most / least))

    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    ticks = [tick for tick in (10, 20, 50, 100, 200, 500, 1000, 2000) if least <= tick <= most]
    for tick in ticks:
        parts.append(f'<path d="M{LEFT} {y(tick):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick} s</text>')
    foot = HEIGHT - BOTTOM + 18
    parts += [f'<text x="{x(each):.1f}" y="{foot}" text-anchor="middle">{each:,.0f}</text>' for each in size]
    lines = (
        ("processor time", spent, "#0072b2", ""), ("wall time, two cores", wall, "#a35f00", ""),
        ("n log n", law, "#666", "4 4"), (f"{LIMIT_S:.0f} s", np.full(len(size), LIMIT_S), "#b00", "2 4"),
    )  # fmt: skip
    for name, values, colour, dashes in lines:
        points = [(x(a), y(b)) for a, b in zip(size, values, strict=True)]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-dasharray="{dashes}"/>')
        parts.append(f'<text x="{x(size[-1]) + 8:.1f}" y="{y(values[-1]) + 4:.1f}" fill="{colour}">{name}</text>')
        if not dashes:
            parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
    parts.append(f'<text x="{LEFT}" y="24">Seconds by incidents (both logarithmic): power {exponent:.2f}</text>')
    head = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{"".join(parts)}</svg>\n'


def main() -> None:
    """Run all sizes, print the table, plot the growth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--sightings", type=int, default=5_000_000)
    parser.add_argument("--transmissions", type=int, default=500_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--overlaid", type=int, default=1)
    parser.add_argument("--only", type=float, help="this size alone, as JSON")
    asked = parser.parse_args()
    if asked.only is not None:
        sys.stdout.write(json.dumps(measure(asked, asked.only)) + "\n")
        return
    rows = []
    for size in SIZES:
        command = [sys.executable, __file__, *sys.argv[1:], "--only", str(size)]
        rows.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        row = rows[-1]
        spent = row["processor"]
        stages = "  ".join(f"{name} {value:.1f} ({spent[name]:.1f})" for name, value in row["seconds"].items())
        total = sum(row["seconds"].values())
        print(
            f"{row['incidents']} incidents, {row['sightings']} sightings, {row['transmissions']} transmissions, "
            f"{row['flights']} flights, {row['pairs']} pairs: {stages}  all {total:.1f} s ({sum(spent.values()):.1f}), "
            f"peak {row['peak_mb']:.0f} MB",
            flush=True,
        )
    totals = [sum(row["processor"].values()) for row in rows]
    exponent = float(np.polyfit(np.log([row["incidents"] for row in rows]), np.log(totals), 1)[0])
    print(f"processor seconds grow with size to the power of {exponent:.2f}")
    out = Path("build/scale.svg")
    out.parent.mkdir(exist_ok=True)
    out.write_text(plotted(rows, exponent), "utf-8")


if __name__ == "__main__":
    main()
