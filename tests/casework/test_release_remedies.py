"""Each reason of a shut release names what mends it, and every command that it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from consilience.casework.release_gates import GATES
from consilience.casework.release_remedies import REMEDIES, remedy
from consilience.cli.main import app
from consilience.records.decisions import KINDS

CASE = Path("my-case")
REASONS = [
    *((gate, "any reason") for gate in GATES),
    ("review", "I1 is retracted and still among the findings"),
    ("review", "I1: contested"),
    ("claims", "I1: was reviewed or signed on what is no longer claimed: A1"),
    ("letters", "letter L1: has a reply, and no decision says what it changes (reply_effect, scope L1)"),
    ("letters", "letter L1: why no reply is sought is not signed by a named counsel"),
    ("letters", "letter L1: has no deadline"),
    ("letters", "letter L1: was sent on 2020-05-05, after as_of 2020-05-04"),
    ("letters", "Russian is named and there is no letter to it, nor a reason why none"),
    ("consent", "source W1 has withdrawn and is still in the evidence"),
    ("files", "the signing key can't be used: is damaged"),
    ("files", "the release before this one can't be compared: is gone"),
    ("files", "the report can't be built: bad prose"),
    ("documents", "document in 'en', sentence I1/time: finding I1: not reviewed"),
]


def test_every_gate_has_a_remedy() -> None:
    assert REMEDIES.keys() == GATES.keys()


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
