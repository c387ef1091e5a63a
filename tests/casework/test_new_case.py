"""A template case explains every table and column, can be checked and run as it is, and overwrites nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from small_folder import new_case

from consilience.casework.check import check_case
from consilience.casework.new_case import create
from consilience.casework.pipeline import run_case
from consilience.errors import CaseFileInvalid, UsageError
from consilience.readings.case_file import read_case_file
from consilience.records.left_out import Lost
from consilience.records.tables import IDENTITY_TABLE, TABLES


def test_every_table_has_a_header_of_its_own_columns_and_a_row_in_the_readme_for_each(tmp_path: Path) -> None:
    new_case(tmp_path / "case")
    readme = (tmp_path / "case" / "README.md").read_text("utf-8")
    for table in (IDENTITY_TABLE, *TABLES.values()):
        header = (tmp_path / "case" / f"{table.name}.csv").read_text("utf-8")
        assert header == ",".join(column.name for column in table.columns) + "\n"
        section = readme.split(f"## {table.name}.csv\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | " in section, (table.name, column.name)


def test_a_template_as_it_is_loses_nothing(tmp_path: Path) -> None:
    new_case(tmp_path / "case")
    assert all(item.lost is Lost.NOTHING for item in check_case(tmp_path / "case").left_out)


def test_a_template_runs_and_finds_nothing(tmp_path: Path) -> None:
    new_case(tmp_path / "a case")
    run = run_case(tmp_path / "a case")
    assert run.findings["incidents"] == []
    assert run.findings["totals"]["killed"] is None
    assert (tmp_path / "a case-findings" / "report" / "index.html").is_file()
    assert "identities" not in (tmp_path / "a case-findings" / "left-out.csv").read_text("utf-8")


def test_the_readme_says_where_names_prose_and_an_own_order_of_battle_go(tmp_path: Path) -> None:
    new_case(tmp_path / "case")
    readme = (tmp_path / "case" / "README.md").read_text("utf-8")
    for said in ("`identities.csv`", "seal ", "keys init", "`narrative/`", "{{incident.I1.time}}", "`priors.csv`"):
        assert said in readme, said


def test_a_name_in_the_new_table_is_planned_to_be_sealed(tmp_path: Path) -> None:
    new_case(tmp_path / "case")
    with (tmp_path / "case" / "identities.csv").open("a", encoding="utf-8") as table:
        table.write("W1,Somebody,,\n")
    plan = check_case(tmp_path / "case").sealing
    assert (plan.sources, plan.tables) == (1, ("identities.csv",))


def test_a_title_with_quotes_does_not_break_case_toml(tmp_path: Path) -> None:
    folder = tmp_path / 'a "quoted" \\ name'
    new_case(folder)
    assert check_case(folder).title == "a 'quoted'  name"


@pytest.mark.parametrize("standing", ["case.toml", "anything"])
def test_a_folder_that_holds_anything_is_refused_and_untouched(tmp_path: Path, standing: str) -> None:
    (tmp_path / standing).write_text("mine")
    with pytest.raises(UsageError):
        new_case(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [standing]
    assert (tmp_path / standing).read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "case").write_text("mine")
    with pytest.raises(UsageError):
        new_case(tmp_path / "case")


def test_a_war_that_nobody_chose_is_not_in_force(tmp_path: Path) -> None:
    create(tmp_path / "case")
    text = (tmp_path / "case" / "case.toml").read_text("utf-8")
    assert set(tomllib.loads(text)["case"]) == {"id", "title"}
    with pytest.raises(CaseFileInvalid, match=r"time_zone: must be chosen; case\.parties: must be chosen"):
        check_case(tmp_path / "case")
    for line in ('# time_zone = "', "# parties = [", '# orbat = "'):
        text = text.replace(line, line.removeprefix("# "))
    (tmp_path / "case" / "case.toml").write_text(text, "utf-8")
    assert check_case(tmp_path / "case").is_clean, "each commented line may be taken as it stands"


def test_what_is_chosen_stands_in_case_toml(tmp_path: Path) -> None:
    create(tmp_path / "case", time_zone="Europe/Kyiv", parties=["Russian", 'Укр "х" \\'])
    settings = read_case_file(tmp_path / "case")
    assert (settings.time_zone, settings.parties, settings.orbat) == ("Europe/Kyiv", ("Russian", 'Укр "х" \\'), None)
    create(tmp_path / "other", time_zone="Asia/Damascus", parties=["Syrian"], orbat="syria")
    assert read_case_file(tmp_path / "other").orbat == "syria"


@pytest.mark.parametrize(
    ("zone", "parties", "orbat"),
    [("Europe/Kiew", ["A"], None), (None, ["A;B"], None), (None, ["other"], None), (None, ["A"], "yemen"),
     (None, ["Coalition", "Houthi"], "syria")],
)  # fmt: skip
def test_a_choice_that_could_not_be_read_again_is_refused_and_nothing_written(
    tmp_path: Path, zone: str | None, parties: list[str], orbat: str | None
) -> None:
    with pytest.raises(UsageError) as refused:
        create(tmp_path / "case", time_zone=zone, parties=parties, orbat=orbat)
    assert refused.value.remedy
    assert not (tmp_path / "case").exists()
