"""What a finding hangs on, what speaks against it, what others concluded, and what was not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from consilience.publish.document import Sentence
from consilience.publish.matrix import FIELDS
from consilience.publish.statements.admitted import Block
from consilience.publish.statements.evidence_words import said_party
from consilience.publish.statements.frame import Frame
from consilience.publish.statements.words import Words

_MOST = 3
_MISSED = ("imagery", "munition", "media", "transmission")
_OPPOSES = ("contradicts", "in tension")


def rests_sentences(frame: Frame, block: Block) -> Iterator[Sentence]:
    """In the order: sources, assumptions, the rival explanation, what opposes, what is missing, what others say."""
    if frame.case.profile.shows_posterior:
        yield from _sources(frame, block)
        yield from _assumptions(frame, block)
        yield from _rival(frame, block)
    yield from _opposing(frame, block)
    yield from _missing(frame, block)
    yield from _published(frame, block)


def _sources(frame: Frame, block: Block) -> Iterable[Sentence]:
    words, incident_id, breakdown = frame.words, block["incident_id"], block["breakdown"]
    path = f"{incident_id}/breakdown"
    if breakdown and breakdown["sources"] is None:
        yield frame.say(path, "breakdown_none", (path,))
    elif breakdown:
        groups = words.count("groups_removed", breakdown["sources"])
        said = breakdown["which"] if frame.case.profile.names_sources else ()
        names = [words.foreign(frame.case.source_names.get(name, name)) for name in said]
        which = words.label("which", names=words.listed(names)) if names else ""
        key = "breakdown" if breakdown["sources"] > 1 else "breakdown_single"
        yield frame.say(path, key, (path,), groups=groups, which=which)
    single = block["attribution"]["single_source"]
    if single is not None:
        name = frame.case.source_names.get(single)
        source = _source(words, name) if name else words.label("one_source")
        key = "single_source_named" if len(block["attribution"]["set"]) == 1 else "single_source_widened"
        yield frame.say(f"{incident_id}/single_source", key, (f"{incident_id}/attribution",), source=source)


def _source(words: Words, name: str) -> str:
    """A source by its name; one that is drawn for publications says itself that it is a source: "Source K7"."""
    says_itself = name.startswith(words.label("source_drawn", code=""))
    return words.foreign(name) if says_itself else words.label("source_named", name=words.foreign(name))


def _assumptions(frame: Frame, block: Block) -> Iterable[Sentence]:
    words, path = frame.words, f"{block['incident_id']}/sensitivity"
    rows = [
        words.label(
            "moved_by", name=words.assumption(row["assumption"]), low=f"{row['low']:g}", high=f"{row['high']:g}",
            percent=words.percent(row["moves"]),
        )
        for row in (block["sensitivity"] or ())[:_MOST]
    ]  # fmt: skip
    if rows:
        yield frame.say(path, "sensitivity", (path,), rows=words.label("semicolon").join(rows))


def _rival(frame: Frame, block: Block) -> Iterable[Sentence]:
    """How far the best explanation under another party falls behind, of what was held beforehand and the evidence."""
    words, path = frame.words, f"{block['incident_id']}/rival"
    for row in block["rival"] or ():
        if row["log10_ratio"] < 0:
            yield frame.say(
                f"{path}/{row['party']}", "rival", (path,), who=words.party(row["party"]),
                mode=words.word("mode", row["mode"]), platform=words.word("platform", row["platform"]),
                times=words.times(row["log10_ratio"]),
            )  # fmt: skip


def _opposing(frame: Frame, block: Block) -> Iterable[Sentence]:
    """Every piece that is in tension with the rest or contradicts it, on each field."""
    words, incident_id = frame.words, block["incident_id"]
    against = [
        (piece["evidence_id"], name, piece["cells"][name])
        for piece in block["evidence"] for name in FIELDS
        if (piece["cells"].get(name) or {}).get("verdict") in _OPPOSES
    ]  # fmt: skip
    for evidence_id, name, cell in against:
        yield frame.say(
            f"{incident_id}/against/{evidence_id}/{name}",
            "contradicts" if cell["verdict"] == "contradicts" else "in_tension",
            (f"{incident_id}/evidence", evidence_id), piece=words.foreign(evidence_id),
            field=words.word("field", name), p=words.percent(cell["conflict_p"]),
        )  # fmt: skip
    if not against:
        yield frame.say(f"{incident_id}/against", "nothing_against", (f"{incident_id}/evidence",))


def _missing(frame: Frame, block: Block) -> Iterable[Sentence]:
    words, kinds = frame.words, {piece["kind"] for piece in block["evidence"]}
    absent = [words.word("missed", kind) for kind in _MISSED if kind not in kinds]
    if absent:
        path = f"{block['incident_id']}/evidence"
        yield frame.say(f"{block['incident_id']}/missing", "missing", (path,), what=words.listed(absent, "or"))


def _published(frame: Frame, block: Block) -> Iterable[Sentence]:
    words, incident_id = frame.words, block["incident_id"]
    for name, row in frame.case.rows["published"].items():
        if row["incident_id"] != incident_id:
            continue
        said = [
            said_party(words, row["party"]) if row["party"] else "",
            words.word("mode", row["mode"]) if row["mode"] else "",
            words.label("quoted", text=words.foreign(row["strength"])) if row["strength"] else "",
        ]
        yield frame.say(
            f"{incident_id}/published/{name}", "published_elsewhere", (f"published/{name}",),
            by=words.foreign(row["by"] or "") or words.label("nobody_named"),
            what=words.label("comma").join(part for part in said if part) or words.label("not_known"),
        )  # fmt: skip
