"""Copies that nobody declared, and one upload told twice: found where they are, and quiet where they are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import Row, Tables, assert_same, evidence_of, small_tables, weigh

from consilience.corroborate.dependence import Statement, same_uploads
from consilience.corroborate.wording import FIELDS, Habits, candidates_for, habits_of, suspected
from consilience.reference.assumptions import load_assumptions

FEW = settings(max_examples=5)
ASSUMED = load_assumptions()

COUNTS = ("clock", "strikes", "killed", "injured")

HABITS = Habits(
    accounts=100, second_hand=40, said=dict.fromkeys(FIELDS, 50), both=dict.fromkeys(FIELDS, 100),
    same=dict.fromkeys(FIELDS, 30),
)  # fmt: skip
"""A case of a hundred accounts in which two who speak of one attack agree on three fields in ten."""

SAID: Row = {
    "time": "2017-04-10T13:47", "time_precision": "minute", "mode": "air strike", "party": "Russian",
    "party_basis": "hearsay", "platform": "Su-24", "munition": "OFAB-100", "killed_min": 7, "killed_max": 9,
    "injured_min": 21, "injured_max": 30, "strikes": 3, "facility_id": "F1", "incident_id": "I1",
}  # fmt: skip


def _statement(name: str, says: Mapping[str, object], *, second_hand: bool = True) -> Statement:
    claims = {field: says.get(field) for field in FIELDS if field not in COUNTS}
    counts = {field: says.get(field) for field in COUNTS}
    return Statement(name, f"S{name}", claims, counts=counts, second_hand=second_hand)


def _chance(parent: Statement, child: Statement, habits: Habits = HABITS) -> float:
    found = suspected(child, candidates_for(child, [parent, child], {}), habits, ASSUMED)
    return found[0][1] if found else 0.0


def test_agreement_in_every_field_beyond_chance_is_a_copy_and_in_few_is_not() -> None:
    full = {"clock": 1.0, "mode": "air strike", "party": "Russian", "killed": (7, 9), "injured": (21, 30), "strikes": 3}
    other = {"clock": 2.0, "mode": "air strike", "party": "Syrian", "killed": (1, 2)}
    first = _statement("A1", full, second_hand=False)
    assert _chance(first, _statement("A2", full)) > 0.95
    assert _chance(first, _statement("A2", other)) < 0.05


def test_by_hand_one_field_agreeing_and_the_rest_silent() -> None:
    """Prior odds 1/19; told at second hand 0.9 / 0.4091; the mode kept 0.8 / (0.5 · 0.3182); 8 silences 0.9 / 0.5."""
    mode = {"mode": "air strike"}
    parent, child = _statement("A1", mode, second_hand=False), _statement("A2", mode)
    odds = 1 / 19 * (0.9 / (45 / 110)) * (0.8 / (0.5 * (35 / 110))) * (0.9 / 0.5) ** 8
    assert _chance(parent, child) == pytest.approx(odds / (1 + odds), rel=1e-9)


def test_where_all_honest_witnesses_agree_agreement_tells_nothing() -> None:
    full: dict[str, object] = {"clock": 1.0, "mode": "air strike", "party": "Russian", "killed": (7, 9)}
    always = replace(HABITS, same=HABITS.both, said=dict.fromkeys(FIELDS, 100))
    rare = replace(HABITS, said=dict.fromkeys(FIELDS, 100))
    silent: dict[str, object] = dict.fromkeys(set(FIELDS) - set(full), "said")
    first, second = (_statement(name, full | silent) for name in ("A1", "A2"))
    assert _chance(first, second, always) < 0.15 < 0.95 < _chance(first, second, rare)


def test_that_two_name_the_day_alone_is_no_sign_of_copying() -> None:
    tables = small_tables()
    tables["sources"] += [{"source_id": name, "role": "direct_witness"} for name in ("V1", "V2")]
    day: Row = {"incident_id": "I1", "facility_id": "F1", "time": "2017-04-10"}
    tables["accounts"] += [day | {"account_id": f"B{i}", "source_id": f"V{i}"} for i in (1, 2)]
    told = weigh(tables)
    assert {p.group for p in told.pieces if p.evidence_id in ("A3", "B1", "B2")} == {"W3", "V1", "V2"}


def test_who_saw_it_is_hardly_a_copy_and_never_of_hearsay() -> None:
    full: dict[str, object] = {"clock": 1.0, "mode": "air strike", "party": "Russian", "killed": (7, 9)}
    saw = _statement("A2", full, second_hand=False)
    assert _chance(_statement("A1", full, second_hand=False), saw) < _chance(
        _statement("A1", full, second_hand=False), _statement("A2", full)
    )
    assert candidates_for(saw, [_statement("A1", full), saw], {}) == []


def test_a_declared_copy_is_no_suspect_and_neither_teaches_habits_nor_is_repeated() -> None:
    first, copy, third = (_statement(name, {"mode": "air strike"}) for name in ("A1", "A2", "A3"))
    upstream = {"SA2": frozenset({"SA1"})}
    assert candidates_for(copy, [first, copy, third], upstream) == []
    assert candidates_for(third, [first, copy, third], upstream) == [first]
    assert habits_of([[first, copy, third]], upstream) == habits_of([[first, third]], {})


def _twins(**changed: object) -> Tables:
    """The small case with a journalist who says word for word what W9 saw, and declares nothing."""
    tables = small_tables()
    tables["sources"] += [{"source_id": name, "role": "journalist"} for name in ("W9", "J9")]
    first = SAID | {"account_id": "A8", "source_id": "W9", "perception": "saw"}
    tables["accounts"] += [first, SAID | {"account_id": "A9", "source_id": "J9", "perception": "told"} | changed]
    return tables


def test_an_undeclared_copy_counts_little_and_stands_in_the_group_of_whom_it_repeats() -> None:
    once, twice = small_tables(), _twins()
    once["sources"], once["accounts"] = twice["sources"], twice["accounts"][:-1]
    other = _twins(time="2017-04-10T13:51", mode=None, platform=None, munition=None, killed_min=4, killed_max=5,
                   injured_min=None, injured_max=None, strikes=1)  # fmt: skip
    told, copied, apart = weigh(once), weigh(twice), weigh(other)
    assert copied.groups == told.groups
    assert apart.groups == told.groups + 1
    assert copied.time_high - copied.time_low > 0.97 * (told.time_high - told.time_low)
    assert {p.group for p in copied.pieces if p.evidence_id in ("A8", "A9")} == {"J9"}


@FEW
@given(st.sampled_from(["A1", "A8", "A9"]), st.booleans())
def test_a_duplicated_source_changes_nothing_where_others_are_suspected_too(account: str, same_source: bool) -> None:
    tables = _twins()
    row = next(row for row in tables["accounts"] if row["account_id"] == account)
    copy = row | {"account_id": "B9"} | ({} if same_source else {"source_id": "COPY"})
    again = tables | {
        "accounts": [*tables["accounts"], copy],
        "sources": [*tables["sources"], {"source_id": "COPY", "role": "journalist", "depends_on": row["source_id"]}],
    }
    assert_same(weigh(tables), weigh(again))


def test_two_accounts_read_off_the_same_place_of_one_exhibit_are_one() -> None:
    tables = small_tables()
    tables["sources"] += [{"source_id": "J9", "role": "journalist"}]
    first = tables["accounts"][1]
    first |= {"item": "report.pdf", "locator": "page 4"}
    again = first | {"account_id": "A9", "source_id": "J9"}
    once = weigh(tables)
    twice = weigh(tables | {"accounts": [*tables["accounts"], again]})
    assert_same(once, twice)
    assert twice.groups == once.groups
    page_5 = weigh(
        tables | {"accounts": [*tables["accounts"], again | {"locator": "page 5", "time": "2017-04-10T14:20"}]}
    )
    assert page_5.groups == once.groups + 1


@pytest.mark.parametrize("mark", ["item", "url"])
def test_one_upload_posted_by_two_sources_is_one_thing(mark: str) -> None:
    tables = small_tables()
    tables["sources"] += [{"source_id": "UP2", "role": "media_uploader"}]
    (film,) = tables["media"]
    film |= {mark: "video/one.mp4"}
    once = weigh(tables)
    again = film | {"media_id": "M2", "source_id": "UP2"}
    same = weigh(tables | {"media": [film, again]})
    assert_same(once, same)
    assert same.groups == once.groups
    apart = weigh(tables | {"media": [film, again | {mark: "video/two.mp4"}]})
    assert apart.groups == once.groups + 1


def test_uploads_hang_together_through_others() -> None:
    assert same_uploads([("A", ["x"]), ("B", ["y"]), ("C", ["x", "y"]), ("D", ["z"]), ("D", [])]) == [0, 0, 0, 3, 3]


def test_files_of_equal_bytes_are_one_exhibit() -> None:
    tables = small_tables()
    tables["media"] = [tables["media"][0] | {"media_id": f"M{i}", "item": f"{i}.mp4"} for i in (1, 2, 3)]
    evidence = evidence_of(tables, files={"1.mp4": b"one", "2.mp4": b"one", "3.mp4": b"three"})
    assert evidence.media.sort("media_id")["exhibit"].to_list() == ["1.mp4", "1.mp4", "3.mp4"]
