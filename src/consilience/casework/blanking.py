"""What is kept of each release and for decisions, without the words, or digests, of a source that has withdrawn.

What a release said is kept so that the next can be compared with it and a correction can list its sentences. Where a
source withdraws, the words go of each sentence and wording that rests on a row or an interview of it, and of each that
counts an incident behind which one stands, and so do the digests of the parts of such an incident and of the rows
behind it. What it rested on stays, and the day it was removed, and of a sentence its id. No digest of what went stays:
whoever has the folder could test a dozen guesses by it. What decisions are bound to goes likewise (`bound_decisions`),
and what is left lies under a new salt: the old one goes with the old file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from consilience.casework.bound_decisions import read_bound, take_out_bound
from consilience.casework.decisions_of_case import EVIDENCE
from consilience.casework.kept_releases import has_rows, has_sentences, read_whole, releases_in
from consilience.casework.people import Apart
from consilience.errors import ExhibitDamaged, UsageError
from consilience.publish.statements.resting import findings_behind
from consilience.quantities import canonical_json
from consilience.records.consent import rows_by_source
from consilience.records.tables import TABLES
from consilience.vault.beside_ledger import keep_on_shelf, keep_salted, may_be_whole
from consilience.vault.release_acts import Blanked, blanked_in, bound_cited, living, looked_through_content
from consilience.vault.shelves import BOUND, RELEASES
from consilience.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of the kept state of a release, and how many texts go (none, where only digests of such as went
    before do), or of what decisions are bound to (`of_decisions`), and how many of them hold no longer; `said` is None
    where its bytes are damaged or gone."""

    was: str
    said: Mapping[str, Any] | None
    gone: int
    of_decisions: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking through `releases`, and files `of_decisions`, for a source; `left` says why, by name, of
    those of either that can't be read now.

    They stay as they are until somebody withdraws the source again.
    """

    rests: tuple[Rest, ...]
    left: Mapping[str, str]
    releases: frozenset[str]
    of_decisions: frozenset[str]

    def gone(self, *, of_decisions: bool) -> int:
        """How many texts go, or decisions that hold no longer."""
        return sum(rest.gone for rest in self.rests if rest.of_decisions == of_decisions)

    def damaged(self, *, of_decisions: bool) -> int:
        """How many files can't be read, and go whole."""
        return sum(rest.said is None for rest in self.rests if rest.of_decisions == of_decisions)


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """A source, and names (`accounts/A1`) of its rows in the case as it is now, and of everybody else's."""

    source_id: str
    rows: frozenset[str]
    others: frozenset[str]


def withdrawing(apart: Apart, source_id: str) -> Withdrawing:
    """The source and the rows, by the tables as they are read now."""
    whose = rows_by_source(apart.read)
    mine = frozenset(whose.get(source_id, ()))
    named = {f"{name}/{row}" for name, frame in apart.read.tables.items() for row in _keys(frame, name)}
    return Withdrawing(source_id, mine, frozenset(named) - mine)


def look_through(vault: Vault, who: Withdrawing, on: date, names: Iterable[str] | None = None) -> Looked:
    """What is left of each kept file that has words or digests of the source, of all of them if no `names` are given.

    One whose bytes are damaged or gone is among them, for nobody knows whose words it holds; one that the system
    refuses now, or that a newer version wrote, may be read another time. Writes nothing.
    """
    rests, left = list[Rest](), dict[str, str]()
    releases, of_decisions = _states(vault), _bound(vault)
    if names is not None:
        wanted = frozenset(names)
        releases, of_decisions = releases & wanted, of_decisions & wanted
    for name in sorted(releases | of_decisions):
        is_bound = name in of_decisions
        try:
            said = read_bound(vault.folder, name) if is_bound else read_whole(vault.folder, name)
        except ExhibitDamaged as err:
            if may_be_whole(err):
                left[name] = str(err.__cause__)
            else:
                rests.append(Rest(name, None, 0, is_bound))
        except UsageError as err:
            left[name] = f"{err.where}: {err.what}"
        else:
            if is_bound:
                gone = take_out_bound(said, who.source_id, _as_named(who.rows), on)
                changed = gone > 0
            else:
                gone = _take_out(said, who, on)
                changed = _drop_digests(said) or gone > 0
            if changed:
                rests.append(Rest(name, said, gone, is_bound))
    return Looked(tuple(rests), left, releases, of_decisions)


def keep_rests(vault: Vault, who: Withdrawing, looked: Looked) -> list[dict[str, object]]:
    """What is left of each file lies on its shelf, under a new salt; what the ledger has to say of it.

    The caller is in `writing` and records it. Raises VaultNotWritable.
    """
    if not looked.releases and not looked.of_decisions:
        return []
    said = [Blanked(rest.was, _kept(vault, rest), rest.of_decisions).content() for rest in looked.rests]
    read = len(looked.releases - looked.left.keys())
    return [looked_through_content(who.source_id, read, sorted(looked.left)), *said]


def _kept(vault: Vault, rest: Rest) -> str | None:
    if rest.said is None:
        return None
    if rest.of_decisions or has_sentences(rest.said):
        return keep_salted(vault.folder, BOUND if rest.of_decisions else RELEASES, rest.said)
    return keep_on_shelf(vault.folder, RELEASES, canonical_json(rest.said))  # the first version's has room for no salt


def _states(vault: Vault) -> frozenset[str]:
    """The file that holds now what is kept of each release."""
    return frozenset(one.state for one in releases_in(vault.acts()) if one.state is not None)


def _bound(vault: Vault) -> frozenset[str]:
    """The files that hold now what decisions are bound to."""
    blanked = tuple(blanked_in(vault.acts()))
    names = {name for name, _ in bound_cited(vault.acts())}
    return frozenset(filter(None, (living(name, blanked) for name in names)))


def _take_out(state: dict[str, Any], who: Withdrawing, on: date) -> int:
    """The words are out of the state, which is written to; how many texts that were."""
    incidents = state["incidents"] if has_sentences(state) else state
    listed: Mapping[str, list[str]] = state["pieces"] if has_sentences(state) else {}
    pieces: Mapping[str, Set[str]] = {
        name: set(listed.get(name, ())) | _pieces_in(one["parts"]) for name, one in incidents.items()
    }
    theirs = _theirs(state, who, {piece for behind in pieces.values() for piece in behind})
    touched = {name for name, behind in pieces.items() if behind & theirs}
    gone = 0
    for name in touched:
        if incidents[name].pop("wording", None) is not None:
            gone += 1
        incidents[name].setdefault("removed_on", on.isoformat())  # without it the digests of its parts would stay
    for one in _sentences(state):
        named = {*one["rests_on"], *findings_behind(one["rests_on"], pieces)}
        if "text" in one and named & (theirs | touched):
            del one["text"]
            one["removed_on"] = on.isoformat()
            gone += 1
    return gone


def _drop_digests(state: dict[str, Any]) -> bool:
    """No digest of words that went is left in the state, which is written to, nor of a part of such a finding or a row
    behind it: their names stay. Whether there was any: earlier versions left them."""
    incidents = state["incidents"] if has_sentences(state) else state
    dropped = False
    for one in (one for one in incidents.values() if "removed_on" in one):
        dropped |= any(digest is not None for digest in one["parts"].values())
        one["parts"] = dict.fromkeys(one["parts"])
    for sentence in _sentences(state):
        dropped |= sentence.pop("digest", None) is not None
    return dropped


def _theirs(state: Mapping[str, Any], who: Withdrawing, pieces: Set[str]) -> set[str]:
    """All names by which a sentence or a finding of this state can rest on a row of the source.

    The state says whose each row was. One of an earlier version does not: there every row counts that is nobody else's
    now, every flight, and every table as a whole.
    """
    if has_rows(state):
        mine = _as_named(who.rows | set(state["rows"].get(who.source_id, ())))
        return mine | {flight for flight, sightings in state["flights"].items() if mine & set(sightings)}
    others = _as_named(who.others) - TABLES.keys()
    named = {name for one in _sentences(state) for name in one["rests_on"]}
    unknown = {name for name in (named | pieces) - others if _may_be_of_a_source(name, pieces)}
    return _as_named(who.rows) | unknown


def _sentences(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [one for document in state["documents"] for one in document["sentences"]] if has_sentences(state) else []


def _may_be_of_a_source(name: str, pieces: Set[str]) -> bool:
    table = name.partition("/")[0]
    return name in pieces or (table in TABLES and bool({"source_id", "interview_id"} & set(TABLES[table].canonical())))


def _as_named(rows: Set[str]) -> set[str]:
    """The names by which a support may speak of rows: with and without their table, and that of the whole table."""
    return {part for row in rows for part in (row, row.partition("/")[0], row.partition("/")[2])}


def _keys(frame: pl.DataFrame, table: str) -> list[object]:
    key = TABLES[table].key
    return [] if key is None else frame[key].drop_nulls().to_list()


def _pieces_in(parts: Mapping[str, str | None]) -> set[str]:
    """Evidence as the parts of a finding name it; of very many they keep one digest, which names none."""
    return {name.removeprefix(EVIDENCE) for name in parts if name.startswith(EVIDENCE)}
