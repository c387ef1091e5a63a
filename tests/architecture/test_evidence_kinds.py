"""Every kind of evidence has its place in every registry, and each entry resolves (rule 5 of the house)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from consilience.casework.claims import SAYERS
from consilience.casework.clock_views import BANDS
from consilience.casework.situating import PLACED
from consilience.casework.table_docs import ROW_IS
from consilience.casework.views import KEYS
from consilience.conclude.schema import findings_schema
from consilience.corroborate.evidence import CaseEvidence
from consilience.publish.matrix import ORDER_OF_KINDS
from consilience.records.tables import TABLES
from consilience.situate.clock import TIME_SOURCES


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_a_kind_of_evidence_has_a_table_a_place_among_the_evidence_words_a_band_and_a_row_in_the_matrix(
    kind: str,
) -> None:
    table, key = KEYS[kind]
    assert TABLES[table].key == key
    assert table in {field.name for field in dataclasses.fields(CaseEvidence)}
    assert kind in SAYERS
    assert kind in BANDS
    assert kind in ORDER_OF_KINDS


@pytest.mark.parametrize("registry", [SAYERS, BANDS], ids=["words", "bands"])
def test_no_registry_knows_a_kind_that_the_others_do_not(registry: dict[str, Any]) -> None:
    assert set(registry) == set(KEYS)


def test_the_matrix_orders_exactly_the_kinds_that_findings_may_hold() -> None:
    assert findings_schema()["$defs"]["piece"]["properties"]["kind"]["enum"] == list(ORDER_OF_KINDS)


@pytest.mark.parametrize("table", sorted(TIME_SOURCES))
def test_when_a_row_happened_is_read_from_columns_that_its_table_has(table: str) -> None:
    columns = {column.name for column in TABLES[table].columns}
    named = set(dataclasses.astuple(TIME_SOURCES[table])) - {None, TIME_SOURCES[table].default}
    assert named <= columns


def test_every_table_is_explained_and_what_is_placed_is_a_table() -> None:
    assert set(ROW_IS) == set(TABLES)
    assert set(PLACED) <= set(TABLES)
