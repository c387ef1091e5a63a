"""Why a range of casualties has no most: nobody gives one, somebody leaves one open, or the accounts contradict.

"At least 7" beside "5" is a contradiction; conclude/casualties.py then takes no most. That no account bounds the number
would be untrue there: one does, and another denies it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consilience.publish.document import Sentence
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.casualty_figures import Figures, figures_of, lies_in, range_of, whose
from consilience.publish.statements.frame import Frame

UNBOUNDED, LEFT_OPEN, CONTRADICTED = "unbounded", "left_open", "contradicted"
"""Keys of the counting phrases, in the order in which they are said."""

_MOST_NAMED = 2
"""Attacks that the sum names as contradicted before it only counts them (our choice; the table names all)."""


def why_open(frame: Frame, block: Block, what: str) -> str:
    """Why the range of this attack has no most, as far as the accounts that are shown tell."""
    against = _against(frame, block, what)
    if against is not None:
        return CONTRADICTED
    figures = figures_of(frame, block, what)
    return LEFT_OPEN if any(high is not None for _, high in figures) else UNBOUNDED


def open_ends(frame: Frame, blocks: Sequence[Block]) -> str:
    """For how many attacks there is no most of people killed, by why; "" where all have one."""
    words, said = frame.words, []
    found: dict[str, list[Block]] = {}
    for block in blocks:
        if range_of(block, "killed")[1] is None:
            found.setdefault(why_open(frame, block, "killed"), []).append(block)
    for why in (UNBOUNDED, LEFT_OPEN, CONTRADICTED):
        if listed := found.get(why):
            named = [words.foreign(block["incident_id"]) for block in listed[:_MOST_NAMED]]
            more = [" …"] if len(listed) > _MOST_NAMED else []
            which = words.label("comma").join(named) + "".join(more)
            phrase = words.count(why, len(listed))
            said.append(f"{phrase} {words.label('bracketed', what=which)}" if why == CONTRADICTED else phrase)
    return words.label("semicolon").join(said)


def contradiction(frame: Frame, block: Block, what: str) -> Iterator[Sentence]:
    """Which accounts contradict each other on the most, and what the range rests on instead."""
    against = _against(frame, block, what)
    if against is None:
        return
    most, least = against
    path, pair = f"{block['incident_id']}/casualties", range_of(block, what)
    support = (path, *(name for names in (*most.values(), *least.values()) for name in names))
    yield frame.say(
        f"{path}/{what}/contradicted", f"contradicted_{what}", support,
        most=whose(frame, most, pair), least=whose(frame, least, pair), low=frame.words.span_of(*pair),
    )  # fmt: skip


def _against(frame: Frame, block: Block, what: str) -> tuple[Figures, Figures] | None:
    """The figures with a most, and those "at least" figures that lie above every one of them; None where no two such
    contradict. A figure outside the range is not counted (conclude/casualties.py), and contradicts nothing here.
    """
    pair = range_of(block, what)
    if pair[1] is not None:
        return None
    counted = {one: names for one, names in figures_of(frame, block, what).items() if lies_in(one, pair)}
    bounded = {one: names for one, names in counted.items() if one[1] is not None}
    top = max((high for _, high in bounded if high is not None), default=None)
    above = {
        one: names
        for one, names in counted.items()
        if one[1] is None and one[0] is not None and top is not None and one[0] > top
    }
    return (bounded, above) if above else None
