"""Run as a program: for each line of standard input, a child that does an operation of a vault and dies at a call.

A line is JSON, `[operation, nth call, folder]`; the answer is the child's wait status. One process with no threads
imports everything once, so that a death costs a fork and no more.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from vault_faults import Fault, kill, unsynced, wrapped
from vault_operations import OPERATIONS as OF_FILES
from vault_people import OF_PEOPLE

OPERATIONS = {**OF_FILES, **OF_PEOPLE}
TOLD = "told"
"""The file in the folder to which acknowledgements are written, a line each, by calls that the strike doesn't count."""


def main() -> None:
    """Answers until standard input ends."""
    for line in sys.stdin:
        name, nth, folder = json.loads(line)
        child = os.fork()
        if child == 0:
            _die(name, nth, Path(folder))
            os._exit(0)
        print(os.waitpid(child, 0)[1], flush=True)  # noqa: T201 (the answer is what this program is for)


def _die(name: str, nth: int, folder: Path) -> None:
    with (folder / TOLD).open("w", encoding="utf-8") as told, unsynced():

        def tell() -> None:
            told.write("told\n")
            told.flush()

        with wrapped(Fault(nth, kill)):
            OPERATIONS[name].act(folder, tell)


if __name__ == "__main__":
    main()
