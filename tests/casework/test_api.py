"""The notebook's view: frames, one object an incident, words with numbers, and nothing written unasked."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from small_folder import CASE_TOML, write_small_case

import consilience
from consilience.errors import CaseFolderMissing, ReferenceDataError, UsageError


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> consilience.Case:
    folder = tmp_path_factory.mktemp("api") / "case"
    return consilience.open_case(write_small_case(folder, toml=CASE_TOML + 'orbat = "syria"\n'))


@pytest.fixture(scope="module")
def findings(case: consilience.Case) -> consilience.Findings:
    return case.run()


def test_every_exported_name_is_there() -> None:
    for name in consilience.__all__:
        assert getattr(consilience, name) is not None
    with pytest.raises(AttributeError):
        consilience.nothing_of_the_sort  # noqa: B018  (the look-up itself is what fails)


def test_a_run_from_a_notebook_writes_beside_nothing(case: consilience.Case, findings: consilience.Findings) -> None:
    assert len(findings) == 1
    assert [path.name for path in case.folder.parent.iterdir()] == ["case"]


def test_outputs_are_written_where_they_were_asked_for(case: consilience.Case, tmp_path: Path) -> None:
    case.run(out=tmp_path / "out")
    assert (tmp_path / "out" / "findings.json").is_file()


def test_frames_have_a_row_for_each_incident_piece_and_flight(findings: consilience.Findings) -> None:
    block = findings.data["incidents"][0]
    assert findings.incidents["incident_id"].to_list() == ["I1"]
    assert findings.evidence["evidence_id"].to_list() == [piece["evidence_id"] for piece in block["evidence"]]
    assert findings.tracks["track_id"].to_list() == [track["track_id"] for track in block["tracks"]]
    assert findings.counts.height > 0


def test_explain_says_when_how_by_whom_and_on_what_basis(findings: consilience.Findings) -> None:
    text = findings.incident("I1").explain()
    block = findings.data["incidents"][0]
    for part in (
        "When: 2017-04-02 1",
        "How: air strike",
        block["attribution"]["wording"],
        block["confidence"]["grade"],
        "A1",
    ):
        assert part in text


def test_confidence_and_a_probability_never_share_a_line(findings: consilience.Findings) -> None:
    (line,) = [line for line in findings.incident("I1").explain().splitlines() if "Confidence" in line]
    assert "%" not in line


def test_representations_say_what_they_are(case: consilience.Case, findings: consilience.Findings) -> None:
    assert repr(findings).startswith("<findings of small: 1 attack")
    assert repr(findings.incident("I1")).startswith("<I1: attack ")
    assert "2 accounts" in repr(case.check())


def test_an_incident_that_is_not_there_is_an_error_that_names_those_that_are(findings: consilience.Findings) -> None:
    with pytest.raises(UsageError, match="Choose one of I1"):
        findings.incident("I2")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CaseFolderMissing):
        consilience.open_case(tmp_path / "nowhere")


def test_a_case_without_an_order_of_battle_names_nobody(tmp_path: Path) -> None:
    found = consilience.open_case(write_small_case(tmp_path / "case")).run()
    assert found.data["incidents"][0]["attribution"]["set"] == []


def test_an_order_of_battle_that_the_case_does_not_hold_is_an_error(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", toml=CASE_TOML + 'orbat = "ours"\n')
    with pytest.raises(ReferenceDataError):
        consilience.open_case(case).run()


def test_an_incident_that_is_not_there_is_answered_with_some_that_are_and_never_a_page_of_them() -> None:
    many = consilience.Findings({"incidents": [{"incident_id": f"I{n}"} for n in range(200)]}, ZoneInfo("UTC"))
    with pytest.raises(UsageError, match=r"I0, I1, .* I39, … \(200 in all\)"):
        many.incident("nothing")
    with pytest.raises(UsageError, match="no incident that can be weighed"):
        consilience.Findings({"incidents": []}, ZoneInfo("UTC")).incident("I1")
