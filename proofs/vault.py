"""Nothing acknowledged is lost: every way of changing a vault killed, refused and cut off; every class of file flipped.

The strikes and what must hold after them are those of tests/vault, which runs a seeded tenth. A strike after which
something is wrong is counted with its words, and the run goes on.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "vault"))

from vault_flips import assert_found_and_repaired, flips, make
from vault_struck import ERRORS, MODES, OPERATIONS, calls_of, cut_at, kill_at, recorded, refuse_at

KILL_EVERY, CUT_EVERY = 4, 12
"""Every fourth call is a point to die at, every twelfth one to cut the power after."""
FLIPS, FLIPS_A_UNIT = 1_000, 100

_KINDS = ("kill", *ERRORS, "power")
UNITS = (
    *(f"{kind} {name}" for kind in _KINDS for name in OPERATIONS),
    *(f"flips {number:02}" for number in range(FLIPS // FLIPS_A_UNIT)),
)
"""What is done and to which operation; and flips by the hundred."""


def prove(unit: str, folder: Path) -> dict[str, object]:
    """All strikes of one unit: how many there were, and what was wrong after which."""
    kind, name = unit.split(" ", 1)
    if kind == "flips":
        return _flip(int(name), folder)
    if kind == "power":
        return _cut(name, folder)
    last = calls_of(name)
    wrong: list[str] = []
    points = range(1, last + 1, KILL_EVERY) if kind == "kill" else _refused(kind, last)
    for nth in points:
        here = folder / "here"
        here.mkdir()
        if kind == "kill":
            _judge(wrong, f"call {nth}", partial(kill_at, name, nth, here))
        else:
            _judge(wrong, f"call {nth}", partial(refuse_at, name, nth, ERRORS[kind], here))
        shutil.rmtree(here)
    return {"kind": kind, "name": name, "calls": last, "strikes": len(points), "wrong": wrong}


def summary(results: Sequence[Mapping[str, object]]) -> list[str]:
    """For each kind of strike: at how many distinct points, after how many something was wrong, and what."""
    lines = []
    for kind in (*_KINDS, "flips"):
        of_kind = [result for result in results if result["kind"] == kind]
        strikes = sum(int(str(result["strikes"])) for result in of_kind)
        wrong = [f"{result['name']}, {line}" for result in of_kind for line in _lines(result["wrong"])]
        lines += [f"{kind}: {strikes} strikes, {len(wrong)} with anything lost, half-done or different", *wrong[:20]]
    return lines


def _refused(kind: str, last: int) -> range:
    """Each call is refused once: the errors take turns."""
    return range(1 + list(ERRORS).index(kind), last + 1, len(ERRORS))


def _lines(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(line) for line in value]


def _cut(name: str, folder: Path) -> dict[str, object]:
    wrong: list[str] = []
    recording = recorded(name, folder)
    points = range(0, len(recording.calls) + 1, CUT_EVERY)
    for nth in points:
        for mode in MODES:
            _judge(wrong, f"call {nth}, {mode}", partial(cut_at, name, recording, nth, mode))
    return {
        "kind": "power",
        "name": name,
        "calls": len(recording.calls),
        "strikes": len(points) * len(MODES),
        "wrong": wrong,
    }


def _flip(seed: int, folder: Path) -> dict[str, object]:
    wrong: list[str] = []
    vault = make(folder)
    for kind, path, bit in flips(vault, seed, FLIPS_A_UNIT):
        what = f"{kind} {path.name}, bit {bit}"
        _judge(wrong, what, partial(assert_found_and_repaired, vault, path, bit))
    return {"kind": "flips", "name": f"seed {seed}", "calls": 0, "strikes": FLIPS_A_UNIT, "wrong": wrong}


def _judge(wrong: list[str], what: str, strike: Callable[[], None]) -> None:
    try:
        strike()
    except Exception as err:  # noqa: BLE001 (whatever comes after a strike is a result, and the count goes on)
        wrong.append(f"{what}: {type(err).__name__}: {str(err)[:300]}")
