"""What opens each gate of a release: for every reason the command, or the file, by which it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from consilience.records.worded import UNREVIEWED, kind_of

_DECIDE: Final = "consilience decide {case} FILE.csv"
_REVIEW: Final = "consilience review {case} --out open.csv, fill it in, consilience decide {case} open.csv"
_RELEASE: Final = "consilience release {case} --profile {profile}"

REMEDIES: Final[Mapping[str, str]] = {
    "profile": "consilience release {case} --profile public, partner or court",
    "out": _RELEASE + " --out with a new folder elsewhere",
    "day": "set as_of in {case}/case.toml to a day that fits",
    "later": "write a later as_of into {case}/case.toml, or correct the date in the row",
    "key": "consilience keys init --yes",
    "vault": "consilience vault check {case} --read-data, then consilience vault repair {case} --from REPLICA",
    "findings": "consilience check {case}",
    "review": _REVIEW,
    "claims": _DECIDE + " with kind withdraw, or restore the rows",
    "corrections": _DECIDE + " with kind corrected",
    "letters": _DECIDE + " with kind sent, due, reply_effect, or not_sought",
    "unsaid": "put it back into letters of {case}; was it a slip of the pen, decide it with just that day and withdraw "
    "that: " + _DECIDE + " with kinds sent, due or reply, and withdraw",
    "put": "consilience letters {case}, send what it writes, " + _DECIDE + " with kinds due and sent, or put_enough",
    "addressees": "put the row of letters of {case} back, or " + _DECIDE + " with kind withdraw",
    "dates": _DECIDE + " with kind withdraw, or write a later as_of into {case}/case.toml",
    "consent": "consilience consent list {case}, then mend interviews or take the rows out",
    "pictures": _DECIDE + " with kind blur, show, or withdraw",
    "files": _DECIDE + " with kind withdraw (then it does not go out), or blur",
    "documents": "consilience report {case} --profile {profile} and look at what it marks",
    "words": "consilience review {case} --sentences signs.csv, fill it in, consilience decide {case} signs.csv",
    "sentences": "consilience review {case} --sentences signs.csv, fill it in, consilience decide {case} signs.csv",
    "leaks": "take it out of the tables or narrative of {case}",
    "approvals": _DECIDE + " with kind publish, a row of each of two persons",
}
"""By gate, as `release_gates.GATES` names them."""

BY_KIND: Final[Mapping[str, Mapping[str, str]]] = {
    "review": {
        "retracted": "take it out of incidents of {case}, or " + _DECIDE + " with kind review",
        "contested": "whoever contests it: " + _DECIDE + " with kind review",
    },
    "claims": {"reviewed before": _REVIEW},
    "letters": {
        "not weighed": _DECIDE + " with kind reply_effect",
        "unsigned": _DECIDE + " with kind not_sought, by counsel",
        "withdraw one": _DECIDE + " with kind withdraw",
        "no deadline": _DECIDE + " with kind due",
        "sent later": "write a later as_of into {case}/case.toml, or " + _DECIDE + " with kind sent",
        "running": "wait, and write a later as_of into {case}/case.toml",
        "no letter": "a row of letters in {case}, or " + _DECIDE + " with kind not_sought",
    },
    "unsaid": {"shortened": _DECIDE + " with kind due"},
    "consent": {"withdrawn": "consilience consent withdraw {case} SOURCE --yes"},
    "files": {
        "key": "consilience keys list",
        "role": "consilience release by somebody whose keys have that role",
        "release before": "consilience vault repair {case} --from REPLICA",
        "report": "consilience report {case} --profile {profile}",
        "scan": "consilience release by a custodian (consilience keys list shows what your keys open)",
    },
    "documents": {UNREVIEWED: _REVIEW},
}
"""Finer, by gate and the kind of the reason (`records.worded`)."""


def remedy(gate: str, reason: str, case: Path, profile: str) -> str:
    """How this reason of this gate is mended, on one line. KeyError for a gate, or a kind of reason, that has no
    remedy."""
    kind = kind_of(reason)
    said = BY_KIND[gate][kind] if kind else REMEDIES[gate]
    return said.replace("{case}", str(case)).replace("{profile}", profile)
