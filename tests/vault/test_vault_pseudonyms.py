"""A source's name in publications is random, single, and the same for ever."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from vault_cases import AT

from consilience.vault.acts import DECIDED
from consilience.vault.pseudonyms import LETTERS, SCHEMA, publication_names
from consilience.vault.store import Vault

SOURCES = [f"W{number}" for number in range(200)]


def test_names_are_drawn_once_and_kept(tmp_path: Path) -> None:
    first = publication_names(Vault.open(tmp_path), ["W2", "W1"], AT)
    vault = Vault.open(tmp_path)
    root = vault.root()
    assert publication_names(vault, ["W1", "W2"], AT) == first
    assert vault.root() == root
    more = publication_names(vault, ["W3", "W1"], AT)
    assert more["W1"] == first["W1"]
    assert set(more) == {"W1", "W3"}


def test_no_two_sources_share_a_name(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    names = dict(publication_names(vault, SOURCES[:100], AT)) | dict(publication_names(vault, SOURCES[100:], AT))
    assert len(set(names.values())) == len(SOURCES)
    assert all(re.fullmatch(rf"Source [{LETTERS}][1-9]\d*", name) for name in names.values())


def test_no_source_is_called_by_the_id_of_another_that_has_no_name(tmp_path: Path) -> None:
    """Of 200 names, 13 would be among these ids, were they drawn with no regard to them."""
    others = [f"{letter}{number}" for letter in LETTERS for number in range(1, 10)]
    names = publication_names(Vault.open(tmp_path), SOURCES, AT, others=others)
    assert set(names) == set(SOURCES)
    assert not {f"Source {one}" for one in others} & set(names.values())


def test_a_name_says_nothing_of_the_order_of_sources(tmp_path: Path) -> None:
    """Of a name drawn at random the first source has the smallest in one case of a hundred, not in each."""
    firsts = Counter[bool]()
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        names = publication_names(Vault.open(folder), SOURCES[:30], AT)
        firsts[names["W0"] == min(names.values())] += 1
    assert firsts[False] > 10


def test_of_two_that_drew_at_once_the_first_holds_and_no_name_is_given_twice(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    acts = [("W1", "Source K7"), ("W1", "Source B2"), ("W2", "Source K7")]
    vault.record(DECIDED, [{"schema": SCHEMA, "source_id": s, "name": n} for s, n in acts], AT)
    names = publication_names(vault, ["W1", "W2"], AT)
    assert names["W1"] == "Source K7"
    assert names["W2"] != "Source K7"


def test_other_decisions_are_no_names(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    vault.record(DECIDED, [{"source_id": "W1", "name": "merge"}], AT)
    assert publication_names(vault, ["W1"], AT)["W1"].startswith("Source ")
