"""Seconds and memory of the whole report of a case with ten thousand incidents, in all four forms.

Run from the repository root:  .venv/bin/python benchmarks/report_scale.py [--incidents 10000] [--lang en] …

The shipped case of north-west Syria is found once, in a process of its own. Its incidents, their rows and what was
found are then laid side by side under fresh ids until there are enough, with the totals counted over all of them: a
synthetic case. From there on everything is measured: the document, and each form of it. Printed are seconds by step,
the peak of memory (this process and the child that typesets; pages that they share count once) and the size of each
file. The aim is 3 minutes and 2 GB for the document and its four forms in one language. No peer: nobody makes this.
"""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from process_memory import Memory

from consilience.conclude.totals import add_up
from consilience.publish.forms.registry import FORMS
from consilience.publish.statements.build import Edition, build_document
from consilience.records.case import CaseRecords
from consilience.records.tables import TABLES
from consilience.records.views import CaseView

CASE = Path(__file__).parents[1] / "cases" / "nw-syria-2019-2020"
LAID = ("incidents", "facilities", "accounts", "media", "imagery", "munitions", "site_status")
"""Tables whose rows belong to incidents; a log of the sky is the same for all."""
IDS = ("incident_id", "facility_id", *(TABLES[name].key or "" for name in LAID))
AIM_SECONDS, AIM_MB = 180.0, 2_000.0

Base = tuple[Mapping[str, Any], CaseRecords, CaseView]


def find_base(to: Path) -> None:
    """Find the shipped case, and leave what a report is made of in a file."""
    from consilience.casework.reporting import ready  # only here: weighing takes memory that a report does not

    with tempfile.TemporaryDirectory() as place:
        case = Path(shutil.copytree(CASE, Path(place) / "case", ignore=shutil.ignore_patterns(".consilience")))
        made = ready(case, workers=1, progress=lambda *_: None)
        to.write_bytes(pickle.dumps((made.found.findings, made.found.records, made.view)))


def laid_out(base: Base, count: int) -> Base:
    """So many incidents: those of the base again and again, each copy under ids of its own."""
    findings, records, view = base
    blocks, seen = findings["incidents"], {one.incident_id: one for one in view.incidents}
    copies = -(-count // len(blocks))
    tables = {
        name: pl.concat([_renamed(frame, k) for k in range(copies)]) if name in LAID else frame
        for name, frame in records.tables.items()
    }
    incidents, views = [], []
    for k in range(copies):
        for block in blocks[: count - k * len(blocks)]:
            name = f"{block['incident_id']}-{k}"
            incidents.append(_copied(block, name, k))
            views.append(replace(seen[block["incident_id"]], incident_id=name))
    kinds = dict(tables["facilities"].select("facility_id", "kind").iter_rows())
    zone = records.settings.zone
    totals = add_up(
        incidents,
        {one["incident_id"]: kinds.get(one["facility_id"]) for one in incidents},
        {
            one["incident_id"]: f"{datetime.fromisoformat(one['time']['median']).astimezone(zone):%Y-%m}"
            for one in incidents
        },
    )
    return (
        {**findings, "incidents": incidents, "totals": totals},
        replace(records, tables=tables),
        replace(view, incidents=tuple(views)),
    )


def _renamed(frame: pl.DataFrame, copy: int) -> pl.DataFrame:
    names = [name for name in dict.fromkeys(IDS) if name in frame.columns]
    return frame.with_columns(
        pl.when(pl.col(name).is_not_null()).then(pl.format("{}-{}", name, pl.lit(copy))).alias(name) for name in names
    )


def _copied(block: Mapping[str, Any], name: str, copy: int) -> dict[str, Any]:
    """A finding under its new name, on its own rows; flights and calls are those of the one log."""
    own = ("account", "media", "imagery", "munition", "status")
    evidence = [
        {**piece, "evidence_id": f"{piece['evidence_id']}-{copy}"} if piece["kind"] in own else piece
        for piece in block["evidence"]
    ]
    facility = block["facility_id"] and f"{block['facility_id']}-{copy}"
    return {**block, "incident_id": name, "facility_id": facility, "evidence": evidence}


def measure(base: Base, profile: str, languages: Sequence[str]) -> None:
    """Make every form in every language; print what each step took."""
    memory, begin = Memory(), time.perf_counter()
    for language in languages:
        start = time.perf_counter()
        document = build_document(*base, Edition(profile, language))
        _tell(f"{language} document: {len(document.sentences):,} sentences", start, memory)
        for form, render in FORMS.items():
            start = time.perf_counter()
            size = len(render(document))
            _tell(f"{language} {form}: {size / 1e6:.1f} MB", start, memory)
    spent, load = time.perf_counter() - begin, os.getloadavg()
    held = "met" if spent <= AIM_SECONDS * len(languages) and memory.peak_mb <= AIM_MB else "NOT MET"
    print(
        f"all: {spent:.0f} s, peak {memory.peak_mb:.0f} MB; load {load[0]:.1f} on {os.cpu_count()} cores; aim {held}",
        flush=True,
    )


def _tell(what: str, start: float, memory: Memory) -> None:
    print(f"  {what}, {time.perf_counter() - start:.1f} s, peak {memory.peak_of():.0f} MB", flush=True)


def main() -> None:
    """Find the base in a process of its own, lay it out, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--profile", default="public")
    parser.add_argument("--lang", default="en", help="with commas")
    parser.add_argument("--base", type=Path, help="leave what was found there, and no more")
    asked = parser.parse_args()
    if asked.base is not None:
        find_base(asked.base)
        return
    with tempfile.TemporaryDirectory() as place:
        found = Path(place) / "found"
        subprocess.run([sys.executable, __file__, "--base", str(found)], check=True)
        base: Base = pickle.loads(found.read_bytes())
    laid = laid_out(base, asked.incidents)
    rows = sum(laid[1].tables[name].height for name in LAID)
    print(f"{len(laid[0]['incidents']):,} incidents, {rows:,} rows, profile {asked.profile}", flush=True)
    measure(laid, asked.profile, asked.lang.split(","))


if __name__ == "__main__":
    main()
