"""Runs the long counted proofs, one unit at a time, and goes on where it stopped.

    make prove              every part
    make prove PART=wars    one part

Each unit's result is one line of JSON in build/prove/<part>.jsonl, written as soon as it is known. A line counts only
for the source that made it: after a change of `src/consilience` or of the part the runs begin anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bundle_flips
import calibration
import forgeries
import leaks
import observers
import release_canaries
import same_bytes
import wars

import vault

ROOT = Path(__file__).parents[1]
STATE = ROOT / "build" / "prove"

Result = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """A proof: its units, how one is run in an empty folder, and the lines that sum up all of them."""

    units: tuple[str, ...]
    prove: Callable[[str, Path], Result]
    summary: Callable[[Sequence[Result]], Sequence[str]]
    beside: tuple[str, ...] = ()
    """What a result depends on besides the package, the cases and the part: what it imports of tests/ and proofs/, and
    what that imports."""


PARTS: dict[str, Part] = {
    "same_bytes": Part(same_bytes.UNITS, same_bytes.prove, same_bytes.summary, beside=("tests/case_copies.py",)),
    "calibration": Part(calibration.UNITS, calibration.prove, calibration.summary),
    "bundle_flips": Part(
        bundle_flips.UNITS, bundle_flips.prove, bundle_flips.summary, beside=("tests/bundle_case.py",)
    ),
    "release_canaries": Part(release_canaries.UNITS, release_canaries.prove, release_canaries.summary),
    "leaks": Part(leaks.UNITS, leaks.prove, leaks.summary, beside=("tests/canary_story.py", "tests/canaries.py")),
    "observers": Part(
        observers.UNITS,
        observers.prove,
        observers.summary,
        beside=("proofs/observer_attack.py", "proofs/observer_learning.py", "proofs/observer_reading.py"),
    ),
    "forgeries": Part(forgeries.UNITS, forgeries.prove, forgeries.summary),
    "vault": Part(vault.UNITS, vault.prove, vault.summary, beside=("tests/vault", "tests/bundle_case.py")),
    "wars": Part(wars.UNITS, wars.prove, wars.summary),
}


def source_digest(part: str) -> str:
    """Of all that a result depends on: the package, the shipped cases, the part's own file, and what lies beside."""
    state = hashlib.sha256()
    beside = PARTS[part].beside if part in PARTS else ()
    folders = (ROOT / "src" / "consilience", ROOT / "cases", *(ROOT / name for name in beside))
    files = sorted(path for place in folders for path in (place, *place.rglob("*")) if path.is_file())
    for path in (*files, Path(__file__).with_name(f"{part}.py")):
        if not {"__pycache__", ".consilience"} & set(path.parts):
            state.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return state.hexdigest()[:16]


def known(part: str, source: str) -> dict[str, Result]:
    """Results already there for this source, by unit; a last line cut off by a crash is not one."""
    found: dict[str, Result] = {}
    path = STATE / f"{part}.jsonl"
    for line in path.read_text("utf-8").splitlines(keepends=True) if path.exists() else ():
        if line.endswith("\n"):
            record = json.loads(line)
            if record["source"] == source:
                found[record["unit"]] = record["result"]
    return found


def keep(part: str, record: Mapping[str, object]) -> None:
    """Append one line, on the disk before the next unit begins; a line cut off by a crash is closed first."""
    STATE.mkdir(parents=True, exist_ok=True)
    path = STATE / f"{part}.jsonl"
    is_open = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
    if is_open:
        whole, _, _ = path.read_bytes().rpartition(b"\n")
        path.write_bytes(whole + b"\n" if whole else b"")
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def run(name: str) -> None:
    """Run what is missing of a part, then print its summary."""
    part, source = PARTS[name], source_digest(name)
    results = known(name, source)
    missing = [unit for unit in part.units if unit not in results]
    print(f"{name}: {len(part.units)} units, {len(missing)} to run", flush=True)
    for unit in missing:
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            results[unit] = part.prove(unit, Path(folder))
        keep(name, {"part": name, "unit": unit, "source": source, "result": results[unit]})
        print(f"  {unit}: {time.perf_counter() - start:.1f} s", flush=True)
    print("\n".join(f"  {line}" for line in part.summary([results[unit] for unit in part.units])))


if __name__ == "__main__":
    asked = sys.argv[1:] or list(PARTS)
    if unknown := set(asked) - set(PARTS):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. Choose of: {', '.join(PARTS)}.")
    for name in asked:
        run(name)
