"""A new case: a commented case.toml, an empty table of every kind, that of names too, and a README on them all."""

from __future__ import annotations

import re
from pathlib import Path

from consilience.casework.table_docs import explain_table
from consilience.errors import UsageError
from consilience.records.columns import Table
from consilience.records.tables import IDENTITY_TABLE, TABLES

_CASE_TOML = """\
[case]
id = "{id}"                    # short, for file names
title = "{title}"
time_zone = "Asia/Damascus"    # IANA name; times without an offset are local time there
parties = ["Syrian", "Russian"]   # the parties to tell apart; "other" always stands beside them
orbat = "syria"                # a shipped order of battle, or a folder of your own; leave out for none
# period_start = 2017-04-01
# period_end = 2017-04-30      # inclusive
# as_of = 2017-06-30           # the only "today" that a report knows
# area = [35.7, 34.3, 37.8, 36.6]   # west, south, east, north
# attribution_level = 0.95     # the standard by which a set of parties is named
# single_source = "warn"       # where one source alone carries a single name: "off", "warn" or "widen"
# reviewers = 1                # persons who must have reviewed a finding before it is published: 1 or 2
# date_order = "dmy"           # how the tables write 03.04.2017: "dmy" (day first) or "mdy"; left out: refused

[party_labels]                 # how a report says it
Syrian = "Syrian government forces"
Russian = "Russian forces"

# [party_words]                # other words of your tables for a party
# Syrian = ["regime", "SAA"]
"""

_README = """\
# {title}

A case for Consilience: `case.toml` and the tables beside it. Fill in what you have. Every table may stay empty, be
deleted, or be kept as .xlsx or .parquet under the same name; every other file in this folder is kept as an exhibit.

    consilience check {folder}     what would be left out, and why
    consilience run {folder}       findings and a report, beside this folder

An empty cell means "not known", never 0 or "no". Columns that you don't need may be deleted. Extra columns are kept,
and never printed in a report.

## Names

Keep the names of protected persons out of every table but one, `identities.csv`, and out of the names of files. Who
stands there is sealed: a run encrypts the row, and each file that the person's rows in other tables cite as `item`, to
the custodians' keys. Until it is removed, what you wrote here stays in this folder in clear.

    consilience keys init --yes                a key of your own; `keys add` adds other custodians'
    consilience seal {folder} --remove-plain   takes names and sealed files out of this folder, once they are sealed

## An order of battle of your own

`orbat` in `case.toml` may name a folder in here with `platforms.csv`, `operators.csv` and `priors.csv`; `bases.csv`,
`weapons.csv`, `descriptions.csv`, `languages.csv` and `lexicon.csv` may stand beside them. In `priors.csv` three rows
of mode `*` must say how probable "none" (no attack), "another cause" and "together" are before any evidence.

    consilience orbat FOLDER                   reads such a folder and shows it, or says what is missing

## Prose

What analysts write for the report stands in `narrative/`, one file a chapter and language: `01-summary.en.md`,
`01-summary.ar.md`. It names findings in place of writing numbers, `{{{{incident.I1.time}}}}`; names in another language
stand in `narrative/names.ar.toml`.

    consilience report {folder}

## Tables

"""


def create(folder: Path) -> tuple[Path, ...]:
    """Write the template case into a new or empty folder and give the files' paths.

    Nothing is ever overwritten: UsageError where the folder holds anything, or can't be made.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "something stands there already", where=str(folder), remedy="Choose a new folder; nothing was changed."
        )
    title, tables = folder.resolve().name, (IDENTITY_TABLE, *TABLES.values())
    texts = {
        "case.toml": _CASE_TOML.format(id=_slug(title), title=title.replace("\\", "").replace('"', "'")),
        "README.md": _README.format(title=title, folder=_quoted(folder)) + "\n".join(map(explain_table, tables)),
    } | {f"{table.name}.csv": header(table) for table in tables}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with (folder / name).open("x", encoding="utf-8", newline="") as stream:
                stream.write(text)
    except OSError as err:
        raise UsageError(
            f"can't write here: {err.strerror}", where=str(folder), remedy="Choose a folder that you may write to."
        ) from err
    return tuple(folder / name for name in sorted(texts))


def header(table: Table) -> str:
    """The header line of an empty table, key first."""
    return ",".join(column.name for column in table.columns) + "\n"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "case"


def _quoted(folder: Path) -> str:
    text = str(folder)
    return f'"{text}"' if re.search(r"\s", text) else text
