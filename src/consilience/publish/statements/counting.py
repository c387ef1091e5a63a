"""Counts in sentences: the totals of findings.json, and which incidents stand behind each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from consilience.publish.document import Block as DocumentBlock
from consilience.publish.document import Grid, Paragraph, Sentence
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.casualty_sentences import killed_in_all
from consilience.publish.statements.frame import Frame
from consilience.records.counting import NOT_ESTABLISHED, UNDECIDED, counted_mode, is_established

_TOTALS = ("by_mode", "by_attribution", "by_facility_kind", "by_month")
_WORDS_OF = {"by_mode": "counted_mode", "by_facility_kind": "facility_kind"}


def counted_wording(block: Block) -> str:
    """The key of `totals.by_attribution` under which an incident is counted (conclude/totals.py)."""
    return str(block["attribution"]["wording"]) if is_established(block) else NOT_ESTABLISHED


def wording_of_key(frame: Frame, key: str) -> str:
    """A key of `totals.by_attribution` in the words of the publication."""
    if key == NOT_ESTABLISHED:
        return frame.words.word("not", key)
    named = next((b["attribution"] for b, _ in frame.blocks if b["attribution"]["wording"] == key), None)
    return frame.wording(named)


def total_sentences(frame: Frame) -> tuple[DocumentBlock, ...]:
    """How many attacks; for each mode how many, and who is named for how many of them; how many were killed."""
    totals = frame.case.findings["totals"]
    attacks = sum(n for mode, n in totals["by_mode"].items() if mode != NOT_ESTABLISHED)
    sentences = [
        frame.sentence(
            "totals/attacks",
            frame.words.say(
                "totals_attacks", examined=frame.words.count("incidents", len(frame.blocks)),
                attacks=frame.words.count("attacks", attacks),
            ),
            ("totals/by_mode",),
        )
    ]  # fmt: skip
    modes = [(mode, n) for mode, n in totals["by_mode"].items() if mode != NOT_ESTABLISHED]
    sentences += [_mode(frame, mode, n, is_first=not place) for place, (mode, n) in enumerate(modes)]
    open_ = totals["by_mode"].get(NOT_ESTABLISHED, 0)
    if open_:
        said = frame.words.count("not_established", open_)
        sentences.append(frame.sentence("totals/not_established", said, ("totals/by_mode",)))
    return (Paragraph(tuple(sentences)), *killed_in_all(frame))


def _mode(frame: Frame, mode: str, number: int, *, is_first: bool) -> Sentence:
    """13 air strikes: 2 Syrian, 7 Russian, 4 Syrian or Russian. The first says of what: of the attacks before it."""
    named: dict[str, int] = dict.fromkeys(frame.case.findings["totals"]["by_attribution"], 0)
    for block, _ in frame.blocks:
        if counted_mode(block) == mode:
            named[counted_wording(block)] += 1
    said = [
        frame.words.label("number_of", n=f"{n:,}", what=wording_of_key(frame, key)) for key, n in named.items() if n
    ]
    if len(said) == 1:
        wording = next(wording_of_key(frame, key) for key, n in named.items() if n)
        said = [frame.words.label("all_of", what=wording) if number > 1 else wording]
    key = "undecided_attacks" if mode == UNDECIDED else mode.replace(" ", "_")
    text = frame.words.say(
        "totals_mode" if is_first else "totals_mode_next",
        what=frame.words.count(key, number),
        who=frame.words.label("semicolon").join(said),
    )
    return frame.sentence(f"totals/by_mode/{mode}", text, ("totals/by_mode", "totals/by_attribution"))


def total_grids(frame: Frame) -> tuple[DocumentBlock, ...]:
    """Each block of the totals as a table, in its own order; the numbers are those of findings.json."""
    return tuple(_grid(frame, name, frame.case.findings["totals"][name]) for name in _TOTALS)


def _grid(frame: Frame, name: str, counts: Mapping[str, int]) -> Grid:
    words = frame.words
    return Grid(
        frame.say(f"totals/{name}/table", f"table_{name}", (f"totals/{name}",)),
        (words.label(f"column_{name}"), words.label("column_incidents")),
        tuple((_key(frame, name, key), f"{number:,}") for key, number in counts.items()),
        numeric=(1,),
    )


def _key(frame: Frame, name: str, key: str) -> str:
    if key in (NOT_ESTABLISHED, UNDECIDED):
        return frame.words.word("not", key)
    if name == "by_month":
        return frame.words.month_key(key)
    return wording_of_key(frame, key) if name == "by_attribution" else frame.words.word(_WORDS_OF[name], key)


def behind(frame: Frame, name: str) -> Iterable[str]:
    """Which incidents a path of the totals counts: all of them stand in each block."""
    return (block["incident_id"] for block, _ in frame.blocks) if name.startswith("totals/") else ()
