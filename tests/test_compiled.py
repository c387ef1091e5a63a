"""Compiled loops: kept where something can be written, compiled anew where nothing can, never a stale one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consilience import compiled as room
from consilience.corroborate.loops import words
from consilience.situate import links


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def njit(**options: Any) -> Callable[[Any], Any]:
        asked.append(options.get("cache", False))
        if asked[-1]:
            raise RuntimeError("cannot cache function: no locator available for file")
        return lambda function: function

    monkeypatch.setattr(room, "_njit", njit)

    @room.compiled
    def twice(x: float) -> float:
        return 2 * x

    assert twice(4.0) == 8.0
    assert asked == [True, False]


def test_what_is_kept_bears_the_digest_of_the_whole_room() -> None:
    """numba looks at the file of the function alone; another one may hold what it calls."""
    assert room._sources(Path(links.__file__).parent) in links.score_links.__qualname__
    assert room._sources(Path(words.__file__).parent) in words.word_ratios.__qualname__
