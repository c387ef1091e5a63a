"""A new case: a commented case.toml, an empty table of every kind, that of names too, and a README on them all.

Whose clocks, which parties and which order of battle a case has is for its authors to say. What they have not said yet
stands commented out with what may be written: a war that nobody chose must not be in force.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from consilience.casework.situating import orbat_of
from consilience.casework.table_docs import explain_table
from consilience.errors import CaseFileInvalid, ReferenceDataError, UsageError
from consilience.readings.case_file import settings_of
from consilience.records.columns import Table
from consilience.records.tables import IDENTITY_TABLE, TABLES
from consilience.reference.shipped import orbat_names

_CASE_TOML = """\
[case]
id = "{id}"                    # short, for file names
title = "{title}"
{zone}    # required, an IANA name; times without an offset are local time there
{parties}    # required: the parties to tell apart; "other" always stands beside them
{orbat}    # an order of battle: one that ships ({shipped}) or a folder of your own; without it all count alike
# period_start = 2017-04-01
# period_end = 2017-04-30      # inclusive
# as_of = 2017-06-30           # the only "today" that a report knows
# area = [35.7, 34.3, 37.8, 36.6]   # west, south, east, north
# attribution_level = 0.95     # the standard by which a set of parties is named
# single_source = "warn"       # where one source alone carries a single name: "off", "warn" or "widen"
# reviewers = 1                # persons who must have reviewed a finding before it is published: 1 or 2
# date_order = "dmy"           # how the tables write 03.04.2017: "dmy" (day first) or "mdy"; left out: refused

[party_labels]                 # how a report says each of the parties
{labels}

# [party_words]                # other words of your tables for a party
# Syrian = ["regime", "SAA"]
"""

_ZONE, _PARTIES, _ORBAT = "Asia/Damascus", ("Syrian", "Russian"), "syria"
"""What a commented line shows."""

_README = """\
# {title}

A case for Consilience: `case.toml` and the tables beside it. Say in `case.toml` first whose clocks and which parties it
speaks of, and by which order of battle, if any: what stands commented out there is not chosen. Then fill in what you
have. Every table may stay empty, be deleted, or be kept as .xlsx or .parquet under the same name; every other file in
this folder is kept as an exhibit.

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


def create(
    folder: Path, *, time_zone: str | None = None, parties: Sequence[str] = (), orbat: str | None = None
) -> tuple[Path, ...]:
    """Write the template case into a new or empty folder and give the files' paths.

    What is not given stands commented out; a case can't be read before it has a time zone and parties. Nothing is ever
    overwritten: UsageError where the folder holds anything, or can't be made, and where the zone is unknown, a party is
    no name for one, or the order of battle does not ship or knows none of the parties.
    """
    _check_choice(time_zone, parties, orbat)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "something stands there already", where=str(folder), remedy="Choose a new folder; nothing was changed."
        )
    title, tables = folder.resolve().name, (IDENTITY_TABLE, *TABLES.values())
    texts = {
        "case.toml": _CASE_TOML.format(
            id=_slug(title),
            title=title.replace("\\", "").replace('"', "'"),
            shipped=", ".join(orbat_names()),
            **_chosen(time_zone, tuple(parties), orbat),
        ),
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


def _chosen(time_zone: str | None, parties: tuple[str, ...], orbat: str | None) -> dict[str, str]:
    """The lines of case.toml that are a choice, live where it was made and commented out where not."""
    named = parties or _PARTIES
    labels = (f"# {_quoted_toml(party)} = {_quoted_toml(party + ' forces')}" for party in named)
    return {
        "zone": ("" if time_zone else "# ") + f'time_zone = "{time_zone or _ZONE}"',
        "parties": ("" if parties else "# ") + f"parties = [{', '.join(map(_quoted_toml, named))}]",
        "orbat": ("" if orbat else "# ") + f'orbat = "{orbat or _ORBAT}"',
        "labels": "\n".join(labels),
    }


def _quoted_toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _check_choice(time_zone: str | None, parties: Sequence[str], orbat: str | None) -> None:
    """UsageError where what is chosen could not be read again."""
    chosen = {"id": "new", "time_zone": time_zone or _ZONE, "parties": list(parties or _PARTIES)}
    try:
        settings = settings_of({"case": chosen})
        if orbat is not None:
            if orbat not in orbat_names():
                raise UsageError(
                    f"no order of battle {orbat!r} ships",
                    remedy=f"Choose one that does ({', '.join(orbat_names())}), or write a folder of your own into "
                    "case.toml later.",
                )
            orbat_of(replace(settings, orbat=orbat), Path())
    except CaseFileInvalid as err:
        raise UsageError(err.what, remedy="Choose another; nothing was written.") from err
    except ReferenceDataError as err:
        remedy = f"Choose none, or parties that it knows (`consilience orbat {orbat}`); nothing was written."
        raise UsageError(err.what, remedy=remedy) from err


def header(table: Table) -> str:
    """The header line of an empty table, key first."""
    return ",".join(column.name for column in table.columns) + "\n"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "case"


def _quoted(folder: Path) -> str:
    text = str(folder)
    return f'"{text}"' if re.search(r"\s", text) else text
