"""Each kind of bad file: what it is called, what it costs, and that the rest of the case is read all the same."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import polars as pl
import pytest
import xlsxwriter

from consilience.readings.case_folder import read_case
from consilience.records.case import CaseRecords
from consilience.records.left_out import Lost, Why

ReadTables = Callable[..., CaseRecords]
Unharmed = Callable[..., None]

BOM = b"\xef\xbb\xbf"


def _only(records: CaseRecords) -> tuple[Why, Lost, str, int | None, str | None]:
    (item,) = records.left_out
    return item.why, item.lost, str(item.file), item.row, item.column


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    windows = {name: BOM + text.replace("\n", "\r\n").encode() for name, text in good_tables.items()}
    records = read_tables(windows)
    assert records.left_out == ()
    unharmed(records, good)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_separators_are_found_in_the_header(
    delimiter: str, read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords
) -> None:
    text = f"place{delimiter}lat{delimiter}lon\nHass{delimiter}35,6163{delimiter}36.5934\n"
    records = read_tables({**good_tables, "places": text})
    assert records.left_out == ()
    assert records.tables["places"].select("place", "lat", "lon").rows() == [("Hass", 35.6163, 36.5934)]
    for name in good.tables.keys() - {"places"}:
        assert records.tables[name].equals(good.tables[name]), name


def test_unicode_text_of_a_spreadsheet_is_read(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    records = read_tables({**good_tables, "places": good_tables["places"].replace(",", "\t").encode("utf-16")})
    assert records.left_out == ()
    unharmed(records, good)


def test_old_line_ends_are_read(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    records = read_tables({**good_tables, "accounts": good_tables["accounts"].replace("\n", "\r")})
    assert records.left_out == ()
    unharmed(records, good)


def test_bytes_of_another_encoding_cost_the_rows_in_which_they_stand(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    mixed = good_tables["detections"].encode() + "X,حريق,,,,\n".encode("windows-1256")
    records = read_tables({**good_tables, "detections": mixed})
    assert _only(records) == (Why.MIXED_ENCODING, Lost.ROW, "detections.csv", 3, "kind")
    unharmed(records, good)


def test_bytes_of_another_encoding_in_a_weak_column_cost_the_value(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    mixed = good_tables["facilities"].encode() + b"X,H\xf4pital,hospital,,,\n"
    records = read_tables({**good_tables, "facilities": mixed})
    assert _only(records) == (Why.MIXED_ENCODING, Lost.VALUE, "facilities.csv", 3, "name")
    unharmed(records, good, {"facilities": "X"})


@pytest.mark.parametrize("content", ["", "\n", "account_id,incident_id\n", "account_id,incident_id\n,\n\n"])
def test_an_empty_table_is_noticed(content: str, read_tables: ReadTables, good_tables: dict[str, str]) -> None:
    records = read_tables({**good_tables, "accounts": content})
    item = records.left_out[0]
    assert (item.why, item.lost, item.table, item.row) == (Why.EMPTY_TABLE, Lost.NOTHING, "accounts", None)
    assert records.tables["accounts"].is_empty()
    assert len(records.tables["sightings"]) == 2


def test_without_its_key_a_table_is_left_out_and_its_ids_become_labels(
    read_tables: ReadTables, good_tables: dict[str, str]
) -> None:
    records = read_tables({**good_tables, "sources": "name,role\nW1,direct_witness\n"})
    assert _only(records) == (Why.WRONG_HEADER, Lost.FILE, "sources.csv", 1, None)
    assert records.tables["accounts"]["source_id"].to_list() == ["W1", "W2"]


def test_a_slip_in_a_header_is_noticed_and_its_column_kept_aside(
    read_tables: ReadTables, good_tables: dict[str, str]
) -> None:
    slip = good_tables["accounts"].replace("interview_id", "intervew_id").replace("place", "Place")
    records = read_tables({**good_tables, "accounts": slip})
    assert _only(records) == (Why.WRONG_HEADER, Lost.VALUE, "accounts.csv", 1, "intervew_id")
    assert records.extras["accounts"].rows() == [("A1", "IV1"), ("A2", None)]
    assert records.tables["accounts"]["place"].to_list() == ["Ma'rrat al-Nu'man", None]


def test_unknown_columns_are_kept_aside_and_change_no_digest(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords
) -> None:
    accounts = "".join(f"{line},{i}\n" for i, line in enumerate(good_tables["accounts"].splitlines()))
    records = read_tables({**good_tables, "accounts": accounts.replace(",0\n", ",page\n", 1)})
    assert records.left_out == ()
    assert records.extras["accounts"].to_dict(as_series=False) == {"account_id": ["A1", "A2"], "page": ["1", "2"]}
    assert records.digest() == good.digest()


def test_of_two_columns_with_one_name_neither_is_used(read_tables: ReadTables, good_tables: dict[str, str]) -> None:
    records = read_tables({**good_tables, "sources": "source_id,role,role\nW1,teacher,journalist\nW2,,\nSPOT,,\n"})
    assert _only(records) == (Why.WRONG_HEADER, Lost.VALUE, "sources.csv", 1, "role")
    assert records.tables["sources"]["role"].null_count() == 3


@pytest.mark.parametrize(
    "line", ['X,"a quotation never closed', "X,I1,W1,,,,,,,,,,one cell too many", 'X,I1,"shut" too early,,,,,,,,,']
)
def test_a_line_that_is_no_row_costs_that_line_alone(
    line: str, read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    head, first, second = good_tables["accounts"].splitlines()
    records = read_tables({**good_tables, "accounts": "\n".join([head, line, first, line, second, ""])})
    assert [(item.why, item.lost, item.row) for item in records.left_out] == [
        (Why.UNREADABLE_ROW, Lost.ROW, 2), (Why.UNREADABLE_ROW, Lost.ROW, 4),
    ]  # fmt: skip
    unharmed(records, good)


def test_rows_are_counted_as_a_spreadsheet_does(read_tables: ReadTables, good_tables: dict[str, str]) -> None:
    text = 'media_id,incident_id,captured_at,locator\nM1,I1,,"three\nlines\nhere"\n\nM2,I1,soon,\n'
    records = read_tables({**good_tables, "media": text})
    assert _only(records) == (Why.BAD_TIME, Lost.VALUE, "media.csv", 4, "captured_at")
    assert records.tables["media"]["locator"].to_list() == ["three\nlines\nhere", None]


def test_two_files_for_one_table_that_differ_are_both_left_out(
    read_tables: ReadTables, good_tables: dict[str, str], tmp_path: Path
) -> None:
    pl.DataFrame({"source_id": ["W1"]}).write_parquet(tmp_path / "other.parquet")
    records = read_tables({**good_tables, "sources.parquet": (tmp_path / "other.parquet").read_bytes()})
    assert [(item.why, item.lost, str(item.file)) for item in records.left_out] == [
        (Why.TWO_FILES, Lost.FILE, "sources.csv"), (Why.TWO_FILES, Lost.FILE, "sources.parquet"),
    ]  # fmt: skip
    assert records.tables["sources"].is_empty()
    assert records.tables["accounts"]["source_id"].to_list() == ["W1", "W2"]


def test_two_files_that_say_the_same_are_one_table(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    records = read_tables({**good_tables, "Sources.CSV": good_tables["sources"]})
    assert _only(records) == (Why.TWO_FILES, Lost.NOTHING, "sources.csv", None, None)
    unharmed(records, good)


@pytest.mark.parametrize("name", ["sources.xlsx", "sources.parquet"])
def test_a_file_that_is_not_what_its_name_says_is_left_out(
    name: str, read_tables: ReadTables, good_tables: dict[str, str]
) -> None:
    del good_tables["sources"]
    records = read_tables({**good_tables, name: b"PK\x03\x04 no such thing"})
    assert _only(records) == (Why.UNREADABLE_FILE, Lost.FILE, name, None, None)
    assert len(records.tables["accounts"]) == 2


def test_a_table_in_a_format_that_is_not_read_is_kept_and_noticed(
    read_tables: ReadTables, good_tables: dict[str, str]
) -> None:
    records = read_tables({**good_tables, "imagery.ods": b"x"})
    assert _only(records) == (Why.UNREADABLE_FILE, Lost.FILE, "imagery.ods", None, None)
    assert PurePosixPath("imagery.ods") in {file.path for file in records.files}


def _workbook(file: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    with xlsxwriter.Workbook(file) as workbook:
        fill(workbook)
    return file.read_bytes()


def test_formulas_and_errors_are_no_evidence(
    read_tables: ReadTables, good_tables: dict[str, str], tmp_path: Path
) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["account_id", "incident_id", "strikes", "platform", "killed_min", "killed_max", "sum"])
        sheet.write_row(1, 0, ["A1", "I1", 2, "jet", 1, 1])
        sheet.write_formula(1, 6, "=C2+1", None, 3)
        sheet.write_row(2, 0, ["A2", "I1"])
        sheet.write_formula(2, 2, "=1+1", None, 2)
        sheet.write_row(3, 0, ["A3", "I1", 2])
        sheet.write_formula(3, 3, '="je"&"t"', None, "jet")
        for row, name in ((4, "A4"), (5, "A5")):
            sheet.write_row(row, 0, [name, "I1"])
        sheet.write_array_formula("E5:E6", "{=C2:C3}", None, 7)
        sheet.write_number("E6", 7)
        sheet.write_row(6, 0, ["A6", "I1", 2])
        sheet.write_formula(6, 5, "=1/0", None, "#DIV/0!")

    del good_tables["accounts"]
    workbook = _workbook(tmp_path / "formulas.xlsx", fill)
    records = read_tables({**good_tables, "accounts.xlsx": workbook})
    assert [(item.why, item.lost, item.row, item.column, item.value) for item in records.left_out] == [
        (Why.FORMULA, Lost.VALUE, 3, "strikes", "2"),
        (Why.FORMULA, Lost.VALUE, 4, "platform", "jet"),
        (Why.FORMULA, Lost.VALUE, 5, "killed_min", "7"),
        (Why.FORMULA, Lost.VALUE, 6, "killed_min", "7"),
        (Why.FORMULA, Lost.VALUE, 7, "killed_max", None),
    ]
    said = records.tables["accounts"].select("account_id", "strikes", "platform", "killed_min", "killed_max")
    assert said.rows()[0] == ("A1", 2, "jet", 1, 1)
    assert [row[1:] for row in said.rows()[1:]] == [
        (None, None, None, None), (2, None, None, None), *[(None,) * 4] * 2, (2, None, None, None),
    ]  # fmt: skip


def test_a_workbook_whose_sheet_can_not_be_told_is_left_out(
    read_tables: ReadTables, good_tables: dict[str, str], tmp_path: Path
) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name in ("one", "two"):
            workbook.add_worksheet(name).write_row(0, 0, ["source_id"])

    del good_tables["sources"]
    records = read_tables({**good_tables, "sources.xlsx": _workbook(tmp_path / "two.xlsx", fill)})
    assert _only(records) == (Why.UNREADABLE_FILE, Lost.FILE, "sources.xlsx", None, None)


def test_the_sheet_named_like_the_table_is_read(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed, tmp_path: Path
) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        workbook.add_worksheet("Notes").write(0, 0, "source_id")
        sheet = workbook.add_worksheet("Sources")
        for row, line in enumerate(good_tables["sources"].splitlines()):
            sheet.write_row(row, 0, line.split(","))

    workbook = _workbook(tmp_path / "two.xlsx", fill)
    del good_tables["sources"]
    records = read_tables({**good_tables, "sources.xlsx": workbook})
    assert _only(records) == (Why.OTHER_SHEETS, Lost.NOTHING, "sources.xlsx", None, None)
    assert "sheet 2 is read" in records.left_out[0].expected
    unharmed(records, good)


def test_entities_are_not_expanded(read_tables: ReadTables, good_tables: dict[str, str], tmp_path: Path) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        workbook.add_worksheet().write(0, 0, "source_id")

    _workbook(tmp_path / "plain.xlsx", fill)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(bomb, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', 1)
            new.writestr(part, content)
    del good_tables["sources"]
    records = read_tables({**good_tables, "sources.xlsx": bomb.read_bytes()})
    assert _only(records) == (Why.UNREADABLE_FILE, Lost.FILE, "sources.xlsx", None, None)


@pytest.mark.parametrize(
    "name", ["identities.csv", "Identities.XLSX", "~$identities.xlsx", "identities (2).csv", "old/identities.parquet"]
)
def test_names_are_neither_opened_nor_kept(
    name: str, write_case: Callable[..., Path], good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = write_case({**good_tables, name: "source_id,name\nW1,Jane Doe\n"})
    opened = []
    path_open = Path.open

    def spy(self: Path, *args: object, **options: object) -> object:
        opened.append(self.name)
        return path_open(self, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", spy)
    records = read_case(folder)
    assert _only(records) == (Why.SEALED_NOT_KEPT, Lost.FILE, name, None, None)
    assert records.left_out[0].value is None
    assert "accounts.csv" in opened
    assert Path(name).name not in opened
    assert not any("identities" in str(file.path).casefold() for file in records.files)
    unharmed(records, good)


def test_every_other_file_is_an_exhibit(
    write_case: Callable[..., Path], good_tables: dict[str, str], tmp_path: Path
) -> None:
    folder = write_case(
        {
            **good_tables,
            "videos/strike.mp4": b"\x00\x01",
            "videos/.DS_Store": b"x",
            ".consilience/exhibits/ab/c.bin": b"x",
            "case-findings/report.html": b"x",
            "videos/accounts.csv": "not a table here\n",
        }
    )
    outside = tmp_path / "outside.txt"
    outside.write_text("secret", encoding="utf-8")
    (folder / "out.txt").symlink_to(outside)
    (folder / "identity.txt").symlink_to(folder / "identities.csv")
    (folder / "identities.csv").write_text("source_id,name\n", encoding="utf-8")
    (folder / "again.mp4").symlink_to(folder / "videos" / "strike.mp4")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    records = read_case(folder)
    paths = [str(file.path) for file in records.files]
    tables = [f"{name}.csv" for name in good_tables]
    assert paths == sorted(
        ["case.toml", *tables, "again.mp4", "videos/accounts.csv", "videos/strike.mp4"], key=_by_folder
    )
    assert {str(file.path): file.table for file in records.files if file.table} == {
        f"{name}.csv": name for name in good_tables
    }
    assert [(str(item.file), item.why) for item in records.left_out] == [
        ("identities.csv", Why.SEALED_NOT_KEPT), ("identity.txt", Why.SEALED_NOT_KEPT), ("loop", Why.UNREADABLE_FILE),
        ("out.txt", Why.UNREADABLE_FILE), ("pipe", Why.UNREADABLE_FILE),
    ]  # fmt: skip


def _by_folder(path: str) -> tuple[bool, str]:
    return "/" in path, path


def test_a_digest_is_that_of_the_bytes(write_case: Callable[..., Path]) -> None:
    folder = write_case({"note.txt": b"abc"})
    (note,) = (file for file in read_case(folder).files if str(file.path) == "note.txt")
    assert note.digest == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert note.size_bytes == 3


def test_progress_names_each_file(write_case: Callable[..., Path], good_tables: dict[str, str]) -> None:
    told: list[str] = []
    read_case(write_case(good_tables), progress=told.append)
    assert {f"reading {name}.csv" for name in good_tables} <= set(told)


def test_a_first_line_that_names_the_separator_is_no_row(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    records = read_tables({**good_tables, "coverage": "sep=;\r\n" + good_tables["coverage"].replace(",", ";")})
    assert records.left_out == ()
    unharmed(records, good)
    assert records.tables["coverage"]["_row"].to_list() == [2]


def test_marks_in_a_header_are_no_part_of_a_name(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    header = "\ufeff\u200fSource ID\u00a0, role\x00,Depends-On"
    records = read_tables(
        {**good_tables, "sources": good_tables["sources"].replace("source_id,role,depends_on", header)}
    )
    assert records.left_out == ()
    unharmed(records, good)


def test_without_a_header_no_name_is_shown(read_tables: ReadTables) -> None:
    records = read_tables({"casualties": "L1,R1,I1,Jane Doe\nL1,R2,I1,John Doe\n"})
    assert _only(records) == (Why.WRONG_HEADER, Lost.FILE, "casualties.csv", 1, None)
    assert "Doe" not in str(records.left_out)


@pytest.mark.parametrize("name", ["sighting.csv", "acounts.xlsx"])
def test_a_slip_in_a_file_name_is_noticed(name: str, read_tables: ReadTables) -> None:
    records = read_tables({name: "x"})
    assert _only(records) == (Why.UNREADABLE_FILE, Lost.FILE, name, None, None)


def test_blank_cells_make_no_row(
    read_tables: ReadTables, good_tables: dict[str, str], good: CaseRecords, unharmed: Unharmed
) -> None:
    records = read_tables({**good_tables, "sources": good_tables["sources"] + " ,\t,  \n"})
    assert records.left_out == ()
    unharmed(records, good)
