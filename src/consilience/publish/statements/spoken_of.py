"""Whether any piece of an incident speaks of its hour, its mode or bomblets; where none does, nothing was found of it.

What was held beforehand has a probability of everything. It is no finding, and no sentence may sell it as one. A piece
that is withheld from an edition may have spoken: whether it did is not told by how a sentence reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from consilience.publish.statements.admitted import Block, Row
from consilience.publish.statements.frame import Frame

_SAYS_NO_HOUR: Final = frozenset({"munition", "imagery", "status"})
"""Kinds of evidence that know days at best."""


def speaks_of_mode(block: Block) -> bool:
    """Does any piece say, or bear on, how it was delivered?"""
    return any(piece["cells"].get("mode") for piece in block["evidence"])


def speaks_of_hour(frame: Frame, block: Block) -> bool:
    """Does any piece give a clock time or a part of the day? Footage, instruments and logs do."""
    return any(
        _gives_hour(row) if row else kind not in _SAYS_NO_HOUR for kind, row in _accounts_and_kinds(frame, block)
    )


def speaks_of_bomblets(frame: Frame, block: Block) -> bool:
    """Does any account say that there were, or were none, or is a remnant identified?"""
    remnants = (piece for piece in block["evidence"] if piece["kind"] == "munition")
    return any(piece["cells"].get("mode") for piece in remnants) or any(
        row.get("withheld") or row["cluster"] is not None
        for _, row in _accounts_and_kinds(frame, block) if row
    )  # fmt: skip


def _gives_hour(row: Mapping[str, Any]) -> bool:
    return bool(row.get("withheld") or row["time_clock"] or row["time_words"])


def _accounts_and_kinds(frame: Frame, block: Block) -> Iterator[tuple[str, Row | None]]:
    """The kind of each piece, with its row if it is an account."""
    for piece in block["evidence"]:
        found = frame.case.evidence(piece["kind"], piece["evidence_id"]) if piece["kind"] == "account" else None
        yield piece["kind"], None if found is None else found[1]
