"""Signed notes are those of C2SP and of Go's note package, and no byte of one changes unseen."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from consilience.errors import KeysUnusable, LedgerDamaged, UsageError
from consilience.vault.notes import COSIGNATURE, ED25519, Note, Signer, Verifier, checked_name, read_note

# The keys, text and signature of Go's golang.org/x/mod/sumdb/note, note_test.go.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETERS_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
ENOCHS_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
).encode()
AT = datetime(2023, 3, 20, 12, 25, 47, tzinfo=UTC)


def test_a_signature_is_the_one_that_gos_note_package_makes() -> None:
    signer = Signer.read(PETERS_SECRET)
    assert signer.verifier == Verifier.read(PETER)
    assert signer.verifier.text == PETER
    assert signer.text == PETERS_SECRET
    assert Note(TEXT, (signer.sign(TEXT),)).bytes == TEXT + b"\n" + PETERS_LINE


def test_a_note_of_gos_note_package_is_read_and_checked() -> None:
    note = read_note(TEXT + b"\n" + PETERS_LINE + ENOCHS_LINE)
    assert note.text == TEXT
    for key, line in ((PETER, PETERS_LINE), (ENOCH, ENOCHS_LINE)):
        (signature,) = note.by(Verifier.read(key))
        assert signature.line == line
        assert Verifier.read(key).check(note.text, signature) is None


def test_the_example_of_the_specification_of_cosignatures_is_read_to_its_second() -> None:
    """c2sp.org/tlog-cosignature prints this note, and says that the witness signed at 1679315147."""
    example = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
        "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    note = read_note(example.encode())
    assert [one.name for one in note.signatures] == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    assert [len(one.data) for one in note.signatures] == [64, 8 + 64]
    assert int.from_bytes(note.signatures[1].data[:8], "big") == 1679315147


def test_a_signature_is_checked_by_a_reading_of_the_specification_of_its_own() -> None:
    """signed-note and tlog-cosignature once more, from their text alone."""
    signer = Signer.new("example.org/witness")
    note = Note(TEXT, (signer.sign(TEXT), signer.cosign(TEXT, AT))).bytes.decode()
    text, lines = note.rsplit("\n\n", 1)
    public = base64.b64decode(signer.verifier.text.split("+", 2)[2])[1:]
    for line, kind in zip(lines.splitlines(), (b"\x01", b"\x04"), strict=True):
        dash, name, encoded = line.split(" ")
        raw = base64.b64decode(encoded)
        assert (dash, name) == ("—", "example.org/witness")
        assert raw[:4] == hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]
        said = text + "\n"
        if kind == b"\x04":
            assert int.from_bytes(raw[4:12], "big") == 1679315147
            said = "cosignature/v1\ntime 1679315147\n" + said
        Ed25519PublicKey.from_public_bytes(public).verify(raw[-64:], said.encode())


def test_a_cosignature_says_when() -> None:
    signer = Signer.new()
    assert signer.verifier.as_witness.check(TEXT, signer.cosign(TEXT, AT)) == AT


@given(st.data())
def test_no_altered_note_is_believed(data: st.DataObject) -> None:
    signer = Signer.read(PETERS_SECRET)
    whole = Note(TEXT, (signer.sign(TEXT), signer.cosign(TEXT, AT))).bytes
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    altered = bytearray(whole)
    altered[at] ^= 1 << bit
    with pytest.raises(LedgerDamaged):
        _check_all(bytes(altered), signer)
    with pytest.raises(LedgerDamaged):
        _check_all(whole[:at] + whole[at + 1 :], signer)
    _check_all(whole, signer)


def _check_all(data: bytes, signer: Signer) -> None:
    note = read_note(data)
    known = {(key.name, key.key_id): key for key in (signer.verifier, signer.verifier.as_witness)}
    if len(note.signatures) != 2:
        raise LedgerDamaged("a signature is gone")
    for signature in note.signatures:
        if (signature.name, signature.key_id) not in known:
            raise LedgerDamaged("a signature of nobody")
        known[signature.name, signature.key_id].check(note.text, signature)


def test_a_signature_of_one_kind_is_none_of_the_other() -> None:
    signer = Signer.new("a")
    for signature, verifier in (
        (signer.sign(TEXT), signer.verifier.as_witness),
        (signer.cosign(TEXT, AT), signer.verifier),
    ):
        with pytest.raises(LedgerDamaged, match="another key"):
            verifier.check(TEXT, signature)


def test_a_text_that_could_pass_for_a_cosignature_is_not_signed() -> None:
    with pytest.raises(UsageError, match="cosignature"):
        Signer.new("a").sign(b"cosignature/v1\ntime 1\n" + TEXT)


@pytest.mark.parametrize("key", [PETER, PETERS_SECRET])
def test_no_altered_key_is_read(key: str) -> None:
    read = Signer.read if key == PETERS_SECRET else Verifier.read
    for at in range(len(key)):
        for wrong in (key[:at] + chr(ord(key[at]) + 1) + key[at + 1 :], key[:at], key[at + 1 :]):
            with pytest.raises(KeysUnusable) as raised:
                read(wrong)
            assert key.rsplit("+", 1)[1] not in str(raised.value)


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_keys_of_another_length_or_type_are_refused_as_go_refuses_them(key: str) -> None:
    with pytest.raises(KeysUnusable):
        Verifier.read(key)


def test_two_new_keys_differ_and_their_names_tell_nothing() -> None:
    one, other = Signer.new(), Signer.new()
    assert one.verifier.key != other.verifier.key
    assert one.name.startswith("consilience/")
    assert Signer.read(one.text) == one
    assert Verifier.read(one.verifier.text) == one.verifier
    assert Verifier.read(one.verifier.as_witness.text).kind == COSIGNATURE != ED25519


def test_a_signer_does_not_show_its_secret() -> None:
    signer = Signer.read(PETERS_SECRET)
    assert repr(signer) == "Signer(name='PeterNeumann')"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "x" * 201])
def test_a_name_that_a_note_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        checked_name(name)


@pytest.mark.parametrize(
    "data",
    [b"", b"text", b"\n", b"text\n\n", b"text\n\nnot a signature\n", b"te\x01xt\n", TEXT + b"\n" + PETERS_LINE[:-1]],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(LedgerDamaged):
        read_note(data)


def test_a_text_without_signatures_is_a_note_too() -> None:
    assert read_note(TEXT) == Note(TEXT)
    assert Note(TEXT).bytes == TEXT
