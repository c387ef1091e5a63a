"""docs/reference/cli.md, made from the program itself. `python tests/cli/cli_reference.py` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from consilience import errors
from consilience.cli.case_commands import LEFT_OUT
from consilience.cli.main import DEFECT, INTERRUPTED, app

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"

HEAD = """\
# The command line

`consilience COMMAND …`, or `python -m consilience COMMAND …`. Results go to standard output; progress goes to standard
error, as bars on a terminal and elsewhere as a line when each long stage begins, so a pipe gets results alone.
With `--json` a command prints JSON for programs. This page is made from the program
(`python tests/cli/cli_reference.py`), and a test compares the two.
"""


def commands(command: Any, path: tuple[str, ...] = ("consilience",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its full name, groups before what they hold."""
    yield path, command
    for name in getattr(command, "commands", {}):
        yield from commands(command.commands[name], (*path, name))


def page() -> str:
    """The whole page."""
    sections = [_section(" ".join(path), command) for path, command in commands(typer.main.get_command(app))]
    return "\n".join([HEAD, *sections, _exit_codes()])


def _section(name: str, command: Any) -> str:
    shown = [p for p in command.params if p.name != "help"]
    usage = " ".join([name, *map(_usage, shown)])
    group = " COMMAND" if getattr(command, "commands", None) else ""
    lines = [f"## {name}", "", str(command.help or "").strip(), "", f"    {usage}{group}", ""]
    if shown:
        lines += ["| | what | default |", "| --- | --- | --- |", *map(_row, shown), ""]
    return "\n".join(lines)


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    text = parameter.opts[0] if parameter.is_flag else f"{parameter.opts[0]} {_value(parameter)}"
    return text if parameter.required else f"[{text}]"


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.metavar
    else:
        name = parameter.opts[0] if parameter.is_flag else f"{parameter.opts[0]} {_value(parameter)}"
    has_default = not parameter.required and parameter.default not in (None, False)
    return f"| `{name}` | {parameter.help} | {parameter.default if has_default else ''} |"


def _value(parameter: Any) -> str:
    return str(parameter.metavar or parameter.opts[0].lstrip("-").upper())


def _exit_codes() -> str:
    classes = [getattr(errors, name) for name in vars(errors) if isinstance(getattr(errors, name), type)]
    ours = [c for c in classes if issubclass(c, errors.ConsilienceError) and c.__base__ is errors.ConsilienceError]
    rows = [(0, "done"), (DEFECT, "a defect of Consilience; `--debug` shows where")]
    rows += [(c.exit_code, f"{c.__name__}: {str(c.__doc__).strip().splitlines()[0]}") for c in ours]
    rows += [
        (LEFT_OUT, "`check --strict`: something would be left out; `decide`: rows were refused"),
        (INTERRUPTED, "broken off with Ctrl-C"),
    ]
    table = [f"| {code} | {meaning} |" for code, meaning in sorted(rows)]
    why = "An error is printed as what happened, where, and what to do about it."
    return "\n".join(["## Exit codes", "", why, "", "| code | meaning |", "| --- | --- |", *table, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
