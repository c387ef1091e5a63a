"""People killed and injured: the range of the accounts, who says what, and sums that hide no disagreement.

A sum is the sum of the ranges of the established attacks (conclude/totals.py): the least of all least, the most of all
most. Where an attack has no most, the sum has none, and it is said how many such attacks there are and what the others
give. Where accounts differ it is said on how many attacks, and a table says whose figure is which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from consilience.publish.document import Block as DocumentBlock
from consilience.publish.document import Grid, Sentence
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.casualty_ends import contradiction, open_ends
from consilience.publish.statements.casualty_figures import Range, figures_of, is_said, range_of, whose
from consilience.publish.statements.frame import MOST_NAMED, Frame, paragraph
from consilience.records.counting import is_established


def casualty_sentences(frame: Frame, block: Block) -> Iterable[Sentence]:
    """How many were killed and injured at one incident, and whose figure is which where there are several."""
    incident_id = block["incident_id"]
    for what in ("killed", "injured"):
        if not is_said(block, what):
            path = f"{block['incident_id']}/casualties"
            yield frame.say(f"{path}/{what}", f"casualties_{what}_withheld", (path,))
            continue
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
        yield from contradiction(frame, block, what)


def killed_in_all(frame: Frame) -> tuple[DocumentBlock, ...]:
    """The sum over the established attacks, and in how many the accounts differ."""
    blocks = [block for block, _ in frame.blocks if is_established(block)]
    differing = [block for block in blocks if len(figures_of(frame, block, "killed")) > 1]
    return paragraph(*_sum(frame, blocks), *_differ(frame, differing))


def _sum(frame: Frame, blocks: Sequence[Block]) -> Iterator[Sentence]:
    words, support = frame.words, ("totals/killed",)
    low, high = frame.case.findings["totals"]["killed"] or (None, None)
    if hidden := sum(not is_said(block, "killed") for block in blocks):
        yield frame.sentence("totals/killed", words.count("killed_withheld", hidden), support)
        yield from _bounded(frame, blocks)
        return
    if low is None and high is None:
        yield frame.say("totals/killed", "killed_not_known", support)
        return
    if high is not None:
        yield frame.say("totals/killed", "killed", support, range=words.span_of(low, high))
        return
    yield frame.say(
        "totals/killed", "killed_open", support, low=f"{low or 0:,}", unbounded=open_ends(frame, blocks)
    )  # fmt: skip
    yield from _bounded(frame, blocks)


def _bounded(frame: Frame, blocks: Sequence[Block]) -> Iterator[Sentence]:
    """The sum over those attacks whose range is said and has both ends."""
    bounded = [pair for block in blocks if None not in (pair := range_of(block, "killed"))]
    if bounded:
        least, most = summed(bounded)
        said = frame.words.count("killed_bounded", len(bounded), range=frame.words.span_of(least, most))
        yield frame.sentence("totals/killed/bounded", said, ("totals/killed",))


def _differ(frame: Frame, differing: Sequence[Block]) -> Iterator[Sentence]:
    if differing:
        said = frame.words.count("accounts_differ", len(differing))
        yield frame.sentence("totals/killed/differ", said, ("totals/killed",))


def killed_grid(frame: Frame) -> tuple[DocumentBlock, ...]:
    """Each established attack with its range and whose figures make it; none where they are too many to read."""
    words = frame.words
    blocks = [block for block, _ in frame.blocks if is_established(block)]
    told = [block for block in blocks if range_of(block, "killed") != (None, None)]
    if not told or len(frame.blocks) > MOST_NAMED:
        return ()
    rows = []
    for block in told:
        figures, pair = figures_of(frame, block, "killed"), range_of(block, "killed")
        name = words.label("incident_heading", id=block["incident_id"], title=frame.title(block))
        rows.append((name, words.span_of(*pair), whose(frame, figures, pair)))
    if frame.case.findings["totals"]["killed"] is not None:
        low, high = frame.case.findings["totals"]["killed"]
        rows.append((words.label("all_attacks"), words.span_of(low, high), ""))
    header = ("column_incident", "column_killed", "column_said_by")
    caption = frame.say("totals/killed/table", "table_killed", ("totals/killed",))
    return (Grid(caption, tuple(words.label(name) for name in header), tuple(rows), numeric=(1,)),)


def summed(ranges: Iterable[Range]) -> Range:
    """The least of all least, the most of all most: those of ranges that both ends bound."""
    listed = list(ranges)
    return sum(low for low, _ in listed if low is not None), sum(high for _, high in listed if high is not None)
