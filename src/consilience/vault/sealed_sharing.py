"""Wrapping sources' keys anew: whoever is a custodian now opens what was sealed before he was one.

A key in a file is never written over. It is wrapped into a new file, the ledger says so, and only then is the file
before it destroyed, here at once and in replicas at their next contact. All keys of one call are in the ledger
together or not at all; new files of a call that was broken off are swept by whoever writes next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyrage import x25519

from consilience.errors import UsageError
from consilience.quantities import digest_bytes
from consilience.vault.acts import SEALED
from consilience.vault.keyring import Custodian
from consilience.vault.sealed_acts import SealedKey, WrappedAnew
from consilience.vault.sealed_store import new_name, open_key, write_key
from consilience.vault.sealing import wrap
from consilience.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Sharing:
    """What wrapping keys anew would do: `keys` that these private keys open, each with who could open it then.

    `closed` are keys that should be wrapped anew and that none of the private keys opens.
    """

    keys: tuple[tuple[SealedKey, tuple[str, ...]], ...]
    closed: tuple[SealedKey, ...]


def plan_sharing(
    vault: Vault, custodians: Sequence[Custodian], identities: Sequence[x25519.Identity], *, drop_others: bool
) -> Sharing:
    """Which keys are not wrapped for just whom they should be: all these custodians, and those of before as well.

    With `drop_others` for these custodians and nobody else. Reads no private key of a source. Raises UsageError
    without custodians.
    """
    if not custodians:
        raise UsageError("there is no custodian to share with", remedy="Name custodians: consilience keys add.")
    present = {custodian.recipient for custodian in custodians}
    own = {str(identity.to_public()) for identity in identities}
    living = [key for source in sorted(vault.sealed.sources()) for key in vault.sealed.keys_of(source)]
    wanted = [(key, tuple(sorted(present if drop_others else present | set(key.custodians)))) for key in living]
    changed = [(key, recipients) for key, recipients in wanted if recipients != tuple(sorted(key.custodians))]
    return Sharing(
        keys=tuple((key, recipients) for key, recipients in changed if own & set(key.custodians)),
        closed=tuple(key for key, _ in changed if not own & set(key.custodians)),
    )


def share(
    vault: Vault,
    custodians: Sequence[Custodian],
    identities: Sequence[x25519.Identity],
    at: datetime,
    *,
    drop_others: bool,
    progress: Callable[[int, int], None] | None = None,
) -> Sharing:
    """The keys are wrapped anew, the ledger says by whose key and for whom, and the files before are destroyed.

    What was planned comes back, by the ledger as it stands while nobody else writes. Raises UsageError, SealBroken,
    VaultNotWritable, LedgerDamaged; where it raises before the act, nothing has changed.
    """
    with vault.writing():
        plan = plan_sharing(vault, custodians, identities, drop_others=drop_others)
        anew: list[WrappedAnew] = []
        for key, recipients in plan.keys:
            identity, opened_by = open_key(vault, key, identities)
            wrapped, file_id = wrap(identity, key.key_id, recipients), new_name()
            write_key(vault, file_id, wrapped)
            anew.append(
                WrappedAnew(
                    key.key_id, file_id, key.file_id, digest_bytes(wrapped), len(wrapped), recipients, opened_by
                )
            )
            if progress is not None:
                progress(len(anew), len(plan.keys))
        if anew:
            vault.record(SEALED, [one.content() for one in anew], at)
            vault.settle_removals()
    return plan
