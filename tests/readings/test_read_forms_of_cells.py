"""Doubled keys, parties in words, formulas and encodings, as new users write them: read without guessing, or told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from consilience.readings.case_folder import read_case
from consilience.readings.formulas import FORMULA
from consilience.records.case import CaseRecords
from consilience.records.left_out import Lost, Why


@pytest.mark.parametrize("first_is_bad", [True, False])
def test_a_key_doubled_by_a_row_that_cant_be_read_is_told_at_once_and_neither_is_used(
    good_tables: dict[str, str], write_case: Callable[..., Path], *, first_is_bad: bool
) -> None:
    """Else the other row counts until the bad one is mended, and then both go."""
    rows = ["D2,fire,soon after,35.6,36.6,\n", "D2,fire,2017-04-02,35.6,36.6,\n"]
    tables = good_tables | {"detections": good_tables["detections"] + "".join(rows if first_is_bad else rows[::-1])}
    records = read_case(write_case(tables))
    assert records.tables["detections"]["detection_id"].to_list() == ["D1"]
    told = [(item.why, item.lost, item.row, item.record_id) for item in records.left_out]
    bad = 3 if first_is_bad else 4
    assert sorted(told) == sorted(
        [
            (Why.BAD_TIME, Lost.ROW, bad, "D2"),
            (Why.DUPLICATE_KEY, Lost.ROW, 3, "D2"),
            (Why.DUPLICATE_KEY, Lost.ROW, 4, "D2"),
        ]
    )
    assert all("can't be read" in item.expected for item in records.left_out if item.why is Why.DUPLICATE_KEY)


def test_rows_whose_keys_are_missing_double_nothing(
    good_tables: dict[str, str], write_case: Callable[..., Path]
) -> None:
    no_key = ",I1,W2,,2017-04-02,,barrel bomb,no,,,,\n"
    tables = good_tables | {"accounts": good_tables["accounts"] + no_key + no_key}
    records = read_case(write_case(tables))
    assert [item.why for item in records.left_out] == [Why.MISSING_VALUE, Why.MISSING_VALUE]
    assert records.tables["accounts"].height == 2


LABELLED = """
[case]
id = "synthetic"
time_zone = "Asia/Damascus"
parties = ["Syrian", "Russian"]

[party_labels]
Syrian = "Syrian government forces"
Russian = "القوات الروسية"
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Syrian or Russian", "Russian;Syrian"),
        ("the Syrian OR the Russian", "Russian;Syrian"),
        ("Russian or Syrian or other", "Russian;Syrian;other"),
        ("Syrian أو Russian", "Russian;Syrian"),
        ("القوات الروسية أو Syrian government forces", "Russian;Syrian"),
        ("Syrian government forces", "Syrian"),
        ("Syrian government forces + Russian", "Russian+Syrian"),
    ],
)
def test_parties_joined_by_or_are_one_of_them_as_reports_say_it(
    good_tables: dict[str, str], write_case: Callable[..., Path], written: str, read: str
) -> None:
    accounts = good_tables["accounts"].replace("Russian;Syrian", written)
    records = read_case(write_case(good_tables | {"accounts": accounts}, toml=LABELLED))
    assert records.left_out == ()
    assert records.tables["accounts"]["party"].to_list() == [read, None]


@pytest.mark.parametrize("written", ["either Syrian or Russian", "Syrian or Iranian", "Syrian/Russian", "forces"])
def test_what_names_no_party_without_guessing_is_told_the_form(
    good_tables: dict[str, str], write_case: Callable[..., Path], written: str
) -> None:
    accounts = good_tables["accounts"].replace("Russian;Syrian", written)
    same = LABELLED.replace("Syrian government forces", "forces").replace("القوات الروسية", "forces")
    records = read_case(write_case(good_tables | {"accounts": accounts}, toml=same))
    (item,) = records.left_out
    assert (item.why, item.lost, item.value) == (Why.UNKNOWN_VALUE, Lost.VALUE, written)
    assert "Syrian;Russian means one of the two, Syrian+Russian both together" in item.expected


@pytest.mark.parametrize(
    "formula",
    ['=HYPERLINK("http://x.example")', "= 1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+HYPERLINK(A1)", '-cmd|" "!A0'],
)
def test_a_formula_in_csv_is_no_evidence_as_in_a_spreadsheet(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]], formula: str
) -> None:
    records = read_tables(with_row("accounts", {"account_id": "X", "incident_id": "I1", "platform": formula}))
    (item,) = records.left_out
    assert (item.why, item.lost, item.row, item.column) == (Why.FORMULA, Lost.VALUE, 4, "platform")
    assert item.value == formula
    assert records.tables["accounts"].filter(pl.col("account_id") == "X")["platform"].to_list() == [None]


@pytest.mark.parametrize("text", ["===", "+963 11 222", "@SyriaCivilDef", "-12", "5=5", "- see (1)", "+ and ="])
def test_what_only_begins_like_a_formula_is_text(
    read_tables: Callable[..., CaseRecords], with_row: Callable[..., dict[str, str]], text: str
) -> None:
    records = read_tables(with_row("accounts", {"account_id": "X", "incident_id": "I1", "platform": text}))
    assert records.left_out == ()
    assert text in records.tables["accounts"]["platform"].to_list()


COMPUTED = [
    '=HYPERLINK("http://x.example")',
    "= 1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+HYPERLINK(A1)",
    '-cmd|" "!A0',
    "-2+3+cmd|' /C calc'!A0",
    "+A1+B2",
    "=A1",
    "=$A$1",
    "=Sheet1!A1",
    "='My sheet'!B2",
    "=-A1",
    "=(A1)",
    "=SUM (A1)",
    "={1,2}",
    "=TRUE",
    '="je"&"t"',
    "-A1",
    "-(A17)",
    "@A1",
    "+1+SUM(A1)",
    "=1",
    "=+A1&B1",
    "-SUM(A1)*2",
    '=WEBSERVICE("http://x")',
    "+'S 1'!A1",
    "@cmd|x!A1",
    "=[b.xlsx]S!A1",
    "=a1",
    "=+SUM(1)",
    "=-(SUM(1))",
    "=MSEXCEL|'\\..\\..\\cmd.exe /c calc'!''",
    '=1+A1 & "x"',
    "=5%",
    '=""',
    "=1&HYPERLINK(A1)",
    '-1+HYPERLINK("x")',
    "-$A$1+2",
    "=A1:B2",
    '="a"&SUM(1)',
    '+HYPERLINK("http://x(")',
    "+IF(SUM(MAX(A1)),2)&1",
    "+A(B(C(D(E(F(1))))))",
]
KEPT = [
    "=> thermobaric, see A18",
    "-see(A17) thermobaric",
    "+963(11)2234567",
    "===",
    "+963 11 222",
    "@SyriaCivilDef",
    "-12",
    "5=5",
    "- see (1)",
    "+ and =",
    "-2+3",
    "+963-11-2234567",
    "-",
    "=",
    "=>",
    "=> A18",
    "== A18 ==",
    "=same as the other one",
    "- A17 says so",
    "+T-72",
    "+ two jets | bombs",
    "@who (A17) knows",
    "+1 (see A17) jet",
    "-10 to -12",
    "=?",
    "=)",
    "+963 (11) 223 45 67 / 68",
    "= thermobaric, see A18",
    "=A18, see there",
    "= A18 says so",
    "=, see A1",
    "<=A1",
    "-0.5",
    "+4.5e3",
    "=)",
    "=(see A18)",
    "-(see A17)",
    "=> see(A18)",
    "=>A18",
    "== see (A18)",
    "-see(A17) thermobaric (rocket)",
    "-see(A17), and (A18)",
]


def test_a_formula_is_told_from_what_people_write() -> None:
    every = pl.Series([*COMPUTED, *KEPT])
    found = every.filter(every.str.contains(FORMULA)).to_list()
    assert sorted(set(COMPUTED) - set(found)) == [], "a spreadsheet shows another thing than stands there"
    assert sorted(set(found) & set(KEPT)) == [], "a remark, an arrow, a telephone, an account"


def test_a_table_in_the_encoding_of_arabic_windows_is_told_how_to_save_it(
    good_tables: dict[str, str], write_case: Callable[..., Path]
) -> None:
    text = "facility_id,name,kind,lat,lon,name_local\nF1,Hospital,hospital,35.6518,36.6853,مستشفى المعرة\n"
    records = read_case(write_case({**good_tables, "facilities": text.encode("cp1256")}))
    told = [item for item in records.left_out if item.why is Why.MIXED_ENCODING]
    assert [(item.column, item.value, item.lost) for item in told] == [("name_local", None, Lost.VALUE)]
    assert "CSV UTF-8" in told[0].expected
    assert "Arabic in windows-1256" in told[0].expected
