"""One operation struck at one call, looked at, done again, and looked at again. Everything wrong is an AssertionError.

Setting up and looking wait for no disk (`unsynced`): only what is struck is a matter of order.
"""

from __future__ import annotations

import atexit
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from vault_dying import TOLD
from vault_faults import Fault, error, unsynced, wrapped
from vault_operations import OPERATIONS as OF_FILES
from vault_people import OF_PEOPLE
from vault_power import MODES, Recording, cut, record

from consilience.errors import PublishError, VaultError

OPERATIONS = {**OF_FILES, **OF_PEOPLE}
"""By name."""
ERRORS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}
_RUN = "run"


@cache
def calls_of(name: str) -> int:
    """How many calls an operation makes that change the disk."""
    count = Fault(0, error(0))
    with TemporaryDirectory() as folder, unsynced():
        OPERATIONS[name].prepare(Path(folder))
        with wrapped(count):
            OPERATIONS[name].act(Path(folder), _nobody)
    return count.calls


@cache
def outcome_of(name: str) -> object:
    """What an operation gives that nothing struck."""
    with TemporaryDirectory() as folder, unsynced():
        OPERATIONS[name].prepare(Path(folder))
        OPERATIONS[name].act(Path(folder), _nobody)
        return OPERATIONS[name].ends(Path(folder))


def kill_at(name: str, nth: int, folder: Path) -> None:
    """A process of its own dies at its nth call; nothing that it acknowledged is lost, and doing it again ends well."""
    with unsynced():
        OPERATIONS[name].prepare(folder)
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps([name, nth, str(folder)]) + "\n")
    server.stdin.flush()
    status = int(server.stdout.readline())
    assert os.WIFSIGNALED(status), f"ended with {os.waitstatus_to_exitcode(status)} before call {nth}"
    assert os.WTERMSIG(status) == signal.SIGKILL
    told = (folder / TOLD).read_text("utf-8").count("\n")
    _again(name, folder, told)


def refuse_at(name: str, nth: int, number: int, folder: Path) -> None:
    """The nth call is refused; the operation says so and never claims success, and doing it again ends well."""
    told: list[None] = []
    fault = Fault(nth, error(number))
    refusal: VaultError | PublishError | None = None
    with unsynced():
        OPERATIONS[name].prepare(folder)
        try:
            with wrapped(fault):
                OPERATIONS[name].act(folder, lambda: told.append(None))
        except (VaultError, PublishError) as err:
            refusal = err
    if refusal is None:
        assert _may_fail(*fault.struck), f"a call failed and success was claimed: {fault.struck}"
    else:
        assert refusal.exit_code, "a failure would exit with 0"
        assert refusal.remedy, f"no word on what to do: {refusal}"
    assert fault.has_struck
    _again(name, folder, len(told))


def _may_fail(call: str, path: str, is_folder: bool) -> bool:
    """What only saves time may be missing, and nobody is told; and a folder that is there need not be made."""
    return "/.consilience/cache/" in path or (call == "mkdir" and is_folder)


def recorded(name: str, folder: Path) -> Recording:
    """An operation as it is done in `folder`, for `cut_at` in the same folder."""
    (folder / _RUN).mkdir()
    with unsynced():
        return record(OPERATIONS[name], folder / _RUN)


def cut_at(name: str, recording: Recording, nth: int, mode: str) -> None:
    """The power fails after the nth call; what was acknowledged is on the disk, and doing it again ends well."""
    shutil.rmtree(recording.root)
    _again(name, recording.root, cut(recording, nth, mode, recording.root))


def _again(name: str, folder: Path, told: int) -> None:
    operation = OPERATIONS[name]
    with unsynced():
        operation.holds(folder, told)
        operation.act(folder, _nobody)
        assert operation.ends(folder) == outcome_of(name), "another outcome than without the strike"


@cache
def _server() -> subprocess.Popen[str]:
    """The process whose children die."""
    program = str(Path(__file__).with_name("vault_dying.py"))
    server = subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end() -> None:
        server.communicate()

    atexit.register(end)
    return server


def _nobody() -> None:
    """Is told."""


__all__ = [
    "ERRORS",
    "MODES",
    "OF_PEOPLE",
    "OPERATIONS",
    "calls_of",
    "cut_at",
    "kill_at",
    "outcome_of",
    "recorded",
    "refuse_at",
]
