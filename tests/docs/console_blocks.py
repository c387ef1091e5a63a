"""Commands in the documentation: run as written, their output compared, or written anew by an explicit command.

A fenced `console` block under the line `<!-- run -->` is run: lines that begin with `$ ` are commands, the lines after
them what they print. `make tutorial` runs the blocks of the pages given and writes what they print now.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?<=<!-- run -->\n```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
DIGEST = re.compile(r"(sha256:)[0-9a-f]{64}|(-not-published-)[0-9a-f]{12}\b")
"""They bind names that are drawn by chance: each run has others."""


def played(page: str, folder: Path) -> str:
    """The page as its commands print today, in a folder with a copy of the shipped cases.

    CalledProcessError if one fails.
    """
    shutil.copytree(ROOT / "cases", folder / "cases", ignore=shutil.ignore_patterns(".consilience", "*-findings"))
    return BLOCK.sub(lambda block: _played_block(block[0], folder), page)


def _played_block(block: str, folder: Path) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_printed(command[2:], folder)}" for command in commands)


def _printed(command: str, folder: Path) -> str:
    """What a command prints, without blanks at ends of lines, paths relative to the folder, and digests left out, since
    keys, salts and times differ each time.

    `consilience` and `python` are those of this environment; keys lie in the folder.
    """
    python = shlex.quote(sys.executable)
    shims = f'consilience() {{ {python} -m consilience "$@"; }}; python() {{ {python} "$@"; }}; '
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    kept["CONSILIENCE_KEYS"] = str(folder / "keys")
    done = subprocess.run(
        ["bash", "-c", shims + command], cwd=folder, env=kept, stdout=subprocess.PIPE, check=True, text=True
    )
    here = f"{folder.resolve()}{os.sep}"
    said = DIGEST.sub(lambda found: f"{found[1] or found[2]}…", done.stdout.replace(here, ""))
    return re.sub(r"[ \t]+$", "", said, flags=re.MULTILINE)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as place:
            path = Path(name)
            path.write_text(played(path.read_text("utf-8"), Path(place)), encoding="utf-8")
