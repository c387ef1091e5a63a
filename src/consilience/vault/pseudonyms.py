"""The names under which publications speak of sources: random, drawn once, and kept in the ledger alone.

A source's `source_id` is a pseudonym already, but it was chosen by hand and stands in tables that partners may hold. A
publication gets another that says nothing: neither role, nor order, nor how many there are.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from consilience.vault.acts import DECIDED, Act
from consilience.vault.store import Vault

SCHEMA = "consilience.publication_name/1"
"""Marks a `decided` act that gives a source its name."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which are read as digits."""
_ROOM = 8
"""Names to draw from for each name that is taken. Our choice: a draw then seldom has to be made again."""


def publication_names(
    vault: Vault, source_ids: Iterable[str], at: datetime, *, others: Iterable[str] = ()
) -> Mapping[str, str]:
    """A name such as "Source K7" for each source, the same in every publication of the case; new ones are recorded.

    `at` is when, for those that are drawn now. `others` are the case's further sources: they get no name, and nobody
    gets a name that is one's `source_id`. Raises as `Vault.record` does.
    """
    wanted = sorted(set(source_ids))
    apart = {*wanted, *others}
    names = _names_in(vault.acts())
    while missing := [source for source in wanted if source not in names]:
        taken = {*names.values(), *(f"Source {one}" for one in (*apart, *names))}  # "Source S13" is not of another S13
        drawn = dict(zip(missing, _draw(taken, len(missing)), strict=True))
        vault.record(DECIDED, [_content(source, name) for source, name in drawn.items()], at)
        names = _names_in(vault.acts())  # another process may have drawn between: what came first holds
    return {source: names[source] for source in wanted}


def names_drawn(vault: Vault) -> Mapping[str, str]:
    """Each source's name for publication, where it has one; draws none."""
    return _names_in(vault.acts())


def _content(source_id: str, name: str) -> dict[str, object]:
    return {"schema": SCHEMA, "source_id": source_id, "name": name}


def _names_in(acts: Iterable[Act]) -> dict[str, str]:
    """By source, the first name that was recorded for it and for nobody before it."""
    names: dict[str, str] = {}
    given: set[str] = set()
    for act in acts:
        if act.kind == DECIDED and act.content.get("schema") == SCHEMA:
            source, name = str(act.content["source_id"]), str(act.content["name"])
            if source not in names and name not in given:
                names[source] = name
                given.add(name)
    return names


def _draw(taken: set[str], count: int) -> Iterator[str]:
    """So many names that are not taken, each as likely as any other."""
    numbers = max(9, -(-_ROOM * (len(taken) + count) // len(LETTERS)))
    drawn = set(taken)
    while count:
        name = f"Source {secrets.choice(LETTERS)}{1 + secrets.randbelow(numbers)}"
        if name not in drawn:
            drawn.add(name)
            count -= 1
            yield name
