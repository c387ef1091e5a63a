"""`consilience report` as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from case_copies import APRIL, bytes_below
from cli_here import called
from reported_cases import copied


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "consilience", "report", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copied(APRIL, tmp_path_factory.mktemp("reports") / "april")
    prose = 'Of them, {{count mode="air strike"}} were air strikes.\n'
    (folder / "narrative" / "10-first.en.md").write_text(prose, "utf-8")
    return folder


def test_a_draft_is_written_in_each_form_and_language_and_again_the_same(case: Path) -> None:
    before = {name: data for name, data in bytes_below(case).items() if not name.startswith(".consilience")}
    out = case.parent / "april-report"
    done = call(case, "--format", "html,md", "--lang", "en,ar", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["out"] == str(out)
    assert told["files"] == [f"report-public-{tongue}.{form}" for tongue in ("ar", "en") for form in ("html", "md")]
    assert told["marked"]["en"] > 0
    first = bytes_below(out)
    assert "were air strikes." in first["report-public-en.md"].decode()
    assert call(case, "--format", "html,md", "--lang", "en,ar").returncode == 0
    assert bytes_below(out) == first
    assert {n: d for n, d in bytes_below(case).items() if not n.startswith(".consilience")} == before


def test_references_are_listed_with_what_they_say_and_rest_on(case: Path) -> None:
    (row,) = json.loads(called("report", case, "--show-references", "--json").stdout)
    assert row["where"] == "narrative/10-first.en.md:1:10"
    assert row["rests_on"] == ["totals/by_mode"]
    assert int(row["says"]) > 0


def test_prose_that_cannot_be_used_writes_nothing_and_says_where(case: Path, tmp_path: Path) -> None:
    broken = case / "narrative" / "20-broken.en.md"
    broken.write_text("It is {{incident.I99.date}}.", "utf-8")
    done = called("report", case, "--out", tmp_path / "out")
    broken.unlink()
    assert done.returncode == 3
    assert "narrative/20-broken.en.md:1:7: {{incident.I99.date}}: there is no incident 'I99'" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--profile", "press"), "there is no such profile"),
        (("--format", "html,odt"), "there is no such form"),
        (("--lang", "xx"), "there is no such language"),
        (("--format", ","), "there is no such form"),
    ],
)
def test_what_there_is_not_is_refused_before_anything_is_read(case: Path, asked: tuple[str, ...], said: str) -> None:
    done = called("report", case, *asked)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_report_never_replaces_the_findings_of_a_run(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "findings"
    out.mkdir()
    (out / "findings.json").write_text("{}", "utf-8")
    record = {"schema": "consilience.run/1", "files": ["findings.json", "run.json"]}
    (out / "run.json").write_text(json.dumps(record), "utf-8")
    done = called("report", case, "--out", out)
    assert done.returncode == 2
    assert "holds the findings of a run" in done.stderr
