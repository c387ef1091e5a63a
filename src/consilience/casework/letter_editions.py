"""Letters in a folder: each edition written once, never over another, and which of them no longer say what holds.

`editions.json` remembers what each edition said and which bytes were written. A letter whose words have changed since
gets a new edition beside the old (`L1-en.2.md`), which stays, sent or not; `editions.md` says which are out of date.
What a letter says is its text without the day of sending: that a letter was sent makes no new letter.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from consilience.errors import UsageError
from consilience.publish.writing import write_output
from consilience.quantities import digest_bytes

REGISTER: Final = "editions.json"
NOTE: Final = "editions.md"
SCHEMA: Final = "consilience.letters/1"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written now: what it says (without the day of sending), and its bytes by the ending of its file.

    `sent` says in words what is known of the letter that was sent, "" where none was.
    """

    says: str
    forms: Mapping[str, Callable[[], bytes]]
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written, what somebody has edited since, and a line for each edition that is out of date.

    `known` are those of the lines that the note said before.
    """

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    stale: tuple[str, ...]
    known: tuple[str, ...]


Register = dict[str, list[dict[str, Any]]]
"""By the stem of a file ("L1-en") its editions, oldest first: `says` and, by name, the digest of what was written."""


def write_editions(out: Path, wanted: Mapping[str, Wanted], others: Mapping[str, Wanted]) -> Kept:
    """What is wanted stands in the folder, as the latest edition of each stem; nothing that stood there is changed.

    `others` hold as well and are not asked for now, as letters in another language are: they are not written, and an
    edition that says something else is out of date. So is what is neither wanted nor among them.
    Raises UsageError for a register that can't be read, PublishError.
    """
    register = _read(out / REGISTER)
    written: list[Path] = []
    kept: list[Path] = []
    for stem, one in wanted.items():
        says = digest_bytes(one.says.encode())
        editions = register.setdefault(stem, [])
        if not editions and any(_is_another(out / f"{stem}.{form}", make) for form, make in one.forms.items()):
            editions.append({"says": "", "files": {f"{stem}.{form}": "" for form in one.forms}})
        if not editions or editions[-1]["says"] != says:
            editions.append({"says": says, "files": {}})
        for form, make in one.forms.items():
            name = f"{stem}.{form}" if len(editions) == 1 else f"{stem}.{len(editions)}.{form}"
            _stands(out / name, make, editions[-1]["files"], written, kept)
    stale = tuple(_stale(out, register, wanted, others))
    write_output(out / REGISTER, json.dumps({"schema": SCHEMA, "editions": register}, indent=1).encode() + b"\n")
    noted = (out / NOTE).read_text("utf-8", errors="replace").splitlines() if (out / NOTE).is_file() else []
    write_output(out / NOTE, _note(stale).encode())
    return Kept(tuple(written), tuple(kept), stale, tuple(line for line in stale if f"- {line}." in noted))


def _is_another(file: Path, make: Callable[[], bytes]) -> bool:
    """Does a file stand there that we don't remember, and says something else?"""
    return file.exists() and file.read_bytes() != make()


def _stands(
    file: Path, make: Callable[[], bytes], files: dict[str, str], written: list[Path], kept: list[Path]
) -> None:
    """The file of this edition is there; one that somebody has edited since stays."""
    if file.exists():
        if file.name in files and digest_bytes(file.read_bytes()) != files[file.name]:
            kept.append(file)
        else:
            files.setdefault(file.name, digest_bytes(file.read_bytes()))
        return
    data = make()
    written.append(write_output(file, data))
    files[file.name] = digest_bytes(data)


def _stale(out: Path, register: Register, wanted: Mapping[str, Wanted], others: Mapping[str, Wanted]) -> Sequence[str]:
    """A line for each file of an edition that says no longer what holds, or whose letter is not to be written any
    more."""
    lines = []
    for stem, editions in sorted(register.items()):
        now = wanted.get(stem) or others.get(stem)
        holds = now is not None and editions[-1]["says"] == digest_bytes(now.says.encode())
        old = editions[:-1] if holds else editions
        for name in [name for edition in old for name in edition["files"] if (out / name).exists()]:
            if now is None:
                lines.append(f"{name}: no such letter is to be written any more; it stays as it is")
                continue
            latest = f"beside {', '.join(editions[-1]['files'])}"
            where = latest if holds else f"and --lang {stem.rpartition('-')[2]} writes a new one"
            sent = f"{now.sent}; " if now.sent else ""
            lines.append(f"{name}: no longer says what holds; {sent}it stays, {where}")
    return lines


def _note(stale: Sequence[str]) -> str:
    lines = [f"- {line}." for line in stale] or ["Every letter here says what holds."]
    return "\n".join(["# Which of these letters are out of date", "", *lines]) + "\n"


def _read(file: Path) -> Register:
    if not file.exists():
        return {}
    try:
        told: Any = json.loads(file.read_bytes())
        editions: Register = {
            str(stem): [
                {"says": str(e["says"]), "files": {str(n): str(d) for n, d in e["files"].items()}} for e in every
            ]
            for stem, every in told["editions"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        remedy = "Restore it, or write the letters to another folder with --out."
        raise UsageError("the register of letters can't be read", where=str(file), remedy=remedy) from err
    return editions
