"""The figures of killed and injured that accounts give at one incident, and whose each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from consilience.publish.statements.admitted import Block
from consilience.publish.statements.evidence_words import who
from consilience.publish.statements.frame import Frame
from consilience.publish.withheld_figures import NOT_SAID

Range = tuple[int | None, int | None]
"""Least and most, None where no account bounds that side."""
Figures = Mapping[Range, Sequence[str]]
"""By each range that some account gives, the accounts that give it."""


def range_of(block: Block, what: str) -> Range:
    """The range that a finding gives."""
    low, high = (block["casualties"] or {}).get(what) or (None, None)
    return low, high


def is_said(block: Block, what: str) -> bool:
    """May the range be said, or is an account withheld that may give a figure to it?"""
    return what not in block[NOT_SAID]


def figures_of(frame: Frame, block: Block, what: str) -> dict[Range, list[str]]:
    """The figures of the accounts that the profile may show, each with the accounts that give it, least first."""
    found: dict[Range, list[str]] = {}
    for piece in block["evidence"]:
        row = frame.case.rows["accounts"].get(piece["evidence_id"])
        if piece["kind"] != "account" or row is None or row.get("withheld"):
            continue
        pair = (row[f"{what}_min"], row[f"{what}_max"])
        if pair != (None, None):
            found.setdefault(pair, []).append(piece["evidence_id"])
    return dict(sorted(found.items(), key=lambda one: (one[0][0] or 0, one[0][1] is None, one[0][1] or 0)))


def whose(frame: Frame, figures: Figures, pair: Range) -> str:
    """ "3: A1 (direct witness); 7: A2": each figure with whose it is. A figure outside the range is another's, told
    again (conclude/casualties.py), and said to be not counted.
    """
    words = frame.words
    said = []
    for figure, accounts in figures.items():
        names = words.label("comma").join(_named(frame, account) for account in accounts)
        key = "figure_by" if lies_in(figure, pair) else "figure_not_counted"
        said.append(words.label(key, figure=words.span_of(*figure), who=names))
    return words.label("semicolon").join(said)


def _named(frame: Frame, account: str) -> str:
    role = who(frame, frame.case.rows["accounts"][account])
    name = frame.words.foreign(account)
    return f"{name} {frame.words.label('bracketed', what=role)}" if role else name


def lies_in(figure: Range, pair: Range) -> bool:
    """Is this figure within the range, as far as both say?"""
    low, high = pair
    least, most = figure
    above = least is None or low is None or least >= low
    return above and (most is None or high is None or most <= high)
