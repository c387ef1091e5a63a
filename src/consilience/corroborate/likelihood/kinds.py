"""The likelihood of each kind of evidence that speaks as itself, in one registry (rule 5 of the house).

Flights and calls are not here: a whole log speaks as one (`one_of.py`), and its rows outside coverage through their
publishers (`selections.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from consilience.corroborate.dependence import Origin, parents_of
from consilience.corroborate.evidence import CaseEvidence
from consilience.corroborate.likelihood.accounts import (
    Account,
    account_term,
    declared_origin,
    names_a_place_alone,
)
from consilience.corroborate.likelihood.detections import detection_parts
from consilience.corroborate.likelihood.imagery import imagery_terms
from consilience.corroborate.likelihood.material import Material, Part
from consilience.corroborate.likelihood.media import media_terms
from consilience.corroborate.likelihood.munitions import munition_terms
from consilience.corroborate.terms import Term
from consilience.corroborate.wording import candidates_for, suspected


def _of_accounts(material: Material) -> list[Part]:
    """One part for each account whose source stays; one whose parents are gone speaks for itself."""
    here = [account for account in material.accounts if account.source not in material.without]
    statements = [account.statement for account in here]
    parents = {one.account_id: parents_of(one, statements, material.upstream) for one in statements}
    sites = tuple(site[:2] for site in material.sites)

    def part(account: Account) -> Part:
        mine = account.statement
        declared = parents[mine.account_id]
        earlier = candidates_for(mine, statements, material.upstream)
        alone = names_a_place_alone(account, here, parents)

        def make(evidence: CaseEvidence) -> list[Term]:
            blurred = _blurred(account, material.evidence, evidence)
            origins = [declared_origin(mine, declared, evidence.assumptions)] if declared else []
            likely = suspected(mine, earlier, material.habits, evidence.assumptions)
            suspects = [Origin(chance, (one,)) for one, chance in likely]
            term = account_term(blurred, origins, suspects, material.clock, material.hypotheses, evidence, sites)
            return [_without_agreement_on_place(term) if alone else term]

        key = (mine.account_id, *(tuple(one.account_id for one in some) for some in (declared, earlier)), alone)
        return Part(key, frozenset({account.source}), make)

    return [part(account) for account in here]


def _blurred(account: Account, as_it_is: CaseEvidence, evidence: CaseEvidence) -> Account:
    """The account with the width that its stated time has under other assumptions (`situate.clock` gave it)."""
    if account.stated is None:
        return account
    for name in (f"sigma_{account.row['t_precision']}", "sigma_words"):
        known = as_it_is.assumptions.get(name)
        if known is not None and known.value == account.stated.sigma:
            return replace(account, stated=replace(account.stated, sigma=evidence.value(name)))
    return account


def _without_agreement_on_place(term: Term) -> Term:
    """An account alone in naming the place can't corroborate it: the incident has its place from this very account."""
    return replace(term, places=tuple(place for place in term.places if place.seen != 0))


def _of_media(material: Material) -> list[Part]:
    rows = [row for row in material.rows["media"] if str(row["source_id"] or row["media_id"]) not in material.without]
    key = tuple(str(row["media_id"]) for row in rows)
    sources = frozenset(str(row["source_id"] or row["media_id"]) for row in rows)
    return [Part(key, sources, lambda e: media_terms(rows, material.grid, e.assumptions))]


def _of_imagery(material: Material) -> list[Part]:
    scenes, rows = f"scenes of {material.incident_id}", material.rows["imagery"]
    if scenes in material.without or not rows:
        return []
    grid, hypotheses = material.grid, material.hypotheses
    return [Part((), frozenset({scenes}), lambda e: imagery_terms(rows, grid, hypotheses, e.assumptions))]


def _of_munitions(material: Material) -> list[Part]:
    remnants, rows = f"remnants of {material.incident_id}", material.rows["munitions"]
    if remnants in material.without or not rows:
        return []
    return [Part((), frozenset({remnants}), lambda e: munition_terms(rows, material.hypotheses, e))]


LIKELIHOODS: Mapping[str, Callable[[Material], list[Part]]] = {
    "account": _of_accounts,
    "media": _of_media,
    "imagery": _of_imagery,
    "munition": _of_munitions,
    "detection": detection_parts,
}
"""Kind of evidence (as in findings) to its parts. A kind is added by a line here."""
