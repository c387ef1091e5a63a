"""Run as a program: preserves a case and dies at its nth change to the disk. `vault_killed.py CASE NTH FIRST|SECOND`"""

from __future__ import annotations

import sys
from pathlib import Path

from vault_cases import AT, FIRST, SECOND, case_files
from vault_faults import Fault, kill, wrapped

from consilience.vault.store import Vault


def main(case: str, nth: str, which: str) -> None:
    """Dies, or exits with 0 if there were fewer changes than that."""
    folder, contents = Path(case), {"FIRST": FIRST, "SECOND": SECOND}[which]
    vault = Vault.open(folder)
    with wrapped(Fault(int(nth), kill)):
        vault.preserve(folder, case_files(contents), AT)


if __name__ == "__main__":
    main(*sys.argv[1:])
