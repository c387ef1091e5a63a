"""Decisions from a CSV: each good row an act of the ledger, each bad one named with row and column, none twice."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from consilience.casework.acting_time import now
from consilience.casework.batches import Progress
from consilience.casework.bound_decisions import keep_bound
from consilience.casework.decision_desk import Desk
from consilience.casework.decision_rows import BadRow, Refused, Row, each_effect, is_left_open, rows_in
from consilience.casework.decisions_of_case import acts_of
from consilience.casework.keys import open_vault
from consilience.casework.pipeline import find
from consilience.casework.second_look import check_withdrawals
from consilience.records.decisions import NOTE, Decision
from consilience.records.left_out import Tell, tell_nobody
from consilience.vault.acts import DECIDED
from consilience.vault.beside_ledger import keep_note
from consilience.vault.store import FOLDER, Vault


@dataclass(frozen=True, slots=True)
class Decided:
    """What a file of decisions came to. `already` were in the ledger before, with the same words.

    `left_open` are numbers of rows of a template in which nobody wrote a value: they decide nothing.
    """

    recorded: tuple[Decision, ...]
    already: tuple[Decision, ...]
    bad: tuple[BadRow, ...]
    dry_run: bool
    left_open: tuple[int, ...] = ()


def decide_from(
    case: Path, file: Path, *, dry_run: bool = False, workers: int = 1, progress: Progress, tell: Tell = tell_nobody
) -> Decided:
    """Every good row of a CSV is recorded as a decision on the findings as they are now; bad ones are given back, and
    rows of a template that were left open are counted.

    The same row again records nothing while that decision still speaks: if it was withdrawn, or a later word took its
    place, it is recorded anew. `dry_run` records nothing at all. Raises UsageError for a file that is no such
    table, or where a source withdraws meanwhile, and the errors of a run.
    """
    rows = rows_in(file)
    found = find(case, workers=workers, progress=progress)
    tell(found.records.left_out)
    vault = open_vault(case)
    with nullcontext() if dry_run else vault.writing():  # another run of the same rows comes before, or finds these
        if not dry_run:
            check_withdrawals(vault, found.records)  # what is bound to rows of a source would outlast its withdrawal
        return _record(case, vault, Desk(found, vault), file.name, rows, dry_run)


def _record(
    case: Path, vault: Vault, desk: Desk, file: str, rows: Sequence[tuple[int, Row | None]], dry: bool
) -> Decided:
    new: list[Decision] = []
    already: list[Decision] = []
    bad: list[BadRow] = []
    left_open: list[int] = []
    for number, row in each_effect(rows):
        if row is not None and is_left_open(row):
            left_open.append(number)
            continue
        try:
            if row is None:
                raise Refused("(all)", "has more cells than the header; put quotation marks around text with commas")
            decision = desk.read(row)
            same = desk.same(decision)
        except Refused as err:
            bad.append(BadRow(file, number, err.column, err.why))
            continue
        if same is not None:
            already.append(same)
            continue
        if decision.kind == NOTE and not dry:
            decision = replace(decision, commitment=keep_note(case / FOLDER, decision.value))
        plain = replace(decision, value="") if decision.kind == NOTE else decision
        desk.earlier.add(plain)
        new.append(plain)
    if new and not dry:
        new = list(keep_bound(vault.folder, new))
        vault.record(DECIDED, [content for one in new for content in acts_of(one)], now())
    return Decided(tuple(new), tuple(already), tuple(bad), dry, tuple(left_open))
