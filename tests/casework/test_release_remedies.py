"""Each reason of a shut release names what mends it, and every command that it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from consilience.casework.release_gates import GATES
from consilience.casework.release_remedies import BY_KIND, REMEDIES, remedy
from consilience.cli.main import app
from consilience.records.decisions import KINDS
from consilience.records.worded import Worded

CASE = Path("my-case")
REASONS = [
    *((gate, "any reason") for gate in GATES),
    *((gate, Worded("any reason", kind)) for gate, kinds in BY_KIND.items() for kind in kinds),
]


def test_every_gate_has_a_remedy() -> None:
    assert REMEDIES.keys() == GATES.keys() >= BY_KIND.keys()


def test_a_kind_of_reason_without_a_remedy_is_no_silent_one() -> None:
    with pytest.raises(KeyError):
        remedy("letters", Worded("letter L1: any reason", "of no kind"), CASE, "public")


@pytest.mark.parametrize(("gate", "reason"), REASONS)
def test_it_names_commands_kinds_and_options_that_are_there(gate: str, reason: str) -> None:
    said = remedy(gate, reason, CASE, "public")
    assert "{" not in said
    assert "\n" not in said
    for words in re.findall(r"consilience ([^,;(]+)", said):
        command, options = _command(words.split())
        asked = re.findall(r"--[a-z-]+", words)
        assert set(asked) <= options, (command, asked)
    for kinds in re.findall(r"with kinds? ([a-z_, ]+?)(?: or narrative|, a row|, by|$)", said):
        named = {one for one in re.findall(r"[a-z_]+", kinds) if one not in ("and", "or", "restore", "the", "rows")}
        assert named <= set(KINDS), named


def _command(words: list[str]) -> tuple[str, set[str]]:
    """The command that the first words name, and its options."""
    found: Any = typer.main.get_command(app)
    name: list[str] = []
    while commands := getattr(found, "commands", None):
        name.append(words[len(name)])
        assert name[-1] in commands, name
        found = commands[name[-1]]
    return " ".join(name), {option for parameter in found.params for option in parameter.opts}
