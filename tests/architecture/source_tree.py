"""The product's source as syntax trees, read once for all tests of the house."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "consilience"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package, by its path below `src/consilience`."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def room_of(module: str) -> str:
    """The room that a module stands in: its first folder, or its own name."""
    return module.split("/")[0].removesuffix(".py")


def imported_names(tree: ast.Module) -> set[str]:
    """Everything that a module imports, anywhere in it, by its full dotted name."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def spoken_strings(tree: ast.Module) -> set[str]:
    """Every string constant of a module that is no docstring."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    }
