"""Tables of groups of people: who did not agree to a use is counted among the others, and nothing else is said."""

from __future__ import annotations

import csv
import io

import pytest
from small_folder import TABLES, write_small_case

from consilience.casework.pipeline import Found, find
from consilience.casework.release_files import data_files
from consilience.publish.profiles import PROFILES

NURSES = [f"N{number}" for number in range(5)]
SILENT = "NONE1"
"""The one surgeon, who agreed to analysis and to a court, and not to the public."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    day = "2017-04-02T10:05,minute,F1,air strike,1,2"
    case = write_small_case(tmp_path_factory.mktemp("people") / "case", {
        "sources": [*TABLES["sources"], *(f"{name},medical_worker" for name in NURSES), f"{SILENT},teacher"],
        "accounts": [*TABLES["accounts"], *(f"B{name},I1,{name},{day}" for name in (*NURSES, SILENT))],
        "interviews": [
            "interview_id,source_id,date,how,consent",
            *(f"V-{name},{name},2018-03-0{at + 1},remote,public;partner;court" for at, name in enumerate(NURSES)),
            f"V-{SILENT},{SILENT},2018-07-09,in_person,analysis;court",
        ],
    })  # fmt: skip
    return find(case)


def table(found: Found, name: str, profile: str) -> list[tuple[str, ...]]:
    text = data_files(found, PROFILES[profile])[f"tables/{name}.csv"].decode()
    return [tuple(row) for row in csv.reader(io.StringIO(text))][1:]


def test_the_public_learns_that_there_was_one_more_and_not_who(found: Found) -> None:
    rows = table(found, "sources", "public")
    assert sum(int(row[-1]) for row in rows) == 8
    assert "teacher" not in str(rows)
    assert "in_person" not in str(table(found, "interviews", "public"))
    assert "2018-07" not in str(table(found, "interviews", "public"))


def test_to_whom_one_agreed_is_told_who_one_is(found: Found) -> None:
    assert "teacher" in str(table(found, "sources", "court"))
    assert "teacher" not in str(table(found, "sources", "partner"))
    assert ("2018-07-09", "in_person", "1") in table(found, "interviews", "court")
    assert ("other", "other", "1") in table(found, "interviews", "partner")


def test_what_stands_beside_counts_people_and_interviews_apart(found: Found) -> None:
    page = data_files(found, PROFILES["public"])["tables/README-en.md"].decode()
    assert "They add up to 6. The report counts people interviewed, 6:" in page
    assert "did not agree to this use are counted there too" in page
