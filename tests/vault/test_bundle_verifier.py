"""The verifier of bundles: one file that needs nothing of ours, and finds any byte of a bag that is not as it was made.

Most of it runs in this process; the file itself is run as a program where that is the point.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bundle_case import write_bundle_case
from case_copies import bytes_below
from consilience.casework.bundling import plan_bundle, write_bundle
from consilience.vault.bundle import verify
from consilience.vault.bundle.bag import verifier_source
from consilience.vault.keyring import ENVIRONMENT, initialise
from consilience.vault.notes import Signer

MOST_LINES = 500
OLDEST_PYTHON = (3, 8)
FLIPS_IN_A_FILE = 5
FLIPS_OF_THE_VERIFIER = 24


def reasons(bag: Path, *, root: str | None = None, key: str | None = None) -> list[str]:
    return verify.verify(str(bag), Namespace(root=root, key=key, opening=None)).reasons


def run(bag: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(bag / "verify.py"), str(bag), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def resealed(bag: Path) -> None:
    """What a forger of an unsigned bag can do: all digests and the root made to fit what he changed."""

    def lines(names: list[str]) -> str:
        return "".join(f"{hashlib.sha256((bag / name).read_bytes()).hexdigest()}  {name}\n" for name in sorted(names))

    payload = [name for name in bytes_below(bag) if name.startswith("data/")]
    size = sum((bag / name).stat().st_size for name in payload)
    info = [line for line in (bag / "bag-info.txt").read_text().splitlines() if not line.startswith("Payload-Oxum")]
    (bag / "bag-info.txt").write_text("\n".join([*info, f"Payload-Oxum: {size}.{len(payload)}", ""]))
    (bag / verify.MANIFEST).write_text(lines(payload))
    (bag / verify.TAG_MANIFEST).write_text(lines(list(verify.TAG_FILES)))
    root = hashlib.sha256((bag / verify.TAG_MANIFEST).read_bytes()).hexdigest()
    (bag / verify.ROOT_FILE).write_text(f"consilience/bundle/1\nsha256:{root}\n")


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unsigned")
    write_bundle(plan_bundle(write_bundle_case(folder / "case"), ["I1"], "partner"), folder / "bag")
    return folder / "bag"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("signed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ENVIRONMENT, str(folder / "keys"))
        initialise(folder / "keys", "org.example")
        write_bundle(plan_bundle(write_bundle_case(folder / "case"), ["I1"], "partner"), folder / "bag")
        yield folder / "bag"


@pytest.fixture
def bag(unsigned: Path, tmp_path: Path) -> Path:
    """A copy to be spoiled."""
    shutil.copytree(unsigned, tmp_path / "bag")
    return tmp_path / "bag"


def test_the_verifier_has_at_most_500_lines_and_imports_nothing_but_python_and_cryptography() -> None:
    source = verifier_source().decode()
    assert len(source.splitlines()) <= MOST_LINES
    tree = ast.parse(source, feature_version=OLDEST_PYTHON)
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names) | {"cryptography"}


def test_the_texts_that_the_verifier_demands_stand_in_the_format() -> None:
    blocks = (Path(__file__).parents[2] / "docs/formats/bundle-format.md").read_text("utf-8").split("```\n")
    assert verify.INFO.replace("{status}", verify.STATUS) in blocks
    assert verify.README in [hashlib.sha256(block.encode()).hexdigest() for block in blocks]


def test_annotations_of_the_verifier_are_those_of_the_oldest_python() -> None:
    """It can't import `__future__`, so Python evaluates them: `list[str]` and `X | None` would end it before 3.9."""
    functions = [one for one in ast.walk(ast.parse(verifier_source())) if isinstance(one, ast.FunctionDef)]
    said = [part for one in functions for part in (one.returns, *(arg.annotation for arg in one.args.args)) if part]
    inner = [node for part in said for node in ast.walk(part)]
    subscripted = {ast.unparse(node.value) for node in inner if isinstance(node, ast.Subscript)}
    assert subscripted
    assert not subscripted & {"list", "dict", "tuple", "set"}
    assert not any(isinstance(node, ast.BinOp) for node in inner)


PLANTED = """
import builtins, sys
sys.stdout.write("whole\\n")
sys.stdout.flush()
builtins.__import__("os")._exit(0)
"""


@pytest.mark.parametrize("how", [[], ["-I"]])
@pytest.mark.parametrize("is_inside", [False, True])
def test_modules_planted_beside_the_verifier_are_not_run_and_are_found_out(
    bag: Path, how: list[str], *, is_inside: bool
) -> None:
    """Python looks beside a program first: what was planted would say "whole", even of an untouched verifier."""
    names = ("__future__", "argparse", "hashlib", "json", "os", "re", "typing", "base64", "cryptography", "encodings")
    for name in names:
        (bag / f"{name}.py").write_text(PLANTED)
    named = ["verify.py", "."] if is_inside else [str(bag / "verify.py"), str(bag)]
    for python in (sys.executable, _oldest_python()):
        done = subprocess.run([python, *how, *named], cwd=bag, capture_output=True, text=True, check=False)
        told = done.stdout.splitlines()
        assert done.returncode == 1, done.stderr
        assert sorted(told) == sorted(f"NOT WHOLE: '{name}.py': was added" for name in names)


def _oldest_python() -> str:
    """Python 3.8 where this machine has one, else the one that runs the tests."""
    named = [shutil.which("python3.8"), *map(str, Path.home().glob(".pyenv/versions/3.8*/bin/python3.8"))]
    runs = [name for name in named if name and not subprocess.run([name, "-c", ""], capture_output=True).returncode]
    return next(iter(runs), sys.executable)


def test_the_oldest_python_at_hand_finds_a_bundle_whole_without_any_library(unsigned: Path) -> None:
    command = [_oldest_python(), "-I", "-S", str(unsigned / "verify.py"), str(unsigned)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "whole")


def test_a_folder_that_is_not_there_is_said_to_be_missing_and_not_altered(unsigned: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(unsigned / "verify.py"), str(tmp_path / "elsewhere")]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert asked.returncode == 2
    assert "there is no folder" in asked.stderr
    assert "NOT WHOLE" not in asked.stdout


def test_a_bundle_is_whole_as_it_was_made(unsigned: Path, signed: Path) -> None:
    assert reasons(unsigned) == reasons(signed) == []
    assert "signed by org.example" in run(signed).stdout


def test_a_title_with_odd_blanks_makes_a_bundle_that_is_whole(tmp_path: Path) -> None:
    case = write_bundle_case(tmp_path / "case")
    toml = (case / "case.toml").read_text()
    odd = toml.replace('"A synthetic case"', '" A\\tsynthetic  case\\u2028 {size} "')
    assert odd != toml
    (case / "case.toml").write_text(odd)
    write_bundle(plan_bundle(case, ["I1"], "court"), tmp_path / "bag")
    assert reasons(tmp_path / "bag") == []


def test_any_bit_that_flips_in_any_file_is_found_out(signed: Path, tmp_path: Path) -> None:
    """Every byte of the short tag files, and seeded ones of each other file, the first and the last always."""
    shutil.copytree(signed, tmp_path / "bag")
    dice = random.Random(20260711)
    unseen = []
    for name, data in bytes_below(tmp_path / "bag").items():
        file = tmp_path / "bag" / name
        is_short = name in (verify.ROOT_FILE, "bagit.txt")
        inner = range(len(data)) if is_short else [dice.randrange(len(data)) for _ in range(FLIPS_IN_A_FILE)]
        for at in sorted({0, len(data) - 1, *inner}):
            bit = 1 << dice.randrange(8)
            file.write_bytes(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])
            if not reasons(tmp_path / "bag"):
                unseen.append((name, at, bit))
        file.write_bytes(data)
    assert unseen == []
    assert reasons(tmp_path / "bag") == []


def test_a_verifier_of_which_one_bit_flipped_never_says_that_its_own_bag_is_whole(bag: Path) -> None:
    data, dice = (bag / "verify.py").read_bytes(), random.Random(7)
    telling = [data.index(b"return 1 if"), data.index(b"if not is_as_made"), data.index(b"if not holds")]
    places = [
        *(at + n for at in telling for n in (3, 7, 9)),
        *(dice.randrange(len(data)) for _ in range(FLIPS_OF_THE_VERIFIER)),
    ]
    for at in places:
        (bag / "verify.py").write_bytes(data[:at] + bytes([data[at] ^ (1 << dice.randrange(7))]) + data[at + 1 :])
        assert run(bag).returncode != 0, at
    exit_code = data.index(b"return 1 if") + len(b"return ")
    (bag / "verify.py").write_bytes(data[:exit_code] + b"0" + data[exit_code + 1 :])
    assert run(bag).returncode != 0, "the exit code is not the only one"


def _add(bag: Path) -> None:
    (bag / "data" / "more.txt").write_text("more")


def _add_tag_file(bag: Path) -> None:
    (bag / "note.txt").write_text("more")


def _add_folder(bag: Path) -> None:
    (bag / "data" / "empty").mkdir()


def _remove(bag: Path) -> None:
    (bag / "data" / "exonerating.json").unlink()


def _rename(bag: Path) -> None:
    (bag / "data" / "orbat.json").rename(bag / "data" / "orbit.json")


def _swap(bag: Path) -> None:
    one, other = bag / "data" / "rows" / "accounts.json", bag / "data" / "rows" / "media.json"
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)


def _link(bag: Path) -> None:
    (bag / "data" / "orbat.json").rename(bag.parent / "orbat.json")
    (bag / "data" / "orbat.json").symlink_to(bag.parent / "orbat.json")


@pytest.mark.parametrize("spoil", [_add, _add_tag_file, _add_folder, _remove, _rename, _swap, _link])
def test_a_file_added_removed_renamed_swapped_or_linked_is_found_out(bag: Path, spoil: Callable[[Path], None]) -> None:
    spoil(bag)
    assert reasons(bag)
    assert run(bag).returncode == 1


def _edited(bag: Path, name: str, change: Callable[[Any], None]) -> None:
    file = bag / "data" / name
    content = json.loads(file.read_text("utf-8"))
    change(content)
    file.write_text(json.dumps(content))


def _set(value: dict[str, Any], **changes: object) -> None:
    value.update(changes)


FORGERIES: dict[str, tuple[str, Callable[[Any], None]]] = {
    "a sentence without support": ("sentences.json", lambda c: _set(c["sentences"][0], support=[])),
    "a sentence whose support is not there": (
        "sentences.json", lambda c: _set(c["sentences"][0], support=["rows/accounts.json#/rows/A99"])),
    "a sentence that rests on what is withheld": (
        "sentences.json", lambda c: _set(c["sentences"][0], support=["findings.json#/case_digest"])),
    "a sentence that leads out of the bag": (
        "sentences.json", lambda c: _set(c["sentences"][0], support=["../../case/case.toml"])),
    "another sentence on the page": ("sentences.json", lambda c: _set(c["sentences"][0], text="It was the others.")),
    "a sentence less": ("sentences.json", lambda c: c["sentences"].pop()),
    "a row struck out that the index cites": ("rows/letters.json", lambda c: c["rows"].clear()),
    "a search struck out of the index": ("searches.json", lambda c: c["items"].pop()),
    "a search in vain that is said to have found something": (
        "searches.json", lambda c: _set(c["items"][0], in_vain=False)),
    "a verdict that speaks against, not in the index": (
        "findings.json", lambda c: _set(c["incidents"]["I1"]["evidence"][0], verdict="contradicts")),
    "the index of what exonerates cut to one item": (
        "exonerating.json", lambda c: _set(c, items=c["items"][:1])),
    "what exonerates under another kind": ("exonerating.json", lambda c: _set(c["items"][0], kind="letter")),
    "what exonerates given to another incident": (
        "exonerating.json", lambda c: _set(c["items"][0], incident_id="I2")),
    "what exonerates listed twice": ("exonerating.json", lambda c: c["items"].append(c["items"][0])),
    "a bundle that calls itself released": ("bundle.json", lambda c: _set(c, status="Released.")),
    "a bundle with a word of its own": ("bundle.json", lambda c: _set(c, opinion="The court agrees.")),
    "another case than bag-info.txt names": ("bundle.json", lambda c: _set(c, case_id="other")),
    "an incident struck out": ("findings.json", lambda c: c["incidents"].clear()),
    "an act rewritten": (
        "ledger/acts.json",
        lambda c: _set(c["acts"][0], body=c["acts"][0]["body"].replace("smoke", "flame"))),
    "an act in another place": ("ledger/acts.json", lambda c: _set(c["acts"][0], index=c["acts"][0]["index"] + 1)),
    "a proof cut short": ("ledger/acts.json", lambda c: c["acts"][0]["proof"].pop()),
    "a withheld act exchanged": ("ledger/acts.json", lambda c: _set(c["withheld"][0], leaf="00" * 32)),
    "an exhibit's name changed": ("exhibits.json", lambda c: _set(c["exhibits"][0], path="media/other.txt")),
    "an exhibit struck out": ("exhibits.json", lambda c: c["exhibits"].clear()),
    "a commitment used twice": (
        "withheld.json", lambda c: _set(c["items"][1], commitment=c["items"][0]["commitment"])),
    "a commitment struck out": ("withheld.json", lambda c: c["items"].pop(5)),
    "a commitment moved": ("withheld.json", lambda c: _set(c["items"][5], at=c["items"][6]["at"])),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FORGERIES))
def test_a_forger_who_makes_all_digests_fit_is_found_out_by_what_the_bag_says(bag: Path, name: str) -> None:
    file, change = FORGERIES[name]
    root = hashlib.sha256((bag / verify.TAG_MANIFEST).read_bytes()).hexdigest()
    resealed(bag)
    assert reasons(bag) == [], "resealing alone hides nothing and spoils nothing"
    _edited(bag, file, change)
    resealed(bag)
    assert reasons(bag)
    assert any("--root" in reason for reason in reasons(bag, root=f"sha256:{root}")), "and by the root"


KINDS_OF_FINDINGS = ("rival", "cause", "other party", "hangs on", "withheld")


@pytest.mark.parametrize("kind", KINDS_OF_FINDINGS)
def test_no_item_that_follows_from_the_findings_can_be_struck_out_of_the_index(bag: Path, kind: str) -> None:
    """Each by itself, the others renumbered wherever a sentence names them, so that nothing else is amiss."""
    before = bytes_below(bag / "data")
    items = json.loads(before["exonerating.json"])["items"]
    doomed = [number for number, item in enumerate(items) if item["kind"] == kind and _is_of_findings(item)]
    assert doomed
    for number in doomed:
        for name, data in before.items():
            (bag / "data" / name).write_bytes(data)
        _strike_out(bag, number)
        kept = {one["id"] for one in json.loads((bag / "data/sentences.json").read_text())["sentences"]}
        page = (bag / "data" / "report.md").read_text().splitlines()
        said = [line for line in page if not line.startswith("- ") or line.rsplit("[", 1)[1][:-1] in kept]
        (bag / "data" / "report.md").write_text("\n".join([*said, ""]))
        resealed(bag)
        (why,) = reasons(bag)
        assert f"has not one item, {kind}" in why


def _strike_out(bag: Path, number: int) -> None:
    _edited(bag, "exonerating.json", lambda c: c["items"].pop(number))
    _edited(bag, "sentences.json", lambda c: _without(c["sentences"], number))


def _is_of_findings(item: dict[str, Any]) -> bool:
    return all(place.startswith(("findings.json#", "withheld.json#")) for place in item["support"])


def _without(sentences: list[dict[str, Any]], gone: int) -> None:
    """The sentences as they would be had the index never had its item of this number."""
    head = "exonerating.json#/items/"
    for one in sentences:
        numbers = [int(place.removeprefix(head)) for place in one["support"] if place.startswith(head)]
        rest = [place for place in one["support"] if not place.startswith(head)]
        one["support"] = rest + [f"{head}{n - (n > gone)}" for n in numbers if n != gone]
    sentences[:] = [one for one in sentences if one["support"]]


EXTRA_FILES = (
    "opinion-of-the-court.md", "rows/opinions.json", "ledger/opinion.md", "exhibits/opinion.pdf", "log-model.json",
    "report.md.json", "Report.md",
)  # fmt: skip


@pytest.mark.parametrize("name", EXTRA_FILES)
def test_a_file_that_the_format_does_not_know_is_found_out_whatever_the_manifests_say(bag: Path, name: str) -> None:
    (bag / "data" / name).write_text("{}")
    resealed(bag)
    assert reasons(bag)


TAGS_FORGED = (
    (
        "bag-info.txt",
        "Neither reviewed nor released: for partners",
        "Reviewed and released by two courts: for partners",
    ),
    ("bag-info.txt", "Consilience-Profile: partner", "Consilience-Profile: court"),
    ("bag-info.txt", "Consilience-Signed: no", "Consilience-Signed: by a judge"),
    ("bag-info.txt", "Bag-Software-Agent", "Opinion: the court agrees\nBag-Software-Agent"),
    ("README.txt", "NEITHER REVIEWED NOR RELEASED", "REVIEWED AND RELEASED"),
)


@pytest.mark.parametrize(("name", "said", "forged"), TAGS_FORGED)
def test_a_tag_file_that_says_another_thing_is_found_out(bag: Path, name: str, said: str, forged: str) -> None:
    text = (bag / name).read_text("utf-8")
    assert said in text
    (bag / name).write_text(text.replace(said, forged), "utf-8")
    resealed(bag)
    assert any(name in why for why in reasons(bag))


def test_a_sentence_under_another_heading_is_found_out(bag: Path) -> None:
    """All sentences stand there, in order, with their support: the heading of the incident has moved below them."""
    page = (bag / "data" / "report.md").read_text()
    assert page.count("## I1\n\n") == 1
    moved = page.replace("## I1\n\n", "").replace("## Bundle", "## I1\n\n## Bundle")
    assert moved != page
    (bag / "data" / "report.md").write_text(moved)
    resealed(bag)
    assert any("stands under" in why for why in reasons(bag))
    (bag / "data" / "report.md").write_text(
        page.replace("## Bundle\n\n", "").replace("## I1\n\n", "## I1\n\n## Bundle\n\n")
    )
    resealed(bag)
    assert any("under I1 no sentence rests on" in why for why in reasons(bag))


def test_json_with_a_key_twice_is_found_out(bag: Path) -> None:
    file = bag / "data" / "bundle.json"
    file.write_text(file.read_text().replace("{", '{"status":"Released.",', 1))
    resealed(bag)
    assert any("twice" in reason for reason in reasons(bag))


def test_a_wrong_key_a_forged_signature_and_a_signature_taken_off_are_found_out(signed: Path, tmp_path: Path) -> None:
    key = (signed / "data" / "ledger" / "keys.txt").read_text().strip()
    assert reasons(signed, key=key) == []
    assert any("--key" in reason for reason in reasons(signed, key=Signer.new("org.example").verifier.text))
    shutil.copytree(signed, tmp_path / "bag")
    root_file = tmp_path / "bag" / verify.ROOT_FILE
    text = root_file.read_text("utf-8").partition("\n\n")[0] + "\n"
    root_file.write_text(text)
    assert reasons(tmp_path / "bag"), "the signature was taken off"
    stranger = Signer.new("org.example")
    root_file.write_bytes(f"{text}\n".encode() + stranger.sign(text.encode()).line)
    assert reasons(tmp_path / "bag"), "signed by a key that is not in the bag"
    (tmp_path / "bag" / "data" / "ledger" / "keys.txt").write_text(stranger.verifier.text + "\n")
    resealed(tmp_path / "bag")
    text = root_file.read_text("utf-8")
    root_file.write_bytes(f"{text}\n".encode() + stranger.sign(text.encode()).line)
    assert reasons(tmp_path / "bag") == [], "one hand can make all of a bag anew"
    assert any("--key" in reason for reason in reasons(tmp_path / "bag", key=key)), "but not with the key"


def test_without_the_library_a_signature_is_named_as_not_checked_and_fails(signed: Path) -> None:
    """`-S` leaves the installed libraries away; an unsigned bundle passes so (above)."""
    done = subprocess.run([sys.executable, "-I", "-S", signed / "verify.py", signed], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"without the library cryptography that can't be checked" in done.stdout


def test_an_exhibit_that_is_said_to_lie_outside_the_bag_is_never_opened(bag: Path) -> None:
    """`/dev/zero` has no end: whoever opens it waits for ever."""
    up = "/".join([".."] * len(bag.parts)) + "/../dev/zero"
    _edited(bag, "exhibits.json", lambda content: _set(content["exhibits"][0], file=up))
    resealed(bag)
    done = subprocess.run(
        [sys.executable, "-I", bag / "verify.py", bag], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert "does not list the exhibits of the bag" in done.stdout


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_listed_file_that_is_a_link_to_an_endless_one_or_a_pipe_is_not_read(bag: Path, kind: str) -> None:
    file = bag / "data" / "orbat.json"
    file.unlink()
    if kind == "link":
        file.symlink_to("/dev/zero")
    else:
        os.mkfifo(file)
    done = subprocess.run(
        [sys.executable, "-I", bag / "verify.py", bag], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert "orbat.json: is no ordinary file" in done.stdout


def test_an_id_in_the_bag_cannot_write_a_line_of_the_verdict_or_colour_a_terminal(bag: Path) -> None:
    evil = "\x1b[2J\nwhole\n\u202e"
    _edited(bag, "withheld.json", lambda content: _set(content["items"][0], id=evil, commitment="?"))
    resealed(bag)
    done = run(bag)
    assert done.returncode == 1
    assert all(line.startswith("NOT WHOLE: ") for line in done.stdout.splitlines())
    assert "\x1b" not in done.stdout
    assert r"\x1b[2J\nwhole\n\u202e: its commitment can't be right" in done.stdout


def test_a_second_signature_by_an_unknown_key_under_the_root_is_a_reason(signed: Path, tmp_path: Path) -> None:
    shutil.copytree(signed, tmp_path / "bag")
    root_file = tmp_path / "bag" / verify.ROOT_FILE
    text = root_file.read_text("utf-8").partition("\n\n")[0] + "\n"
    root_file.write_bytes(root_file.read_bytes() + Signer.new("a.court").sign(text.encode()).line)
    assert [reason for reason in reasons(tmp_path / "bag") if "a key that is not in the bag" in reason]


def test_a_path_with_dots_in_a_manifest_is_refused(bag: Path) -> None:
    manifest = bag / verify.MANIFEST
    manifest.write_text(manifest.read_text() + f"{'0' * 64}  data/../../case.toml\n")
    assert any("can't be right" in reason for reason in reasons(bag))
