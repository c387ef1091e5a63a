"""Where the data that ships with the package lies."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"
ORBATS = DATA / "orbats"
GAZETTEER = DATA / "gazetteer"
ASSUMPTIONS = DATA / "assumptions.csv"


def orbat_names() -> tuple[str, ...]:
    """The orders of battle that ship with the package, by name."""
    return tuple(sorted(folder.name for folder in ORBATS.iterdir() if folder.is_dir()))
