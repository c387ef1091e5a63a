"""Whatever is preserved in whatever order: the ledger only grows, and what was true of its beginning stays true."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path, PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st
from vault_cases import AT, assert_keeps, assert_whole, case_files, write_case

from consilience.quantities import digest_bytes
from consilience.vault import tiles
from consilience.vault.store import Vault

NAMES = st.sampled_from(["a.csv", "b.csv", "c/d.mp4", "c/e.pdf"])
CASES = st.dictionaries(NAMES, st.binary(max_size=3), max_size=4)


@settings(max_examples=40, deadline=None)
@given(st.lists(CASES, max_size=6))
def test_any_sequence_of_runs_only_appends(cases: list[dict[str, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        roots: dict[int, str] = {}
        versions: dict[str, list[str]] = {}
        for contents in cases:
            vault = Vault.open(folder)
            acts_before = vault.acts()
            done = vault.preserve(folder, write_case(folder, contents), AT)
            assert vault.acts()[: len(acts_before)] == acts_before
            assert len(vault.acts()) == len(acts_before) + len(done.new) + len(done.changed)
            for path, data in contents.items():
                if versions.setdefault(path, [])[-1:] != [digest_bytes(data)]:
                    versions[path].append(digest_bytes(data))
                assert vault.versions(PurePosixPath(path)) == tuple(versions[path])
            assert {str(path) for path in done.gone} == set(versions) - set(contents)
            root, size = vault.root().split()
            assert roots.setdefault(int(size), root) == root
        vault = Vault.open(folder)
        assert_whole(folder)
        for contents in cases:
            assert_keeps(vault, contents)
        leaves = _leaves_on_disk(folder)
        for count, prefix_root in roots.items():
            assert tiles.merkle_root(leaves[:count]).hex() == prefix_root


def _leaves_on_disk(folder: Path) -> list[bytes]:
    """The leaf hashes of the widest level 0 tile (there are never 256 acts here)."""
    partial = folder / ".consilience/ledger/tile/0/000.p"
    widest = max(partial.iterdir(), key=lambda path: int(path.name), default=None) if partial.exists() else None
    data = b"" if widest is None else widest.read_bytes()
    return [data[at : at + 32] for at in range(0, len(data), 32)]


@settings(max_examples=25, deadline=None)
@given(CASES, st.randoms(use_true_random=False))
def test_running_twice_appends_nothing_in_whatever_order_files_are_listed(
    contents: dict[str, bytes], order: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_case(folder, contents)
        vault = Vault.open(folder)
        vault.preserve(folder, files, AT)
        root = vault.root()
        shuffled = case_files(contents)
        order.shuffle(shuffled)
        done = vault.preserve(folder, shuffled, AT)
        assert vault.root() == root
        assert done.new == done.changed == done.gone == ()
