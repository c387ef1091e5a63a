"""Tables that a new user writes: what they lack or double is said, and never turned into certainty."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from small_folder import CASE_TOML, TABLES, write_small_case

from consilience.reference.prior_shares import GENERAL_ROWS
from consilience.reference.shipped import ORBATS

OWN = CASE_TOML + 'orbat = "orbat"\n'


def consilience(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "consilience", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_priors_without_no_attack_are_refused_by_each_command_and_with_the_rows_shown_nothing_is_certain(
    tmp_path: Path,
) -> None:
    case = write_small_case(tmp_path / "case", toml=OWN)
    shutil.copytree(ORBATS / "syria", case / "orbat")
    priors = case / "orbat" / "priors.csv"
    rows = [row for row in priors.read_text("utf-8").splitlines() if not row.startswith("*,")]
    priors.write_text("\n".join(rows) + "\n", "utf-8")
    for arguments in (("check", case), ("run", case), ("orbat", case / "orbat")):
        done = consilience(*arguments)
        assert done.returncode == 4, arguments
        assert str(priors) in done.stderr
        assert all(row in done.stderr for row in GENERAL_ROWS.values())
    assert not (tmp_path / "case-findings").exists()
    priors.write_text("\n".join([*rows, *GENERAL_ROWS.values()]) + "\n", "utf-8")
    assert consilience("run", case).returncode == 0
    (block,) = json.loads((tmp_path / "case-findings" / "findings.json").read_text("utf-8"))["incidents"]
    assert 0.5 < block["attack_probability"] < 1


def test_an_unknown_place_is_a_notice_that_contradicts_neither_itself_nor_the_report(tmp_path: Path) -> None:
    sightings = [*TABLES["sightings"], "S5,SP,2017-04-02T11:00,Atlantis,jet,", "S6,SP,2017-04-02T12:00,Hmeimim,jet,"]
    case = write_small_case(tmp_path / "case", {"sightings": sightings}, toml=OWN)
    shutil.copytree(ORBATS / "syria", case / "orbat")
    base = "base,lat,lon,names,parties\nHmeimim,35.4011,35.9487,حميميم,Russian\n"
    (case / "orbat" / "bases.csv").write_text(base, "utf-8")
    checked = consilience("check", case).stdout
    (told,) = [line for line in checked.splitlines() if "unknown place" in line]
    assert "'Atlantis'" in told
    assert "its row has no position" in told
    assert told.endswith("(a notice)")
    assert "Left out: 0" in checked
    assert consilience("report", case, "--format", "md", "--lang", "en,ar").returncode == 0
    reports = tmp_path / "case-report"
    english, arabic = ((reports / f"report-public-{tongue}.md").read_text("utf-8") for tongue in ("en", "ar"))
    assert "No file, row or value of the case had to be left out." in english
    assert "could be used" not in english
    assert "لم يُستبعد أي ملف أو صف أو قيمة." in arabic
