"""The rows of a CSV of decisions: which cells each has, and what it says by itself, before the case is asked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from consilience.casework.acting_time import now
from consilience.errors import UsageError
from consilience.publish.media_copies import regions_of
from consilience.records.decisions import (
    BLUR,
    KINDS,
    PUBLISH,
    REPLY_EFFECT,
    REVIEW,
    SIGN_OFF,
    Decision,
    DecisionKind,
    person,
)

COLUMNS = ("decision_id", "kind", "target", "value", "by", "on", "reason", "scope", "item", "due")
TEMPLATE_COLUMNS = (*COLUMNS, "asked", "words", "rests_on")
"""Of a template. `asked` and `words` are for whoever fills it, and recorded nowhere: words of a sentence in the ledger
could not be taken out when a source withdraws. `rests_on` names the rows behind a sentence."""
RESTS_ON = "; "
"""Between two names there."""
MOST_BYTES: Final = 16 << 20
"""Of one file. Our choice: some 200,000 short rows, which took 4 GB and three quarters of a minute when measured."""
_REQUIRED = ("kind", "target", "by", "on")
_LONGEST = 8_000
"""Characters of a cell that a person wrote. Our choice: a page and a half; more belongs into an exhibit. Cells that
only a template has are as long as the sentence and the names behind it are."""
_CONTENT = re.compile(r"sha256:[0-9a-f]{64}")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be taken, and why. Its values are not repeated: they may name a person."""

    file: str
    row: int
    column: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, column {self.column}: {self.why}"


class Refused(Exception):
    """This row, for a reason in this column."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column, self.why = column, why


def rows_in(file: Path) -> tuple[tuple[int, Row | None], ...]:
    """Row numbers (the header is row 1) and every known column as text without outer blanks.

    None stands for a row with more cells than the header: which cell is which can't be told. Raises UsageError for a
    file that is no such table.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UsageError("is larger than 16 MiB", where=str(file), remedy="Split it, each part with the header.")
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as err:
        raise UsageError("can't be read", where=str(file), remedy="Check the path.") from err
    except UnicodeDecodeError as err:
        raise UsageError("is not UTF-8", where=str(file), remedy="Save it as UTF-8.") from err
    usual = csv.field_size_limit(MOST_BYTES)  # what is too long is refused by row and column
    try:
        return tuple(_read(text, file))
    finally:
        csv.field_size_limit(usual)


def _read(text: str, file: Path) -> Iterator[tuple[int, Row | None]]:
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


def is_left_open(row: Mapping[str, str]) -> bool:
    """A row as `review` writes it, with `scope` and no value: who fills `by` and `on` all the way down says nothing."""
    return row["kind"] in (REVIEW, SIGN_OFF) and bool(row["scope"]) and not row["value"]


def each_effect(rows: Iterable[tuple[int, Row | None]]) -> Iterator[tuple[int, Row | None]]:
    """The rows, those on the effect of a reply that name several incidents (`I1; I2`) once for each."""
    for number, row in rows:
        if row is None or row["kind"] != REPLY_EFFECT or ";" not in row["target"]:
            yield number, row
            continue
        for target in dict.fromkeys(one.strip() for one in row["target"].split(";")):
            own = f"{row['decision_id']}.{target}" if row["decision_id"] else ""
            yield number, {**row, "target": target, "decision_id": own}


def decision_said(row: Row) -> tuple[DecisionKind, Decision]:
    """The decision that a row is, as far as it tells by itself, and its kind. Raises Refused."""
    for column in _REQUIRED:
        if not row[column]:
            raise Refused(column, "is empty")
    for column in COLUMNS:
        if len(row[column]) > _LONGEST:
            raise Refused(column, f"is longer than {_LONGEST} characters; keep it as an exhibit and name it")
    kind = KINDS.get(row["kind"])
    if kind is None:
        raise Refused("kind", f"must be one of {', '.join(KINDS)}")
    _check_value(kind, row)
    if not person(row["by"]):
        raise Refused("by", "must name a person")
    on = _day(row["on"], "on")
    due = _day(row["due"], "due", ahead=True) if row["due"] else None
    return kind, Decision(
        decision_id=row["decision_id"], kind=row["kind"], target=row["target"], value=row["value"], by=row["by"],
        reason=row["reason"], scope=row["scope"], item=row["item"], on=on, due=due,
    )  # fmt: skip


def _check_value(kind: DecisionKind, row: Mapping[str, str]) -> None:
    value = row["value"]
    if kind.needs_value and not value:
        raise Refused("value", "is empty")
    if kind.needs_reason and not row["reason"]:
        raise Refused("reason", f"is empty; a decision of kind {row['kind']} says why")
    if kind.values and value not in kind.values:
        raise Refused("value", f"must be one of {', '.join(kind.values)}")
    if kind.is_day:
        _day(value, "value", ahead=True)
    if row["kind"] == PUBLISH and not _CONTENT.fullmatch(value):
        raise Refused("value", "must be the content digest that `consilience release --dry-run` prints")
    if row["kind"] == BLUR:
        try:
            regions_of(value)
        except ValueError as err:
            raise Refused("value", str(err)) from err


def _day(text: str, column: str, *, ahead: bool = False) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as err:
        raise Refused(column, "must be a day such as 2020-05-04") from err
    if not ahead and day > now().date():
        raise Refused(column, "lies ahead; a decision is recorded once it is made")
    return day
