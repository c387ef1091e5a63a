"""How long it takes to keep files: our ingest beside `sha256sum` and then `cp` of the same files, and restic.

Run from the repository root:  .venv/bin/python benchmarks/ingest_vs_sha256sum.py [--megabytes 1000] [--files 5000]

Two sets of random bytes, made anew: a few large files, and many of 2 to 20 kB. "preserve" hashes each file while it is
copied, and waits until bytes and names are on the disk; "ingest" is what a run does: hash every file as the case is
read, then preserve. The peers do not wait for the disk; `cp` then `sync` is shown beside them for that reason. restic
(`init`, then `backup` without compression of what can't be compressed) runs where it is on the PATH. Digests are
compared before times are. Printed are seconds of wall time, the median of interleaved rounds, and the ratio to
sha256sum then cp with the smallest and largest of any round; under 1 is faster than the peer.

`--growth N` instead keeps files of 64 bytes in equal steps of a tenth of N, the last of which begins where N are kept,
and prints what of the processor each step and a look at all cost.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from consilience.quantities import Digest, digest_files
from consilience.records.case import CaseFile
from consilience.vault.checking import check
from consilience.vault.store import Vault

AT = datetime(2017, 6, 30, tzinfo=UTC)
LARGE_MB = 100
STEPS = 10
"""From nothing to as many files as are asked for."""


def make_large(folder: Path, megabytes: int) -> None:
    """Files of 100 MB."""
    for number in range(max(1, megabytes // LARGE_MB)):
        drawn = random.Random(number)
        with (folder / f"video-{number:03}.bin").open("wb") as stream:
            for _ in range(min(megabytes, LARGE_MB)):
                stream.write(drawn.randbytes(1 << 20))


def make_small(folder: Path, files: int) -> None:
    """Files of 2 to 20 kB, as documents and photographs' thumbnails are."""
    drawn = random.Random(1)
    for number in range(files):
        (folder / f"page-{number:06}.bin").write_bytes(drawn.randbytes(drawn.randrange(2_000, 20_000)))


def listed(folder: Path) -> list[CaseFile]:
    """The files as a reader lists them: hashed once."""
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    digests = zip(paths, digest_files(paths), strict=True)
    return [CaseFile(PurePosixPath(path.name), digest, path.stat().st_size, None) for path, digest in digests]


def ingest(folder: Path, _out: Path) -> set[str]:
    """As a run does it; the vault lies in the folder and is removed by the caller."""
    Vault.open(folder).preserve(folder, listed(folder), AT)
    return {path.parent.name + path.name for path in (folder / ".consilience" / "exhibits").glob("*/*")}


def sha256sum_then_cp(folder: Path, out: Path) -> set[str]:
    """Both as anybody has them."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    told = "".join(_run(["sha256sum", *names[at : at + 1000]], folder) for at in range(0, len(names), 1000))
    for at in range(0, len(names), 1000):
        _run(["cp", *names[at : at + 1000], str(out)], folder)
    return {line.split()[0] for line in told.splitlines()}


def sha256sum_then_cp_then_sync(folder: Path, out: Path) -> set[str]:
    """The same, and what it wrote is on the disk."""
    digests = sha256sum_then_cp(folder, out)
    _run(["sync", "-f", str(out)], folder)
    return digests


def restic(folder: Path, out: Path) -> set[str]:
    """A new repository and one snapshot; its own digests are of chunks, so none are compared."""
    env = {"RESTIC_PASSWORD": "benchmark", "RESTIC_REPOSITORY": str(out / "repository")}
    _run(["restic", "init", "-q"], folder, env)
    _run(["restic", "backup", "-q", "--compression", "off", "."], folder, env)
    return set()


def _run(command: list[str], folder: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=folder, env=os.environ | (env or {}), check=True, capture_output=True, text=True)
    return done.stdout


def compare(name: str, folder: Path, rounds: int) -> None:
    """All methods in interleaved rounds over the files of one folder; prints a line for each."""
    size = sum(path.stat().st_size for path in folder.iterdir())
    count = sum(1 for _ in folder.iterdir())
    preserved: list[float] = []

    def preserve(folder: Path, _out: Path) -> set[str]:
        files = listed(folder)
        start = time.perf_counter()
        Vault.open(folder).preserve(folder, files, AT)
        preserved.append(time.perf_counter() - start)
        return {path.parent.name + path.name for path in (folder / ".consilience" / "exhibits").glob("*/*")}

    peer = "sha256sum, then cp"
    methods: dict[str, Callable[[Path, Path], set[str]]] = {
        peer: sha256sum_then_cp,
        "the same, then sync": sha256sum_then_cp_then_sync,
        "preserve": preserve,
        "ingest": ingest,
    }
    if shutil.which("restic"):
        methods["restic"] = restic
    else:
        print("restic is not on the PATH and is left out")
    seconds: dict[str, list[float]] = {method: [] for method in methods}
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    for _ in range(rounds):
        for method, do in methods.items():
            with tempfile.TemporaryDirectory(dir=folder.parent) as out:
                os.sync()
                start = time.perf_counter()
                found = do(folder, Path(out))
                seconds[method].append(time.perf_counter() - start)
                if found and found != digests:
                    raise SystemExit(f"{method} gave other digests")
            shutil.rmtree(folder / ".consilience", ignore_errors=True)
    seconds["preserve"] = preserved
    print(f"{name}: {count} files, {size / 1e6:.0f} MB, {rounds} rounds")
    for method, each in seconds.items():
        ratios = [mine / theirs for mine, theirs in zip(each, seconds[peer], strict=True)]
        middle, spread = statistics.median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"  {method:22} {statistics.median(each):8.2f} s  {size / 1e6 / statistics.median(each):7.0f} MB/s  "
              f"{middle:.2f} ({spread})")  # fmt: skip


def growth(folder: Path, files: int) -> None:
    """Tiny files in steps into one vault: what each file of a step costs, a run over all, and a check.

    Eleven steps: the last begins where `files` are kept, so that what one more costs there is measured.
    """
    kept: list[CaseFile] = []
    for step in range(STEPS + 1):
        new = range(step * files // STEPS, (step + 1) * files // STEPS)
        for number in new:
            data = b"%064d" % number
            (folder / f"{number:06}").write_bytes(data)
            digest = Digest("sha256:" + hashlib.sha256(data).hexdigest())
            kept.append(CaseFile(PurePosixPath(f"{number:06}"), digest, 64, None))
        added = _processor_s(lambda: Vault.open(folder).preserve(folder, kept, AT))
        again = _processor_s(lambda: Vault.open(folder).preserve(folder, kept, AT))
        looked = _processor_s(lambda: _look(folder))
        print(
            f"  from {new.start:6} to {new.stop:6} kept: {(added - again) / len(new) * 1e6:4.0f} µs for each new one, "
            f"{again / len(kept) * 1e6:4.0f} for each in a run with nothing new, "
            f"{looked / len(kept) * 1e6:4.0f} for each to read every byte",
            flush=True,
        )


def _processor_s(do: Callable[[], object]) -> float:
    """Seconds of the processor: what grows with the vault, whoever else uses the machine."""
    start = time.process_time()
    do()
    return time.process_time() - start


def _look(folder: Path) -> None:
    if not check(folder, read_data=True).is_whole:
        raise SystemExit("the vault is damaged")


def main() -> None:
    """Both sets, or growth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        if asked.growth:
            (Path(made) / "case").mkdir()
            growth(Path(made) / "case", asked.growth)
            return
        for name, make, amount in (("large", make_large, asked.megabytes), ("small", make_small, asked.files)):
            (Path(made) / name).mkdir()
            make(Path(made) / name, amount)
            compare(name, Path(made) / name, asked.rounds)


if __name__ == "__main__":
    main()
