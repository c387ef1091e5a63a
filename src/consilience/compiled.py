"""Loops as machine code, made by numba when they are first called and kept on the disk from then on.

No shortcut in floating point (`fastmath` is off): the same machine gives the same numbers, in any number of threads.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

_njit: Final[Any] = numba.njit
"""Without its types: they don't know the options used here, and their absence must not change what is checked."""


@cache
def _sources(folder: Path) -> str:
    """Digest of the sources of a folder. numba asks whether a function's own file changed and not whether that of a
    function called by it did, so that what is kept bears the digest of all of them in its name."""
    files = sorted(folder.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


_WITHIN = {"no_cfunc_wrapper": True, "no_cpython_wrapper": True}
"""Not to be called from Python: half the time to compile."""


def leaf(function: Callable[P, R]) -> Callable[P, R]:
    """A function that compiled ones call and that makes no array: compiled within them, without counting who holds
    the arrays that it is given, which costs more than most of these functions do."""
    made: Callable[P, R] = _njit(nogil=True, _nrt=False, **_WITHIN)(function)
    return made


def part(function: Callable[P, R]) -> Callable[P, R]:
    """A function that compiled ones call and that may make arrays."""
    made: Callable[P, R] = _njit(nogil=True, **_WITHIN)(function)
    return made


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code that lets other threads run meanwhile.

    Kept in `__pycache__`, else in the user's cache folder, where numba finds one that it may write; where it finds
    none, it is compiled anew in each process.
    """
    folder = Path(inspect.getfile(function)).parent
    function.__qualname__ = f"{function.__qualname__}_{_sources(folder)}"
    made: Callable[P, R]
    try:
        made = _njit(nogil=True, cache=True, no_cfunc_wrapper=True)(function)
    except RuntimeError:  # "cannot cache function: no locator available"
        made = _njit(nogil=True, no_cfunc_wrapper=True)(function)
    return made
