"""A case with canaries lives: run, sealed, locked, unsealed, damaged, withdrawn from. Where do canaries turn up?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyrage
from pyrage import x25519
from typer.testing import CliRunner

from canaries import FILES, RESTRICTED, SEALED_KINDS, Canary, found_below, found_in, kept_from_removal, plant
from consilience.cli.main import app
from consilience.vault.sealing import MAGIC

REASON = "asked by the story"


class Story:
    """One case folder, its keys and outputs below `root`; what was printed or raised in `said`."""

    def __init__(self, root: Path, seed: int, sources: int) -> None:
        self.root = root
        self.case, self.out, self.keys = root / "case", root / "case-findings", root / "keys"
        self.sources = [f"W{number}" for number in range(1, sources + 1)]
        self.canaries = plant(self.case, seed, sources)
        self.sealed = [canary for canary in self.canaries if canary.kind in SEALED_KINDS]
        self.restricted = [canary for canary in self.canaries if canary.kind == RESTRICTED]
        self.said: list[str] = []
        self.asked_for = [root / "opened", root / "opened by all"]

    def do(self, *words: object) -> int:
        """A command in this process; what it prints or raises is kept. Gives the exit code."""
        done = CliRunner().invoke(app, [str(word) for word in words], env={"CONSILIENCE_KEYS": str(self.keys)})
        self.said += [done.output, str(done.exception or "")]
        return done.exit_code

    def told(self) -> set[Canary]:
        """Canaries in all that was printed or raised since the last time."""
        found = found_in([text.encode() for text in self.said], self.canaries)
        self.said.clear()
        return found

    def in_locked_case(self) -> set[Canary]:
        """Sealed canaries anywhere in the case folder."""
        return set(found_below(self.case, self.sealed))

    def in_outputs(self) -> set[Canary]:
        """Canaries of any kind in the outputs of the last run."""
        return set(found_below(self.out, self.canaries))

    def opened(self) -> set[Canary]:
        """Sealed canaries in anything that the keys of all custodians open, keys of sources among it."""
        identities = [x25519.Identity.from_str(text) for text in self._secrets()]
        files = sorted((self.case / ".consilience" / "sealed").rglob("*.age"))
        for file in files:
            if file.parent.name == "keys":
                held = _decrypted(file, identities)
                identities += [x25519.Identity.from_str(json.loads(held)["identity"])] if held else []
        opened = self.root / "opened by all"
        opened.mkdir()
        for number, file in enumerate(files):
            for part, data in enumerate(_parts(_decrypted(file, identities))):
                (opened / f"{number}.{part}").write_bytes(data)
        found = set(found_below(opened, self.sealed))
        shutil.rmtree(opened)
        return found

    def _secrets(self) -> list[str]:
        files = sorted((self.keys / "identities").glob("*.key"))
        return [line for file in files for line in file.read_text("utf-8").splitlines() if line.startswith("AGE-")]


def live(root: Path, seed: int, sources: int) -> dict[str, int]:
    """How many canaries turn up where, by a name for the place.

    `planted`, `readable_before` and `unsealed` say that there was something to find; all else has to be 0.
    """
    story = Story(root, seed, sources)
    counted = {"planted": len(story.canaries)}
    with kept_from_removal(root / "stash 1", story.case, story.asked_for):
        _run(story, counted, "without_custodians")
        _count_vault(story, counted, "without_custodians")
        assert story.do("keys", "init", "--yes") == 0
        _run(story, counted, "sealed")
        _count_vault(story, counted, "sealed")
        counted["readable_before"] = len(story.opened())
        _lock(story)
    counted["temporary_before_lock"] = len(found_below(root / "stash 1", _but_file_names(story)))
    with kept_from_removal(root / "stash 2", story.case, story.asked_for):
        counted["locked_case"] = len(story.in_locked_case())
        _run(story, counted, "locked")
        counted["locked_case_after_run"] = len(story.in_locked_case())
        _unseal(story, counted)
        _damage(story, counted)
        for source in story.sources:
            assert story.do("consent", "withdraw", story.case, source) == 0
            assert story.do("consent", "withdraw", story.case, source, "--yes") == 0
        _run(story, counted, "withdrawn")
        counted["readable_after_withdrawal"] = len(story.opened())
    counted["temporary_after_lock"] = len(found_below(root / "stash 2", story.sealed))
    return counted


def _run(story: Story, counted: dict[str, int], name: str) -> None:
    assert story.do("check", story.case) == 0
    assert story.do("run", story.case) == 0, story.said
    counted[f"outputs_{name}"] = len(story.in_outputs())
    counted[f"messages_{name}"] = len(story.told())


def _count_vault(story: Story, counted: dict[str, int], name: str) -> None:
    """Before a case is locked its tables name sealed files, and the vault keeps tables as they are."""
    found = found_below(story.case / ".consilience", _but_file_names(story))
    counted[f"vault_{name}"] = len(found)


def _but_file_names(story: Story) -> list[Canary]:
    return [canary for canary in story.sealed if canary.kind != FILES]


def _lock(story: Story) -> None:
    assert story.do("seal", story.case) == 0
    assert story.do("seal", story.case, "--remove-plain") == 0
    assert story.do("seal", story.case, "--remove-plain", "--yes") == 0, story.said


def _unseal(story: Story, counted: dict[str, int]) -> None:
    """What is right shows the source; what is wrong is refused, and its refusal shows nothing."""
    opened = story.root / "opened"
    assert story.do("unseal", story.case, "W1", "--out", opened, "--reason", REASON) == 0
    counted["unsealed"] = len(found_below(opened, story.sealed))
    shutil.rmtree(opened)
    assert story.do("unseal", story.case, "W1", "--out", story.case / "sent", "--reason", REASON) != 0
    assert story.do("unseal", story.case, "W1", "--reason", " ") != 0
    assert story.do("unseal", story.case, "nobody", "--reason", REASON) != 0
    stranger = story.root / "stranger"
    done = CliRunner().invoke(app, ["keys", "init", "--yes"], env={"CONSILIENCE_KEYS": str(stranger)})
    assert done.exit_code == 0
    own, story.keys = story.keys, stranger
    assert story.do("unseal", story.case, "W1", "--reason", REASON) != 0
    story.keys = own
    counted["messages_of_refusals"] = len(story.told())


def _damage(story: Story, counted: dict[str, int]) -> None:
    """A sealed file is damaged, and mended again: what is said of it names nobody."""
    file = max((story.case / ".consilience" / "sealed").rglob("*.age"), key=lambda path: path.stat().st_size)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    codes = {story.do("unseal", story.case, source, "--reason", REASON) for source in story.sources}
    assert codes > {0}
    file.write_bytes(whole)
    story.said = [text for text in story.said if "name: " not in text]  # those that were opened show their source
    counted["messages_of_damage"] = len(story.told())


def _parts(plain: bytes) -> list[bytes]:
    """Label and content of a sealed thing (docs/formats/sealed-format.md), so that a picture is one again."""
    if not plain.startswith(MAGIC):
        return [plain]
    start = len(MAGIC) + 8
    end = start + int.from_bytes(plain[len(MAGIC) : start], "big")
    return [plain[start:end], plain[end : end + json.loads(plain[start:end])["size_bytes"]]]


def _decrypted(file: Path, identities: Sequence[x25519.Identity]) -> bytes:
    """What any of these keys opens; nothing if none does."""
    try:
        return bytes(pyrage.decrypt(file.read_bytes(), list(identities)))
    except pyrage.DecryptError:
        return b""
