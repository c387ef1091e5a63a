"""The cache may be lost or damaged at any time and costs nothing but time; what it gives back is what was put in."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilience.casework.cache import StageCache, empty_cache, stage_key
from consilience.casework.weighed_store import from_bytes, to_bytes
from consilience.errors import VaultNotWritable
from consilience.quantities import Digest
from consilience.records.weighed import Cell, Placebo, TrackShare, Verdict, WeighedIncident, WeighedPiece

KEY = stage_key("weigh", {"inputs": "sha256:00"})


def _only_entry(folder: Path) -> Path:
    (entry,) = (path for path in folder.rglob("*") if path.is_file())
    return entry


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    StageCache(tmp_path).put(KEY, b"result")
    assert StageCache(tmp_path).get(KEY) == b"result"
    assert StageCache(tmp_path).get(stage_key("weigh", {"inputs": "sha256:01"})) is None


@pytest.mark.parametrize("position", [0, 40, 72, -1])
def test_an_entry_with_a_flipped_bit_counts_as_absent(tmp_path: Path, position: int) -> None:
    StageCache(tmp_path).put(KEY, b"result")
    entry = _only_entry(tmp_path)
    data = bytearray(entry.read_bytes())
    data[position] ^= 1
    entry.write_bytes(bytes(data))
    assert StageCache(tmp_path).get(KEY) is None


@pytest.mark.parametrize("length", [0, 10, 72, 75])
def test_an_entry_that_was_cut_counts_as_absent(tmp_path: Path, length: int) -> None:
    StageCache(tmp_path).put(KEY, b"result")
    entry = _only_entry(tmp_path)
    entry.write_bytes(entry.read_bytes()[:length])
    assert StageCache(tmp_path).get(KEY) is None


def test_a_cache_that_cannot_be_written_keeps_nothing_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    StageCache(tmp_path / "cache").put(KEY, b"result")
    assert StageCache(tmp_path / "cache").get(KEY) is None


def test_results_that_must_go_and_cannot_are_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(VaultNotWritable, match="the case is locked, but") as raised:
        empty_cache(tmp_path / "cache", "the case is locked", "lock again")
    assert "Delete this folder" in (raised.value.remedy or "")
    (tmp_path / "cache").unlink()
    StageCache(tmp_path / "cache").put(KEY, b"content")
    empty_cache(tmp_path / "cache", "the case is locked", "lock again")
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_key_hangs_on_stage_and_inputs() -> None:
    keys = {stage_key(s, {"inputs": i}) for s in ("tracks", "weigh") for i in ("a", "b")}
    assert len(keys) == 4


def test_a_key_does_not_hang_on_the_order_in_which_inputs_are_named() -> None:
    assert stage_key("weigh", {"a": 1, "b": 2}) == stage_key("weigh", {"b": 2, "a": 1})


_numbers = st.floats(allow_nan=False, allow_infinity=True)


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8),
    _numbers,
    st.text(max_size=6),
    st.sampled_from(list(Verdict)),
)
def test_a_posterior_comes_back_from_bytes_exactly(
    values: list[float], number: float, text: str, verdict: Verdict
) -> None:
    array = np.array(values)
    one = WeighedIncident(
        incident_id=text,
        minutes=float(len(text)) + np.arange(len(values), dtype=np.float64),
        time_density=array[::-1].copy(),
        time_median=values[0],
        time_low=values[0],
        time_high=values[-1],
        cause={"attack": 1.0, "another cause": 0.0, "none": 0.0},
        mode={"air strike": 1.0},
        cluster=0.1,
        platform={text: 1.0},
        party={"A": 1.0},
        together=0.0,
        log10_lr={"A:B": number},
        tracks=(TrackShare("T-" + text, 0.25, ("S1", text)),),
        other_tracks=0.5,
        unseen_flight=0.25,
        no_flight=0.0,
        pieces=(WeighedPiece(text, "account", text, {"time": Cell(number, 0.5, verdict)}, verdict),),
        groups=3,
        log_covers=True,
        placebo=Placebo(3, 1000, values[0]),
    )
    (back,) = from_bytes(to_bytes([one]))
    for name in WeighedIncident.__slots__:
        if name in ("minutes", "time_density"):
            assert np.array_equal(getattr(back, name), getattr(one, name))
            assert not getattr(back, name).flags.writeable
        else:
            assert getattr(back, name) == getattr(one, name), name
    assert math.isclose(back.other_tracks, 0.5)


def test_no_incident_is_an_empty_batch() -> None:
    assert from_bytes(to_bytes([])) == ()


def test_the_digest_of_a_key_is_a_digest() -> None:
    assert Digest(KEY).startswith("sha256:")
