"""From findings to a publication: `review`, `decide`, `letters`, `release`, `correct`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from consilience.cli.case_commands import LEFT_OUT

if TYPE_CHECKING:
    from consilience.casework.decision_templates import Template

SHUT = 7
"""Exit code of `release` where a gate is shut: an output that may not be written."""

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; record and write nothing of it.")]


@app.command()
def review(
    case: CaseFolder,
    out: Annotated[Path | None, typer.Option(help="A CSV to write, with a row for each thing that is open.")] = None,
    sentences: Annotated[
        Path | None,
        typer.Option(help="A CSV to write: a sign-off for each sentence; draws names for sources, and keeps them."),
    ] = None,
    profile: Annotated[str, typer.Option(help="Whose report, with --sentences.")] = "public",
    lang: Annotated[str, typer.Option(help="Its languages, with --sentences.")] = "en,ar",
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Show the status of every finding: by whom it was reviewed, what changed since, what is open."""
    if sentences is not None:
        from consilience.casework.release_report import sentence_template

        _refuse_beside("--sentences", {"--out": out is not None, "--json": as_json})
        with progress_bars() as progress:
            made = sentence_template(case, sentences, profile, _listed(lang), workers=workers, progress=progress)
        _tell_old_parts(case, made)
        _tell_template(case, made, "In those that you sign, fill in value, by and on")
        return
    from consilience.casework.decision_tables import review_json, review_table
    from consilience.casework.reviewing import review as review_case
    from consilience.casework.reviewing import write_template

    with progress_bars() as progress:
        found = review_case(case, workers=workers, progress=progress, tell=telling_left_out(case))
    written = None if out is None else write_template(found, out)
    if written is not None:
        _tell_old_parts(case, written)
    if as_json:
        print_json(review_json(found))
        return
    print_table(review_table(found))
    if written is not None:
        _tell_template(case, written, "Fill in value, by, on and reason")


def _tell_template(case: Path, written: Template, wanted: str) -> None:
    """How many rows stand where, and what to do with each file."""
    if len(written.files) == 1:
        (file,) = written.files
        typer.echo(f"{written.rows} rows in {file}. {wanted}, then: consilience decide {case} {file}")
        return
    typer.echo(f"{written.rows} rows in {len(written.files)} files, none larger than decide reads. {wanted}, then:")
    for file in written.files:
        typer.echo(f"consilience decide {case} {file}")


def _tell_old_parts(case: Path, written: Template) -> None:
    """On stderr which files beside a template are of an earlier one, so that nobody takes them for parts of this."""
    old = "no part of this template but of an earlier one, it seems"
    for file in written.unfilled:
        typer.echo(f"{file}: {old}; nobody has filled it in: delete it if it is needed no more", err=True)
    for file in written.filled:
        recorded = f"consilience decide {case} {file}"
        typer.echo(f"{file}: {old}; somebody has changed it; what still holds is recorded by: {recorded}", err=True)


@app.command()
def decide(
    case: CaseFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Decisions, a row each.")],
    dry_run: DryRun = False,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Record decisions from a CSV. Bad rows are named and the others taken; then the exit code is 8."""
    from consilience.casework.deciding import decide_from
    from consilience.casework.decision_tables import decided_json, decided_lines, rows_named

    with progress_bars() as progress:
        done = decide_from(case, file, dry_run=dry_run, workers=workers, progress=progress, tell=telling_left_out(case))
    if as_json:
        print_json(decided_json(done))
    else:
        verb = "would be recorded" if dry_run else "recorded"
        told = f"{len(done.recorded)} {verb}, {len(done.already)} recorded before, {len(done.bad)} bad"
        typer.echo(f"{told}, {len(done.left_open)} left open" if done.left_open else told)
        for line in decided_lines(done):
            typer.echo(line)
        if done.left_open:
            typer.echo(f"left open, since no value is filled in: {file.name}, {rows_named(done.left_open)}")
    for bad in done.bad:
        typer.echo(str(bad), err=True)
    if done.bad:
        raise typer.Exit(LEFT_OUT)


@app.command()
def letters(
    case: CaseFolder,
    out: Annotated[Path | None, typer.Option(help="Folder for the letters; CASE-letters beside the case.")] = None,
    lang: Annotated[str, typer.Option(help="Languages, with commas between: en, ar.")] = "en",
    formats: Annotated[str, typer.Option("--format", help="Forms, with commas between: md, docx, pdf.")] = "md",
    dry_run: DryRun = False,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Write a letter to each addressee and a calendar of deadlines; show where each letter stands.

    What was written before is never changed: a letter that says something else by now gets a new edition beside it.
    """
    from consilience.casework.decision_tables import letters_json, letters_lines, letters_table
    from consilience.casework.replying import letters as write_letters

    folder = out or case.resolve().parent / f"{case.resolve().name}-letters"
    with progress_bars() as progress:
        said = write_letters(
            case, None if dry_run else folder, languages=_listed(lang), forms=_listed(formats), workers=workers,
            progress=progress, tell=telling_left_out(case, "letters"),
        )  # fmt: skip
    if as_json:
        print_json(letters_json(said))
        return
    print_table(letters_table(said))
    for line in letters_lines(said):
        typer.echo(line)
    for sentence in said.sentences:
        typer.echo(sentence)
    for file in said.kept:
        typer.echo(f"{file}: was edited since it was written, and is left as it is", err=True)
    for line in said.stale:
        if line not in said.known:
            typer.echo(line, err=True)
    if said.known:
        typer.echo(
            f"{len(said.known)} editions are out of date, as was said before: {folder / 'editions.md'}", err=True
        )
    if said.written:
        typer.echo(f"{len(said.written)} files in {folder}")


@app.command()
def release(
    case: CaseFolder,
    profile: Annotated[str, typer.Option(help="For whom: public, partner or court.")],
    out: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    formats: Annotated[str, typer.Option("--format", help="Forms of the report, with commas.")] = "html,pdf,docx,md",
    lang: Annotated[str, typer.Option(help="Languages of the report, with commas.")] = "en,ar",
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Publish nothing; write the files as they would go out, for approvers, into OUT-not-published-….",
        ),
    ] = False,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Publish, or say why not: every reason on a line of its own, with how it is mended, and exit code 7.

    The only door out.

    The leak scan opens sealed names, on a dry run too, and the ledger then says so (an act unsealed for each source).
    """
    from consilience.casework.decision_tables import release_json, release_lines
    from consilience.casework.release_report import reports
    from consilience.casework.releasing import release as release_case

    with progress_bars() as progress:
        done = release_case(
            case, profile, out, reports, formats=_listed(formats), languages=_listed(lang), dry_run=dry_run,
            workers=workers, progress=progress,
        )  # fmt: skip
    if as_json:
        print_json(release_json(done))
    else:
        for reason, mend in zip(done.reasons, done.mends, strict=True):
            typer.echo(f"{reason}. Mend: {mend}")
        for line in release_lines(done):
            typer.echo(line)
    if done.reasons:
        raise typer.Exit(SHUT)


@app.command()
def correct(
    case: CaseFolder,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the recall notice and the retraction page, also in Arabic."),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="OLD NEW",
            help="Two folders that release wrote, the older first: say which files and findings differ, and why.",
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day by which a deadline is over; the case's as_of if not given."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="List each sentence with its files, not those of the finding alone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show corrections, the sentences of which releases they touch and who holds what; write notices; compare releases.

    Corrections are taken in with `decide` (kinds correction and corrected).
    """
    from consilience.casework.correcting import compare as compare_releases
    from consilience.casework.correcting import corrections
    from consilience.casework.correction_tables import corrections_told
    from consilience.casework.decision_tables import (
        compared_json,
        compared_lines,
        corrections_json,
    )

    if compare is not None:
        _refuse_beside("--compare", {"--out": out is not None, "--as-of": as_of is not None, "--all": every})
        compared = compare_releases(case, *compare)
        print_json(compared_json(compared)) if as_json else typer.echo("\n".join(compared_lines(compared)))
        return
    found = corrections(case, out, None if as_of is None else as_of.date())
    if as_json:
        print_json(corrections_json(found))
        return
    for told in corrections_told(found, every=every):
        typer.echo(told) if isinstance(told, str) else print_table(told)


def _refuse_beside(option: str, others: Mapping[str, bool]) -> None:
    """None of the others was given beside an option that does something else. Raises UsageError, naming those."""
    from consilience.errors import UsageError

    if given := [name for name, is_given in others.items() if is_given]:
        raise UsageError(f"{option} does not take {' or '.join(given)}", remedy="Run the command once for each.")


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
