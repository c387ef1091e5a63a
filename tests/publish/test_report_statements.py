"""The reports on both real cases, sentence by sentence: a trail for each, the totals of findings.json, no more."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from case_copies import APRIL, OFFENSIVE, shuffle_rows
from consilience.publish.catalogue import catalogue_of
from consilience.publish.document import Document, Grid, Sentence
from consilience.publish.statements.counting import counted_wording
from consilience.records.counting import counted_mode
from reported_cases import copied, document_of, every_text, grid_named, made_ready, ready_case

BOTH = (APRIL, OFFENSIVE)
LANGUAGES = ("en", "ar")
EDITIONS = list(product(BOTH, ("public", "partner", "court"), LANGUAGES))


@pytest.fixture(params=EDITIONS, ids="-".join)
def document(request: pytest.FixtureRequest) -> Document:
    return document_of(*request.param)


def test_no_sentence_is_without_a_trail_and_no_name_in_a_trail_is_unexplained(document: Document) -> None:
    explained = dict(document.trail)
    assert len(document.sentences) > 100
    for sentence in document.sentences:
        assert sentence.support, sentence.text
        assert all(explained[name].strip() for name in sentence.support), sentence.text


def test_a_trail_leads_from_each_finding_to_its_pieces_which_it_lists_once(document: Document) -> None:
    explained = dict(document.trail)
    for block in ready_case(_case_of(document)).found.findings["incidents"]:
        own = f"{block['incident_id']}/evidence"
        assert own in explained[f"{block['incident_id']}/confidence"]
        for piece in block["evidence"]:
            assert piece["evidence_id"] in explained[own]
            assert piece["evidence_id"] in explained
        if len(block["evidence"]) > 2:
            ids = [piece["evidence_id"] for piece in block["evidence"]]
            assert [name for name, words in explained.items() if all(one in words for one in ids)] == [own]


def test_no_likelihood_word_and_no_grade_of_confidence_share_a_sentence(document: Document) -> None:
    phrases = catalogue_of(document.language).phrases
    likely = [str(word) for word in phrases["likelihood"].values()]
    for sentence in document.sentences:
        speaks_of_confidence = any(name.endswith("/confidence") for name in sentence.support)
        said = [word for word in likely if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence.text)]
        assert not (speaks_of_confidence and said), sentence.text
        if _is_likelihood(sentence):
            assert not re.search("[Cc]onfidence|الثقة", sentence.text)


def test_every_likelihood_word_has_its_range_beside_it(document: Document) -> None:
    phrases = catalogue_of(document.language).phrases
    ranges = {"almost no chance": (1, 5), "very unlikely": (5, 20), "unlikely": (20, 45), "roughly even": (45, 55),
              "likely": (55, 80), "very likely": (80, 95), "almost certain": (95, 99)}  # fmt: skip
    said = [sentence for sentence in document.sentences if _is_likelihood(sentence)]
    assert bool(said) == (document.profile != "court")
    for sentence in said:
        between = re.search(r"\((\d+)(?:–| إلى )(\d+)\s%\)", sentence.text)
        if between is None:
            assert not any(f"{word} " in sentence.text for word in phrases["likelihood"].values())
            percent = float(re.findall(r"(\d+(?:\.\d+)?)\s%", sentence.text)[-1])
            assert not 1 < percent < 99, "beyond them ICD 203 has no word, as the chapter on method says"
            continue
        word = next(w for w, span in ranges.items() if span == (int(between[1]), int(between[2])))
        assert f"{phrases['likelihood'][word]} (" in sentence.text


def test_a_likelihood_ratio_is_said_of_the_evidence_and_never_of_a_proposition(document: Document) -> None:
    """The transposed conditional would say how probable a proposition is, given the evidence."""
    form = {
        "en": r"The evidence is .+ times as probable if .+ as if .+: .+ \(ENFSI\) for the former against the latter\.",
        "ar": r"احتمال هذه الأدلة عند .+ يعادل احتمالها عند .+ مضروباً في .+: .+",
    }[document.language]
    said = [one for one in document.sentences if "/log10_lr/" in one.sentence_id]
    assert len(said) >= len(ready_case(_case_of(document)).found.findings["incidents"])
    for sentence in said:
        assert re.fullmatch(form, sentence.text), sentence.text


@pytest.mark.parametrize(("name", "language"), list(product(BOTH, LANGUAGES)))
def test_the_tables_of_totals_are_those_of_the_findings(name: str, language: str) -> None:
    totals = ready_case(name).found.findings["totals"]
    document = document_of(name, "public", language)
    for block in ("by_mode", "by_attribution", "by_facility_kind", "by_month"):
        rows = grid_named(document, f"totals/{block}/table").rows
        assert [int(row[1].replace(",", "")) for row in rows] == list(totals[block].values())
        assert len({row[0] for row in rows}) == len(rows)


@pytest.mark.parametrize("name", BOTH)
def test_the_sentences_of_totals_add_up_to_the_findings(name: str) -> None:
    totals = ready_case(name).found.findings["totals"]
    said = {one.sentence_id: one.text for one in document_of(name, "public", "en").sentences}
    for mode, count in totals["by_mode"].items():
        first, *parts = map(int, re.findall(r"\d+", said[f"totals/by_mode/{mode}"]))
        blocks = [block for block in ready_case(name).found.findings["incidents"] if counted_mode(block) == mode]
        assert first == count == len(blocks)
        assert parts if len({counted_wording(block) for block in blocks}) > 1 else not parts, "one wording is of all"
        assert not parts or sum(parts) == count
    assert f"at least {totals['killed'][0]:,} people" in said["totals/killed"]


@pytest.mark.parametrize(("name", "language"), list(product(BOTH, LANGUAGES)))
def test_the_totals_do_not_begin_every_sentence_alike(name: str, language: str) -> None:
    sentences = document_of(name, "public", language).sentences
    said = [one.text for one in sentences if re.fullmatch("totals/by_mode/(?!table).*", one.sentence_id)]
    begin = {"en": "Of these, ", "ar": "منها "}[language]
    assert sum(text.startswith(begin) for text in said) == 1


def test_no_piece_says_one_thing_twice_and_no_word_is_a_code(document: Document) -> None:
    for row in _cells(document):
        parts = re.split("[,،;؛] ", row[2]) if len(row) == 7 else []
        clauses = [part.strip("\u2068\u2069") for part in parts if not part[:1].isdigit()]
        assert len(clauses) == len(set(clauses)), row
    for sentence in document.sentences:
        if not sentence.sentence_id.endswith("/sensitivity"):
            assert not re.search(r"(?<![\w/])[a-z]+_[a-z_]+", sentence.text), sentence.text


def test_a_court_reads_ratios_and_no_posterior() -> None:
    document = document_of(APRIL, "court", "en")
    posterior = ("attribution", "attack_probability", "time", "mode", "party", "party_range", "cluster", "breakdown")
    for sentence in document.sentences:
        assert not any(name.split("/")[-1] in posterior for name in sentence.support), sentence.text
        assert not _is_likelihood(sentence)
    shares = [block["party"] for block in ready_case(APRIL).found.findings["incidents"]]
    printed = " ".join(sentence.text for sentence in document.sentences)
    assert not [
        p for share in shares for p in share.values() if p > 0.05 and re.search(rf"\b{100 * p:.0f}\s%", printed)
    ]
    pairs = sum(len(block["log10_lr"]) for block in ready_case(APRIL).found.findings["incidents"])
    assert len(grid_named(document, "ratios").rows) == pairs


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_court_is_told_what_it_is_not_told_of_logs_and_how_it_comes_to_it(language: str) -> None:
    def said(profile: str) -> set[str]:
        sentences = document_of(APRIL, profile, language).sentences
        return {one.sentence_id for one in sentences if one.sentence_id in ("method/entries", "method/openings")}

    assert said("court") == {"method/entries", "method/openings"}
    assert said("public") == said("partner") == set()


@pytest.mark.parametrize(("name", "language"), list(product(BOTH, LANGUAGES)))
def test_the_public_reads_no_source_no_post_and_no_entry_of_a_log(name: str, language: str) -> None:
    found = ready_case(name).found
    sightings = set(found.records.tables["sightings"]["sighting_id"])
    printed = "\n".join(every_text(document_of(name, "public", language)))
    sources = set(found.records.tables["sources"]["source_id"]) - _ids_of_pieces(found.findings)
    leaked = [source for source in sources if re.search(rf"(?<![\w-]){re.escape(source)}(?![\w-])", printed)]
    assert not leaked
    assert found.records.tables["media"].height > 20
    for url in found.records.tables["media"]["url"].drop_nulls():
        assert url not in printed
    frequencies = found.records.tables["transmissions"]["frequency_mhz"].drop_nulls()
    assert not [mhz for mhz in frequencies if f"{mhz:g}" in printed and mhz != int(mhz)]
    said = {cell for row in _cells(document_of(name, "public", language)) if row[0] in sightings for cell in row[2:3]}
    assert said <= {catalogue_of(language).say("labels", "log_entry_withheld")}


@pytest.mark.parametrize("name", BOTH)
def test_no_edition_holds_what_the_format_calls_personal(name: str) -> None:
    tables = ready_case(name).found.records.tables
    notes = {note for table in ("sources", "coverage") for note in tables[table]["note"].drop_nulls() if len(note) > 30}
    for profile in ("public", "partner"):
        printed = "\n".join(every_text(document_of(name, profile, "en")))
        assert not [note for note in notes if note in printed]


def test_the_second_case_says_that_nobody_replied_and_when() -> None:
    said = {one.sentence_id: one for one in document_of(OFFENSIVE, "public", "en").sentences}
    for letter, who in (("L01", "Syrian government forces"), ("L02", "Russian forces")):
        expected = f"We wrote to {who} on 15 April 2020 and had not received a response as of 4 May 2020."
        assert said[f"letters/{letter}"].text == expected
        assert said[f"letters/{letter}"].flags == ("the letter has no deadline",)
    assert said["letters/L03"].flags == ("no date of sending",)


def test_figures_past_as_of_are_said_to_be_so_with_their_own_date() -> None:
    said = {one.sentence_id: one.text for one in document_of(OFFENSIVE, "public", "en").sentences}
    assert "900,000–1,000,000" in said["context/C03"]
    assert "RFE/RL" in said["context/C03"]
    assert "10 May 2020" in said["context/C03/after_as_of"]
    assert "context/C01/after_as_of" not in said


def test_every_conclusion_waits_for_its_review_in_a_draft() -> None:
    document = document_of(OFFENSIVE, "public", "en")
    naming = [one for one in document.sentences if any(name.endswith("/attribution") for name in one.support)]
    assert naming
    assert all(one.flags for one in naming)


def test_one_changed_row_changes_the_sentences_that_rest_on_it_and_no_other(tmp_path: Path) -> None:
    """A003 said one killed in I01; now it says two. Shuffling all other rows besides changes nothing."""
    case = shuffle_rows(copied(OFFENSIVE, tmp_path / "case"), seed=7)
    accounts = pl.read_csv(case / "accounts.csv", infer_schema=False)
    is_it = pl.col("account_id") == "A003"
    accounts = accounts.with_columns(pl.when(is_it).then(pl.lit("2")).otherwise("killed_max").alias("killed_max"))
    accounts.write_csv(case / "accounts.csv")
    before, after = document_of(OFFENSIVE, "public", "en"), made_ready(case).document("public", "en")
    old, new = ({one.sentence_id: one for one in document.sentences} for document in (before, after))
    assert old.keys() == new.keys()
    changed = {name for name in old if _unnamed(old[name].text) != _unnamed(new[name].text)}
    assert changed == {"I01/casualties/killed", "totals/killed/bounded"}
    assert all(_rests_on(old[name], "A003", before) for name in changed)
    pairs = zip(_cells(before), _cells(after), strict=True)
    cells = [(a, b) for a, b in pairs if [*map(_unnamed, a)] != [*map(_unnamed, b)]]
    assert [a[0].split(" ")[0] for a, _ in cells] == ["I01", "A003"]


def _unnamed(text: str) -> str:
    """Without the names of sources, which each copy of a case draws for itself."""
    return re.sub(r"Source [A-Z]\d+", "Source", text)


def _rests_on(sentence: Sentence, evidence_id: str, document: Document) -> bool:
    """Through a finding of the incident that holds the piece, a total of it, or the case as a whole."""
    explained = dict(document.trail)
    incident = next(b["incident_id"] for b in ready_case(_case_of(document)).found.findings["incidents"]
                    if evidence_id in (p["evidence_id"] for p in b["evidence"]))  # fmt: skip
    return any(
        name in ("case", evidence_id)
        or evidence_id in explained[name]
        or (name.startswith("totals/") and incident in explained[name])
        for name in sentence.support
    )


def _cells(document: Document) -> list[tuple[str, ...]]:
    return [row for block in document.blocks if isinstance(block, Grid) for row in block.rows]


def _is_likelihood(sentence: Sentence) -> bool:
    last = sentence.sentence_id.rsplit("/", 1)[-1]
    return last in ("attack", "mode", "cluster", "probability") and not sentence.sentence_id.startswith("totals")


def _case_of(document: Document) -> str:
    return APRIL if document.as_of == "2017-06-30" else OFFENSIVE


def _ids_of_pieces(findings: object) -> set[str]:
    text = str(findings)
    return set(re.findall(r"'evidence_id': '([^']+)'", text)) | set(re.findall(r"'incident_id': '([^']+)'", text))
