"""Run as a program: for each line of standard input, processes that all have read the case before any of them writes.

A line is JSON, `{"lock": path, "keys": folder, "jobs": [[word, …], …], "turns": [number, …] or null}`. Each job is a
process of its own with a command line of the program, or the name of one of `OTHERS` and its words. This process holds
the lock file until each of them has ended, or waits for it or for a folder that another of them has, and then lets go:
of all at once, or of one after the other in `turns`.
The answer is one line of JSON, for each job `[exit code, standard output, standard error]`.

One process with no threads imports everything once, so that a job costs a fork and its own work.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from release_examples import one_sentence, tried

import consilience.casework.bundling
import consilience.casework.correcting
import consilience.casework.keeping
import consilience.casework.ledger_exchange
import consilience.casework.locking
import consilience.casework.replying
import consilience.casework.sharing_keys
import consilience.casework.unsealing
from consilience.casework.release_state import Built
from consilience.casework.reporting import report_case
from consilience.cli.main import main as command_line
from consilience.errors import ConsilienceError
from consilience.vault import lock
from consilience.vault.lock import only_writer


def _release(pause: Pause, case: str, out: str) -> None:
    """Pauses when it has read all that was decided, before the gates look."""

    def paused(*given: Any) -> Built:
        pause()
        return one_sentence(*given)

    done = tried(Path(case), Path(out), reports=paused)
    assert not done.reasons, done.reasons
    print(done.manifest)  # noqa: T201 (what this job is for)


Pause = Callable[[], None]
OTHERS: Mapping[str, Callable[..., object]] = {"release-of-one-sentence": _release}
"""Jobs that as commands would take seconds to no purpose. They pause by themselves, not at a lock."""
__all__ = ["consilience", "report_case"]


class _Job:
    """One process: it waits to be begun, tells when it waits for the lock, and goes on when it is told to."""

    def __init__(self, words: Sequence[str], place: Path) -> None:
        self.place = place
        (begin_read, self._begin), (self._told, tell), (go_read, self._go) = os.pipe(), os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            for end in (self._begin, self._told, self._go):
                os.close(end)
            os.read(begin_read, 1)
            _run(words, place, tell, go_read)
        for end in (begin_read, tell, go_read):
            os.close(end)
        self.ended: int | None = None

    def begin(self) -> None:
        """It runs."""
        os.write(self._begin, b".")

    def arrived(self) -> None:
        """It waits for the lock, or has ended."""
        os.read(self._told, 1)

    def go_on(self) -> None:
        """It may take the lock. One that has ended hears nothing."""
        with suppress(BrokenPipeError):
            os.write(self._go, b".")

    def end(self) -> list[Any]:
        """Exit code and what was said, once it has ended."""
        if self.ended is None:
            self.ended = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            for end in (self._begin, self._told, self._go):
                os.close(end)
        return [self.ended, (self.place / "out").read_text("utf-8"), (self.place / "err").read_text("utf-8")]


def _run(words: Sequence[str], place: Path, tell: int, go: int) -> NoReturn:
    """The job, in a process of its own that ends with it."""
    for name, stream in (("out", 1), ("err", 2)):
        os.dup2(os.open(place / name, os.O_WRONLY | os.O_CREAT, 0o600), stream)
    code, sleep = 0, time.sleep

    @cache
    def pause() -> None:
        """Once: from the second time on nobody waits for an answer."""
        os.write(tell, b".")
        os.read(go, 1)

    def wait(seconds: float) -> None:
        pause()
        sleep(seconds / 10)

    if words[0] not in OTHERS:
        setattr(lock, "time", SimpleNamespace(sleep=wait, monotonic=time.monotonic))  # noqa: B010 (a module is no type)
    try:
        if words[0] in OTHERS:
            OTHERS[words[0]](pause, *words[1:])
        else:
            sys.argv = ["consilience", *words]
            command_line()
    except SystemExit as err:
        code = err.code if isinstance(err.code, int) else 0 if err.code is None else 1
    except ConsilienceError as err:  # a command line says the same by itself
        sys.stderr.write(f"{err}\n")
        code = err.exit_code
    except BaseException as err:  # noqa: BLE001 (whatever it is, the process ends, and says so)
        traceback.print_exception(err)
        code = 70
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _answer(lock_file: Path, every: Sequence[Sequence[str]], turns: Sequence[int] | None) -> list[list[Any]]:
    """What came of the jobs, in their order. Those that pause by themselves do so before the others begin, who may not
    wait for anything and end at once."""
    with TemporaryDirectory() as place:
        jobs = []
        for number, words in enumerate(every):
            (Path(place) / str(number)).mkdir()
            jobs.append(_Job(words, Path(place) / str(number)))
        by_themselves = [job for job, words in zip(jobs, every, strict=True) if words[0] in OTHERS]
        with only_writer(lock_file):
            for group in (by_themselves, [job for job in jobs if job not in by_themselves]):
                for job in group:
                    job.begin()
                for job in group:
                    job.arrived()
        if turns is None:
            for job in jobs:
                job.go_on()
        for turn in turns or ():
            jobs[turn].go_on()
            jobs[turn].end()
        return [job.end() for job in jobs]


def main() -> None:
    """Answers until standard input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ["CONSILIENCE_KEYS"] = asked["keys"]
        print(json.dumps(_answer(Path(asked["lock"]), asked["jobs"], asked["turns"])), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
