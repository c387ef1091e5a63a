"""Decisions from a CSV: each good row an act of the ledger, each bad one named with row and column, none twice."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from consilience.casework.acting_time import now
from consilience.casework.alleging import CHANGED, Allegations, inputs_changed_since
from consilience.casework.batches import Progress
from consilience.casework.decisions_of_case import (
    FINDING,
    acts_of,
    decisions_in,
    finding_digest,
    finding_scope,
    part_digests,
    row_digests,
)
from consilience.casework.keys import open_vault
from consilience.casework.letter_rows import letters_of
from consilience.casework.pipeline import Found, find
from consilience.casework.resting_rows import rows_code, rows_of_case
from consilience.errors import UsageError
from consilience.publish.media_copies import regions_of
from consilience.publish.profiles import PROFILES
from consilience.quantities import canonical_json, digest_bytes
from consilience.records.allegations import EDITION_CODE, Put
from consilience.records.decisions import (
    BLUR,
    DUE,
    KINDS,
    NOTE,
    PUBLISH,
    PUT_ENOUGH,
    REPLY,
    REVIEW,
    SENT,
    SIGN_OFF,
    Decision,
    DecisionKind,
    person,
    still_held,
    takes_place,
)
from consilience.records.left_out import Tell, tell_nobody
from consilience.records.weighed import OTHER
from consilience.vault.acts import DECIDED, Act
from consilience.vault.beside_ledger import keep_note, read_note
from consilience.vault.store import FOLDER, Vault

COLUMNS = ("decision_id", "kind", "target", "value", "by", "on", "reason", "scope", "item", "due")
TEMPLATE_COLUMNS = (*COLUMNS, "asked", "words", "rests_on")
"""Of a template. `asked` and `words` are for whoever fills it, and recorded nowhere: words of a sentence in the ledger
could not be taken out when a source withdraws. `rests_on` names the rows behind a sentence."""
RESTS_ON = "; "
"""Between two names there."""
_REQUIRED = ("kind", "target", "by", "on")
_LARGEST = 16 << 20
_LONGEST = 8_000
"""Characters of one cell. Our choice: a page and a half; more belongs into an exhibit."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
_CONTENT = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be taken, and why. Its values are not repeated: they may name a person."""

    file: str
    row: int
    column: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, column {self.column}: {self.why}"


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


class _Refused(Exception):
    """This row, for a reason in this column."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column, self.why = column, why


def decide_from(
    case: Path, file: Path, *, dry_run: bool = False, workers: int = 1, progress: Progress, tell: Tell = tell_nobody
) -> Decided:
    """Every good row of a CSV is recorded as a decision on the findings as they are now; bad ones are given back, and
    rows of a template that were left open are counted.

    The same row again records nothing while that decision still speaks: if it was withdrawn, or a later word took its
    place, it is recorded anew. `dry_run` records nothing at all. Raises UsageError for a file that is no such
    table, and the errors of a run.
    """
    rows = tuple(_rows(file))
    found = find(case, workers=workers, progress=progress)
    tell(found.records.left_out)
    vault = open_vault(case)
    with nullcontext() if dry_run else vault.writing():  # another run of the same rows comes before, or finds these
        return _record(case, vault, _Desk(found, vault.acts(), file.name), rows, dry_run)


def _record(
    case: Path, vault: Vault, desk: _Desk, rows: Sequence[tuple[int, Mapping[str, str] | None]], dry: bool
) -> Decided:
    new: list[Decision] = []
    already: list[Decision] = []
    bad: list[BadRow] = []
    left_open: list[int] = []
    for number, row in rows:
        if row is not None and _is_left_open(row):
            left_open.append(number)
            continue
        try:
            if row is None:
                raise _Refused("(all)", "has more cells than the header; put quotation marks around text with commas")
            decision = desk.read(row)
            same = desk.same(decision, case / FOLDER)
        except _Refused as err:
            bad.append(BadRow(desk.file, number, err.column, err.why))
            continue
        if same is not None:
            already.append(same)
            continue
        if decision.kind == NOTE and not dry:
            decision = replace(decision, commitment=keep_note(case / FOLDER, decision.value))
        plain = replace(decision, value="") if decision.kind == NOTE else decision
        desk.earlier.append(plain)
        new.append(plain)
    if new and not dry:
        vault.record(DECIDED, [content for one in new for content in acts_of(one)], now())
    return Decided(tuple(new), tuple(already), tuple(bad), dry, tuple(left_open))


def _is_left_open(row: Mapping[str, str]) -> bool:
    """A row as `review` writes it, with `scope` and no value: who fills `by` and `on` all the way down says nothing."""
    return row["kind"] in (REVIEW, SIGN_OFF) and bool(row["scope"]) and not row["value"]


class _Desk:
    """Reads rows against the case as it is: what may be decided about, and what was decided before."""

    def __init__(self, found: Found, acts: Sequence[Act], file: str) -> None:
        self.file = file
        self.earlier = list(decisions_in(acts))
        self._acts = acts
        self._blocks: Mapping[str, Mapping[str, Any]] = {
            block["incident_id"]: block for block in found.findings["incidents"]
        }
        tables = found.records.tables
        self._records, self._findings = found.records, found.findings
        self._rows = row_digests(found.records)
        self._contents = cache(lambda: rows_of_case(found))  # only sign-offs of sentences ask for it
        self._letters = set(tables["letters"]["letter_id"])
        self._parties = {*found.records.settings.parties, OTHER}
        self._files = {str(one.path) for one in found.records.files if one.table is None}

    def read(self, row: Mapping[str, str]) -> Decision:
        for column in _REQUIRED:
            if not row[column]:
                raise _Refused(column, "is empty")
        for column, text in row.items():
            if len(text) > _LONGEST:
                raise _Refused(column, f"is longer than {_LONGEST} characters; keep it as an exhibit and name it")
        kind = KINDS.get(row["kind"])
        if kind is None:
            raise _Refused("kind", f"must be one of {', '.join(KINDS)}")
        _check_value(kind, row)
        if not person(row["by"]):
            raise _Refused("by", "must name a person")
        decision = Decision(
            decision_id=row["decision_id"],
            kind=row["kind"],
            target=row["target"],
            value=row["value"],
            by=row["by"],
            reason=row["reason"],
            scope=row["scope"],
            item=row["item"],
            on=_day(row["on"], "on"),
            due=_day(row["due"], "due", ahead=True) if row["due"] else None,
        )
        self._check_target(kind, decision)
        self._check_deadline(decision)
        if decision.due is not None and decision.due < decision.on:
            raise _Refused("due", f"lies before {decision.on}, the day on which it was noticed")
        if decision.kind == SIGN_OFF and decision.target not in self._blocks and not decision.scope:
            raise _Refused("scope", "must be the code of the sentence's words, as `consilience review` writes it")
        return self._identified(self._with_put(self._bound(self._on_rows(decision, row["rests_on"]))))

    def same(self, decision: Decision, vault_folder: Path) -> Decision | None:
        """The decision of these words that still speaks, or None. Raises for an id that stands for another.

        One that was withdrawn, or that a later word took the place of, is not what the row says now.
        """
        held = still_held(self.earlier)
        for place, one in enumerate(held):
            if _same_words(one, decision, vault_folder) and not any(takes_place(x, one) for x in held[place + 1 :]):
                return one
        if any(one.decision_id == decision.decision_id for one in self.earlier):
            raise _Refused("decision_id", "stands for another decision in the ledger, or one that no longer speaks")
        return None

    def _on_rows(self, decision: Decision, rests_on: str) -> Decision:
        """A sign-off of a sentence with digests of its rows, so that it can be said which has changed since."""
        if decision.kind != SIGN_OFF or decision.target in self._blocks:
            return decision
        if "." not in decision.scope:
            why = "says nothing of the rows' content, as an earlier version wrote it: write the rows anew with `review`"
            raise _Refused("scope", why)
        if not rests_on:
            return decision
        parts = self._contents().parts(rests_on.split(RESTS_ON))
        if rows_code(parts) != decision.scope.partition(".")[2]:
            raise _Refused("rests_on", "names rows that say something else than when this was written: write it anew")
        return replace(decision, bound_parts=parts)

    def _bound(self, decision: Decision) -> Decision:
        block = self._blocks.get(decision.target)
        if block is None or decision.kind == NOTE:
            return decision
        if decision.scope.startswith(FINDING) and decision.scope != finding_scope(finding_digest(block)):
            raise _Refused("scope", "names the finding as it was; it has changed since: read it anew")
        return replace(decision, bound=finding_digest(block), bound_parts=part_digests(block, self._rows))

    def _with_put(self, decision: Decision) -> Decision:
        """What a letter that was sent put, or counsel looked at: what it puts now, unless `scope` names another."""
        if decision.kind not in (SENT, PUT_ENOUGH):
            return decision
        if decision.scope and not EDITION_CODE.fullmatch(decision.scope):
            raise _Refused("scope", "must be empty, or the code at the head of the letter: edition: and 16 hex digits")
        if decision.kind == SENT and not decision.scope:
            zone = self._records.settings.zone
            if inputs_changed_since(date.fromisoformat(decision.value), self._acts, zone):
                raise _Refused("scope", CHANGED)
        held = still_held(self.earlier)
        (letter,) = (one for one in letters_of(self._records, held) if one.letter_id == decision.target)
        now_put = Allegations(self._records, self._findings["incidents"], held).put_to(letter.party)
        if decision.scope in ("", now_put.edition):
            if decision.kind == PUT_ENOUGH and letter.put is None:
                raise _Refused("target", "names a letter of which no decision says what it put: decide sent first")
            return replace(decision, put=now_put)
        if decision.kind == PUT_ENOUGH:
            raise _Refused("scope", "names what was alleged; it has changed since: read the letter anew")
        before = [one.put for one in self.earlier if one.put and one.put.edition == decision.scope]
        known = [one for one in before if one.alleged is not None]
        return replace(decision, put=known[-1] if known else Put(decision.scope, None))

    def _identified(self, decision: Decision) -> Decision:
        if decision.decision_id:
            if not _ID.fullmatch(decision.decision_id):
                raise _Refused("decision_id", "must be letters, digits, . _ : - and at most 80 of them")
            return decision
        if decision.kind == NOTE:
            taken = sum(one.kind == NOTE for one in self.earlier)
            return replace(decision, decision_id=f"note-{taken + 1}")
        said = digest_bytes(canonical_json(list(_words(decision))))
        before = sum(_words(one) == _words(decision) for one in self.earlier)
        again = f"-{before + 1}" if before else ""
        return replace(decision, decision_id=f"D-{said.removeprefix('sha256:')[:16]}{again}")

    def _check_target(self, kind: DecisionKind, decision: Decision) -> None:
        target, known = decision.target, self._known(kind.about)
        if known is not None and target not in known:
            raise _Refused("target", f"names no {kind.about} of this case")
        if decision.kind == REPLY and decision.item and decision.item not in self._files:
            raise _Refused("item", "is no file of this case")

    def _check_deadline(self, decision: Decision) -> None:
        """A deadline lies after the day of sending, whichever of the two is decided last."""
        if decision.kind not in (SENT, DUE):
            return
        every = letters_of(self._records, (*still_held(self.earlier), decision))
        for one in every:
            if one.letter_id == decision.target and one.sent_on and one.due_on and one.due_on <= one.sent_on:
                why = f"the deadline, {one.due_on}, is not after the day of sending, {one.sent_on}"
                raise _Refused("value", why if decision.kind == DUE else f"{why}: decide a later deadline first")

    def _known(self, about: str) -> set[str] | None:
        """What may be named; None where anything may (a sentence is known once the report is built)."""
        match about:
            case "incident":
                return set(self._blocks)
            case "letter":
                return self._letters
            case "letter or party":
                return self._letters | self._parties
            case "profile":
                return set(PROFILES)
            case "item":
                return self._files
            case "decision":
                return {one.decision_id for one in self.earlier}
            case _:
                return None


def _words(decision: Decision) -> tuple[str, ...]:
    """What makes two rows the same: everything that a person wrote, and nothing that we computed."""
    due = "" if decision.due is None else decision.due.isoformat()
    said = (decision.kind, decision.target, decision.value, decision.by, decision.on.isoformat())
    return (*said, decision.reason, decision.scope, decision.item, due)


def _same_words(one: Decision, other: Decision, vault_folder: Path) -> bool:
    """Did somebody write the same twice? Of a note that is recorded the text lies in the vault's private folder."""
    if one.kind == NOTE == other.kind:
        is_same = _words(one) == _words(replace(other, value="")) and bool(one.commitment)
        return is_same and read_note(vault_folder, one.commitment) == other.value
    return _words(one) == _words(other)


def _check_value(kind: DecisionKind, row: Mapping[str, str]) -> None:
    value = row["value"]
    if kind.needs_value and not value:
        raise _Refused("value", "is empty")
    if kind.needs_reason and not row["reason"]:
        raise _Refused("reason", f"is empty; a decision of kind {row['kind']} says why")
    if kind.values and value not in kind.values:
        raise _Refused("value", f"must be one of {', '.join(kind.values)}")
    if kind.is_day:
        _day(value, "value", ahead=True)
    if row["kind"] == PUBLISH and not _CONTENT.fullmatch(value):
        raise _Refused("value", "must be the content digest that `consilience release --dry-run` prints")
    if row["kind"] == BLUR:
        try:
            regions_of(value)
        except ValueError as err:
            raise _Refused("value", str(err)) from err


def _day(text: str, column: str, *, ahead: bool = False) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as err:
        raise _Refused(column, "must be a day such as 2020-05-04") from err
    if not ahead and day > now().date():
        raise _Refused(column, "lies ahead; a decision is recorded once it is made")
    return day


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, str] | None]]:
    """Row numbers (the header is row 1) and every known column as text without outer blanks.

    None stands for a row with more cells than the header: which cell is which can't be told.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError("is larger than 16 MiB", where=str(file), remedy="Split it.")
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as err:
        raise UsageError("can't be read", where=str(file), remedy="Check the path.") from err
    except UnicodeDecodeError as err:
        raise UsageError("is not UTF-8", where=str(file), remedy="Save it as UTF-8.") from err
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        _check_header(header, file)
        for number, cells in enumerate(reader, 2):
            if any(map(str.strip, cells)):
                fits = len(cells) <= len(header)
                given = dict(zip(header, map(str.strip, cells), strict=False)) if fits else {}
                yield number, {name: given.get(name, "") for name in TEMPLATE_COLUMNS} if fits else None
    except csv.Error as err:
        remedy = "Save it as CSV with commas, each cell that holds one in double quotes."
        raise UsageError(f"is no CSV near line {reader.line_num}: {err}", where=str(file), remedy=remedy) from err


def _check_header(header: Sequence[str], file: Path) -> None:
    missing = [name for name in _REQUIRED if name not in header]
    strange = [name for name in header if name not in TEMPLATE_COLUMNS]
    if missing or strange or len(set(header)) < len(header):
        what = f"lacks {', '.join(missing)}" if missing else "has a column that is unknown, or twice"
        remedy = f"Use the columns {', '.join(COLUMNS)}."
        raise UsageError(f"its header {what}", where=str(file), remedy=remedy)
