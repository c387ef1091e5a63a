"""What the leak scan sees of a file: pieces of text, where they stand, and flaws that are leaks whatever they say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A text and where it stands. `glued`: it has no lines that would say where (a page, a file's name).

    `names_only`: a second reading, in which this case's own names and ids are looked for, and no patterns of numbers.
    """

    where: str
    text: str
    glued: bool = False
    names_only: bool = False


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that no publication may have, whatever is in it: what, and where."""

    kind: str
    where: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a file shows to somebody who looks into every corner of it."""

    pieces: tuple[Piece, ...] = ()
    flaws: tuple[Flaw, ...] = ()

    def __add__(self, other: Seen) -> Seen:
        return Seen(self.pieces + other.pieces, self.flaws + other.flaws)
