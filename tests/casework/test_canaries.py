"""Canaries in names, sealed exhibits and restricted fields turn up nowhere: a tenth of what `make prove` plants."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from canaries import found_below, kept_from_removal, plant
from canary_story import live

SOURCES = 2
"""Ten canaries each; the proof has twenty sources."""


def test_every_canary_is_found_where_it_was_planted(tmp_path: Path) -> None:
    """The search opens archives, gzip and metadata: else finding none would mean nothing."""
    canaries = plant(tmp_path / "case", 7, SOURCES)
    assert len(set(canaries)) == 10 * SOURCES
    assert set(found_below(tmp_path / "case", canaries)) == set(canaries)


def test_no_canary_leaves_its_place_through_the_whole_life_of_a_case(tmp_path: Path) -> None:
    counted = live(tmp_path, 7, SOURCES)
    assert counted.pop("planted") == 10 * SOURCES
    assert counted.pop("readable_before") == 9 * SOURCES, "all that are sealed, by the keys of custodians"
    assert counted.pop("unsealed") == 9
    assert counted == dict.fromkeys(counted, 0)


def test_a_temporary_file_that_held_one_would_be_seen(tmp_path: Path) -> None:
    canaries = plant(tmp_path / "case", 7, 1)
    with kept_from_removal(tmp_path / "stash", tmp_path / "case", []):
        with TemporaryDirectory() as folder:
            Path(folder, "deep").mkdir()
            Path(folder, "deep", "names").write_text(canaries[0].text, "utf-8")
        half = tmp_path / "incoming.part"
        half.write_text(canaries[2].text, "utf-8")
        half.replace(tmp_path / "final")
    assert set(found_below(tmp_path / "stash", canaries)) == {canaries[0], canaries[2]}
