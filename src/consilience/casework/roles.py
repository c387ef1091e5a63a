"""Who may do what: four roles, and the acts that need one.

A role is a line in the file `roles` of the folder of keys; where there is no such file, one person does everything.
This keeps people who work together from doing each other's part by mistake. It is no lock: whoever owns the folder can
change the file. What holds against an adversary is the custodians' private keys (docs/threat-model.md).
"""

from __future__ import annotations

from pathlib import Path

from consilience.errors import UsageError

READER = "reader"
ANALYST = "analyst"
IDENTITY_CUSTODIAN = "identity custodian"
PUBLISHER = "publisher"
ROLES = (READER, ANALYST, IDENTITY_CUSTODIAN, PUBLISHER)

NEEDS = {
    "seal": ANALYST,
    "lock": IDENTITY_CUSTODIAN,
    "unseal": IDENTITY_CUSTODIAN,
    "share keys": IDENTITY_CUSTODIAN,
    "withdraw consent": IDENTITY_CUSTODIAN,
    "publish": PUBLISHER,
}
"""The role that each act needs. Looking at a case needs none but reader, and there is no act for it."""

FILE = "roles"


def roles_in(keys: Path) -> frozenset[str]:
    """The roles of whoever uses this folder of keys. Raises UsageError for a line that is none, naming it."""
    try:
        lines = (keys / FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return frozenset(ROLES)
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError("can't be read", where=str(keys / FILE), remedy="Write one role a line.") from err
    said = {line.strip().casefold() for line in lines if line.strip() and not line.startswith("#")}
    if strangers := sorted(said - set(ROLES)):
        raise UsageError(f"is no role: {strangers[0]}", where=str(keys / FILE), remedy=f"Choose of {', '.join(ROLES)}.")
    return frozenset(said)


def require_role(keys: Path, act: str) -> None:
    """Whoever uses this folder of keys has the role for an act of NEEDS. Raises UsageError, which names the role."""
    needed = NEEDS[act]
    if needed not in roles_in(keys):
        raise UsageError(
            f"to {act} takes the role {needed!r}",
            where=str(keys / FILE),
            remedy="Ask who has it; nothing was done.",
        )
