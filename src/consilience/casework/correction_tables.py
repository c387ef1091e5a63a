"""Corrections for the terminal: what each is about, then a small table for each sentence that is to be read again."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.table import Table

from consilience.casework.correcting import Correction, Corrections
from consilience.casework.kept_releases import Affected


def corrections_told(found: Corrections) -> Iterator[str | Table]:
    """Lines and tables, in the order in which they are printed: corrections, who holds what, what was written."""
    yield f"{len(found.corrections)} corrections, {len(found.releases)} releases"
    for one in found.corrections:
        yield from _correction(one)
    if found.holders:
        yield ""
        yield _holders(found)
    for file in found.written:
        yield f"written: {file}"


def _correction(one: Correction) -> Iterator[str | Table]:
    taken = one.taken_in
    state = "answered" if one.answered else "overdue" if one.overdue else "open"
    state += ", and no day is known by which to call it overdue" if one.overdue is None else ""
    due = f", due {taken.due}" if taken.due else ""
    yield ""
    yield f"{taken.decision_id}: {taken.target}, {taken.value}, {state}{due}"
    yield f"touches {one.sentences}"
    for release in one.releases:
        yield f"  in the {release.profile} release {release.manifest}"
    for root in one.bundles:
        yield f"  in the bundle {root}"
    for manifest in one.unlisted:
        yield f"  of release {manifest} no sentence is on record: read it"
    for number, said in enumerate(one.affected, 1):
        yield _sentence(said, f"{number} of {len(one.affected)}")


def _sentence(said: Affected, which: str) -> Table:
    """Where a reader finds one sentence, and its words: one thing a line, whatever the width."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("sentence", no_wrap=True)
    table.add_column(f"{which}: {said.sentence_id}", overflow="fold")
    for name, value in (
        ("says", said.text),
        ("edition", said.edition),
        ("under", said.under),
        ("files", "\n".join(said.files) or "none"),
        ("release", str(said.manifest)),
    ):
        table.add_row(name, value)
    return table


def _holders(found: Corrections) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("act", "kind", "on", "held by"):
        table.add_column(name, overflow="fold")
    for one in found.holders:
        table.add_row(str(one.act), one.kind, str(one.on), one.who)
    return table
