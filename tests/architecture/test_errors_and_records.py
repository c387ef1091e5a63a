"""The drawn tree of errors is the real one, every error can happen, and records can't be changed."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re

import pytest
from source_tree import modules

import consilience
import consilience.records
from consilience import errors
from consilience.errors import ConsilienceError, ExhibitDamaged

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, ConsilienceError)
}
GROUPS = {name for name, value in CLASSES.items() if value.__subclasses__()}
"""Errors that stand for the ones below them."""

RECORDS = [
    value
    for module in pkgutil.iter_modules(consilience.records.__path__, "consilience.records.")
    for value in vars(importlib.import_module(module.name)).values()
    if inspect.isclass(value) and value.__module__ == module.name and dataclasses.is_dataclass(value)
]


def _drawn() -> dict[str, tuple[int | None, str | None]]:
    """For each error in the module's docstring: its exit code, if drawn, and the error above it."""
    above: list[tuple[int, str]] = []
    drawn: dict[str, tuple[int | None, str | None]] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^( {4}[ │├└─]*)([A-Z]\w+)\s+(\d+)?", line)
        if found is None:
            continue
        depth = len(found[1])
        above = [(d, name) for d, name in above if d < depth]
        drawn[found[2]] = (int(found[3]) if found[3] else None, above[-1][1] if above else None)
        above.append((depth, found[2]))
    return drawn


def test_the_drawn_tree_of_errors_is_the_real_one() -> None:
    drawn = _drawn()
    assert set(drawn) == set(CLASSES)
    for name, (code, parent) in drawn.items():
        assert name == "ConsilienceError" or CLASSES[name].__bases__ == (CLASSES[parent or ""],)
        assert code is None or code == CLASSES[name].exit_code
        assert code is not None or parent not in (None, "ConsilienceError"), f"{name} needs an exit code"


def test_each_class_of_error_has_an_exit_code_of_its_own() -> None:
    own = [value.exit_code for value in CLASSES.values() if "exit_code" in vars(value)]
    assert len(own) == len(set(own))
    assert all(0 < code < 126 for code in own), "0 is success and 126 upwards belong to the shell"


@pytest.mark.parametrize("name", sorted(set(CLASSES) - GROUPS))
def test_every_error_is_raised_somewhere(name: str) -> None:
    made = {
        node.func.id
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert name in made


def test_an_error_says_what_happened_where_and_what_to_do() -> None:
    text = str(ConsilienceError("the date is not one", where="accounts.csv, row 3", remedy="Write 2017-04-02."))
    assert text == "accounts.csv, row 3: the date is not one\n  What to do: Write 2017-04-02."


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_records_are_frozen_and_slotted(record: type) -> None:
    assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(record)


def test_what_the_package_promises_is_there() -> None:
    assert len(set(consilience.__all__)) == len(consilience.__all__)
    for name in consilience.__all__:
        assert getattr(consilience, name) is not None


def _raised() -> list[tuple[str, ast.Call]]:
    """Where each error of ours is made, and the call."""
    return [
        (f"{module}:{node.lineno}", node)
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES
    ]


def test_every_error_says_what_to_do() -> None:
    """Its own remedy, or the usual one of its type; whoever is stopped is never left with what happened alone."""
    bare = [
        where
        for where, call in _raised()
        if isinstance(call.func, ast.Name)
        and CLASSES[call.func.id].usual_remedy is None
        and "remedy" not in {keyword.arg for keyword in call.keywords}
    ]
    assert not bare
    assert len(_raised()) > 100, "they are found"
    assert ExhibitDamaged("is gone").remedy == ExhibitDamaged.usual_remedy
    assert ExhibitDamaged("is gone", remedy="Look there.").remedy == "Look there."


def test_no_remedy_is_empty_or_nothing() -> None:
    given = [keyword.value for _, call in _raised() for keyword in call.keywords if keyword.arg == "remedy"]
    assert not [one.lineno for one in given if isinstance(one, ast.Constant) and not one.value]
