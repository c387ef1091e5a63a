"""An account that bears the name of a town does not shut the door on the town; its address does."""

from __future__ import annotations

from pathlib import Path

import pytest
from release_examples import OPEN, TABLES, decided, own_ring, saying, tried, write_case

MEDIA = [
    *TABLES["media"],
    "M2,I1,W1,,2017-04-02T11:00,smoke,https://t.me/northtown/12",
    "M3,I1,W1,,2017-04-02T11:05,smoke,https://t.me/synthetic_uploader/14",
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> object:
    with own_ring(tmp_path_factory):
        case = write_case(tmp_path_factory.mktemp("towns") / "case", {"media": MEDIA})
        assert not decided(case, list(OPEN.values())).bad
        yield case


def _leaks(case: Path, text: str) -> list[str]:
    done = tried(case, case.parent / "out", reports=saying(text), dry_run=True)
    return [one for one in done.reasons if one.startswith("leak: ")]


def test_a_town_whose_name_an_account_bears_is_printed(case: Path) -> None:
    assert _leaks(case, "The hospital in Northtown was hit.") == []


def test_the_address_of_a_post_there_is_a_leak_and_the_reason_says_in_which_cell_it_stands(case: Path) -> None:
    assert _leaks(case, "seen on t me northtown 12") == [
        "leak: report/extra.md: an address of a page in the case, as in media.csv, row 3, column url (text)"
    ]


def test_an_account_of_another_name_is_a_leak_named_once_for_all_its_cells(case: Path) -> None:
    assert _leaks(case, "posted by synthetic uploader") == [
        "leak: report/extra.md: an address of a page in the case, as in media.csv, row 2, column url and 1 more (text)"
    ]
