"""No path that may name a user stands in the ledger, and the program knows a place again all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from consilience.vault.place_told import is_told, place_told


def test_a_place_below_the_folder_that_holds_the_case_is_told_as_it_is(tmp_path: Path) -> None:
    case, replica = tmp_path / "case", tmp_path / "copies" / "replica"
    assert place_told(case, replica) == "copies/replica"
    assert is_told(case, replica, "copies/replica")
    assert not is_told(case, tmp_path / "other", "copies/replica")


@pytest.mark.parametrize(
    ("case", "target"),
    [
        ("/case", "{home}/alice/replica"),
        ("/top", "{home}/alice/replica"),
        ("{home}/case", "{home}/alice/replica"),
        ("/Users/case", "/Users/alice/replica"),
        ("/var{home}/case", "/var{home}/alice/replica"),
        ("{home}/alice/case", "/mnt/alice"),
    ],
)
def test_a_path_that_may_name_a_user_is_salted_also_where_the_case_lies_right_under_the_root(
    case: str, target: str
) -> None:
    case, target = case.format(home="/home"), target.format(home="/home")
    where = place_told(Path(case), Path(target))
    assert where.startswith("elsewhere ")
    assert "alice" not in where
    assert is_told(Path(case), Path(target), where)
    assert not is_told(Path(case), Path(target + "2"), where)


def test_a_place_that_an_earlier_version_told_as_a_path_is_known_again() -> None:
    assert is_told(Path("/case"), Path("/srv/replica"), "srv/replica")
    assert not is_told(Path("/case"), Path("/srv/replica"), "srv/other")
