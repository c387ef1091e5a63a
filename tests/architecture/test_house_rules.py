"""The rules of the house that no linter knows: sizes, names, clocks, networks, exceptions, inputs."""

from __future__ import annotations

import ast
import pkgutil
import re
import subprocess
from collections import Counter
from types import FunctionType

import pytest
from source_tree import PACKAGE, ROOT, imported_names, modules, room_of, spoken_strings

from consilience.records.tables import NEVER_AN_INPUT

MOST_LINES = 400
LONGER_WITH_REASON: dict[str, str] = {
    "vault/bundle/verify.py": "travels alone in every bundle, so it is one file that imports nothing of ours",
}
"""Modules that may be longer than MOST_LINES, and why; none may be longer than LIMIT."""
LIMIT = 500

NAMES_THAT_SAY_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "manager",
    "handler",
    "processor",
    "base",
}

NETWORK = {"socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "xmlrpc"}

OUTERMOST_LOOPS = {"cli/main.py"}
"""Where a broad except may stand: the command line's outermost loop."""

MAY_READ_THE_CLOCK = {"casework/acting_time.py": "an act in the ledger says when it was done"}
"""Modules that may ask what time it is, and why: what they write never reaches findings.json."""

NOT_CALLED_YET = {
    "flush": "age calls it on what it writes to",
    "check_inclusion": "what a bundle's own verifier does; tests hold the proofs that we make against it",
}
"""What is defined and tested and which nothing in the package calls, and why it stays."""


def test_no_module_is_too_long() -> None:
    lengths = {name: len((PACKAGE / name).read_text("utf-8").splitlines()) for name in modules()}
    too_long = {name: n for name, n in lengths.items() if n > (LIMIT if name in LONGER_WITH_REASON else MOST_LINES)}
    assert not too_long
    unneeded = [name for name in LONGER_WITH_REASON if lengths.get(name, 0) <= MOST_LINES]
    assert not unneeded, "take these off the list"


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_module_is_named_for_what_it_does_and_says_so_first(module: str) -> None:
    words = set(module.removesuffix(".py").replace("/", "_").split("_"))
    assert not words & NAMES_THAT_SAY_NOTHING
    assert ast.get_docstring(modules()[module]), "its docstring is missing"


def test_nothing_reaches_for_the_network() -> None:
    reached = {
        name: sorted(used)
        for name, tree in modules().items()
        if (used := {imported.split(".")[0] for imported in imported_names(tree)} & NETWORK)
    }
    assert not reached


def test_broad_excepts_stand_in_the_outermost_loops_alone() -> None:
    broad = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
    }
    assert broad == OUTERMOST_LOOPS


def test_a_run_knows_no_clock_and_throws_no_dice() -> None:
    clocks = re.compile(r"(datetime|date|time)\.(now|utcnow|today|time|time_ns)$")
    dice = re.compile(r"(random\.\w+|uuid\.uuid[14]|np\.random\.(?!Generator|default_rng|SeedSequence|PCG64)\w+)$")
    asking = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and (clocks.search(ast.unparse(node)) or dice.match(ast.unparse(node)))
    }
    assert asking == set(MAY_READ_THE_CLOCK)


@pytest.mark.parametrize("stage", ["corroborate", "situate", "engine"])
def test_what_others_concluded_is_never_weighed(stage: str) -> None:
    named = {
        name: sorted(tables)
        for name, tree in modules().items()
        if room_of(name) == stage and (tables := spoken_strings(tree) & set(NEVER_AN_INPUT))
    }
    assert not named


def test_nothing_tracked_points_outside_the_clone() -> None:
    pattern = r"\.\./sha" r"red|(^|[^A-Za-z0-9_.])/(wo" r"rk|far" r"m|ro" r"ot|ho" r"me)/"
    found = subprocess.run(["git", "grep", "-nIE", pattern], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 1, found.stdout + found.stderr


def test_nothing_is_left_unfinished_in_words() -> None:
    words = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|raise Not" r"ImplementedError)\b")
    unfinished = [name for name in modules() if words.search((PACKAGE / name).read_text("utf-8"))]
    assert not unfinished


def test_nothing_is_defined_that_nothing_uses() -> None:
    defined: set[str] = set()
    used = {name for tree in modules().values() for name in _names_used(tree)}
    for tree in modules().values():
        defined |= _names_defined(tree)
    assert defined - used == set(NOT_CALLED_YET)


@pytest.mark.parametrize("module", sorted(modules()))
def test_no_private_name_is_defined_that_its_own_module_does_not_use(module: str) -> None:
    """Another module's `_holds` does not make this one's used."""
    tree = modules()[module]
    private = {name for name in _names_defined(tree) if name.startswith("_") and not name.endswith("__")}
    assert private - _names_used(tree) == set()


def _names_used(tree: ast.Module) -> set[str]:
    """Names read, attributes, and strings (a name may be looked up by them, as `__getattr__` does)."""
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return read | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | spoken_strings(tree)


def _names_defined(tree: ast.Module) -> set[str]:
    """Functions, methods and classes that no decorator registers, and constants of the module."""
    defined = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not (isinstance(node, ast.FunctionDef) and _is_registered(node))
        and not node.name.startswith("__")
    }
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
        defined |= {target.id for target in targets if isinstance(target, ast.Name)} - {"__all__"}
    return defined


def _is_registered(function: ast.FunctionDef) -> bool:
    """Does a decorator hand it to somebody else, who calls it (a command, a validator)?"""
    return any(isinstance(decorator, ast.Call) for decorator in function.decorator_list)


def _front_doors() -> list[str]:
    """Dotted names of the doors that docs/architecture.md names."""
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.MULTILINE)
    return [f"{room}.{door}" for room, doors in rows for door in re.findall(r"`([\w.]+)`", doors)]


@pytest.mark.parametrize("door", sorted(set(_front_doors())))
def test_every_front_door_is_where_the_page_says(door: str) -> None:
    assert callable(pkgutil.resolve_name(f"consilience.{door}"))


def test_casework_goes_through_the_front_doors_alone() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"casework", "records"}
    called = {
        f"{node.module.removeprefix('consilience.')}.{alias.name}"
        for module, tree in modules().items()
        if room_of(module) == "casework"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("consilience.")
        and node.module.split(".")[1] in rooms
        for alias in node.names
        if isinstance(pkgutil.resolve_name(f"{node.module}:{alias.name}"), FunctionType)
    }
    assert called
    assert called <= set(_front_doors())


def test_no_front_door_stands_twice_on_the_page() -> None:
    assert [door for door, times in Counter(_front_doors()).items() if times > 1] == []


def test_every_room_has_a_front_door() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"} - {"records"}
    assert rooms == {door.split(".")[0] for door in _front_doors()}


def test_no_two_modules_of_tests_share_a_name() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names)), "pytest would import the first for both"
