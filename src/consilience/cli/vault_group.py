"""The group of commands `consilience vault …`; modules add theirs to it."""

from __future__ import annotations

import typer

from consilience.cli.app import app

vault = typer.Typer(
    no_args_is_help=True, help="What is kept: check, history, copies, signatures.", rich_markup_mode=None
)
app.add_typer(vault, name="vault")
