"""People killed and injured: the range of the accounts, who says what, and sums that hide no disagreement.

A sum is the sum of the ranges of the established attacks (conclude/totals.py): the least of all least, the most of all
most. Where an attack has no most, the sum has none, and it is said how many such attacks there are and what the others
give. Where accounts differ it is said on how many attacks, and a table says whose figure is which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from consilience.publish.document import Block as DocumentBlock
from consilience.publish.document import Grid, Sentence
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.evidence_words import who
from consilience.publish.statements.frame import MOST_NAMED, Frame, paragraph
from consilience.records.counting import is_established

Range = tuple[int | None, int | None]
"""Least and most, None where no account bounds that side."""
Figures = Mapping[Range, Sequence[str]]
"""By each range that some account gives, the accounts that give it."""


def casualty_sentences(frame: Frame, block: Block) -> Iterable[Sentence]:
    """How many were killed and injured at one incident, and whose figure is which where there are several."""
    incident_id = block["incident_id"]
    for what in ("killed", "injured"):
        low, high = range_of(block, what)
        if low is None and high is None:
            continue
        path, figures = f"{incident_id}/casualties", figures_of(frame, block, what)
        said = whose(frame, figures, (low, high)) if len(figures) > 1 else ""
        who_says = frame.words.label("bracketed", what=said) if said else ""
        support = (path, *(name for names in figures.values() for name in names)) if said else (path,)
        yield frame.say(
            f"{path}/{what}", f"casualties_{what}", support,
            range=" ".join(part for part in (frame.words.span_of(low, high), who_says) if part),
        )  # fmt: skip


def killed_in_all(frame: Frame) -> tuple[DocumentBlock, ...]:
    """The sum over the established attacks, in how many the accounts differ, and the table of who says what."""
    blocks = [block for block, _ in frame.blocks if is_established(block)]
    differing = [block for block in blocks if len(figures_of(frame, block, "killed")) > 1]
    return (*paragraph(*_sum(frame, blocks), *_differ(frame, differing)), *_table(frame, blocks))


def _sum(frame: Frame, blocks: Sequence[Block]) -> Iterator[Sentence]:
    words, support = frame.words, ("totals/killed",)
    low, high = frame.case.findings["totals"]["killed"] or (None, None)
    if low is None and high is None:
        yield frame.say("totals/killed", "killed_not_known", support)
        return
    if high is not None:
        yield frame.say("totals/killed", "killed", support, range=words.span_of(low, high))
        return
    bounded = [pair for block in blocks if None not in (pair := range_of(block, "killed"))]
    unbounded = words.count("unbounded", len(blocks) - len(bounded))
    yield frame.say("totals/killed", "killed_open", support, low=f"{low or 0:,}", unbounded=unbounded)
    if bounded:
        least, most = summed(bounded)
        said = words.count("killed_bounded", len(bounded), range=words.span_of(least, most))
        yield frame.sentence("totals/killed/bounded", said, support)


def _differ(frame: Frame, differing: Sequence[Block]) -> Iterator[Sentence]:
    if differing:
        said = frame.words.count("accounts_differ", len(differing))
        yield frame.sentence("totals/killed/differ", said, ("totals/killed",))


def _table(frame: Frame, blocks: Sequence[Block]) -> tuple[DocumentBlock, ...]:
    """Each attack with its range and whose figures make it; none where they are too many to read."""
    words = frame.words
    told = [block for block in blocks if range_of(block, "killed") != (None, None)]
    if not told or len(frame.blocks) > MOST_NAMED:
        return ()
    rows = []
    for block in told:
        figures, pair = figures_of(frame, block, "killed"), range_of(block, "killed")
        name = words.label("incident_heading", id=block["incident_id"], title=frame.title(block))
        rows.append((name, words.span_of(*pair), whose(frame, figures, pair)))
    low, high = frame.case.findings["totals"]["killed"]
    rows.append((words.label("all_attacks"), words.span_of(low, high), ""))
    header = ("column_incident", "column_killed", "column_said_by")
    caption = frame.say("totals/killed/table", "table_killed", ("totals/killed",))
    return (Grid(caption, tuple(words.label(name) for name in header), tuple(rows), numeric=(1,)),)


def range_of(block: Block, what: str) -> Range:
    """The range that a finding gives."""
    low, high = (block["casualties"] or {}).get(what) or (None, None)
    return low, high


def summed(ranges: Iterable[Range]) -> Range:
    """The least of all least, the most of all most: those of ranges that both ends bound."""
    listed = list(ranges)
    return sum(low for low, _ in listed if low is not None), sum(high for _, high in listed if high is not None)


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
        key = "figure_by" if _lies_in(figure, pair) else "figure_not_counted"
        said.append(words.label(key, figure=words.span_of(*figure), who=names))
    return words.label("semicolon").join(said)


def _named(frame: Frame, account: str) -> str:
    role = who(frame, frame.case.rows["accounts"][account])
    name = frame.words.foreign(account)
    return f"{name} {frame.words.label('bracketed', what=role)}" if role else name


def _lies_in(figure: Range, pair: Range) -> bool:
    low, high = pair
    least, most = figure
    above = least is None or low is None or least >= low
    return above and (most is None or high is None or most <= high)
