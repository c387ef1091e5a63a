"""Every kind of evidence has its place in every registry, and each entry resolves (rule 5 of the house)."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Iterable
from typing import Any

import pytest
from source_tree import modules

from consilience.casework.claims import SAYERS
from consilience.casework.clock_views import BANDS
from consilience.casework.situating import PLACED
from consilience.casework.table_docs import ROW_IS
from consilience.casework.views import KEYS, POINTS
from consilience.conclude.schema import findings_schema
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.likelihood.kinds import LIKELIHOODS
from consilience.corroborate.likelihood.selections import PRINTED
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


NOT_IN_A_TABLE = {
    "track": "sightings joined to a flight; the flight log speaks as one",
    "status": "what was at a place: shown and never weighed",
}
"""Kinds that findings may hold and that stand in no table of their own."""

NAMED_ELSEWHERE = {
    "casework/calibrate/judged.py": "calibration counts accounts, by which it sorts incidents",
    "casework/clock_views.py": "a flight's band is made of its sightings",
    "casework/single_source.py": "who logged the listed calls goes with them",
    "casework/views.py": "a flight is worded and drawn by its sightings",
    "corroborate/placebo.py": "the interval that is shifted is that of the accounts, by definition",
    "corroborate/probe.py": "who logged the listed calls goes with them",
    "publish/incident_page.py": "flights have rows of their own on the strip",
    "publish/statements/casualty_figures.py": "how many were killed is said by accounts alone",
    "publish/statements/spoken_of.py": "accounts and remnants alone speak of bomblets, and not every kind of an hour",
    "publish/matrix.py": "a flight has no source of its own",
    "publish/reasons.py": "a flight alone does not say that an attack happened",
}
"""Modules outside the registries that ask of which kind a piece is, and why."""


def test_every_kind_that_findings_may_hold_has_a_reader_a_likelihood_and_a_view() -> None:
    kinds = set(findings_schema()["$defs"]["piece"]["properties"]["kind"]["enum"])
    assert kinds - set(NOT_IN_A_TABLE) == set(KEYS) == set(LIKELIHOODS) | set(PRINTED)
    assert not set(LIKELIHOODS) & set(PRINTED)
    assert set(POINTS) <= set(KEYS)
    assert {log.table for log in PRINTED.values()} == {KEYS[kind][0] for kind in PRINTED}


@pytest.mark.parametrize("kind", sorted(LIKELIHOODS))
def test_a_likelihood_is_a_function_of_the_material_alone(kind: str) -> None:
    signature = inspect.signature(LIKELIHOODS[kind])
    assert [parameter.annotation for parameter in signature.parameters.values()] == ["Material"]
    assert signature.return_annotation == "list[Part]"


def _asked_kinds(tree: ast.Module) -> Iterable[str]:
    """Kinds of evidence with which something called `kind` is compared by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and "kind" in ast.dump(node.left):
            constants = [part for side in node.comparators for part in ast.walk(side) if isinstance(part, ast.Constant)]
            yield from (str(one.value) for one in constants if one.value in {*KEYS, *NOT_IN_A_TABLE})


def test_nobody_asks_of_which_kind_a_piece_is_but_who_says_why() -> None:
    asking = {name for name, tree in modules().items() if set(_asked_kinds(tree))}
    assert asking == set(NAMED_ELSEWHERE)


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
    assert set(ROW_IS) == {*TABLES, "identities"}, "the table of names is written by `new`, and is no evidence"
    assert set(PLACED) <= set(TABLES)
