"""Given any earlier checkpoint, no rewriting of what it covers passes, and no back-dated act goes unnamed.

The forger here writes a whole new ledger that is faultless in itself: hashes, tiles and checkpoint all fit.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vault_cases import AT

from consilience.errors import LedgerDamaged
from consilience.vault import ledger
from consilience.vault.acts import DECIDED, Act, body_of, read_act
from consilience.vault.against import TOLERANCE, Anchor, check_against, false_times
from consilience.vault.checkpoints import Checkpoint, read_checkpoint
from consilience.vault.ledger import Entries

Forgery = Callable[[list[bytes], int, st.DataObject], list[bytes]]


def _body(number: int, at: datetime = AT) -> bytes:
    return body_of(DECIDED, {"what": number}, at + timedelta(minutes=number))


def _written(bodies: list[bytes]) -> Entries:
    """The ledger of these bodies as it comes back from a disk: it is faultless in itself."""
    with tempfile.TemporaryDirectory() as name:
        ledger.found(Path(name))
        ledger.append(Path(name), Entries(), bodies)
        return ledger.read_entries(Path(name))


def _checkpoint(bodies: list[bytes]) -> Checkpoint:
    return read_checkpoint(_written(bodies).note.bytes, "kept elsewhere")


def _check(bodies: list[bytes], kept: Checkpoint) -> None:
    check_against(_written(bodies).leaves, kept.size, kept.root, kept.origin)


def _edit(bodies: list[bytes], kept: int, data: st.DataObject) -> list[bytes]:
    at = data.draw(st.integers(0, kept - 1))
    return [*bodies[:at], _body(99), *bodies[at + 1 :]]


def _delete(bodies: list[bytes], kept: int, data: st.DataObject) -> list[bytes]:
    at = data.draw(st.integers(0, kept - 1))
    return [*bodies[:at], *bodies[at + 1 :]]


def _insert(bodies: list[bytes], kept: int, data: st.DataObject) -> list[bytes]:
    at = data.draw(st.integers(0, kept - 1))
    return [*bodies[:at], _body(99), *bodies[at:]]


def _reorder(bodies: list[bytes], kept: int, data: st.DataObject) -> list[bytes]:
    one = data.draw(st.integers(0, kept - 1))
    other = data.draw(st.integers(0, len(bodies) - 1).filter(lambda at: at != one))
    swapped = list(bodies)
    swapped[one], swapped[other] = bodies[other], bodies[one]
    return swapped


def _truncate(bodies: list[bytes], kept: int, data: st.DataObject) -> list[bytes]:
    return bodies[: data.draw(st.integers(0, kept - 1))]


def _roll_back(bodies: list[bytes], kept: int, data: st.DataObject) -> list[bytes]:
    """An older copy is put back, and work goes on from it."""
    size = data.draw(st.integers(0, kept - 1))
    return [*bodies[:size], *(_body(50 + number) for number in range(data.draw(st.integers(0, 12))))]


def _fork(bodies: list[bytes], kept: int, data: st.DataObject) -> list[bytes]:
    """A second ledger of at least the same size shares only a part of what the checkpoint covers."""
    size = data.draw(st.integers(0, kept - 1))
    return [*bodies[:size], *(_body(50 + number) for number in range(kept - size + data.draw(st.integers(0, 3))))]


def _back_date_in_place(bodies: list[bytes], kept: int, data: st.DataObject) -> list[bytes]:
    at = data.draw(st.integers(0, kept - 1))
    return [*bodies[:at], _body(at, AT - timedelta(days=3)), *bodies[at + 1 :]]


def _begin_anew(bodies: list[bytes], _kept: int, _data: st.DataObject) -> list[bytes]:
    return [_body(number) for number in range(len(bodies))]


@pytest.mark.parametrize(
    "forge",
    [_edit, _delete, _insert, _reorder, _truncate, _roll_back, _fork, _back_date_in_place, _begin_anew],
    ids=lambda forge: forge.__name__.strip("_").replace("_", " "),
)
@settings(max_examples=25)
@given(st.integers(1, 9), st.integers(0, 5), st.data())
def test_a_ledger_rewritten_below_an_earlier_checkpoint_is_found(
    forge: Forgery, kept: int, since: int, data: st.DataObject
) -> None:
    bodies = [_body(number) for number in range(kept + since)]
    if forge is _reorder and len(bodies) == 1:
        bodies.append(_body(1))
    earlier = _checkpoint(bodies[:kept])
    _check(bodies, earlier)
    with pytest.raises(LedgerDamaged):
        _check(forge(bodies, kept, data), earlier)


@settings(max_examples=50)
@given(st.integers(1, 12), st.integers(0, 12), st.integers(1, 10_000))
def test_an_act_added_later_under_an_earlier_time_is_named(count: int, behind: int, minutes: int) -> None:
    bodies = [_body(number) for number in range(count)]
    at = AT + timedelta(minutes=count - 1) - TOLERANCE - timedelta(minutes=minutes)
    acts = _acts([*bodies, body_of(DECIDED, {}, at), *(_body(count + number) for number in range(behind))])
    (found,) = false_times(acts, [])
    assert (found.first, found.last) == (count, count)
    assert f"act {count - 1}" in str(found)


def _acts(bodies: list[bytes]) -> list[Act]:
    return [read_act(index, body) for index, body in enumerate(bodies)]


@given(st.integers(0, 30))
def test_a_ledger_whose_times_rise_has_no_false_one(count: int) -> None:
    acts = _acts([_body(number) for number in range(count)])
    assert false_times(acts, [Anchor(act.index, act.index, act.recorded_at, "a witness") for act in acts[1:]]) == []


def test_clocks_that_are_set_right_by_a_minute_are_no_lie() -> None:
    assert not false_times(_acts([_body(0), body_of(DECIDED, {}, AT - TOLERANCE)]), [])
    assert false_times(_acts([_body(0), body_of(DECIDED, {}, AT - TOLERANCE - timedelta(seconds=1))]), [])


def test_acts_after_a_signed_time_that_say_an_earlier_one_are_named_together() -> None:
    """The ledger's own times rise; only the witness shows that they are all too early."""
    acts = _acts([_body(number) for number in range(6)])
    anchor = Anchor(3, 2, AT + timedelta(days=1), "witness.example")
    (found,) = false_times(acts, [anchor])
    assert (found.first, found.last) == (4, 5)
    assert "witness.example" in str(found)


def test_acts_under_a_signed_time_that_say_a_later_one_are_named() -> None:
    acts = _acts([_body(0), _body(500), _body(501)])
    found = false_times(acts, [Anchor(2, 2, AT + timedelta(minutes=5), "an authority")])
    assert [(one.first, one.last) for one in found] == [(1, 1)]
    assert "after an authority signed" in str(found[0])


def test_an_act_between_request_and_answer_is_no_lie() -> None:
    """The stamp is of two acts; a third was recorded before the stamp was made, and its time is earlier."""
    acts = _acts([_body(0), _body(1), _body(2), _body(60)])
    assert not false_times(acts, [Anchor(3, 2, AT + timedelta(minutes=30), "an authority")])


def test_anything_follows_an_empty_ledger_and_an_unnamed_one_is_compared_by_its_root() -> None:
    bodies = [_body(0), _body(1)]
    _check(bodies, _checkpoint([]))
    kept = _checkpoint(bodies[:1])
    check_against(_written(bodies).leaves, kept.size, kept.root)
    with pytest.raises(LedgerDamaged, match="another root"):
        check_against(_written([_body(0), _body(1)]).leaves, kept.size, kept.root)
