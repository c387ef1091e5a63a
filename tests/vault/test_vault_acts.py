"""An act's body is canonical, salted, and says again what was put into it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vault_cases import AT

from consilience.errors import LedgerDamaged, UsageError
from consilience.quantities import canonical_json, digest_bytes
from consilience.vault.acts import DECIDED, PRESERVED, SALT_BYTES, PreservedFile, body_of, read_act, read_preserved

NAMES = st.binary(min_size=1, max_size=40).filter(lambda raw: b"\x00" not in raw and b"/" not in raw)


@given(NAMES, st.integers(0, 2**53 - 1), st.sampled_from(["table", "exhibit"]), st.booleans())
def test_a_preserved_file_is_read_back_whatever_bytes_its_name_has(
    raw: bytes, size: int, role: str, first: bool
) -> None:
    path = PurePosixPath("a") / raw.decode("utf-8", "surrogateescape")
    kept = PreservedFile(path, digest_bytes(raw), size, role, None if first else digest_bytes(b""))
    assert read_preserved(read_act(3, body_of(PRESERVED, kept.content(), AT))) == kept


def test_a_body_is_canonical_json_with_a_salt_of_128_bits() -> None:
    body = body_of(DECIDED, {"b": 1, "a": "é"}, AT)
    act = json.loads(body)
    assert canonical_json(act) == body
    assert len(bytes.fromhex(act["salt"])) == SALT_BYTES == 16
    assert {key: act[key] for key in act if key != "salt"} == {
        "content": {"a": "é", "b": 1},
        "kind": "decided",
        "recorded_at": "2017-06-30T12:00:00Z",
        "schema": "consilience.act/1",
    }


def test_the_same_act_twice_has_two_hashes() -> None:
    assert len({body_of(DECIDED, {}, AT) for _ in range(100)}) == 100


def test_a_time_is_recorded_in_utc_and_one_without_offset_is_refused() -> None:
    damascus = datetime(2017, 6, 30, 15, 0, tzinfo=timezone(timedelta(hours=3)))
    assert read_act(0, body_of(DECIDED, {}, damascus)).recorded_at == AT
    with pytest.raises(UsageError, match="offset"):
        body_of(DECIDED, {}, AT.replace(tzinfo=None))


@pytest.mark.parametrize("content", [{"x": float("nan")}, {"x": b"bytes"}, {"x": 2**60}, {"x": "\udc80"}])
def test_content_that_json_cannot_hold_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="JSON"):
        body_of(DECIDED, content, AT)


def test_an_act_longer_than_its_length_field_is_refused() -> None:
    fits = 0xFFFF - len(body_of(DECIDED, {"x": ""}, AT))
    assert len(body_of(DECIDED, {"x": "a" * fits}, AT)) == 0xFFFF
    with pytest.raises(UsageError, match="too long"):
        body_of(DECIDED, {"x": "a" * (fits + 1)}, AT)


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{}", b"\xff", b'{"schema":"consilience.act/1"}'])
def test_what_is_no_act_is_named_by_its_number(body: bytes) -> None:
    with pytest.raises(LedgerDamaged, match="act 7"):
        read_act(7, body)


def test_an_act_of_another_schema_is_not_guessed_at() -> None:
    body = body_of(DECIDED, {}, AT).replace(b"consilience.act/1", b"consilience.act/2")
    with pytest.raises(LedgerDamaged, match="newer"):
        read_act(0, body)


def test_a_kind_of_a_later_version_is_read() -> None:
    act = read_act(0, body_of("timestamped", {"by": "someone"}, datetime(2030, 1, 1, tzinfo=UTC)))
    assert (act.kind, dict(act.content)) == ("timestamped", {"by": "someone"})


@pytest.mark.parametrize("change", [{"digest": "sha256:../../x"}, {"digest": 5}, {"size_bytes": "many"}])
def test_a_preserved_act_with_an_impossible_digest_or_size_is_refused(change: dict[str, object]) -> None:
    kept = PreservedFile(PurePosixPath("a"), digest_bytes(b""), 0, "exhibit", None)
    with pytest.raises(LedgerDamaged, match="act 0"):
        read_preserved(read_act(0, body_of(PRESERVED, kept.content() | change, AT)))
