"""Findings, checks and orders of battle as tables in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.table import Table
from rich.text import Text

from consilience.casework.check import CaseCheck
from consilience.casework.explain import per_cent, wall_clock
from consilience.casework.sealing import SealingPlan
from consilience.publish.rounding import levels_of
from consilience.publish.statements.narrative import Looked
from consilience.publish.totals_words import sentence
from consilience.records.left_out import LeftOut, Lost, Why, lines_of
from consilience.records.reference_data import OrderOfBattle

_STYLES = {
    "corroborates": "bold blue",
    "consistent": "blue",
    "silent": "dim",
    "in tension": "yellow",
    "contradicts": "bold magenta",
}
"""Blue to magenta: told apart in the common kinds of colour blindness; the word always stands beside it."""

MOST_LINES = 20
"""Things left out that a command names which does something else than checking (our choice: a screen)."""


def summary_table(findings: Mapping[str, Any], zone: ZoneInfo) -> Table:
    """One line an incident: when, how, by whom, P(attack), confidence."""
    table = _table("incident", "time found", "mode", "attribution", "P(attack)", "confidence")
    table.columns[1].no_wrap = True
    table.caption, table.caption_justify = f"times on the clock of {zone.key}", "left"
    for block in findings["incidents"]:
        mode = max(block["mode"], key=lambda name: block["mode"][name])
        table.add_row(
            block["incident_id"],
            wall_clock(block["time"]["median"], zone),
            f"{mode} {per_cent(block['mode'][mode], levels_of(block))}",
            block["attribution"]["wording"],
            per_cent(block["attack_probability"]),
            block["confidence"]["grade"],
        )
    return table


def totals_line(findings: Mapping[str, Any]) -> str:
    """The totals in one sentence: attacks by mode, and who is named how often."""
    return sentence(findings["incidents"], findings["totals"]["by_attribution"])


def matrix_table(block: Mapping[str, Any]) -> Table:
    """The evidence matrix of one incident: rows pieces, columns fields; verdict, and log10 weight behind it."""
    fields = ("time", "place", "mode", "party")
    table = _table("evidence", "kind", "group", *fields, "verdict")
    for piece in block["evidence"]:
        cells = [_cell(piece["cells"][field]) for field in fields]
        verdict = Text(piece["verdict"], _STYLES[piece["verdict"]])
        table.add_row(piece["evidence_id"], piece["kind"], piece["group"], *cells, verdict)
    return table


def whatif_table(rows: Sequence[tuple[str, str, str]]) -> Table:
    """An incident's answer as it is and as it would be."""
    table = _table("", "as it is", "as it would be")
    for row in rows:
        table.add_row(*row)
    return table


def rows_table(check: CaseCheck) -> Table:
    """Usable rows of each table."""
    table = _table("table", "usable rows")
    for name, count in check.rows.items():
        table.add_row(name, str(count))
    return table


def left_out_lines(left_out: Sequence[LeftOut], case: Path, first: str | None = None) -> list[str]:
    """How much a case was read without, and what, each with file, row and column; rows of the table `first` before
    others. Nothing where all was used; beyond `MOST_LINES`, how many more, and which command names them.
    """
    lost = [item for item in left_out if item.lost is not Lost.NOTHING]
    lost.sort(key=lambda item: item.table != first)
    named = lines_of(lost)
    lines = [f"Left out: {len(lost)}", *(f"  {line}" for line in named[:MOST_LINES])] if lost else []
    if len(named) > MOST_LINES:
        lines.append(f"  … and {len(named) - MOST_LINES} more, which this names: consilience check {case}")
    return lines


def check_lines(check: CaseCheck) -> list[str]:
    """What would be left out, then notices (an ambiguous place among them): a line for each thing that is wrong, with
    all its rows; empty tables on one."""
    lost = [item for item in check.left_out if item.lost is not Lost.NOTHING]
    empty = [str(item.file) for item in check.left_out if item.lost is Lost.NOTHING and item.why is Why.EMPTY_TABLE]
    notices = [item for item in check.left_out if item.lost is Lost.NOTHING and item.why is not Why.EMPTY_TABLE]
    lines = [f"Left out: {len(lost)}", *(f"  {line}" for line in lines_of(lost))]
    if notices:
        lines.append(f"Notices (no row or value is left out): {len(notices)}")
        lines += [f"  {line}" for line in lines_of(notices)]
    if empty:
        lines.append(f"Empty tables: {', '.join(empty)}")
    lines += _sealing_lines(check.sealing)
    if not check.incidents:
        lines.append("Nothing to weigh yet: no incident, and no account that names or forms one.")
    return lines


def _sealing_lines(plan: SealingPlan) -> list[str]:
    """What a run will encrypt and to whom, or that it can't; nothing where the case seals nobody."""
    if not (plan.sources or plan.exhibits):
        return []
    where = "".join(f"{table}; " for table in plan.tables)
    what = f"names ({where}sources: {plan.sources}) and what sealed sources gave (files: {plan.exhibits})"
    if not plan.custodians:
        return [
            f"Not sealed: there is no custodian's key, so a run keeps nothing of {what}. "
            f"Make or add one first: consilience keys init, keys add."
        ]
    return [
        f"Sealed: a run encrypts {what}, so that only {', '.join(plan.custodians)} can open them. "
        f"The files stay in your folder until: consilience seal CASE --remove-plain --yes."
    ]


def orbat_table(orbat: OrderOfBattle) -> Table:
    """Who has which platform, for what, from where, when."""
    table = _table("platform", "party", "modes", "share", "bases", "from", "to")
    for row in orbat.operators:
        modes = ", ".join(row.modes) or "carries no weapons"
        days = [str(day) if day else "" for day in (row.first_day, row.last_day)]
        table.add_row(row.platform, row.party, modes, f"{row.share:g}", ", ".join(row.bases), *days)
    return table


def orbat_json(orbat: OrderOfBattle) -> dict[str, Any]:
    """The same as JSON values, with the named assumptions."""
    return {
        "name": orbat.name,
        "platforms": sorted(orbat.platforms),
        "operators": [
            {"platform": row.platform, "party": row.party, "modes": list(row.modes), "share": row.share}
            for row in orbat.operators
        ],
        "bases": sorted(orbat.bases),
        "weapons": [weapon.name for weapon in orbat.weapons],
        "priors": [
            {"mode": p.mode, "party": p.party, "share": p.share, "low": p.low, "high": p.high, "why": p.why}
            for p in orbat.priors
        ],
    }


def references_table(references: Sequence[Looked]) -> Table:
    """Each reference of the analysts' prose: where, as written, what it says, what that rests on."""
    table = _table("where", "reference", "says", "rests on")
    for one in references:
        table.add_row(one.where, one.written, one.text, ", ".join(one.support))
    return table


def _cell(cell: Mapping[str, Any]) -> Text:
    if not cell:
        return Text("")
    return Text(f"{cell['verdict']} {cell['weight_log10']:+.2f}", _STYLES[cell["verdict"]])


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
