"""A proof goes on where it stopped, never counts a result of another source, and survives being cut off mid-line."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

import prove
import pytest


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A part of three units that notes what it runs, its state in a folder of its own."""
    units: list[str] = []

    def prove_one(unit: str, folder: Path) -> Mapping[str, object]:
        assert list(folder.iterdir()) == []
        units.append(unit)
        return {"length": len(unit)}

    def summary(results: Sequence[Mapping[str, object]]) -> list[str]:
        return [f"{len(results)} results"]

    monkeypatch.setattr(prove, "STATE", tmp_path / "state")
    monkeypatch.setitem(prove.PARTS, "some", prove.Part(("a", "bb", "ccc"), prove_one, summary))
    monkeypatch.setattr(prove, "source_digest", lambda _: "this source")
    return units


def test_a_unit_that_is_known_is_not_run_again(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    prove.keep("some", {"unit": "bb", "source": "this source", "result": {"length": 2}})
    prove.run("some")
    prove.run("some")
    assert ran == ["a", "ccc"]
    assert "3 results" in capsys.readouterr().out


def test_a_result_of_another_source_does_not_count(ran: list[str]) -> None:
    prove.keep("some", {"unit": "a", "source": "an older one", "result": {"length": 1}})
    prove.run("some")
    assert ran == ["a", "bb", "ccc"]


def test_a_line_that_was_cut_off_is_run_again(ran: list[str]) -> None:
    prove.keep("some", {"unit": "a", "source": "this source", "result": {"length": 1}})
    path = prove.STATE / "some.jsonl"
    path.write_text(path.read_text("utf-8") + '{"unit": "bb", "sou', encoding="utf-8")
    prove.run("some")
    assert ran == ["bb", "ccc"]
    assert set(prove.known("some", "this source")) == {"a", "bb", "ccc"}


@pytest.mark.parametrize("name", sorted(prove.PARTS))
def test_every_part_has_units_of_its_own_names_and_is_in_the_readme(name: str) -> None:
    part = prove.PARTS[name]
    assert part.units
    assert len(set(part.units)) == len(part.units)
    assert f"| `{name}` |" in (prove.ROOT / "proofs" / "README.md").read_text("utf-8")


OURS = {path.stem: path for room in ("tests", "proofs") for path in (prove.ROOT / room).rglob("*.py")}


def _drawn_in(module: Path, seen: frozenset[Path] = frozenset()) -> frozenset[Path]:
    """The modules of tests/ and proofs/ that a module imports, at any depth, itself among them."""
    if module in seen:
        return seen
    seen |= {module}
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
        for name in names:
            if name in OURS:
                seen = _drawn_in(OURS[name], seen)
    return seen


@pytest.mark.parametrize("name", sorted(prove.PARTS))
def test_a_part_names_as_beside_it_all_that_it_imports_and_nothing_else(name: str) -> None:
    """Else a result would count after a change of what made it."""
    module = prove.ROOT / "proofs" / f"{name}.py"
    beside = {prove.ROOT / place for place in prove.PARTS[name].beside}
    needed = _drawn_in(module) - {module}
    assert {path for path in needed if not beside & {path, *path.parents}} == set()
    assert {place for place in beside if not any(place in {path, *path.parents} for path in needed)} == set()
