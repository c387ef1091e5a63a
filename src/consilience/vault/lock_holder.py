"""Who holds a lock on a file, as far as the system tells: for those who wait and would like to know for whom."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

_PROC: Final = Path("/proc")
_PROGRAM: Final = "consilience"
_COMMAND: Final = re.compile(r"[a-z][a-z-]*")
_COMMAND_WORDS: Final = 2
"""Words of a command line that are told at most after the program's name: `vault check`. What follows may be a place
with a password in it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process, and what it runs; "" where that is not known."""

    pid: int
    command: str

    def __str__(self) -> str:
        return f"process {self.pid}" + (f" ({self.command})" if self.command else "")


def holder_of(descriptor: int) -> Holder | None:
    """The process that holds a lock by `flock` on an open file.

    None where the system does not tell: it keeps no /proc/locks (only Linux does, proc_locks(5)), or the process lives
    where its number means nothing here (another machine, another container).
    """
    found = os.fstat(descriptor)
    try:
        lines = (_PROC / "locks").read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    for line in lines:
        words = line.split()  # a waiting one has "->" before its kind
        if len(words) > 5 and words[1] == "FLOCK" and words[5] == place and words[4].isdigit() and int(words[4]) > 0:
            return Holder(int(words[4]), _command_of(int(words[4])))
    return None


def _command_of(pid: int) -> str:
    """Which command of ours it is, else the name of the program; "" where it may not be read or has just ended."""
    try:
        words = (_PROC / str(pid) / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return ""
    paths = [PurePath(word) for word in words]
    names = [path.parent.name if path.name == "__main__.py" else path.name for path in paths]
    if _PROGRAM not in names:
        return names[0] if names[0].isprintable() else ""
    said = [_PROGRAM]
    for word in words[names.index(_PROGRAM) + 1 :][:_COMMAND_WORDS]:
        if not _COMMAND.fullmatch(word):
            break
        said.append(word)
    return " ".join(said)
