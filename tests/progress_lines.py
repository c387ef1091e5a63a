"""What a command says on stderr besides the lines that tell which stage began."""

from __future__ import annotations

import re

BEGUN = re.compile(r"^[a-z ]+(?:: \d+ steps)? …\n", re.MULTILINE)


def complaints_in(stderr: str) -> str:
    """All but the lines of progress, which a pipe gets instead of bars."""
    return BEGUN.sub("", stderr)
