"""A bundle: chosen incidents of a case as a bag that partners and courts check by themselves, with nothing of ours.

What is shown and what is withheld is planned first (`plan_bundle`, which discloses nothing); `write_bundle` then hands
it out: the bag is made whole beside its place, what opens its items is kept, the ledger says that it was copied and for
whom, and only then does it appear.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from consilience.casework import after_as_of
from consilience.casework.acting_time import now
from consilience.casework.batches import Progress
from consilience.casework.bundle.aggregated import log_model, watched_hours
from consilience.casework.bundle.bag_report import Counted, InBag, bag_report
from consilience.casework.bundle.chosen_rows import Chosen, choose_rows
from consilience.casework.bundle.exonerating import exonerating, searches
from consilience.casework.bundle.opening_consents import OpeningConsents
from consilience.casework.bundle.shown import Shown, sources_shown
from consilience.casework.bundle.withholding import EXHIBIT, PROFILES, Rules, rules_of
from consilience.casework.folders import check_new, replaced_whole
from consilience.casework.keys import open_vault, own_keyring
from consilience.casework.people import Apart, read_apart
from consilience.casework.pipeline import Found, find
from consilience.casework.roles import require_role
from consilience.errors import UsageError
from consilience.publish.writing import write_output
from consilience.records.case import CaseFile, CaseRecords
from consilience.vault.acts import COPIED
from consilience.vault.bundle.bag import Bag, json_file, root_of, write_bag
from consilience.vault.bundle.commitments import Commitments
from consilience.vault.bundle.ledger_slice import LedgerSlice, preserved_acts, slice_ledger
from consilience.vault.bundle.openings import COPY, KeptOpenings, handed_out, keep_openings, opening_of
from consilience.vault.pseudonyms import names_drawn, publication_names
from consilience.vault.store import Vault

_LISTED = 10

STATUS = "Neither reviewed nor released: for partners and courts, not for publication."
EXHIBITS_IN_AN_ACT = 500
"""An act holds 65,535 bytes, and a digest takes 74 of them; a larger bundle has several acts."""

_README = """\
A bundle of Consilience: evidence on chosen incidents, and what was found from it.

NEITHER REVIEWED NOR RELEASED. It is for partners and courts, not for publication.

Begin with data/report.md. What exonerates stands in data/exonerating.json, searches in data/searches.json.

    python verify.py .            checks every byte, offline; Python 3.8 or later is all that it needs
    python verify.py . --root …   compares with the root that you were told another way: do this
    python -I verify.py .         the stricter way: Python then takes no setting of yours, and no module beside it

What is withheld stands in data/withheld.json as salted commitments, which can be opened one by one: ask who made this.
Any tool for BagIt 1.0 (RFC 8493) checks the digests too. The format: docs/formats/bundle-format.md of Consilience.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bundle would show and withhold. `shown` and `hidden` are files of the case; `gone` are sources who had
    withdrawn, or of whom it can't be read whether they had."""

    found: Found
    vault: Vault
    records: CaseRecords
    chosen: Chosen
    gone: frozenset[str]
    incidents: tuple[str, ...]
    shown: tuple[CaseFile, ...]
    hidden: tuple[CaseFile, ...]

    @property
    def notices(self) -> tuple[str, ...]:
        """Which rows of the bundle are dated after the day of which it says that it speaks (`after_as_of`)."""
        rows = {(row["_file"], row["_row"]) for chosen in self.chosen.rows.values() for row in chosen.values()}
        theirs = (item for item in self.records.left_out if (str(item.file), item.row) in rows)
        return tuple(after_as_of.shut_by(theirs, self.records.settings.as_of))

    def as_json(self) -> dict[str, Any]:
        """For programs, and for who decides: rows by table, reasons by count, exhibits by name, and `notices`."""
        rules, reasons = self.chosen.rules, Counter[str]()
        tables: dict[str, dict[str, int]] = {}
        for table, rows in sorted(self.chosen.rows.items()):
            found = [rules.reasons(table, row) for row in rows.values()]
            reasons.update(f"{table}: {why}" for columns in found for why in columns.values())
            whole = sum(len(columns) == len(row) - 2 for columns, row in zip(found, rows.values(), strict=True))
            tables[table] = {"rows": len(rows), "withheld_whole": whole}
        return {
            "incidents": list(self.incidents),
            "profile": rules.profile,
            "tables": tables,
            "values_withheld": dict(sorted(reasons.items())),
            "exhibits": [{"path": str(file.path), "size_bytes": file.size_bytes} for file in self.shown],
            "exhibits_withheld": [{"path": str(file.path), "size_bytes": file.size_bytes} for file in self.hidden],
            "notices": list(self.notices),
        }


def _silence(stage: str, done: int, total: int) -> None:
    """Nobody is told."""


def plan_bundle(
    case: Path, incidents: Sequence[str], profile: str, *, workers: int = 1, progress: Progress = _silence
) -> Plan:
    """What a bundle of these incidents would hold. Like a run it preserves the case's files, and discloses nothing.

    UsageError for an unknown profile, no incident, or one that was not found; else raises as a run does.
    """
    if profile not in PROFILES:
        raise UsageError("there is no such profile", where=profile, remedy=f"Choose {' or '.join(PROFILES)}.")
    found = find(case, workers=workers, progress=progress)
    known = [block["incident_id"] for block in found.findings["incidents"]]
    strangers = sorted(set(incidents) - set(known))
    if strangers or not incidents:
        remedy = f"Name some of {', '.join(known[:40]) or 'none: the case has no incident that can be weighed'}."
        raise UsageError("there is no such incident", where=", ".join(strangers) or "--incidents", remedy=remedy)
    vault = open_vault(case)
    records = found.records
    rules, apart = _rules_now(found.case, vault, profile)
    blocks = [block for block in found.findings["incidents"] if block["incident_id"] in incidents]
    chosen = choose_rows(records, blocks, rules)
    chosen_ids = tuple(incident_id for incident_id in known if incident_id in incidents)
    return Plan(found, vault, records, chosen, gone_by_now(apart), chosen_ids, *_exhibits(records, chosen, rules))


def _rules_now(case: Path, vault: Vault, profile: str) -> tuple[Rules, Apart]:
    """What may be shown by the case as it stands this moment, and that case."""
    apart = read_apart(case, vault)
    kept = [(file.path, file.digest) for file in vault.kept().values()]
    return rules_of(apart, kept, profile, _consent_day(apart)), apart


def _consent_day(apart: Apart) -> date:
    """The day on which consent must hold: the later of `as_of` and today."""
    today = now().date()
    return max(apart.read.settings.as_of or today, today)


def gone_by_now(apart: Apart) -> frozenset[str]:
    """Who has withdrawn, by the ledger or the tables, and who has an interview of which that can't be read."""
    return apart.withdrawn | apart.read.unread_consent


def write_bundle(plan: Plan, out: Path, *, to: str | None = None, progress: Progress = _silence) -> Bag:
    """The bundle is at `out`, whole, and the ledger says so, and for whom; or nothing is there.

    Who has withdrawn is asked once more, with nobody else writing, before the act. UsageError for whoever is no
    publisher, or where somebody agrees no longer to what was planned; PublishError where `out` may not be written or
    holds anything; VaultError as the vault does.
    """
    target, keyring = out.resolve(), own_keyring()
    require_role(keyring.folder, "publish")
    check_new(target, plan.found.case)
    everyone = plan.found.records.tables["sources"]["source_id"]
    names = publication_names(plan.vault, sources_shown(plan.chosen), now(), others=everyone)
    commitments = Commitments()
    payload, slice_ = _payload(plan, names, commitments)
    with replaced_whole(target) as fresh:
        exhibits = {_name_of(file): file.digest for file in plan.shown}
        bag = write_bag(
            fresh, payload, exhibits, _info(plan), _README,
            vault=plan.vault, signer=keyring.signer, progress=lambda done, of: progress("bundle", done, of),
        )  # fmt: skip
        with plan.vault.writing():
            withdrawn = _still_may(plan)
            kept = keep_openings(plan.vault, bag.root, commitments.items(), slice_.bodies, gone=withdrawn)
            plan.vault.record(COPIED, _copied(plan, bag, kept, to), now())
    progress("bundle", max(1, len(plan.shown)), max(1, len(plan.shown)))
    return bag


def _still_may(plan: Plan) -> frozenset[str]:
    """Nothing that is about to be handed out became forbidden since it was planned; gives who has withdrawn.

    The caller is in `writing`. Raises UsageError. A withdrawal that comes after this finds the act of the bundle, and
    lists it.
    """
    before = plan.chosen.rules
    rules, apart = _rules_now(plan.found.case, plan.vault, before.profile)
    files = [str(file.path) for file in plan.shown if str(file.path) in rules.hidden]
    rows = [
        f"{table} {key}"
        for table, chosen in plan.chosen.rows.items() for key, row in chosen.items()
        if set(rules.reasons(table, row)) - set(before.reasons(table, row))
    ]  # fmt: skip
    changed = [*sorted(gone_by_now(apart) - plan.gone), *rows, *files]
    if changed:
        what = "a source has withdrawn, or agrees to less, since this bundle was planned; nothing was handed out"
        listed = ", ".join(changed[:_LISTED]) + (f" and {len(changed) - _LISTED} more" if changed[_LISTED:] else "")
        raise UsageError(what, where=listed, remedy="Make the bundle again: it is planned anew.")
    return apart.withdrawn


def open_items(
    case: Path, bundle: Path, item_ids: Sequence[str], acts: Sequence[int], out: Path, *, reason: str | None = None
) -> dict[str, Any]:
    """A file that opens these items and acts of a bundle of the case, and no other; the ledger says which were opened.

    Consent is asked anew, with nobody else writing. What is of somebody who does not agree today to the bundle's
    profile is opened for a `reason` alone, which the ledger keeps with the names of what it opened. UsageError for
    that, for whoever is no publisher, for what the bundle doesn't withhold, for a bundle made before a source of the
    case withdrew (by the ledger, or by anything in `interviews`, whatever date stands there; no reason opens it), or
    where `out` is there; PublishError where it can't be written.
    """
    require_role(own_keyring().folder, "publish")
    root, vault = root_of(bundle), open_vault(case)
    _check_absent(out)
    with vault.writing():
        _check_absent(out)  # another may have come first
        apart = read_apart(case, vault)
        opening = opening_of(vault, root, item_ids, acts, gone=gone_by_now(apart))
        profile = str(handed_out(vault, root).content["profile"])
        refused = OpeningConsents(apart, names_drawn(vault), profile, _consent_day(apart)).refused(opening)
        if refused and not reason:
            listed = "; ".join(f"{name} {why}" for name, why in list(refused.items())[:_LISTED])
            remedy = "Leave these out, or say with --reason why they are opened all the same: the ledger keeps it."
            raise UsageError("consent does not cover this", where=listed, remedy=remedy)
        content: dict[str, object] = {
            "schema": COPY,
            "root": root,
            "opened": sorted(set(item_ids)),
            "opened_acts": sorted(set(acts)),
        }
        despite = {"without_consent": sorted(refused), "reason": reason} if refused else {}
        vault.record(COPIED, [content | despite], now())
        write_output(out, json_file(opening))
    return opening


def _check_absent(out: Path) -> None:
    if out.exists():
        raise UsageError("there is something already", where=str(out), remedy="Choose another file with --out.")


def _exhibits(records: CaseRecords, chosen: Chosen, rules: Rules) -> tuple[tuple[CaseFile, ...], tuple[CaseFile, ...]]:
    """Exhibits that the rows cite: those handed out, and those withheld."""
    files = {str(file.path): file for file in records.files}
    shown = {str(cells["item"]) for _, cells in chosen.cells() if "item" in cells}
    cited = {str(row["item"]) for rows in chosen.rows.values() for row in rows.values() if row.get("item") is not None}
    hidden = sorted(path for path in cited & rules.hidden if path in files and files[path].table is None)
    return tuple(files[path] for path in sorted(shown)), tuple(files[path] for path in hidden)


def _payload(plan: Plan, names: Mapping[str, str], commitments: Commitments) -> tuple[dict[str, bytes], LedgerSlice]:
    """Every file below `data/` but the exhibits, and the ledger's part."""
    shown = Shown(plan.records, plan.chosen, names, commitments)
    findings, rows = shown.findings(plan.found.findings, plan.incidents), shown.rows()
    for file in plan.hidden:
        commitments.withhold_exhibit(_describe(file), EXHIBIT)
    slice_, act_of = _slice(plan)
    blocks = findings["incidents"]
    numbers = {item.item_id: number for number, item in enumerate(commitments.items())}
    items, searched = exonerating(blocks, plan.chosen, numbers), searches(plan.chosen)
    checkpoint = plan.vault.checkpoint()
    counted = Counted(
        status=STATUS,
        exhibits=len(plan.shown),
        exhibits_withheld=len(plan.hidden),
        withheld=len(commitments.items()),
        acts=len(slice_.acts),
        acts_withheld=len(slice_.withheld),
        ledger="signed" if checkpoint.signatures else "unsigned",
    )
    page, sentences = bag_report(
        InBag(blocks, items, searched, rows), counted, plan.records.settings, plan.chosen.rules.profile
    )
    exhibits = [_describe(f) | {"file": _name_of(f), "act": act_of.get(f)} for f in plan.shown]
    evidence = plan.found.evidence
    files: dict[str, object] = {
        "bundle.json": _bundle(plan),
        "sentences.json": sentences,
        "findings.json": findings,
        "exonerating.json": {"items": items},
        "searches.json": {"items": searched},
        "assumptions.json": {name: asdict(one) for name, one in sorted(evidence.assumptions.items())},
        "orbat.json": json.loads(json.dumps(asdict(evidence.orbat), default=str)),
        "exhibits.json": {"exhibits": exhibits},
        "withheld.json": commitments.as_json(),
        "ledger/acts.json": {"acts": list(slice_.acts), "withheld": list(slice_.withheld)},
        **rows,
    }
    if plan.chosen.rules.profile == "court":
        files |= _in_sum(plan)
    payload = {name: json_file(content) for name, content in sorted(files.items())}
    return {**payload, "report.md": page.encode(), "ledger/checkpoint": checkpoint.bytes}, slice_


def _slice(plan: Plan) -> tuple[LedgerSlice, dict[CaseFile, int]]:
    """The acts of exhibits that are handed out, in clear unless they name a version that isn't; those of tables and of
    withheld exhibits by their hashes. And of each exhibit the number of its act."""
    acts = preserved_acts(plan.vault)
    given = {file.digest for file in plan.shown}
    disclosed, withheld = set[int](), set[int]()
    numbers: dict[CaseFile, int] = {}
    for file in plan.shown:
        act = acts.get((str(file.path), file.digest))
        if act is None:
            continue
        numbers[file] = act.index
        is_open = act.file.supersedes is None or act.file.supersedes in given
        (disclosed if is_open else withheld).add(act.index)
    tables = {row["_file"] for rows in plan.chosen.rows.values() for row in rows.values()}
    files = [*plan.hidden, *(file for file in plan.records.files if str(file.path) in tables)]
    withheld |= {acts[key].index for file in files if (key := (str(file.path), file.digest)) in acts}
    return slice_ledger(plan.vault, disclosed, withheld), numbers


def _in_sum(plan: Plan) -> dict[str, object]:
    """What a court is shown of observers, where enough of them are in it."""
    model = log_model(plan.found.log_model, plan.found.evidence)
    hours = watched_hours(plan.chosen.rows.get("coverage", {}).values())
    found: dict[str, object] = {"log-model.json": model, "coverage.json": hours}
    return {name: content for name, content in found.items() if content}


def _bundle(plan: Plan) -> dict[str, object]:
    settings = plan.records.settings
    return {
        "schema": "consilience.bundle/1",
        "status": STATUS,
        "case_id": settings.id,
        "title": settings.title,
        "time_zone": settings.time_zone,
        "as_of": None if settings.as_of is None else str(settings.as_of),
        "parties": list(settings.parties),
        "profile": plan.chosen.rules.profile,
        "incidents": list(plan.incidents),
        "version": plan.found.findings["version"],
    }


def _info(plan: Plan) -> list[tuple[str, str]]:
    settings = plan.records.settings
    return [
        ("Bag-Software-Agent", f"Consilience {plan.found.findings['version']}"),
        ("External-Identifier", settings.id),
        ("External-Description", f"{settings.title}: incidents {', '.join(plan.incidents)}"),
        ("Consilience-Profile", plan.chosen.rules.profile),
        ("Consilience-Status", STATUS),
    ]


def _copied(plan: Plan, bag: Bag, kept: KeptOpenings, to: str | None) -> list[dict[str, object]]:
    """The contents of the acts that say what was handed out: one, or one for each `EXHIBITS_IN_AN_ACT`."""
    digests = sorted({file.digest for file in plan.shown})
    parts = [digests[at : at + EXHIBITS_IN_AN_ACT] for at in range(0, len(digests), EXHIBITS_IN_AN_ACT)] or [[]]
    return [
        {
            "schema": COPY,
            "root": bag.root,
            "verifier": bag.verifier,
            "profile": plan.chosen.rules.profile,
            "to": to,
            "incidents": list(plan.incidents),
            "exhibits": list(part),
            **kept.content(),
        }
        for part in parts
    ]


def _describe(file: CaseFile) -> dict[str, object]:
    return {"digest": file.digest, "path": str(file.path), "size_bytes": file.size_bytes}


def _name_of(file: CaseFile) -> str:
    """Its digest, and its ending where that is plain letters: no other part of a name is needed to open it."""
    suffix = file.path.suffix
    plain = suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= 9 else ""
    return f"exhibits/{file.digest.removeprefix('sha256:')}{plain}"
