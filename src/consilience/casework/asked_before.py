"""What case.toml asked of reviewers before: who approves a release is told where it asks for fewer."""

from __future__ import annotations

import tomllib

from consilience.errors import VaultError
from consilience.quantities import Digest
from consilience.readings.case_file import CASE_FILE
from consilience.vault.acts import PRESERVED, read_preserved
from consilience.vault.store import Vault


def fewer_reviewers(vault: Vault, reviewers: int) -> tuple[str, ...]:
    """That a kept version of case.toml asked for more reviewers than now; nothing where none did."""
    most = max((_asked(vault, digest) for digest in _versions(vault)), default=reviewers)
    if most <= reviewers:
        return ()
    return (f"case.toml asked for {most} persons to review each finding, and asks for {reviewers} now",)


def _versions(vault: Vault) -> list[Digest]:
    kept = (read_preserved(act) for act in vault.acts() if act.kind == PRESERVED)
    return [file.digest for file in kept if str(file.path) == CASE_FILE]


def _asked(vault: Vault, digest: Digest) -> int:
    """How many a version asked for; one where it does not say, or can't be read any more."""
    try:
        told = tomllib.loads(vault.read_exhibit(digest).decode("utf-8-sig")).get("case", {}).get("reviewers", 1)
    except (VaultError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return 1
    return told if isinstance(told, int) else 1
