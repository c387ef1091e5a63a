"""The annexe: for each incident what was found, on what it rests, what speaks against it, and the pieces as a grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from consilience.publish.anchors import of_incident
from consilience.publish.document import Block as DocumentBlock
from consilience.publish.document import Grid, Heading, Picture, Sentence
from consilience.publish.incident_map import draw_incident_map
from consilience.publish.local_time import LocalClock
from consilience.publish.matrix import FIELDS, ORDER_OF_KINDS, bans
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.evidence_words import says, who
from consilience.publish.statements.found_sentences import found_sentences
from consilience.publish.statements.frame import MOST_NAMED, Frame, paragraph
from consilience.publish.statements.rests_sentences import rests_sentences
from consilience.publish.statements.rough_times import told_time
from consilience.publish.statements.site_sentences import site_sentences
from consilience.publish.statements.standalone import standing
from consilience.publish.statements.strip_picture import draw_strip
from consilience.publish.statements.working import contest_sentences
from consilience.publish.town_names import Town
from consilience.records.views import IncidentView

_NOT_WEIGHED = "–"


def annexe(frame: Frame, towns: Sequence[Town]) -> tuple[DocumentBlock, ...]:
    """The chapter: a sheet for each incident, or one grid of all where there are more than MOST_NAMED: nobody leafs
    through more sheets, and 10,000 would be 20,000 pages. Each incident's own sheet stays in the working report.
    """
    if len(frame.blocks) > MOST_NAMED:
        return (frame.heading(1, "annexe"), *_whole_grid(frame))
    return (
        frame.heading(1, "annexe"),
        *(part for block, one in frame.blocks for part in _sheet(frame, block, one, towns)),
    )


def _sheet(frame: Frame, block: Block, one: IncidentView, towns: Sequence[Town]) -> Iterable[DocumentBlock]:
    incident_id = block["incident_id"]
    title = frame.words.label("incident_heading", id=incident_id, title=frame.title(block))
    yield Heading(2, title, of_incident(incident_id))
    for said in found_sentences(frame, block):
        yield from paragraph(*said)
    yield from paragraph(*contest_sentences(frame, incident_id))
    strip = draw_strip(block, one, frame.words)
    if strip is not None:
        support = (f"{incident_id}/time", *(band.evidence_id for band in one.bands))
        caption = frame.say(f"{incident_id}/strip", "picture_strip", support)
        yield Picture(strip, frame.words.label("picture_strip", id=incident_id), caption)
    yield from paragraph(*rests_sentences(frame, block))
    yield from paragraph(*site_sentences(frame, block))
    drawing = draw_incident_map("", one.sites, (), (), towns, LocalClock(frame.words.zone))
    if drawing is not None:
        name = frame.words.label("picture_map_of", id=incident_id)
        place = f"facilities/{block['facility_id']}" if block["facility_id"] else f"incidents/{incident_id}"
        caption = frame.say(f"{incident_id}/map", "picture_incident_map", (place,), id=frame.words.foreign(incident_id))
        yield Picture(standing(drawing, frame.words, name), name, caption)
    if block["evidence"]:
        yield evidence_grid(frame, block)


def evidence_grid(frame: Frame, block: Block) -> Grid:
    """Every piece: who, what it says, and its verdict on time, place, mode and party with its weight in bans.

    Pieces of one kind and role that follow each other, say the same and weigh nothing stand in one row with all their
    ids: a case may hold twenty videos of which a publication may say nothing.
    """
    words, incident_id = frame.words, block["incident_id"]
    pieces = sorted(block["evidence"], key=lambda piece: (ORDER_OF_KINDS.index(piece["kind"]), piece["evidence_id"]))
    rows: list[tuple[str, ...]] = []
    for piece in pieces:
        found = frame.case.evidence(piece["kind"], piece["evidence_id"])
        table, row = found or ("", {})
        said = says(frame, table, row) if found else words.label("flight_of_the_log")
        cells = [_cell(frame, piece["cells"].get(name) or {}) for name in FIELDS]
        kind = words.label("comma").join(filter(None, (words.word("kind", piece["kind"]), who(frame, row))))
        rows.append((piece["evidence_id"], kind, said, *cells))
    header = ("evidence", "who", "says", *FIELDS)
    caption = frame.say(
        f"{incident_id}/evidence", "table_evidence", [f"{incident_id}/evidence", *(p["evidence_id"] for p in pieces)]
    )
    return Grid(caption, tuple(words.label(f"column_{name}") for name in header), tuple(_told_once(frame, rows)))


def _told_once(frame: Frame, rows: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """The rows, those alike that weigh nothing as one: how many pieces they are, and which."""
    words = frame.words
    for (kind, said, *cells), alike in groupby(rows, key=lambda row: row[1:]):
        ids = [row[0] for row in alike]
        if len(ids) == 1 or set(cells) != {_NOT_WEIGHED}:
            yield from ((piece, kind, said, *cells) for piece in ids)
            continue
        which = words.label("which", names=words.label("comma").join(words.foreign(piece) for piece in ids))
        yield (words.count("pieces", len(ids)), kind, f"{said}{which}", *cells)


def _cell(frame: Frame, cell: Block) -> str:
    if not cell:
        return _NOT_WEIGHED
    verdict = frame.words.word("verdict", cell["verdict"])
    return frame.words.label(
        "verdict_with_weight", verdict=verdict, weight=frame.words.foreign(bans(cell["weight_log10"]))
    )


def _whole_grid(frame: Frame) -> tuple[DocumentBlock, ...]:
    words = frame.words
    has_posterior = frame.case.profile.shows_posterior
    said = "attribution" if has_posterior else "confidence"
    paths = frame.each(said, (block for block, _ in frame.blocks))
    header = ("incident", "when", "how", "by_whom", "confidence") if has_posterior else ("incident", "confidence")
    return (
        *paragraph(_rule(frame)),
        Grid(
            frame.say("annexe/grid", "table_annexe", paths),
            tuple(words.label(f"column_{name}") for name in header),
            tuple(_grid_row(frame, block) for block, _ in frame.blocks),
        ),
    )  # fmt: skip


def _rule(frame: Frame) -> Sentence:
    said = frame.words.count("annexe_as_grid", len(frame.blocks), most=MOST_NAMED)
    return frame.sentence("annexe/rule", said, ("method",))


def _grid_row(frame: Frame, block: Block) -> tuple[str, ...]:
    words = frame.words
    name = words.label("incident_heading", id=block["incident_id"], title=frame.title(block))
    grade = words.word("grade", block["confidence"]["grade"])
    if not frame.case.profile.shows_posterior:
        return (name, grade)
    mode = max(block["mode"], key=lambda one: block["mode"][one])
    when = told_time(frame, block)
    how = words.label("mode_with_percent", mode=words.word("mode", mode), percent=words.percent(block["mode"][mode]))
    return (name, when, how, frame.wording(block["attribution"]), grade)
