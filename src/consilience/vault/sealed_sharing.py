"""Wrapping sources' keys anew: whoever is a custodian now opens what was sealed before he was one.

A key in a file is never written over. It is wrapped into a new file, the ledger says so, and only then is the file
before it destroyed, here at once and in replicas at their next contact. All keys of one call are in the ledger
together or not at all; new files of a call that was broken off are swept by whoever writes next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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

    `closed` are keys that should be wrapped anew and that none of the private keys opens. `still_open_to` are those for
    whom some key would still be wrapped and who are no custodians now.
    """

    keys: tuple[tuple[SealedKey, tuple[str, ...]], ...]
    closed: tuple[SealedKey, ...]
    still_open_to: tuple[str, ...]


def plan_sharing(
    vault: Vault, custodians: Sequence[Custodian], identities: Sequence[x25519.Identity], *, drop_others: bool
) -> Sharing:
    """Which keys are not wrapped for just whom they should be: all these custodians, and those of before as well.

    With `drop_others` for these custodians and nobody else. Reads no private key of a source. Raises UsageError
    without custodians, and where a key would be wrapped for none whose private key is here: a line of the keyring that
    is out of date could otherwise be the end of every key.
    """
    if not custodians:
        raise UsageError("there is no custodian to share with", remedy="Name custodians: consilience keys add.")
    present = {custodian.recipient for custodian in custodians}
    own = {str(identity.to_public()) for identity in identities}
    living = [key for source in sorted(vault.sealed.sources()) for key in vault.sealed.keys_of(source)]
    wanted = [(key, tuple(sorted(present if drop_others else present | set(key.custodians)))) for key in living]
    changed = [(key, recipients) for key, recipients in wanted if recipients != tuple(sorted(key.custodians))]
    ours = [(key, recipients) for key, recipients in changed if own & set(key.custodians)]
    _check_some_stay(ours, own)
    after = {key.key_id: key.custodians for key in living} | {key.key_id: recipients for key, recipients in ours}
    return Sharing(
        keys=tuple(ours),
        closed=tuple(key for key, _ in changed if not own & set(key.custodians)),
        still_open_to=tuple(sorted(set().union(*after.values()) - present)),
    )


def _check_some_stay(planned: Sequence[tuple[SealedKey, tuple[str, ...]]], own: set[str]) -> None:
    """Each of these keys will still open with a private key that is here. Raises UsageError, naming sources."""
    lost = sorted({key.source_id for key, recipients in planned if not own & set(recipients)})
    if lost:
        what = "no private key here would open these sources any more, so perhaps nobody's"
        remedy = "Put your own recipient among `custodians` of the keyring, or let one who stays a custodian do it."
        raise UsageError(what, where=", ".join(lost), remedy=remedy)


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

    Each new file is opened with a private key that is here before the act. What was planned comes back, by the ledger
    as it stands while nobody else writes. Raises UsageError, SealBroken, VaultNotWritable, LedgerDamaged; where it
    raises before the act, nothing has changed.
    """
    with vault.writing():
        plan = plan_sharing(vault, custodians, identities, drop_others=drop_others)
        anew: list[WrappedAnew] = []
        for key, recipients in plan.keys:
            identity, opened_by = open_key(vault, key, identities)
            wrapped, file_id = wrap(identity, key.key_id, recipients), new_name()
            write_key(vault, file_id, wrapped)
            open_key(vault, replace(key, file_id=file_id, custodians=recipients), identities)
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
