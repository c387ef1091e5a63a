"""Every kind of act has a sentence of its own in a history, and none is told as raw JSON."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from vault_cases import AT

from consilience.vault import acts
from consilience.vault.act_words import WORDS, sentence_of
from consilience.vault.acts import Act
from consilience.vault.custody import EVENTS

DIGEST = "sha256:" + "0" * 64
KINDS = {
    value for name, value in vars(acts).items()
    if name.isupper() and isinstance(value, str) and not name.startswith("_") and name != "SCHEMA"
}  # fmt: skip
CONTENTS: dict[str, list[tuple[Mapping[str, object], str]]] = {
    "preserved": [
        (
            {"path": "a.csv", "digest": DIGEST, "size_bytes": 3, "role": "table", "supersedes": None},
            "a.csv, table, 3 bytes",
        )
    ],
    "copied": [
        ({"acts": 4, "where": "file:///disk", "root": "x"}, "all that was kept up to then (4 acts) to file:///disk"),
        ({"incidents": ["I1", "I2"], "to": "a court"}, "a bundle of I1, I2 for a court"),
        ({"root": "r", "opened": ["W0001"], "opened_acts": [3]}, "W0001 and acts 3"),
        ({"schema": "consilience.outputs/1", "what": "findings of a run", "where": "far"}, "findings of a run to far"),
    ],
    "repaired": [({"path": "x", "fault": "gone", "how": "restored", "from": "disk"}, "x (gone): restored, by disk")],
    "decided": [
        (
            {"schema": "consilience.put/1", "decision_id": "D1", "alleged": [{"incident_id": "I1"}]},
            "incidents that a letter put, by the decision D1: 1",
        ),
        (
            {"schema": "consilience.publication_name/1", "source_id": "W1", "name": "Source K7"},
            "publications call the source W1 Source K7",
        ),
        (
            {
                "schema": "consilience.decision/1",
                "kind": "review",
                "target": "I1",
                "value": "reviewed",
                "by": "R1",
                "on": "2020-05-01",
            },
            "review of I1, reviewed, on 2020-05-01",
        ),
    ],
    "withdrawn": [
        (
            {"schema": "consilience.consent_withdrawn/1", "source_id": "W1", "keys": ["k"], "acts": []},
            "the source W1 has withdrawn: 1 keys destroyed",
        ),
        (
            {"schema": "consilience.release_blanked/1", "was": "aa", "becomes": "bb"},
            "what was kept of a release, aa, was destroyed for whoever withdrew; the rest of it is bb",
        ),
        (
            {"schema": "consilience.bound_blanked/1", "was": "aa", "becomes": "bb"},
            "what decisions were bound to, aa, was destroyed for whoever withdrew; the rest of it is bb",
        ),
        (
            {"schema": "consilience.releases_looked_through/1", "source_id": "W1", "releases": 2},
            "what is kept of 2 releases was looked through for W1",
        ),
        (
            {"schema": "consilience.releases_looked_through/1", "source_id": "W1", "releases": 0, "left": ["aa"]},
            "what is kept of 0 releases was looked through for W1; 1 could not be read and were left",
        ),
    ],
    "published": [
        (
            {"profile": "public", "as_of": "2020-05-04", "files": 9, "manifest": DIGEST},
            "a release under the profile public as of 2020-05-04, 9 files",
        )
    ],
    "sealed": [
        (
            {"schema": "consilience.sealed_key/1", "source_id": "W1", "key": "k", "custodians": ["age1x"]},
            "a key for the source W1, k, which opens for age1x",
        ),
        (
            {"schema": "consilience.sealed_item/1", "item": "i", "key": "k", "commitment": DIGEST},
            "a thing, i, under the key k",
        ),
        ({"schema": "consilience.cleared/1", "acts": [3, 4]}, "those of acts 3, 4"),
        (
            {
                "schema": "consilience.wrapped_anew/1",
                "key": "k",
                "opened_by": "age1x",
                "custodians": ["age1x", "age1y"],
            },
            "opened by age1x and wrapped anew: it opens for age1x, age1y",
        ),
    ],
    "unsealed": [
        (
            {"source_id": "W1", "items": ["i"], "custodian": "age1x", "reason": "a court asks", "where": "far"},
            "1 sealed things of the source W1 were opened with the key of age1x, into far: a court asks",
        )
    ],
    "introduced": [({"key": "name+1+A", "role": "signs"}, "a key that signs from here on: name+1+A")],
    "cosigned": [({"key": "witness+1+A", "size": 7}, "a witness signed for the first 7 acts: witness+1+A")],
    "timestamped": [({"response": "MII…", "size": 7}, "stamped the first 7 acts")],
    **{
        kind: [
            ({"exhibit": {"path": "a.mp4", "digest": DIGEST}, "by": "X1", "at": "2017-04-04"}, "a.mp4; at 2017-04-04")
        ]
        for kind in EVENTS
    },
}


def test_every_kind_of_act_has_words_and_an_example_here() -> None:
    assert set(WORDS) == KINDS
    assert set(CONTENTS) == KINDS


@pytest.mark.parametrize(("kind", "content", "said"), [(kind, *one) for kind, ones in CONTENTS.items() for one in ones])
def test_an_act_is_told_in_a_sentence(kind: str, content: Mapping[str, object], said: str) -> None:
    told = sentence_of(Act(3, kind, AT, content))
    assert said in told
    assert not set("{}") & set(told)


@pytest.mark.parametrize("kind", [*sorted(KINDS - {"preserved"}), "of a later version"])
def test_an_act_of_a_schema_that_is_not_known_is_told_field_by_field_and_never_as_json(kind: str) -> None:
    told = sentence_of(Act(3, kind, AT, {"schema": "other/9", "nested": {"a": 1}, "list": ["x", 2]}))
    assert told
    assert not set('{}"') & set(told)
