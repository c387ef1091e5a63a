"""Held against something from outside: an earlier checkpoint, and the times that others signed.

A ledger that fits its own checkpoint may still have been rewritten from end to end. Any checkpoint that somebody kept
elsewhere shows it: acts that it covers can't be altered, removed, reordered or inserted without another root.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from consilience.errors import LedgerDamaged
from consilience.quantities import iso_utc
from consilience.vault.acts import Act
from consilience.vault.checkpoints import ORIGIN
from consilience.vault.proofs import prefix_roots

TOLERANCE = timedelta(minutes=1)
"""So much earlier a time may be and not be named. Our choice: clocks are set right by seconds; a lie needs more."""

_REMEDY = "Keep both, and don't go on with this case until you know which copy is the true one."


@dataclass(frozen=True, slots=True)
class Anchor:
    """A time that somebody else signed: by act `act`, of the first `size` acts, at `at`, by `who`."""

    act: int
    size: int
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class FalseTime:
    """Acts, first to last, whose recorded times can't all be true, and why."""

    first: int
    last: int
    why: str

    def with_next(self, other: FalseTime) -> FalseTime | None:
        """Both in one, if the other follows at once and for the same reason."""
        follows = other.first == self.last + 1 and other.why == self.why
        return FalseTime(self.first, other.last, self.why) if follows else None

    def __str__(self) -> str:
        acts = f"act {self.first}" if self.first == self.last else f"acts {self.first} to {self.last}"
        return f"{acts}: {self.why}"


def check_against(leaves: Sequence[bytes], size: int, root: bytes, origin: str | None = None) -> None:
    """The ledger is the one of an earlier checkpoint with acts added: nothing that it covers is gone or another.

    Without an `origin` the name of the ledger is not compared. Raises LedgerDamaged.
    """
    own = ORIGIN + "".join("/" + leaf.hex() for leaf in leaves[:1])
    where = f"checkpoint of {size} acts"
    if size and origin not in (None, own):
        what = "is of another ledger: its first act is another, so the whole was replaced or begun anew"
        raise LedgerDamaged(what, where=where, remedy=_REMEDY)
    if size > len(leaves):
        what = f"speaks of more acts than there are ({len(leaves)}): the ledger was cut or an older copy put back"
        raise LedgerDamaged(what, where=where, remedy=_REMEDY)
    if prefix_roots(leaves, [size])[size] != root:
        what = "has another root: an act that it covers was altered, removed, inserted or reordered"
        raise LedgerDamaged(what, where=where, remedy=_REMEDY)


def false_times(acts: Sequence[Act], anchors: Sequence[Anchor]) -> list[FalseTime]:
    """Acts that say an earlier time than what they follow, or a later one than a signed time that covers them.

    An act follows all acts before it, and so every signed time that one of them brought in. In order of act.
    """
    found = [*_joined(_earlier(acts, anchors)), *_joined(_later(acts, anchors))]
    return sorted(found, key=lambda one: (one.first, one.last))


def _joined(found: Iterator[FalseTime]) -> list[FalseTime]:
    """Those that follow each other for one reason as one."""
    joined = list[FalseTime]()
    for one in found:
        both = joined[-1].with_next(one) if joined else None
        if both is None:
            joined.append(one)
        else:
            joined[-1] = both
    return joined


def _earlier(acts: Sequence[Act], anchors: Sequence[Anchor]) -> Iterator[FalseTime]:
    """Acts that are earlier than the latest time before them."""
    signed = {anchor.act: anchor for anchor in sorted(anchors, key=lambda anchor: anchor.at)}
    latest, whose = None, ""
    for act in acts:
        if latest is not None and act.recorded_at + TOLERANCE < latest:
            yield FalseTime(act.index, act.index, f"recorded before what came before: {whose} is of {iso_utc(latest)}")
        elif latest is None or act.recorded_at > latest:
            latest, whose = act.recorded_at, f"act {act.index}"
        anchor = signed.get(act.index)
        if anchor is not None and anchor.at > latest:
            latest, whose = anchor.at, f"the time that {anchor.who} signed"


def _later(acts: Sequence[Act], anchors: Sequence[Anchor]) -> Iterator[FalseTime]:
    """Acts that say a later time than the earliest signed one that covers them."""
    covered = 0
    for anchor in sorted(anchors, key=lambda anchor: anchor.at):
        for act in acts[covered : anchor.size]:
            if act.recorded_at > anchor.at + TOLERANCE:
                why = f"recorded after {anchor.who} signed that it was there, at {iso_utc(anchor.at)}"
                yield FalseTime(act.index, act.index, why)
        covered = max(covered, anchor.size)
