"""A bundle is there whole, recorded and openable, or not at all, wherever the disk refuses or the process dies."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from shutil import rmtree

import pytest
from vault_faults import Fault, error, kill, wrapped

from bundle_case import write_bundle_case
from consilience.casework.bundling import open_items, plan_bundle, write_bundle
from consilience.errors import ExhibitDamaged, PublishError, VaultNotWritable
from consilience.quantities import Digest, digest_file
from consilience.vault.bundle import verify
from consilience.vault.bundle.bag import TAG_MANIFEST
from consilience.vault.checking import check

EACH = 9
"""Every so many-th call is made to fail: a sample, for the suite's sake."""
SEES_TESTS = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
"""A child that imports what this module does."""

DIES_AT = (30, 1_000_000)
"""The calls at which the process dies; there are fewer than the last."""


def _is_whole(bag: Path) -> bool:
    return not verify.verify(str(bag), Namespace(root=None, key=None, opening=None)).reasons


def _is_harmless(fault: Fault) -> bool:
    """A folder that was there already need not be made."""
    name, _, was_there = fault.struck
    return name == "mkdir" and was_there


def _root(bag: Path) -> Digest:
    return digest_file(bag / TAG_MANIFEST)


def test_a_disk_that_refuses_leaves_no_bundle_and_is_never_a_success(tmp_path: Path) -> None:
    case, struck, remedies = write_bundle_case(tmp_path / "case"), 0, list[str | None]()
    plan = plan_bundle(case, ["I1"], "partner")
    while True:
        fault, out = Fault(1 + struck * EACH, error(errno.ENOSPC)), tmp_path / str(struck)
        try:
            with wrapped(fault):
                write_bundle(plan, out)
        except (PublishError, VaultNotWritable) as err:
            remedies.append(err.remedy)
        else:
            if not _is_harmless(fault):
                break
            remedies.append("none is needed")
            rmtree(out)
        struck += 1
        assert not out.exists()
        assert check(case, read_data=True).is_whole
    assert not fault.has_struck, "a call failed and the bundle claimed success"
    assert struck == len(remedies) >= 4
    assert all(remedies)
    assert _is_whole(out)
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("case", out.name)] == []


def test_a_process_that_dies_leaves_no_half_bundle_and_what_is_there_can_be_opened(tmp_path: Path) -> None:
    case, ended = write_bundle_case(tmp_path / "case"), list[int]()
    plan_bundle(case, ["I1"], "partner")
    for nth in DIES_AT:
        out = tmp_path / f"bag{nth}"
        asked = [sys.executable, __file__, str(case), str(out), str(nth)]
        ended.append(subprocess.run(asked, env=SEES_TESTS, check=False).returncode)
        assert check(case, read_data=True).is_whole
        assert not out.exists() or _is_whole(out)
    assert ended == [-signal.SIGKILL, 0]
    assert _is_whole(out)
    items = open_items(case, out, ["W0001"], [], tmp_path / "opening.json")
    assert items["root"] == _root(out)


def test_openings_that_were_altered_or_are_gone_are_named(tmp_path: Path) -> None:
    case, out = write_bundle_case(tmp_path / "case"), tmp_path / "bag"
    write_bundle(plan_bundle(case, ["I1"], "partner"), out)
    kept = next((case / ".consilience" / "openings").glob("??/*"))
    kept.write_bytes(kept.read_bytes().replace(b"W0001", b"W0002"))
    with pytest.raises(ExhibitDamaged, match="other bytes"):
        open_items(case, out, ["W0003"], [], tmp_path / "opening.json")
    kept.unlink()
    with pytest.raises(ExhibitDamaged, match="is gone"):
        open_items(case, out, ["W0003"], [], tmp_path / "opening.json")


if __name__ == "__main__":
    planned = plan_bundle(Path(sys.argv[1]), ["I1"], "partner")
    with wrapped(Fault(int(sys.argv[3]), kill)):
        write_bundle(planned, Path(sys.argv[2]))
