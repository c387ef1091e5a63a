"""The shipped order of battle is whole, and a bad one names file, row, column and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from consilience.errors import ReferenceDataError
from consilience.records.tables import MODES, PHRASE_CLASSES
from consilience.reference.orbat import load_orbat
from consilience.reference.prior_shares import GENERAL_ROWS
from consilience.reference.shipped import ORBATS, orbat_names

SYRIA = load_orbat("syria")


def test_the_shipped_order_of_battle_has_every_row_of_its_tables() -> None:
    counts = (len(SYRIA.platforms), len(SYRIA.operators), len(SYRIA.bases), len(SYRIA.weapons), len(SYRIA.priors))
    assert counts == (55, 71, 18, 39, 18)
    assert (len(SYRIA.descriptions), len(SYRIA.party_of_language), len(SYRIA.lexicon)) == (14, 6, 20)


def test_what_is_known_of_both_air_forces_stands_in_it() -> None:
    fliers = {name: {row.party for row in SYRIA.operators if row.platform == name} for name in SYRIA.platforms}
    assert (fliers["Su-24"], fliers["Su-22"], fliers["Su-34"]) == ({"Russian", "Syrian"}, {"Syrian"}, {"Russian"})
    (russian_mi8,) = (row for row in SYRIA.operators if (row.platform, row.party) == ("Mi-8", "Russian"))
    assert russian_mi8.modes == ()


def test_shares_of_modes_and_of_parties_within_a_mode_sum_to_one() -> None:
    assert sum(row.share for row in SYRIA.priors if row.mode in MODES and row.party is None) == pytest.approx(1.0)
    for mode in MODES:
        assert sum(row.share for row in SYRIA.priors if row.mode == mode and row.party) == pytest.approx(1.0)


def test_a_description_asserts_a_party_only_where_its_word_names_one() -> None:
    asserted = {phrase: row.party for row in SYRIA.descriptions for phrase in row.phrases}
    assert asserted["Russian"] == asserted["Russian plane"] == asserted["حربي روسي"] == "Russian"
    assert asserted["regime warplane"] == asserted["Syrian jet"] == "Syrian"
    assert asserted["jet"] is asserted["Sukhoi"] is asserted["drone"] is None


def test_a_folder_with_the_same_tables_gives_the_same_order_of_battle(tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    assert load_orbat(copy) == load_orbat(str(copy)) == SYRIA


def test_without_the_column_party_nothing_is_asserted(tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    (copy / "descriptions.csv").write_text("phrase,platforms\nRussian jet,Su-24\n", encoding="utf-8")
    (row,) = load_orbat(copy).descriptions
    assert row.party is None


def test_tables_that_need_not_be_there_count_as_empty(tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    for name in ("bases", "weapons", "descriptions", "languages", "lexicon", "sorties"):
        (copy / f"{name}.csv").unlink()
    loaded = load_orbat(copy)
    assert (loaded.bases, loaded.weapons, loaded.descriptions, loaded.lexicon) == ({}, (), (), ())
    assert loaded.platforms == SYRIA.platforms


def test_a_base_that_has_no_row_is_a_name_without_a_position() -> None:
    (bomber,) = (row for row in SYRIA.operators if row.platform == "Tu-95")
    assert bomber.bases == ("bases in Russia",)
    assert "bases in Russia" not in SYRIA.bases


_HEADS = {
    "platforms": "platform,modes,cluster,cruise_kmh,names",
    "operators": "platform,party,modes,share,bases,from,to",
    "priors": "mode,party,share,low,high,why",
    "bases": "base,lat,lon,names,parties",
    "weapons": "name,spellings,platforms,modes,cluster",
    "descriptions": "phrase,platforms,party",
    "lexicon": "language,phrase,phrase_class",
    "languages": "language,party",
}


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("platforms", ",air strike,,800,", "platform"),
        ("platforms", "Su-24,bombing,,800,", "modes"),
        ("platforms", "Su-24,air strike,maybe,800,", "cluster"),
        ("platforms", "Su-24,air strike,,fast,", "cruise_kmh"),
        ("platforms", "Su-24,air strike,,0,", "cruise_kmh"),
        ("platforms", "Su-24,air strike,,nan,", "cruise_kmh"),
        ("platforms", "Su-24,air strike,,800,\nSu-24,air strike,,800,", "platform"),
        ("operators", "Su-99,Syrian,air strike,,,,", "platform"),
        ("operators", "Su-24,,air strike,,,,", "party"),
        ("operators", "Su-24,Syrian,,,,,", "modes"),
        ("operators", "Su-24,Syrian,none;air strike,,,,", "modes"),
        ("operators", "Su-24,Syrian,air strike,-1,,,", "share"),
        ("operators", "Su-24,Syrian,air strike,,,01/02/2017,", "from"),
        ("operators", "Su-24,Syrian,air strike,,,2018-01-01,2017-01-01", "to"),
        ("priors", "air strike,,1.2,0,1,because", "share"),
        ("priors", "air strike,,0.5,0.6,0.9,because", "share"),
        ("priors", "air strike,,0.5,0.1,0.9,", "why"),
        ("priors", "bombing,,0.5,0.1,0.9,because", "mode"),
        ("priors", "air strike,,0.5,0.1,0.9,because\nair strike,,0.5,0.1,0.9,because", "party"),
        ("priors", "*,,0.5,0.1,0.9,because", "party"),
        ("priors", "*,nobody,0.5,0.1,0.9,because", "party"),
        ("priors", "*,none,0,0,0.1,because", "share"),
        ("priors", "*,another cause,0,0,0.1,because", "share"),
        ("bases", "Hama,135,36,,", "lat"),
        ("weapons", "bomb,,Su-99,,", "platforms"),
        ("descriptions", "jet,Su-99,", "platforms"),
        ("descriptions", "jet,Su-24,Martian", "party"),
        ("lexicon", "Russian,srabotal,boom", "phrase_class"),
        ("languages", "Russian,", "party"),
    ],
)
def test_a_bad_cell_is_named_by_file_row_column_and_remedy(tmp_path: Path, table: str, row: str, column: str) -> None:
    copy = _copy(tmp_path)
    if table != "platforms":
        (copy / "weapons.csv").unlink()
    (copy / f"{table}.csv").write_text(f"{_HEADS[table]}\n{row}\n", encoding="utf-8")
    with pytest.raises(ReferenceDataError) as raised:
        load_orbat(copy)
    last = 2 + row.count("\n")
    assert raised.value.where == f"{copy / table}.csv, row {last}, column {column}"
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"platform,party,modes,share,bases,from\n", "missing"),
        (b"platform,party,modes,share,bases,from,to\nSu-24,Syrian,air strike,,,,,,\n", "9 cells under 7"),
        (b"platform,party,modes,share,bases,from,to\nSu-24,\xe9,air strike,,,,\n", "can't be read"),
        (b"", "missing"),
    ],
)
def test_a_table_that_cant_be_read_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    copy = _copy(tmp_path)
    (copy / "operators.csv").write_bytes(content)
    with pytest.raises(ReferenceDataError, match=says) as raised:
        load_orbat(copy)
    assert "operators.csv" in str(raised.value.where)


def test_an_unknown_name_lists_what_ships_and_a_folder_without_tables_names_the_first(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="syria"):
        load_orbat("atlantis")
    with pytest.raises(ReferenceDataError, match=r"platforms\.csv"):
        load_orbat(tmp_path)


def test_every_shipped_order_of_battle_loads() -> None:
    for name in orbat_names():
        loaded = load_orbat(name)
        assert loaded.name == name
        assert {word.phrase_class for word in loaded.lexicon} <= set(PHRASE_CLASSES)


def _copy(folder: Path) -> Path:
    return Path(shutil.copytree(ORBATS / "syria", folder / "syria"))


@pytest.mark.parametrize("name", GENERAL_ROWS)
def test_an_order_of_battle_that_would_make_an_answer_certain_beforehand_is_refused(tmp_path: Path, name: str) -> None:
    copy = _copy(tmp_path)
    rows = (copy / "priors.csv").read_text(encoding="utf-8").splitlines()
    without = [row for row in rows if not row.startswith(f"*,{name},")]
    (copy / "priors.csv").write_text("\n".join(without) + "\n", encoding="utf-8")
    with pytest.raises(ReferenceDataError, match=name) as raised:
        load_orbat(copy)
    assert raised.value.where == f"{copy / 'priors'}.csv"
    assert str(raised.value.remedy).endswith(GENERAL_ROWS[name])
    (copy / "priors.csv").write_text("\n".join([*without, GENERAL_ROWS[name]]) + "\n", encoding="utf-8")
    assert {(row.mode, row.party, row.share) for row in load_orbat(copy).priors} == {
        (row.mode, row.party, row.share) for row in SYRIA.priors
    }, "the remedy shows the shipped row"


def test_no_attack_and_another_cause_leave_a_share_for_an_attack(tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    text = (copy / "priors.csv").read_text(encoding="utf-8")
    text = text.replace("*,none,0.01,0.001,0.1", "*,none,0.5,0.001,1")
    text = text.replace("*,another cause,0.02,0,0.1", "*,another cause,0.5,0,1")
    (copy / "priors.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ReferenceDataError, match="no share for an attack"):
        load_orbat(copy)


def test_that_parties_never_strike_together_may_be_claimed(tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    text = (copy / "priors.csv").read_text(encoding="utf-8")
    (copy / "priors.csv").write_text(text.replace("*,together,0.05,0,0.2", "*,together,0,0,0.2"), encoding="utf-8")
    assert ("*", "together", 0.0) in {(row.mode, row.party, row.share) for row in load_orbat(copy).priors}
