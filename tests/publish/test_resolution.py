"""No cell of a published table is finer than the report says the same thing, and each figure says what it counts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_copies import APRIL, OFFENSIVE
from consilience.casework.explain import per_cent
from consilience.casework.release_files import data_files
from consilience.errors import PublishError
from consilience.publish.catalogue import catalogue_of, languages
from consilience.publish.likelihood_words import percent
from consilience.publish.profiles import PROFILES
from consilience.publish.release_tables import as_files, release_tables
from consilience.publish.resolution import RESOLUTIONS, Resolution, resolution_of, told_minute, told_probability
from consilience.publish.statements.words import Words
from reported_cases import ready_case

MAY = {
    Resolution.TEXT: re.compile(r"(?!-?\d+\.\d{3}).*", re.DOTALL),
    Resolution.WHOLE: re.compile(r"\d*"),
    Resolution.MINUTE: re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\dZ)?"),
    Resolution.PROBABILITY: re.compile(r"(0\.\d{1,3})?"),
    Resolution.WEIGHT: re.compile(r"(-?\d+\.\d{1,2})?"),
}
"""What a cell may be, as CSV has it. Written here anew: the test does not ask the code how it rounds."""
BOTH = pytest.mark.parametrize("name", [APRIL, OFFENSIVE])
EACH = pytest.mark.parametrize("profile", PROFILES)


@lru_cache(maxsize=8)
def files_of(name: str, profile: str) -> dict[str, bytes]:
    return data_files(ready_case(name).found, PROFILES[profile])


def cells_of(name: str, profile: str) -> Iterator[tuple[str, str, str]]:
    """Table, column and text of every cell of every table."""
    for path, data in files_of(name, profile).items():
        if path.endswith(".csv"):
            table = path.removeprefix("tables/").removesuffix(".csv")
            for row in csv.DictReader(io.StringIO(data.decode())):
                yield from ((table, column, text) for column, text in row.items())


@BOTH
@EACH
def test_every_cell_of_every_published_table_is_as_coarse_as_its_column(name: str, profile: str) -> None:
    cells = list(cells_of(name, profile))
    assert len(cells) > 100
    for table, column, text in cells:
        resolution = resolution_of(table, column)
        assert MAY[resolution].fullmatch(text), f"{table}, {column}: {text}"
        if resolution is Resolution.PROBABILITY and text:
            assert Decimal("0.001") <= Decimal(text) <= Decimal("0.999")
            assert len(text) <= 4 or _is_beyond(Decimal(text)), f"{table}, {column}: {text}"


def _is_beyond(told: Decimal) -> bool:
    """A third decimal stands beyond 5 and 95 %, and just below 95 %, where whole per cents would say that it is met."""
    return not Decimal("0.05") < told < Decimal("0.945")


@BOTH
@EACH
def test_parquet_says_no_more_than_csv(name: str, profile: str) -> None:
    files = files_of(name, profile)
    for path in (path for path in files if path.endswith(".parquet")):
        as_csv = pl.read_parquet(io.BytesIO(files[path])).write_csv().encode()
        assert as_csv == files[path.removesuffix("parquet") + "csv"], path


@BOTH
@EACH
def test_every_number_of_the_map_is_a_position_at_the_decimals_of_the_profile(name: str, profile: str) -> None:
    decimals = PROFILES[profile].coordinate_decimals
    shown = json.loads(files_of(name, profile)["map.geojson"], parse_float=Decimal)
    numbers = [number for feature in shown["features"] for number in _numbers(feature.get("geometry"))]
    assert numbers
    for number in numbers:
        assert len(str(number).partition(".")[2]) <= decimals
    assert not [number for feature in shown["features"] for number in _numbers(feature["properties"])]


def _numbers(value: object) -> list[Decimal]:
    if isinstance(value, dict):
        return [number for one in value.values() for number in _numbers(one)]
    if isinstance(value, list):
        return [number for one in value for number in _numbers(one)]
    return [value] if isinstance(value, Decimal) else []


@BOTH
def test_a_probability_of_a_table_is_the_one_that_the_report_says(name: str) -> None:
    found = ready_case(name).found
    words = Words(catalogue_of("en"), found.records.settings.zone)
    for block in found.findings["incidents"]:
        for probability in (block["attack_probability"], *block["mode"].values(), *block["party"].values()):
            said, shown = words.percent(probability), told_probability(probability)
            if said.startswith(("more", "less")):
                assert shown in (0.001, 0.999)
            else:
                assert f"{100 * shown:.{0 if '.' not in said else 1}f}" == said.removesuffix("\u00a0%")


@given(st.floats(0, 1))
def test_no_probability_becomes_a_certainty_or_moves_by_more_than_half_a_step(probability: float) -> None:
    shown = told_probability(probability)
    assert 0 < shown < 1
    assert abs(shown - probability) <= (0.005 if 0.05 <= probability <= 0.95 else 0.001) + 1e-9


@given(st.floats(0.001, 0.999), st.integers(501, 999))
def test_no_number_of_a_table_or_text_says_that_a_level_is_met_which_is_not_or_the_reverse(
    probability: float, thousandths: int
) -> None:
    level = thousandths / 1000
    words = Words(catalogue_of("en"), ZoneInfo("UTC"), levels=(level,))
    for near in (probability, level - probability * 0.006, min(level + probability * 0.006, 0.999)):
        said = [percent(near, (level,)), words.percent(near), f"{100 * told_probability(near, (level,)):.1f} %"]
        said.append(per_cent(near, (level,)))
        for number in (float(one[:-1]) for one in said if one[0] not in "<>ml"):
            assert (number >= 100 * level - 1e-6) == (near >= level - 1e-9), (near, level, said)


def test_a_case_that_asks_for_its_own_level_is_told_by_it() -> None:
    block = {
        "incident_id": "I1", "attack_probability": 0.9499, "mode": {"air strike": 0.8951},
        "attribution": {"wording": "not attributed", "level": 0.9},
    }  # fmt: skip
    table = release_tables({"incidents": [block], "totals": {}}, PROFILES["public"])["tables/incidents.csv"]
    (row,) = csv.DictReader(io.StringIO(table.decode()))
    assert (row["attack_probability"], row["mode_air strike"]) == ("0.949", "0.895")


def test_times_are_to_the_nearest_minute() -> None:
    assert told_minute("2017-04-02T16:28:31Z") == "2017-04-02T16:29Z"
    assert told_minute("2017-04-02T23:59:45Z") == "2017-04-03T00:00Z"


def test_a_column_whose_fineness_nobody_wrote_down_does_not_go_out() -> None:
    with pytest.raises(PublishError, match="nobody has written down"):
        as_files("incidents", pl.DataFrame({"incident_id": ["I1"], "lat": [35.61635]}))


@pytest.mark.parametrize("language", languages())
@EACH
def test_what_stands_beside_the_tables_explains_each_column_of_each(language: str, profile: str) -> None:
    page = files_of(OFFENSIVE, profile)[f"tables/README-{language}.md"].decode()
    tables = {path: data for path, data in files_of(OFFENSIVE, profile).items() if path.endswith(".csv")}
    assert page.count("## ") == len(tables)
    for path, data in tables.items():
        assert f"## {path.removeprefix('tables/').removesuffix('.csv')}" in page
        for column in next(csv.reader(io.StringIO(data.decode()))):
            assert f"| `{column}` | " in page


@pytest.mark.parametrize("language", languages())
def test_every_column_that_may_go_out_is_explained_in_every_language(language: str) -> None:
    phrases = catalogue_of(language)
    for table, columns in RESOLUTIONS.items():
        assert phrases.has("tables_readme", table)
        assert not [column for column in columns if not phrases.has(f"columns_{table}", column)]
    assert not [resolution for resolution in Resolution if not phrases.has("resolution", resolution.value)]


def test_the_sums_of_the_groups_are_told_and_set_beside_the_numbers_of_the_report() -> None:
    files, records = files_of(OFFENSIVE, "public"), ready_case(OFFENSIVE).found.records
    counted = pl.read_csv(files["tables/sources.csv"])["count"].sum()
    told = {row["source_id"] for row in records.tables["accounts"].iter_rows(named=True)}
    assert counted == len(told & set(records.tables["sources"]["source_id"]))
    page = files["tables/README-en.md"].decode()
    of = records.tables["sources"].height
    assert "Whoever knows other numbers of the same people may still find somebody by subtraction." in page
    assert "قد يعرف أحدهم بالطرح" in files["tables/README-ar.md"].decode()
    assert f"They add up to {counted}. The report counts every source of the case, {of}:" in page
