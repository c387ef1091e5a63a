"""What turns findings into a publication: `report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consilience.cli.app import (
    AsJson,
    CaseFolder,
    Workers,
    app,
    print_json,
    print_table,
    progress_bars,
    telling_left_out,
)

Profile = Annotated[str, typer.Option(metavar="PROFILE", help="For whom: public, partner or court.")]
Forms = Annotated[str, typer.Option("--format", metavar="FORMS", help="Of html, pdf, docx, md; commas between.")]
Languages = Annotated[str, typer.Option("--lang", metavar="LANGS", help="Of en, ar; commas between.")]


@app.command()
def report(
    case: CaseFolder,
    profile: Profile = "public",
    forms: Forms = "html",
    languages: Languages = "en",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the report; CASE-report beside the case if not given.")
    ] = None,
    show_references: Annotated[
        bool, typer.Option("--show-references", help="List what each reference in the prose says; write no report.")
    ] = False,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Make a draft of the report, in which every sentence leads to its evidence."""
    from consilience.casework.reporting import report_case

    if show_references:
        _show_references(case, profile, _split(languages), workers, as_json)
        return
    with progress_bars() as progress:
        done = report_case(
            case, out, profile=profile, forms=_split(forms), tongues=_split(languages), workers=workers,
            progress=progress, tell=telling_left_out(case),
        )  # fmt: skip
    if as_json:
        print_json(done.as_json())
        return
    for language, marked in done.marked.items():
        typer.echo(f"{language}: {marked} sentences are marked in this draft")
    for name in done.files:
        typer.echo(str(done.out / name))


def _show_references(case: Path, profile: str, languages: list[str], workers: int, as_json: bool) -> None:
    from consilience.casework.reporting import ready
    from consilience.casework.terminal import references_table

    with progress_bars() as progress:
        made = ready(case, workers=workers, progress=progress)
    found = [one for language in languages for one in made.references(profile, language)]
    if as_json:
        print_json([one.as_json() for one in found])
    else:
        print_table(references_table(found))


def _split(words: str) -> list[str]:
    """The words between commas, each once, in their order."""
    return list(dict.fromkeys(word.strip() for word in words.split(",") if word.strip()))
