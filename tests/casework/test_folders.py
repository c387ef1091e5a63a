"""Outputs appear whole or not at all, and never over something that no run wrote."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from case_copies import bytes_below
from consilience.casework.folders import RUN_FILE, RUN_SCHEMA, check_out, default_out, files_below, replaced_whole
from consilience.errors import PublishError


def _write_run(folder: Path, text: str) -> None:
    (folder / "findings.json").write_text(text)
    (folder / RUN_FILE).write_text(json.dumps({"schema": RUN_SCHEMA, "files": ["findings.json", RUN_FILE]}))


def _fail_half_way(fresh: Path) -> None:
    (fresh / "findings.json").write_text("half")
    (fresh / "tables" / "incidents.csv").read_text()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "case-findings"
    with replaced_whole(folder) as fresh:
        _write_run(fresh, "old")
    return folder


def test_the_default_stands_beside_the_case(case: Path) -> None:
    assert default_out(case) == case.parent / "case-findings"


def test_a_finished_run_takes_the_place_of_the_last_one_and_leaves_nothing_beside_it(out: Path) -> None:
    with replaced_whole(out) as fresh:
        _write_run(fresh, "new")
    assert (out / "findings.json").read_text() == "new"
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_run_that_fails_while_writing_leaves_the_old_output_as_it_was(out: Path) -> None:
    before = bytes_below(out)
    with pytest.raises(PublishError), replaced_whole(out) as fresh:
        _fail_half_way(fresh)
    assert bytes_below(out) == before
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_what_a_killed_run_left_is_cleared_and_the_old_output_put_back(out: Path) -> None:
    """Killed between the two renames: the old folder stands under its other name, the new one half beside it."""
    before = bytes_below(out)
    (out.parent / f".{out.name}.new").mkdir()
    out.rename(out.parent / f".{out.name}.old")
    with pytest.raises(RuntimeError), replaced_whole(out):
        raise RuntimeError
    assert bytes_below(out) == before
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_two_runs_into_one_folder_follow_each_other(out: Path) -> None:
    """The second waits, so that the two never write into one another's files."""
    entered, ended = threading.Event(), []

    def second() -> None:
        entered.set()
        with replaced_whole(out) as fresh:
            ended.append("second began")
            _write_run(fresh, "second")

    thread = threading.Thread(target=second)
    with replaced_whole(out) as fresh:
        thread.start()
        entered.wait()
        _write_run(fresh, "first")
        ended.append("first done")
    thread.join()
    assert ended == ["first done", "second began"]
    assert (out / "findings.json").read_text() == "second"


@pytest.mark.parametrize("where", ["case", "case/below", "."])
def test_outputs_may_not_stand_in_the_case_or_above_it(case: Path, where: str) -> None:
    with pytest.raises(PublishError):
        check_out(case.parent / where, case)


def test_a_folder_that_no_run_wrote_is_refused_and_untouched(case: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "novel.txt").write_text("chapter one")
    with pytest.raises(PublishError, match=r"no run\.json of ours"):
        check_out(mine, case)
    assert (mine / "novel.txt").read_text() == "chapter one"


def test_a_note_that_somebody_put_among_our_outputs_is_not_deleted(case: Path, out: Path) -> None:
    check_out(out, case)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(PublishError, match=r"notes\.txt was not written by a run"):
        check_out(out, case)


def test_a_file_in_the_place_of_the_folder_is_refused(case: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(PublishError):
        check_out(tmp_path / "out", case)


@pytest.mark.parametrize("record", ["not json", "[]", '{"schema": "another/1", "files": ["run.json"]}'])
def test_a_run_json_that_is_not_ours_vouches_for_nothing(case: Path, tmp_path: Path, record: str) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / RUN_FILE).write_text(record)
    with pytest.raises(PublishError):
        check_out(folder, case)


def test_an_empty_folder_may_be_used(case: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    check_out(tmp_path / "empty", case)


def test_files_are_listed_with_their_folders(out: Path) -> None:
    (out / "tables").mkdir()
    (out / "tables" / "incidents.csv").write_text("")
    assert files_below(out) == ["findings.json", RUN_FILE, "tables/incidents.csv"]
