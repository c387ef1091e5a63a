"""Every command and option is in the reference, with its help, and the reference has none that the program lacks."""

from __future__ import annotations

import typer.main
from cli_reference import PAGE, commands, page

from consilience.cli.main import app


def test_the_reference_is_what_the_program_says_of_itself() -> None:
    assert PAGE.read_text("utf-8") == page(), "if the program is right: python tests/cli/cli_reference.py"


def test_every_command_and_option_says_what_it_does() -> None:
    for path, command in commands(typer.main.get_command(app)):
        assert command.help, path
        for parameter in command.params:
            assert parameter.name == "help" or parameter.help, (path, parameter.name)
