"""Who waits for another run is told for whom and how long at most: on stderr, once, never where JSON is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_folder import write_small_case

from cli_here import called
from consilience.vault import lock
from consilience.vault.lock_holder import holder_of
from consilience.vault.store import FOLDER
from progress_lines import complaints_in

ON_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who holds a lock")
HOLD = """
import fcntl, os, sys
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""
"""A process that holds a lock until its standard input ends. The words after its place stand in its command line."""


@contextmanager
def _held(path: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(path), *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == "held\n"
        yield one


def _let_go(one: subprocess.Popen[str], after_s: float) -> None:
    assert one.stdin is not None
    threading.Timer(after_s, one.stdin.close).start()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = write_small_case(tmp_path_factory.mktemp("waits") / "case")
    assert called("run", case).returncode == 0
    return case


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait is told after a twentieth of the time."""
    monkeypatch.setattr(lock, "TOLD_AFTER_S", 0.1)


@ON_LINUX
@pytest.mark.usefixtures("_soon")
def test_it_is_said_once_for_whom_and_how_long_at_most(case: Path) -> None:
    with _held(case / FOLDER / "lock", "/usr/bin/consilience", "vault", "replicate", "s3://key:secret@x") as other:
        _let_go(other, 0.6)
        done = called("vault", "check", case)
    assert done.returncode == 0
    assert complaints_in(done.stderr) == (
        f"Waiting for process {other.pid} (consilience vault replicate), which is at work in {case / FOLDER}: "
        "at most 30 seconds more.\n"
    )
    assert "Waiting" not in done.stdout


@pytest.mark.usefixtures("_soon")
def test_where_the_system_does_not_tell_who_it_is_the_wait_is_said_all_the_same(
    case: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("consilience.vault.lock_holder._PROC", tmp_path)
    with _held(case / FOLDER / "lock") as other:
        _let_go(other, 0.4)
        done = called("vault", "check", case)
    assert done.returncode == 0
    assert complaints_in(done.stderr).startswith("Waiting for another run, which is at work in ")


def test_a_wait_for_a_folder_of_outputs_lasts_as_long_as_the_other_and_its_line_comes_while_it_lasts(
    case: Path,
) -> None:
    command = [sys.executable, "-m", "consilience", "run", str(case)]
    with (
        _held(case.parent) as other,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run,
    ):
        assert run.stderr is not None
        said = next(line for line in run.stderr if line.startswith("Waiting"))
        assert said.endswith(f", which is at work in {case.parent}: until it is done.\n")
        _let_go(other, 0)
        out, err = run.communicate()
    assert (run.returncode, complaints_in(err)) == (0, "")
    assert "Waiting" not in out


@pytest.mark.usefixtures("_soon")
def test_a_program_that_asks_for_json_is_told_nothing(case: Path) -> None:
    with _held(case / FOLDER / "lock") as other:
        _let_go(other, 0.4)
        done = called("vault", "check", case, "--json")
    assert done.returncode == 0
    json.loads(done.stdout)
    assert done.stderr == ""


def test_a_wait_of_a_moment_is_not_told(case: Path) -> None:
    with _held(case / FOLDER / "lock") as other:
        _let_go(other, 0.5)
        done = called("vault", "check", case)
    assert done.returncode == 0
    assert "Waiting" not in done.stderr


@ON_LINUX
@pytest.mark.usefixtures("_soon")
def test_who_waits_in_vain_is_told_for_whom(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE_S", 0.3)
    with _held(case / FOLDER / "lock") as other:
        done = called("vault", "check", case)
        assert done.returncode == 5
        assert f"another run is at work here, process {other.pid} (python" in done.stderr
        assert other.poll() is None


def test_a_lock_that_nobody_holds_has_no_holder(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "lock", os.O_RDONLY | os.O_CREAT, 0o600)
    assert holder_of(descriptor) is None
    os.close(descriptor)
