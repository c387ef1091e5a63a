"""A template of a case of any size can be filled in, saved by a spreadsheet and decided, file by file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from release_examples import COUNSEL, decided, document, silence, write_case

from consilience.casework.deciding import decide_from
from consilience.casework.decision_rows import MOST_BYTES, TEMPLATE_COLUMNS
from consilience.casework.decision_templates import write_rows
from consilience.casework.pipeline import find
from consilience.casework.release_report import sentence_rows
from consilience.casework.resting_rows import rows_of_case
from consilience.errors import PublishError
from consilience.publish.document import Sentence


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_case(tmp_path_factory.mktemp("large") / "case")
    decided(made, [])
    return made


def _filled_in(file: Path) -> int:
    """As a spreadsheet saves it: every cell in quotation marks, CRLF, a byte order mark. Gives its rows."""
    with file.open(encoding="utf-8", newline="") as stream:
        usual = csv.field_size_limit(MOST_BYTES)
        rows = list(csv.DictReader(stream))
        csv.field_size_limit(usual)
    said = {"by": f"{COUNSEL}, of a chamber with a long name", "on": "2020-05-01", "reason": "read in full " * 8}
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, TEMPLATE_COLUMNS, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows({**one, **said, "value": one["asked"].split()[-1]} for one in rows)
    return len(rows)


def test_a_template_of_a_very_large_case_is_written_in_files_that_decide_reads(case: Path, tmp_path: Path) -> None:
    """2,200 sentences of 4,000 letters; one names 25,000 incidents and is longer than a person's cells."""
    said = [
        Sentence(f"s{number}", f"{number} " + "It was, an attack. " * 210, ("I1/attribution",))
        for number in range(2_200)
    ]
    said.append(Sentence("long", ", ".join(f"I{number:05d}" for number in range(25_000)), ("I1/attribution",)))
    rows = sentence_rows(document("public", said), rows_of_case(find(case, progress=silence)))
    made = write_rows(rows, tmp_path / "sign.csv")
    assert [one.name for one in made.files] == ["sign.part-1.csv", "sign.part-2.csv"]
    assert not (tmp_path / "sign.csv").exists()
    assert sum(one.stat().st_size for one in made.files) > MOST_BYTES
    assert made.rows == sum(map(_filled_in, made.files)) == 2 * len(said)
    done = [decide_from(case, file, dry_run=True, progress=silence) for file in made.files]
    assert [one.bad for one in done] == [(), ()]
    assert sum(len(one.recorded) for one in done) == made.rows
    assert all(one.stat().st_size < MOST_BYTES for one in made.files)


def test_short_rows_that_are_filled_in_still_fit(tmp_path: Path) -> None:
    rows = ({"kind": "review", "target": f"I{number}", "scope": "finding:0"} for number in range(60_000))
    made = write_rows(rows, tmp_path / "open.csv")
    assert len(made.files) == 2
    assert sum(map(_filled_in_review, made.files)) == 60_000
    assert all(one.stat().st_size < MOST_BYTES for one in made.files)


def _filled_in_review(file: Path) -> int:
    file.write_text(file.read_text().replace(",,,,,finding:", f",reviewed,{'x' * 240},2020-05-01,,finding:"))
    return file.read_text().count("\n") - 1


def test_a_small_template_is_one_file_under_its_own_name(tmp_path: Path) -> None:
    made = write_rows([{"kind": "review", "target": "I1"}], tmp_path / "open.csv")
    assert (made.rows, made.files) == (1, (tmp_path / "open.csv",))
    write_rows([{"kind": "review", "target": "I1"}], tmp_path / "open.csv")
    with pytest.raises(PublishError):
        write_rows([{"kind": "review", "target": "I2"}], tmp_path / "open.csv")
    with pytest.raises(PublishError, match="can't be read: Is a directory"):
        write_rows([{"kind": "review", "target": "I2"}], tmp_path)


def test_a_cell_that_a_person_wrote_has_a_longest_length_and_is_named(case: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(f"kind,target,value,by,on,reason\nreview,I1,reviewed,A,2020-05-01,{'x' * 200_000}\n")
    done = decide_from(case, file, dry_run=True, progress=silence)
    assert [(one.row, one.column) for one in done.bad] == [(2, "reason")]
