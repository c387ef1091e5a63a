"""Single bits flipped in bundles: how many of them the verifier finds.

Each unit is a bundle of the synthetic case of the tests. In "signed" and "unsigned" ones a file is drawn, then a byte
and a bit of it; the verifier runs in this process. In "verifier" ones the bit is one of verify.py itself, which is then
run as the program that it is: whatever it does, it may not end with 0.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bundle_case import write_bundle_case
from consilience.casework.bundling import plan_bundle, write_bundle
from consilience.vault.bundle import verify
from consilience.vault.bundle.bag import VERIFIER
from consilience.vault.keyring import ENVIRONMENT, initialise

FLIPS, FLIPS_OF_VERIFIER = 500, 200
UNITS = tuple(f"{kind} {seed}" for kind in ("signed", "unsigned", "verifier") for seed in (1, 2, 3))


def prove(unit: str, folder: Path) -> dict[str, object]:
    """One bundle: how many bits were flipped, in how many files, and which flips were not found."""
    kind, seed = unit.split()
    if kind == "signed":
        initialise(folder / "keys", "proof")
    bag = _bundle(folder, folder / "keys")
    dice = random.Random(f"{unit} of bundle_flips")
    if kind == "verifier":
        return _flipped(bag, [VERIFIER], FLIPS_OF_VERIFIER, dice, _program_says_whole) | {"kind": kind, "seed": seed}
    files = sorted(path.relative_to(bag).as_posix() for path in bag.rglob("*") if path.is_file())
    return _flipped(bag, files, FLIPS, dice, _verifier_says_whole) | {"kind": kind, "seed": seed}


def summary(results: Sequence[Mapping[str, object]]) -> list[str]:
    """How many were found of how many, for each kind of unit."""
    lines = []
    for kind in sorted({str(result["kind"]) for result in results}):
        mine = [result for result in results if result["kind"] == kind]
        flips = sum(int(str(result["flips"])) for result in mine)
        unseen = [flip for result in mine for flip in _listed(result["unseen"])]
        lines.append(f"{kind}: {flips} bits flipped in {len(mine)} bundles, {flips - len(unseen)} found out")
        lines += [f"  not found: {flip}" for flip in unseen]
    return lines


def _bundle(folder: Path, keys: Path) -> Path:
    before = os.environ.get(ENVIRONMENT)
    os.environ[ENVIRONMENT] = str(keys)
    try:
        write_bundle(plan_bundle(write_bundle_case(folder / "case"), ["I1"], "partner"), folder / "bag")
    finally:
        os.environ.pop(ENVIRONMENT)
        if before is not None:
            os.environ[ENVIRONMENT] = before
    return folder / "bag"


def _flipped(
    bag: Path, files: Sequence[str], flips: int, dice: random.Random, says_whole: Callable[[Path], bool]
) -> dict[str, object]:
    unseen, touched = [], set()
    for _ in range(flips):
        name = dice.choice(files)
        file = bag / name
        data = file.read_bytes()
        at, bit = dice.randrange(len(data)), dice.randrange(8)
        file.write_bytes(data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :])
        if says_whole(bag):
            unseen.append(f"{name}, byte {at}, bit {bit}")
        file.write_bytes(data)
        touched.add(name)
    return {"flips": flips, "files": len(touched), "unseen": unseen}


def _verifier_says_whole(bag: Path) -> bool:
    return not verify.verify(str(bag), Namespace(root=None, key=None, opening=None)).reasons


def _program_says_whole(bag: Path) -> bool:
    command = [sys.executable, "-I", "-S", str(bag / VERIFIER), str(bag)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
