"""The part of a ledger that a bundle discloses: some acts with their proofs, and of all others nothing but hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consilience.quantities import Digest
from consilience.vault.acts import PreservedFile
from consilience.vault.proofs import inclusion_proofs
from consilience.vault.store import Vault


@dataclass(frozen=True, slots=True)
class PreservedAct:
    """An act that preserved a file: its index and what it says."""

    index: int
    file: PreservedFile


@dataclass(frozen=True, slots=True)
class LedgerSlice:
    """`acts` and `withheld` as `ledger/acts.json` has them; `bodies` opens each withheld act, by its index."""

    acts: tuple[Mapping[str, object], ...]
    withheld: tuple[Mapping[str, object], ...]
    bodies: Mapping[int, str]


def preserved_acts(vault: Vault) -> dict[tuple[str, Digest], PreservedAct]:
    """By path and digest, the last act that preserved these bytes under that path, where they are kept in clear."""
    kept = (PreservedAct(number, file) for number, file in sorted(vault.kept().items()))
    return {(str(one.file.path), one.file.digest): one for one in kept}


def slice_ledger(vault: Vault, disclosed: Iterable[int], withheld: Iterable[int]) -> LedgerSlice:
    """Acts by their indices, each with its audit path to the root of the ledger as the vault has read it.

    Raises UsageError for an act that is not there.
    """
    leaves, every_body = vault.leaves(), vault.bodies()
    shown, hidden = sorted(set(disclosed)), sorted(set(withheld) - set(disclosed))
    paths = [[step.hex() for step in path] for path in inclusion_proofs(leaves, [*shown, *hidden])]
    bodies = {index: every_body[index].decode() for index in (*shown, *hidden)}
    return LedgerSlice(
        acts=tuple(
            {"index": index, "body": bodies[index], "proof": path} for index, path in zip(shown, paths, strict=False)
        ),
        withheld=tuple(
            {"index": index, "leaf": leaves[index].hex(), "proof": path}
            for index, path in zip(hidden, paths[len(shown) :], strict=True)
        ),
        bodies={index: bodies[index] for index in hidden},
    )
