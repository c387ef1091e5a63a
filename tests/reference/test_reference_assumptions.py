"""Every named assumption has a range that holds its value, and a reason; other values must stay in the range."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from consilience.errors import ReferenceDataError
from consilience.records.reference_data import Assumption
from consilience.reference.assumptions import load_assumptions
from consilience.reference.orbat import load_orbat

HEAD = "name,value,low,high,unit,why\n"


def test_every_assumption_has_a_range_a_unit_and_a_reason() -> None:
    for name, assumption in load_assumptions().items():
        assert assumption.name == name
        assert assumption.low <= assumption.value <= assumption.high
        assert assumption.low < assumption.high, name
        assert assumption.unit
        assert len(assumption.why) > 8, name


def test_the_widths_of_stated_times_are_those_of_the_method() -> None:
    loaded = load_assumptions()
    widths = [loaded[f"sigma_{name}"].value for name in ("minute", "about", "hour", "part_of_day")]
    assert widths == [4, 15, 35, 100]


@pytest.mark.parametrize("assumption", load_assumptions().values(), ids=lambda assumption: assumption.name)
def test_a_choice_of_ours_says_why_and_none_is_founded_on_a_page_made_from_it(assumption: Assumption) -> None:
    assert not re.search(r"our choice\W*$", assumption.why), "go on: our choice, because ..."
    assert "method.md" not in assumption.why, "the table there is generated from this one"


def test_no_reason_names_a_party_or_a_base_of_one_war() -> None:
    """Every report prints them, of whichever war. A source that is cited may be named after one, in lower case."""
    orbat = load_orbat("syria")
    names = {"Idlib", "Syria", "Syrian", "Russian", *orbat.bases}
    for one in load_assumptions().values():
        assert not names & set(re.findall(r"\w+", one.why)), one.name


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ("a,2,0,1,min,because\n", "value"),
        ("a,0.5,1,0,min,because\n", "value"),
        ("a,x,0,1,min,because\n", "value"),
        ("a,0.5,0,1,,because\n", "unit"),
        ("a,0.5,0,1,min,\n", "why"),
        ("a,0.5,0,1,min,because\na,0.5,0,1,min,because\n", "name"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, rows: str, column: str) -> None:
    file = tmp_path / "assumptions.csv"
    file.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(ReferenceDataError) as raised:
        load_assumptions(file)
    assert str(raised.value.where).endswith(f"column {column}")
