"""The desk at which a row becomes a decision: what the case lets be decided, and what a decision is bound to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from consilience.casework.acting_time import now
from consilience.casework.alleging import CHANGED, NAMED_ELSEWHERE, Allegations, inputs_changed_last
from consilience.casework.bound_decisions import decisions_of
from consilience.casework.decision_rows import RESTS_ON, Refused, Row, decision_said
from consilience.casework.decisions_of_case import FINDING, finding_digest, finding_scope
from consilience.casework.earlier_decisions import EarlierDecisions, said_by
from consilience.casework.letter_bonds import is_to_others, whom
from consilience.casework.letter_rows import laid_over, letters_of
from consilience.casework.pipeline import Found
from consilience.casework.printed_names import printed_names
from consilience.casework.resting_rows import rows_code, rows_of_case
from consilience.publish.profiles import PROFILES
from consilience.quantities import Digest, canonical_json, digest_bytes
from consilience.records.allegations import EDITION_CODE, Put
from consilience.records.decisions import (
    DUE,
    NOTE,
    OF_LETTERS,
    PUT_ENOUGH,
    REPLY,
    SENT,
    SIGN_OFF,
    Decision,
    DecisionKind,
)
from consilience.records.replies import Letter
from consilience.records.weighed import OTHER
from consilience.vault.store import Vault

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")


class Desk:
    """Reads rows against the case as it is; `earlier` is what was decided before, and whoever decides adds to it.

    What many rows ask for is made once, so that no row costs more the more rows there are.
    """

    def __init__(self, found: Found, vault: Vault) -> None:
        self.earlier = EarlierDecisions(decisions_of(vault), vault.folder)
        self._records, self._findings = found.records, found.findings
        self._blocks: Mapping[str, Mapping[str, Any]] = {
            block["incident_id"]: block for block in found.findings["incidents"]
        }
        self._letters = {one.letter_id: one for one in letters_of(found.records, ())}
        self._files = {str(one.path) for one in found.records.files if one.table is None}
        self._known: Mapping[str, Collection[str]] = {
            "incident": self._blocks.keys(),
            "letter": self._letters.keys(),
            "letter or party": {*self._letters, *found.records.settings.parties, OTHER},
            "profile": PROFILES.keys(),
            "item": self._files,
            "decision": self.earlier.ids(),
        }
        self._contents = cache(lambda: rows_of_case(found))
        self._names = cache(lambda: printed_names(found.case, found.records.settings))
        self._binding = cache(self._bound_to)
        self._changed_last = cache(lambda: inputs_changed_last(vault.acts(), found.records.settings))
        self._alleged: tuple[frozenset[str], Allegations] | None = None

    def read(self, row: Row) -> Decision:
        """The decision that a row is, with all that it is bound to. Raises Refused."""
        kind, decision = decision_said(row)
        self._check_target(kind, decision)
        self._check_deadline(decision)
        if decision.due is not None and decision.due < decision.on:
            raise Refused("due", f"lies before {decision.on}, the day on which it was noticed")
        if decision.kind == SIGN_OFF and decision.target not in self._blocks and not decision.scope:
            raise Refused("scope", "must be the code of the sentence's words, as `consilience review` writes it")
        bound = self._bound(self._on_rows(decision, row["rests_on"]))
        return self._identified(self._with_put(self._to_whom(bound)))

    def same(self, decision: Decision) -> Decision | None:
        """The decision of these words that still speaks, or None. Raises Refused for an id that stands for another."""
        same = self.earlier.same(decision)
        if same is not None and decision.kind in OF_LETTERS and decision.target in self._letters:
            if same.unbound:
                return None  # what it was bound to is lost: it may be said again in the same words
            if same.bound_parts is not None and is_to_others(same, decision.bound_parts):
                why = "names a letter whose row is to somebody else now than when this was decided: withdraw that first"
                raise Refused("target", why)
        if same is None and decision.decision_id in self.earlier.ids():
            raise Refused("decision_id", "stands for another decision in the ledger, or one that no longer speaks")
        return same

    def _check_target(self, kind: DecisionKind, decision: Decision) -> None:
        """A sentence is known once the report is built: what may be one is not looked for here."""
        known = self._known.get(kind.about)
        if known is not None and decision.target not in known:
            raise Refused("target", f"names no {kind.about} of this case")
        if decision.kind == REPLY and decision.item and decision.item not in self._files:
            raise Refused("item", "is no file of this case")

    def _check_deadline(self, decision: Decision) -> None:
        """A deadline lies after the day of sending, whichever of the two is decided last."""
        if decision.kind not in (SENT, DUE):
            return
        one = laid_over(self._letter(decision.target), decision)
        if one.sent_on and one.due_on and one.due_on <= one.sent_on:
            why = f"the deadline, {one.due_on}, is not after the day of sending, {one.sent_on}"
            raise Refused("value", why if decision.kind == DUE else f"{why}: decide a later deadline first")

    def _letter(self, letter_id: str) -> Letter:
        letter = self._letters[letter_id]
        for one in self.earlier.on_letter(letter_id):
            letter = laid_over(letter, one)
        return letter

    def _on_rows(self, decision: Decision, rests_on: str) -> Decision:
        """A sign-off of a sentence with digests of its rows, so that it can be said which has changed since."""
        if decision.kind != SIGN_OFF or decision.target in self._blocks:
            return decision
        if "." not in decision.scope:
            why = "says nothing of the rows' content, as an earlier version wrote it: write the rows anew with `review`"
            raise Refused("scope", why)
        if not rests_on:
            return decision
        parts = self._contents().parts(rests_on.split(RESTS_ON))
        if rows_code(parts) != decision.scope.partition(".")[2]:
            raise Refused("rests_on", "names rows that say something else than when this was written: write it anew")
        return replace(decision, bound_parts=parts, sources=self._contents().sources_behind(parts))

    def _bound(self, decision: Decision) -> Decision:
        if decision.target not in self._blocks or decision.kind == NOTE:
            return decision
        digest, parts, sources = self._binding(decision.target)
        if decision.scope.startswith(FINDING) and decision.scope != finding_scope(digest, parts):
            raise Refused("scope", "names the finding as it was; it has changed since: read it anew")
        return replace(decision, bound=digest, bound_parts=parts, of_finding=True, sources=sources)

    def _bound_to(self, incident_id: str) -> tuple[Digest, Mapping[str, str], tuple[str, ...]]:
        block, rows = self._blocks[incident_id], self._contents()
        return finding_digest(block), rows.of_finding(block), rows.sources_behind([f"incidents/{incident_id}"])

    def _to_whom(self, decision: Decision) -> Decision:
        """With digests of the letter's party and addressee. They are of no source, so no withdrawal takes them out."""
        letter = self._letters.get(decision.target)
        if decision.kind not in OF_LETTERS or letter is None:
            return decision
        return replace(decision, bound_parts=whom(letter, self._names()), sources=())

    def _with_put(self, decision: Decision) -> Decision:
        """What a letter that was sent put, or counsel looked at: what it puts now, unless `scope` names another."""
        if decision.kind not in (SENT, PUT_ENOUGH):
            return decision
        if decision.scope and not EDITION_CODE.fullmatch(decision.scope):
            raise Refused("scope", "must be empty, or the code at the head of the letter: edition: and 16 hex digits")
        if decision.kind == SENT and not decision.scope:
            changed, sent_on = self._changed_last(), date.fromisoformat(decision.value)
            if changed is not None and changed >= sent_on:
                raise Refused("scope", CHANGED)
            if self._names().renames_parties and sent_on < now().date():
                raise Refused("scope", NAMED_ELSEWHERE)
        letter, allegations = self._letter(decision.target), self._allegations()
        now_put, called = allegations.put_to(letter.party), allegations.called(letter.party)
        if decision.scope in ("", now_put.edition):
            if decision.kind == PUT_ENOUGH and letter.put is None:
                raise Refused("target", "names a letter of which no decision says what it put: decide sent first")
            return replace(decision, put=now_put, bound_parts={**(decision.bound_parts or {}), **called})
        if decision.kind == PUT_ENOUGH:
            raise Refused("scope", "names what was alleged; it has changed since: read the letter anew")
        put, of_then = self.earlier.edition(decision.scope) or (Put(decision.scope, None), {})
        return replace(decision, put=put, bound_parts={**of_then, **(decision.bound_parts or {})})

    def _allegations(self) -> Allegations:
        """What is alleged now: made anew once a finding is retracted, or no longer."""
        retracted = self.earlier.retracted()
        if self._alleged is None or self._alleged[0] is not retracted:
            blocks = self._findings["incidents"]
            self._alleged = retracted, Allegations(self._records, blocks, retracted, self._names())
        return self._alleged[1]

    def _identified(self, decision: Decision) -> Decision:
        if decision.decision_id:
            if not _ID.fullmatch(decision.decision_id):
                raise Refused("decision_id", "must be letters, digits, . _ : - and at most 80 of them")
            return decision
        if decision.kind == NOTE:
            return replace(decision, decision_id=f"note-{self.earlier.of_kind(NOTE) + 1}")
        said = digest_bytes(canonical_json(list(said_by(decision))))
        before = self.earlier.times_said(decision)
        again = f"-{before + 1}" if before else ""
        return replace(decision, decision_id=f"D-{said.removeprefix('sha256:')[:16]}{again}")
