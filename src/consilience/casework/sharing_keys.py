"""Sharing the keys of sealed sources with present custodians: said first, then done by one who can open them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consilience.casework.acting_time import now
from consilience.casework.batches import Progress
from consilience.casework.roles import require_role
from consilience.vault.keyring import Keyring
from consilience.vault.sealed_sharing import Sharing, plan_sharing, share
from consilience.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Shared:
    """What was wrapped anew, or would be: keys, sources, for whom; and of which sources no key here opens them.

    `gained` and `lost` are custodians' recipients who can open more, or fewer, keys than before; `still_open_to` those
    who are not in this keyring and for whom some key is wrapped all the same.
    """

    keys: int
    sources: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    closed: tuple[str, ...]
    still_open_to: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON values with the same content."""
        return {
            "keys": self.keys, "sources": list(self.sources), "gained": list(self.gained), "lost": list(self.lost),
            "closed": list(self.closed), "still_open_to": list(self.still_open_to),
        }  # fmt: skip


def plan_share(case: Path, keyring: Keyring, *, drop_others: bool) -> Shared:
    """What `share_keys` would do. Writes nothing and opens nothing. UsageError where `plan_sharing` raises it."""
    vault = Vault.open(case)
    return _told(plan_sharing(vault, keyring.custodians, keyring.identities(), drop_others=drop_others))


def share_keys(case: Path, keyring: Keyring, *, drop_others: bool, progress: Progress) -> Shared:
    """Every source's key that a private key here opens is wrapped for the present custodians; the ledger says so.

    Raises UsageError (a wrong role, no custodians, none of them here), KeysUnusable, SealBroken, VaultNotWritable,
    LedgerDamaged.
    """
    require_role(keyring.folder, "share keys")
    vault = Vault.open(case, keyring.signer)
    return _told(
        share(
            vault, keyring.custodians, keyring.identities(), now(), drop_others=drop_others,
            progress=lambda done, total: progress("wrap keys", done, total),
        )
    )  # fmt: skip


def _told(plan: Sharing) -> Shared:
    gained = {who for key, recipients in plan.keys for who in recipients if who not in key.custodians}
    lost = {who for key, recipients in plan.keys for who in key.custodians if who not in recipients}
    return Shared(
        keys=len(plan.keys),
        sources=tuple(sorted({key.source_id for key, _ in plan.keys})),
        gained=tuple(sorted(gained)),
        lost=tuple(sorted(lost)),
        closed=tuple(sorted({key.source_id for key in plan.closed})),
        still_open_to=plan.still_open_to,
    )
