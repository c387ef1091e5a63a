"""Corrections for the terminal: what each is about, how many sentences are to be read again, and those of the finding.

Whole, each sentence is a small table; in short, sentences that only count the finding are counted by chapter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table

from consilience.casework.correcting import Correction, Corrections
from consilience.casework.kept_releases import Affected


def corrections_told(found: Corrections, *, every: bool) -> Iterator[str | Table]:
    """Lines and tables, in the order in which they are printed: corrections, who holds what, what was written.

    `every`: a table for each sentence, with the files that it stands in.
    """
    yield f"{len(found.corrections)} corrections, {len(found.releases)} releases"
    for one in found.corrections:
        yield from _correction(one)
        yield from _whole(one) if every else _in_short(one)
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


def _whole(one: Correction) -> Iterator[str | Table]:
    for number, said in enumerate(one.affected, 1):
        yield _sentence(said, f"{number} of {len(one.affected)}")


def _in_short(one: Correction) -> Iterator[str]:
    """How many sentences; those of the finding in the words of the last release, once for all editions; the others by
    chapter."""
    if not one.affected:
        return
    own, others = _apart(one.affected, one.taken_in.target)
    total = f"{len(one.affected)} sentences are to be read again: {len(own)} of it alone"
    yield f"{total}, {len(others)} others (--all lists each with its files, --json for programs)"
    for sentence_id in dict.fromkeys(said.sentence_id for said in own):
        alike = [said for said in own if said.sentence_id == sentence_id]
        last = next(said for said in alike if said.manifest == alike[-1].manifest)
        editions = ", ".join(dict.fromkeys(said.edition for said in alike))
        yield f"  {sentence_id} ({editions}): {last.text}"
    yield from _by_chapter(others)


def _apart(affected: Sequence[Affected], target: str) -> tuple[list[Affected], list[Affected]]:
    """The sentence that is named, or those of the incident that is, or, of a row, those of any incident; and the others
    that rest on it."""
    named = {
        said.sentence_id for said in affected if target in (said.sentence_id, f"{said.edition}/{said.sentence_id}")
    }
    named |= {said.sentence_id for said in affected if said.sentence_id.partition("/")[0] == target}
    own = named or {said.sentence_id for said in affected if said.of_finding}
    return (
        [said for said in affected if said.sentence_id in own],
        [said for said in affected if said.sentence_id not in own],
    )


def _by_chapter(others: Sequence[Affected]) -> Iterator[str]:
    """A line for each edition of each release: how many under which heading."""
    for manifest, edition in dict.fromkeys((said.manifest, said.edition) for said in others):
        counts = Counter(said.under for said in others if (said.manifest, said.edition) == (manifest, edition))
        told = ", ".join(f"{count} under {under!r}" for under, count in counts.items())
        yield f"  others in {edition} of {manifest[:19]}…: {told}"


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
