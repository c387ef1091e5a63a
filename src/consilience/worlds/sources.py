"""The book of sources of a simulated war: roles and who got knowledge from whom. Ids are given when all are in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from numpy.random import Generator


@dataclass(slots=True)
class SourceBook:
    """Sources in the order in which they were made; the case sees them under shuffled ids."""

    roles: list[str] = field(default_factory=list)
    depends_on: dict[int, list[int]] = field(default_factory=dict)

    def add(self, role: str, depends_on: int | None = None) -> int:
        """A new source's number, with the source that it declares to have its knowledge from."""
        self.roles.append(role)
        number = len(self.roles) - 1
        if depends_on is not None:
            self.depends_on[number] = [depends_on]
        return number

    def ids(self, rng: Generator) -> list[str]:
        """One id for each source, shuffled, so that neither role nor order of making shows in it."""
        return shuffled_ids(rng, "SRC", len(self.roles))


def shuffled_ids(rng: Generator, prefix: str, number: int) -> list[str]:
    """So many ids in random order: an id tells nothing of when or why its row was made."""
    width = max(4, len(str(number)))
    return [f"{prefix}{int(n) + 1:0{width}d}" for n in rng.permutation(number)]
