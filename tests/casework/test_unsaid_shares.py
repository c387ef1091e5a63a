"""What an order of battle of one's own leaves without a share is held impossible: that is said wherever it counts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from small_folder import CASE_TOML, TABLES, write_small_case

from cli_here import called
from consilience.casework.pipeline import find
from consilience.casework.unsaid_shares import unsaid_shares, with_zeros
from consilience.readings.case_file import read_case_file
from consilience.reference.orbat import load_orbat
from consilience.reference.shipped import ORBATS

THREE = CASE_TOML.replace('"Russian"]', '"Russian", "Turkish"]')
OWN = THREE + 'orbat = "orbat"\n'
OPERATOR = "F-4,Turkish,air strike,,,2016-01-01,2020-12-31,synthetic,synthetic"
PLATFORM = "F-4,air strike,no,900,F-4"
TURKISH = "air strike,Turkish,0.1,0,0.2,synthetic"


def _own(folder: Path, *, without: str = "", more: str = "", toml: str = OWN) -> Path:
    """A small case with the shipped order of battle as its own, an operator more, and priors changed."""
    case = write_small_case(folder, toml=toml)
    shutil.copytree(ORBATS / "syria", case / "orbat")
    for name, line in (("platforms", PLATFORM), ("operators", OPERATOR)):
        file = case / "orbat" / f"{name}.csv"
        width = len(file.read_text("utf-8").splitlines()[0].split(","))
        file.write_text(f"{file.read_text('utf-8').rstrip()}\n{line + ',' * (width - len(line.split(',')))}\n", "utf-8")
    priors = case / "orbat" / "priors.csv"
    rows = [row for row in priors.read_text("utf-8").splitlines() if not (without and row.startswith(without))]
    priors.write_text("\n".join([*rows, *filter(None, [more])]) + "\n", "utf-8")
    return case


def _noticed(case: Path) -> list[dict[str, str]]:
    said = json.loads(called("check", case, "--json").stdout)
    return [one for one in said["left_out"] if one["why"] == "no_share"]


def test_a_party_that_has_the_means_and_no_share_is_named_by_check_run_and_every_report(tmp_path: Path) -> None:
    case = _own(tmp_path / "case", more="ground attack,Turkish,0.1,0,0.2,synthetic")
    (one,) = _noticed(case)
    assert (one["file"], one["column"], one["value"], one["lost"]) == (
        "orbat/priors.csv", "party", "air strike, Turkish", "nothing",
    )  # fmt: skip
    assert "a row air strike,Turkish,SHARE,LOW,HIGH,WHY, since operators.csv has F-4 (Turkish)" in one["expected"]
    done = called("run", case, "--out", tmp_path / "out")
    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Notice: ")]
    assert line.startswith("Notice: orbat/priors.csv, column party: no share 'air strike, Turkish'; expected a row")
    findings = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    assert findings["parameters"]["prior: air strike, Turkish"] == 0
    assert "so that it is held impossible" in (tmp_path / "out" / "report" / "index.html").read_text("utf-8")
    assert called("report", case, "--format", "md", "--lang", "en", "--out", tmp_path / "report").returncode == 0
    public = (tmp_path / "report" / "report-public-en.md").read_text("utf-8")
    assert "no row of priors gives it a share, so that it is held impossible, whatever anybody saw" in public
    assert "Modes or parties held impossible, since no prior share was given: 1." in public


def test_the_row_that_the_notice_asks_for_ends_it_also_with_a_share_of_nothing_that_somebody_means(
    tmp_path: Path,
) -> None:
    ground = "ground attack,Turkish,0.1,0,0.2,synthetic\n"
    assert _noticed(_own(tmp_path / "some", more=ground + TURKISH)) == []
    assert _noticed(_own(tmp_path / "none", more=ground + "air strike,Turkish,0,0,0.2,never flew there")) == []


def test_a_party_without_a_share_in_any_mode_is_named_once(tmp_path: Path) -> None:
    (one,) = _noticed(_own(tmp_path / "own"))
    assert (one["file"], one["column"], one["value"]) == ("orbat/priors.csv", "party", "Turkish")
    shipped = write_small_case(tmp_path / "shipped", toml=THREE + 'orbat = "syria"\n')
    (one,) = _noticed(shipped)
    assert (one["file"], one["column"], one["value"]) == ("case.toml", "parties", "Turkish")
    assert "to which the order of battle 'syria' gives a share" in one["expected"]


def test_a_mode_without_a_share_that_somebody_has_the_means_for_is_named(tmp_path: Path) -> None:
    noticed = _noticed(_own(tmp_path / "case", without="barrel bomb,", more=TURKISH))
    assert [(one["column"], one["value"]) for one in noticed] == [("mode", "barrel bomb")]
    assert "a row barrel bomb,,SHARE" in noticed[0]["expected"]


def test_a_mode_that_an_account_alleges_and_nobody_can_do_is_named(tmp_path: Path) -> None:
    case = _own(tmp_path / "case", without="ballistic missile,", more=TURKISH)
    operators = pl.read_csv(case / "orbat" / "operators.csv", infer_schema=False)
    operators.filter(~pl.col("modes").str.contains("ballistic")).write_csv(case / "orbat" / "operators.csv")
    assert _noticed(case) == []
    accounts = [*TABLES["accounts"], "A3,I1,W1,2017-04-02T10:05,minute,F1,ballistic missile,,"]
    (case / "accounts.csv").write_text("\n".join(accounts) + "\n")
    assert [one["value"] for one in _noticed(case)] == ["ballistic missile"]


def test_what_flew_in_other_years_or_with_no_weight_is_no_means(tmp_path: Path) -> None:
    ground = "ground attack,Turkish,0.1,0,0.2,synthetic"
    case = _own(tmp_path / "case", more=ground)
    file = case / "orbat" / "operators.csv"
    text = file.read_text("utf-8")
    file.write_text(text.replace("F-4,Turkish,air strike,,,2016-01-01", "F-4,Turkish,air strike,,,2018-01-01"), "utf-8")
    assert _noticed(case) == []
    file.write_text(text.replace("F-4,Turkish,air strike,,", "F-4,Turkish,air strike,0,"), "utf-8")
    assert _noticed(case) == []


def test_a_share_of_a_party_whose_operators_all_have_the_weight_nothing_stands_on_a_platform_that_is_not_listed(
    tmp_path: Path,
) -> None:
    case = _own(tmp_path / "case", more=f"ground attack,Turkish,0.1,0,0.2,synthetic\n{TURKISH}")
    file = case / "orbat" / "operators.csv"
    file.write_text(file.read_text("utf-8").replace("F-4,Turkish,air strike,,", "F-4,Turkish,air strike,0,"), "utf-8")
    (block,) = find(case).findings["incidents"]
    assert block["party"]["Turkish"] > 0


def test_nothing_is_weighed_otherwise_for_being_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _own(tmp_path / "case", more="ground attack,Turkish,0.1,0,0.2,synthetic")
    said = find(case).findings["incidents"]
    monkeypatch.setattr("consilience.casework.situating.with_zeros", lambda orbat, _: orbat)
    shutil.rmtree(case / ".consilience")
    assert find(case).findings["incidents"] == said


@pytest.mark.parametrize("case", ["idlib-april-2017", "nw-syria-2019-2020"])
def test_the_shipped_cases_leave_nothing_unsaid(case: str) -> None:
    settings = read_case_file(Path(__file__).parents[2] / "cases" / case)
    orbat = load_orbat(str(settings.orbat))
    assert unsaid_shares(orbat, settings, ()) == ()
    assert with_zeros(orbat, ()) == orbat
