"""An object handed to worker processes through one file, whose arrays they all read from the same memory."""

from __future__ import annotations

import mmap
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_ALIGNED = 64
"""Arrays begin at whole cache lines."""

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")


@contextmanager
def handed_over(what: object) -> Iterator[Path]:
    """The file while the block lasts. Pickle with the arrays beside it: written by this process for its own workers."""
    with TemporaryDirectory(prefix="consilience-") as folder:
        path = Path(folder) / "given"
        _write(what, path)
        yield path


def taken_over(path: Path) -> Any:
    """What was handed over. Pages of the file are shared by all who read them; what is written to stays private."""
    with path.open("rb") as stream:
        whole = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY))
    size, count = (int.from_bytes(whole[k : k + 8], "little") for k in (0, 8))
    buffers, at = [], 16 + 8 * count
    lengths = [int.from_bytes(whole[16 + 8 * k : 24 + 8 * k], "little") for k in range(count)]
    data, at = whole[at : at + size], at + size
    for length in lengths:
        at += -at % _ALIGNED
        buffers.append(whole[at : at + length])
        at += length
    return pickle.loads(data, buffers=buffers)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes started in the block compute in one thread each: there are as many of them as were asked for."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _write(what: object, path: Path) -> None:
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(what, protocol=5, buffer_callback=buffers.append)
    raw = [buffer.raw() for buffer in buffers]
    with path.open("wb") as stream:
        for number in (len(data), len(raw), *(part.nbytes for part in raw)):
            stream.write(number.to_bytes(8, "little"))
        stream.write(data)
        for part in raw:
            stream.write(bytes(-stream.tell() % _ALIGNED))
            stream.write(part)
