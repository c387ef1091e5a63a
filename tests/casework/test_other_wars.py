"""Tables of other wars, as their investigators write them: what is read, and what a user is told of the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter
from small_folder import TABLES, write_small_case
from typer.testing import CliRunner

from consilience.casework.check import check_case
from consilience.cli.main import app
from consilience.readings.case_folder import read_case
from consilience.records.left_out import LeftOut, Lost, Why
from consilience.reference.mode_words import MODE_WORDS, mode_of

HEADER = "account_id,incident_id,source_id,time,time_precision,facility_id,mode,party,munition,killed_min,killed_max"
TOML = """\
[case]
id = "other-war"
title = "Another war"
time_zone = "Europe/Kyiv"
parties = ["Russian", "Ukrainian"]
orbat = "syria"
"""


def accounts(*rows: str) -> dict[str, list[str]]:
    return {"accounts": [HEADER, *rows], "published": ["incident_id,by,party,mode"]}


def printed(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def told_of(case: Path, column: str | None) -> list[LeftOut]:
    return [item for item in check_case(case).left_out if item.column == column]


WORDS = [
    "A1,I1,W1,2017-04-02T10:05,about,F1,artillery,Russia,,3,5",
    "A2,I1,W2,2017-04-02T10:07,about,F1,Mortar shells,LPR,,2,2",
    "A3,I1,W1,2017-04-02T10:04,about,F1,cruise missile,Russian,9N123X,1,1",
    "A4,I1,W2,2017-04-02T10:06,about,F1,FPV drone,Russian,,1,1",
    "A5,I1,W2,2017-04-02T10:06,about,F1,artillery and MLRS,Ukrainian,9N123X,,",
    "A6,I1,W2,2017-04-02T10:06,about,F1,artillery and air strike,Ukrainian,,,",
]


def test_ordinary_words_are_read_or_cost_their_cell_and_the_rest_of_the_claim_counts(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", accounts(*WORDS), toml=TOML)
    shown = printed("check", case)
    assert "accounts     6" in shown
    lines = [line.strip() for line in shown.splitlines()]
    (read,) = [line for line in lines if "'artillery'" in line]
    assert read.startswith("accounts.csv, row 2, column mode: other word 'artillery'; expected ground attack")
    assert read.endswith("(a notice)")
    (cruise,) = [line for line in lines if "'cruise missile'" in line]
    assert cruise.startswith("accounts.csv, row 4, column mode: unknown value")
    assert (
        "write air strike for a cruise missile launched from an aircraft, ballistic missile for one launched" in cruise
    )
    assert cruise.endswith("(value left out)")
    (drone,) = [line for line in lines if "'FPV drone'" in line]
    assert "write air strike for a drone, whether it drops its munition or dives with it" in drone
    (party,) = [line for line in lines if "'Russia'" in line]
    assert "row 2, column party" in party
    assert "[party_words] in case.toml" in party
    (weapon,) = [line for line in lines if "'9N123X'" in line]
    assert weapon.startswith("accounts.csv, rows 4, 6, column munition: unknown word '9N123X'; expected a word of the ")
    assert "order of battle 'syria': it weighs nothing" in weapon
    printed("run", case)
    (block,) = json.loads((tmp_path / "case-findings" / "findings.json").read_text("utf-8"))["incidents"]
    ids = {piece["evidence_id"] for piece in block["evidence"]}
    assert {"A1", "A2", "A3", "A4", "A5", "A6"} <= ids
    assert block["mode"]["ground attack"] > block["mode"]["barrel bomb"]
    cells = {piece["evidence_id"]: piece["cells"] for piece in block["evidence"]}
    assert all(cells[name]["mode"] == {} for name in ("A3", "A4", "A6"))
    assert all(cells[name][field] for name in ("A3", "A4", "A6") for field in ("time", "place", "party"))
    assert all(cells[name]["mode"] and not cells[name]["party"] for name in ("A1", "A2"))
    assert block["casualties"]["killed"] == [1, 5]


def test_a_word_declared_for_a_party_is_that_party_and_no_other(tmp_path: Path) -> None:
    declared = TOML + '[party_words]\nRussian = ["Russia", "Росія"]\nother = ["LPR"]\n'
    rows = [*WORDS, "A7,I1,W2,2017-04-02,day,F1,,росія;LPR,,,"]
    case = write_small_case(tmp_path / "case", accounts(*rows), toml=declared)
    assert told_of(case, "party") == []
    read = read_case(case).tables["accounts"]
    assert dict(read.select("account_id", "party").iter_rows()) == {
        "A1": "Russian", "A2": "other", "A3": "Russian", "A4": "Russian", "A5": "Ukrainian", "A6": "Ukrainian",
        "A7": "Russian;other",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ('Russian = ["RF"]\nUkrainian = ["rf"]\n', "'rf' means two parties"),
        ('Russian = ["Ukrainian"]\n', "'Ukrainian' means two parties"),
        ('Russia = ["RF"]\n', "Russia is none of the parties"),
        ('Russian = ["A;B"]\n', "contains ; or +"),
    ],
)
def test_words_that_mean_no_one_party_are_refused(tmp_path: Path, words: str, complaint: str) -> None:
    case = write_small_case(tmp_path / "case", toml=TOML + "[party_words]\n" + words)
    done = CliRunner().invoke(app, ["check", str(case)])
    assert complaint in str(done.exception)


def test_every_listed_word_means_its_mode_and_a_vague_one_none() -> None:
    assert all(mode_of(word) == mode for mode, words in MODE_WORDS.items() for word in words)
    assert mode_of("Міномети") is None  # a plural that the table has not is asked for, never guessed
    for vague in ("rocket", "missiles", "bombing", "bombardment", "قصف", "обстріл", "drone strike", "IED", "fire"):
        assert mode_of(vague) is None, vague


DOTTED = [
    "A1,I1,W1,02.04.2017 10:05,about,F1,air strike,Russian,,3,5",
    "A2,I1,W2,03.04.2017,day,F1,air strike,,,2,2",
    "A3,I1,W2,13.04.2017 10:07,about,F1,air strike,,,2,2",
]


def test_dates_of_two_readings_are_told_once_for_their_column_with_what_the_others_show(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", accounts(*DOTTED), toml=TOML)
    (line,) = [line for line in printed("check", case).splitlines() if "ambiguous time" in line]
    assert "accounts.csv, rows 2–3, column time: ambiguous time '02.04.2017 10:05', '03.04.2017'" in line
    assert "2 dates of this column have two readings, and of the others 1 is day first" in line
    assert 'write date_order = "dmy" in case.toml' in line
    assert line.endswith("(value left out)")


def test_when_an_observer_kept_watch_is_in_no_message(tmp_path: Path) -> None:
    rows = ["kind,from,to,area,source_id", "sightings,03.04.2017,2017-05-06,,SP"]
    case = write_small_case(tmp_path / "case", {"coverage": rows}, toml=TOML)
    shown = printed("check", case)
    assert (
        "coverage.csv, row 2, column from: ambiguous time; expected a date in the order year-month-day. 1 date" in shown
    )
    assert "03.04" not in shown
    assert "2017" not in shown


@pytest.mark.parametrize(
    ("order", "days"),
    [("dmy", ["2017-04-02", "2017-04-03", "2017-04-13"]), ("mdy", ["2017-02-04", "2017-03-04", None])],
)
def test_a_declared_order_of_dates_is_read_and_no_other(tmp_path: Path, order: str, days: list[str | None]) -> None:
    toml = TOML.replace('orbat = "syria"', f'date_order = "{order}"\norbat = "syria"')
    case = write_small_case(tmp_path / "case", accounts(*DOTTED), toml=toml)
    bad = told_of(case, "time")
    assert [(item.row, item.why, item.lost) for item in bad] == [
        (row, Why.BAD_TIME, Lost.VALUE) for row, day in enumerate(days, 2) if day is None
    ]
    printed("run", case)
    found = (tmp_path / "case-findings" / "left-out.csv").read_text("utf-8").splitlines()
    assert sum("bad_time" in line for line in found) == days.count(None)


def test_an_order_that_is_none_is_refused(tmp_path: Path) -> None:
    toml = TOML.replace('orbat = "syria"', 'date_order = "dd.mm"')
    done = CliRunner().invoke(app, ["check", str(write_small_case(tmp_path / "case", toml=toml))])
    assert 'must be "dmy" (day first) or "mdy" (month first)' in str(done.exception)


def test_a_file_of_another_code_page_is_one_line_that_names_it(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", accounts(*DOTTED[2:]), toml=TOML)
    text = "sighting_id;source_id;time;place;platform\n" + "".join(
        f"S{n};SP;2017-04-02T10:0{n};Волноваха;російський літак\n" for n in range(5)
    )
    (case / "sightings.csv").write_bytes(text.encode("cp1251"))
    (line,) = [line for line in printed("check", case).splitlines() if "mixed encoding" in line]
    assert "sightings.csv, rows 2–6, columns place, platform: mixed encoding" in line
    assert "Cyrillic in windows-1251" in line
    assert "CSV UTF-8" in line


@pytest.mark.parametrize(
    ("text", "page", "named"),
    [
        ("Пошкоджено будівлю лікарні", "cp1251", "Cyrillic in windows-1251"),
        ("Повреждено здание больницы", "koi8-u", "Cyrillic in koi8-u"),
        ("Повреждено здание больницы", "cp866", "Cyrillic in cp866"),
        ("قصف مستشفى المعرة الوطني", "cp1256", "Arabic in windows-1256"),
        ("Hôpital général détruit", "cp1252", "Western European in windows-1252"),
    ],
)
def test_a_line_among_others_in_utf_8_is_told_by_its_own_bytes(
    tmp_path: Path, text: str, page: str, named: str
) -> None:
    case = write_small_case(tmp_path / "case", toml=TOML)
    plain = "facility_id,name,kind\nF1,مستشفى لطمين,hospital\nF3,Волноваха лікарня,hospital\n"
    (case / "facilities.csv").write_bytes(plain.encode() + f"F2,{text},school\n".encode(page))
    (item,) = [item for item in check_case(case).left_out if item.why is Why.MIXED_ENCODING]
    assert (item.row, item.lost) == (4, Lost.VALUE)
    assert named in item.expected


def test_a_workbook_with_titles_and_another_sheet_is_read_and_what_is_not_read_is_told(tmp_path: Path) -> None:
    changes = {**accounts(), "accounts": None}
    case = write_small_case(tmp_path / "case", changes, toml=TOML)
    with xlsxwriter.Workbook(case / "accounts.xlsx") as workbook:
        sheet = workbook.add_worksheet("Master")
        sheet.merge_range("A1:F1", "Interviews with witnesses")
        for row, cells in enumerate([HEADER, *WORDS[:2]], 2):
            sheet.write_row(row, 0, cells.split(","))
        workbook.add_worksheet("Jane Doe").write(0, 0, "private")
    shown = printed("check", case)
    assert "accounts     2" in shown
    assert "accounts.xlsx: other sheets; expected one sheet: sheet 1 is read, and another one" in shown
    assert "accounts.xlsx, row 3: wrong header; expected the header in row 1: it is row 3" in shown
    assert "above it in rows 1 to 2 is not read" in shown
    assert "accounts.xlsx, row 4, column mode: other word 'artillery'" in shown
    assert "Jane" not in shown


def test_a_table_of_text_with_a_title_is_read_below_it(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", {"published": None}, toml=TOML)
    titled = ["List of facilities, as of May;;", "", *(line.replace(",", ";") for line in TABLES["facilities"])]
    (case / "facilities.csv").write_text("\n".join(titled) + "\n", "utf-8")
    (item,) = [item for item in check_case(case).left_out if item.file.name == "facilities.csv"]
    assert (item.why, item.lost, item.row) == (Why.WRONG_HEADER, Lost.NOTHING, 3)
    assert check_case(case).rows["facilities"] == 2


def test_a_header_that_two_rows_could_be_is_none(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", toml=TOML)
    (case / "facilities.csv").write_text("A title\nfacility_id,name\nfacility_id,lat\nF1,1\n", "utf-8")
    (item,) = [item for item in check_case(case).left_out if item.file.name == "facilities.csv"]
    assert (item.why, item.lost) == (Why.WRONG_HEADER, Lost.FILE)
    assert "no one row of the first 10 names them" in item.expected


def test_names_are_never_taken_from_below_a_title(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", toml=TOML)
    (case / "identities.csv").write_text("Confidential: Jane Doe,\nsource_id,name\nW1,Jane Doe\n", "utf-8")
    told = [item for item in check_case(case).left_out if item.file.name == "identities.csv"]
    assert {(item.why, item.lost) for item in told if item.row is None} >= {(Why.SEALED_NOT_KEPT, Lost.NOTHING)}
    assert "Jane" not in printed("check", case)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("47°05'48\"N", "37°32'00\"E"), ("N 47° 05.8'", "E 37° 32'"), ("47,096667N", "37.533333 E"),
        ("47º05′48″ N", "37º32′00″ E"), ("47 05 48 N", "37 32 0 E"), ("47°05'48''", "37°32'"), ("47:05:48N", "37:32e"),
    ],
)  # fmt: skip
def test_degrees_are_read_as_people_write_them(tmp_path: Path, lat: str, lon: str) -> None:
    quoted = [f'"{text.replace(chr(34), chr(34) * 2)}"' for text in (lat, lon)]
    rows = ["facility_id,name,kind,lat,lon", f"F1,Hospital,hospital,{','.join(quoted)}"]
    case = write_small_case(tmp_path / "case", {"facilities": rows}, toml=TOML)
    records = read_case(case)
    assert [item for item in records.left_out if item.table == "facilities"] == []
    ((north, east),) = records.tables["facilities"].select("lat", "lon").rows()
    assert north == pytest.approx(47.0967, abs=1e-3)
    assert east == pytest.approx(37.5333, abs=1e-3)


def test_south_and_west_are_negative_and_seconds_are_never_south(tmp_path: Path) -> None:
    rows = [
        "facility_id,name,kind,lat,lon",
        "F1,Hospital,hospital,33°52.1' S,W 70.5",
        "F2,School,school,47°05'48s,37.5",
    ]
    case = write_small_case(tmp_path / "case", {"facilities": rows, "accounts": None, "media": None}, toml=TOML)
    records = read_case(case)
    assert records.tables["facilities"].select("lat", "lon").rows()[0] == (pytest.approx(-33.86833, abs=1e-4), -70.5)
    assert records.tables["facilities"]["lat"].to_list()[1] is None


@pytest.mark.parametrize(
    "lat", ["47°65'48\"N", "37°32'00\"E", "-47°05'N", "47.5°05'N", "37T CN 89 15", "47 05 48", "47°05'48S", "47d05m48s"]
)
def test_degrees_that_are_none_are_told_the_form_and_a_grid_reference_that_it_is_one(tmp_path: Path, lat: str) -> None:
    rows = ["facility_id,name,kind,lat,lon", f'F1,Hospital,hospital,"{lat.replace(chr(34), chr(34) * 2)}",37.5']
    case = write_small_case(tmp_path / "case", {"facilities": rows}, toml=TOML)
    item = next(item for item in check_case(case).left_out if item.table == "facilities")
    assert (item.why, item.lost) == (Why.BAD_NUMBER, Lost.VALUE)
    assert "47.0966" in item.expected
    assert ("grid reference (MGRS, UTM)" in item.expected) == lat.startswith("37T")


def test_places_by_grid_reference_are_told_to_convert_them(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", {"places": ["place,mgrs", "Northtown,37T CN 89 15"]}, toml=TOML)
    (item,) = [item for item in check_case(case).left_out if item.table == "places"]
    assert (item.why, item.lost) == (Why.WRONG_HEADER, Lost.FILE)
    assert "has to be converted to degrees" in item.expected


def test_without_an_order_of_battle_one_notice_says_that_no_word_counts(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", toml=TOML.replace('orbat = "syria"\n', ""))
    (item,) = [item for item in check_case(case).left_out if item.why is Why.UNKNOWN_WORD]
    assert (str(item.file), item.lost) == ("case.toml", Lost.NOTHING)


def test_an_order_of_battle_with_a_mode_of_its_own_is_told_how_to_record_it(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", toml=TOML.replace('"syria"', '"own"'))
    (case / "own").mkdir()
    for name, text in {
        "platforms": "platform,modes,cluster,cruise_kmh,names\nKh-101,cruise missile,,,Kh-101\n",
        "operators": "platform,party,modes,share,bases,from,to\n",
        "priors": "mode,party,share,low,high,why\n",
    }.items():
        (case / "own" / f"{name}.csv").write_text(text, "utf-8")
    done = CliRunner().invoke(app, ["check", str(case)])
    assert "Here: air strike for a cruise missile launched from an aircraft" in str(done.exception)


def test_a_whole_log_over_towns_that_no_table_has_is_weighed_and_drawn(tmp_path: Path) -> None:
    case = write_small_case(tmp_path / "case", {"places": None}, toml=TOML)
    assert sum(item.why is Why.UNKNOWN_PLACE for item in check_case(case).left_out) == 2
    printed("run", case)
    assert "Flights by hour" in (tmp_path / "case-findings" / "report" / "index.html").read_text("utf-8")
