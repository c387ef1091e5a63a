"""What a reader of the report's pages meets: findings first, marks that do not drown it, tables that use the page."""

from __future__ import annotations

from itertools import product

import pytest

from case_copies import APRIL, OFFENSIVE
from consilience.publish.document import Document, Grid, Heading
from consilience.publish.forms.html import render_html
from consilience.publish.forms.pdf import _shared
from consilience.publish.forms.prepared import prepare
from consilience.publish.statements.annexe import _NOT_WEIGHED
from consilience.publish.statements.build import Edition, build_document
from reported_cases import ready_case

EDITIONS = list(product((APRIL, OFFENSIVE), ("en", "ar")))


def built(name: str, language: str, profile: str = "public") -> Document:
    made = ready_case(name)
    return build_document(made.found.findings, made.found.records, made.view, Edition(profile, language))


@pytest.mark.parametrize(("name", "language"), EDITIONS)
def test_a_report_begins_with_its_findings_and_ends_with_its_assumptions(name: str, language: str) -> None:
    document = built(name, language)
    assert document.sentences[0].sentence_id == "totals/attacks"
    chapters = [block.anchor for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    assert (chapters[0], chapters[-1]) == ("h-summary", "h-assumptions")
    page = render_html(document).decode()
    assert page.index('id="h-summary"') < page.index("<nav") < page.index(f'id="{chapters[1]}"')


@pytest.mark.parametrize(("name", "language"), EDITIONS)
def test_what_a_draft_marks_is_said_once_under_a_heading_and_every_marked_sentence_bears_a_mark(
    name: str, language: str
) -> None:
    prepared = prepare(built(name, language))
    under = {
        block.anchor: prepared.marks_under(block) for block in prepared.document.blocks if isinstance(block, Heading)
    }
    said = {anchor: words for anchor, words in under.items() if words}
    for sentence in prepared.document.sentences:
        words = prepared.flag_words(sentence)
        assert bool(words) is bool(sentence.flags)
        if (number := prepared.brief.number_of.get(sentence.sentence_id)) is not None:
            assert f"!{number}: {', '.join(sentence.flags)}" in said[prepared.brief.heading_of[sentence.sentence_id]]
    in_place = [one for one in prepared.document.sentences if prepared.flag_words(one).startswith("[Marked")]
    assert len(in_place) < len([one for one in prepared.document.sentences if one.flags]) / 10


@pytest.mark.parametrize("name", [APRIL, OFFENSIVE])
def test_every_piece_of_an_incident_stands_in_its_table_those_that_weigh_nothing_together(name: str) -> None:
    document = built(name, "en")
    tables = {block.caption.sentence_id: block for block in document.blocks if isinstance(block, Grid)}
    together = 0
    for block in ready_case(name).found.findings["incidents"]:
        rows = tables[f"{block['incident_id']}/evidence"].rows
        told = " ".join(" ".join(row) for row in rows).replace(",", " ").replace("(", " ").replace(")", " ").split()
        pieces = {piece["evidence_id"]: piece for piece in block["evidence"]}
        assert pieces.keys() <= set(told)
        alone = {row[0] for row in rows}
        for piece_id, piece in pieces.items():
            if any(piece["cells"].values()):
                assert piece_id in alone
        together += sum(row[0] not in pieces for row in rows)
        assert all(set(row[3:]) == {_NOT_WEIGHED} for row in rows if row[0] not in pieces)
    assert together > 0


def test_the_column_of_sentences_gets_the_room_that_the_others_do_not_need() -> None:
    header = ("Evidence", "What and who", "Says", "Time", "Place", "Mode", "Party")
    says = "20:30 on 2 April 2017 (about); air strike, military aircraft; Russian forces (an assumption); 3 strikes"
    row = ("A05", "account, medical worker", says, "in tension +0.38", "corroborates +1.27", "consistent +0.29", "–")
    widths = _shared([header, row])
    assert widths[2] == max(widths) > 2 * widths[6]
    assert _shared([("Mode", "Incidents"), ("air strike", "8")]) == []


def test_a_court_reads_support_for_the_proposition_that_stands_first() -> None:
    grid = next(
        b for b in built(APRIL, "en", "court").blocks if isinstance(b, Grid) and b.caption.sentence_id == "ratios"
    )
    assert all(row[3].startswith("+") for row in grid.rows)
    ratios = [block["log10_lr"]["Syrian:Russian"] for block in ready_case(APRIL).found.findings["incidents"]]
    first = [row[1] for row in grid.rows if "an attack happened" not in row]
    named = ["Syrian government forces did it", "Russian forces did it"]
    assert first == [named[ratio < 0] for ratio in ratios]
    assert {*named} <= {*first}
