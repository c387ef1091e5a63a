"""PDF: every sentence on paper, a draft on every page, PDF/A and tagged; a child that goes wrong is an error."""

from __future__ import annotations

import io
import pickle
import re
import stat
import subprocess
import sys
import time
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from document_example import HOSTILE, example_document, hostile_document
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from consilience.errors import PublishError
from consilience.publish.document import Document, Grid, Heading, Paragraph, Sentence
from consilience.publish.forms import typesetting
from consilience.publish.forms.font_coverage import with_known_letters
from consilience.publish.forms.pdf import render_pdf
from consilience.publish.forms.prepared import prepare
from consilience.publish.forms.visible_text import visible

INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _read(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(document)))


def _text(reader: PdfReader) -> str:
    """What is written, on one line, without marks of direction and chances to break a line."""
    return " ".join(INVISIBLE.sub("", page.extract_text()) for page in reader.pages)


def _packed(text: str) -> str:
    """Without spaces, which stand in a PDF only where lines allow."""
    return re.sub(r"\s", "", INVISIBLE.sub("", text))


@pytest.fixture(scope="module")
def english() -> PdfReader:
    return _read(example_document())


@pytest.fixture(scope="module")
def arabic() -> PdfReader:
    return _read(example_document("ar"))


def test_every_sentence_stands_in_order_with_its_mark(english: PdfReader) -> None:
    """An Arabic name in an English sentence is left to the next test: pypdf gives it back from the left."""
    rest = _packed(_text(english))
    for sentence in example_document().sentences:
        for words in (*re.split("[\u0600-\u06ff ]{2,}", sentence.text), sentence.sentence_id):
            before, found, rest = rest.partition(_packed(words))
            assert found == _packed(words), f"{words!r} after {before!r}"


def _words(text: str) -> list[frozenset[str]]:
    """The letters of each word: readers of PDF put Arabic ligatures back in either order, and vowels twice."""
    bare = "".join(letter for letter in INVISIBLE.sub("", text) if unicodedata.category(letter) != "Mn")
    return [frozenset(word) for word in re.findall(r"[^\W\d]+|\d+", bare)]


def test_every_arabic_sentence_stands_in_order_with_its_mark(arabic: PdfReader) -> None:
    """Between the mark of the sentence before and its own, each of its words is found by its letters."""
    rest = _text(arabic)
    for sentence in example_document("ar").sentences:
        here, mark, rest = rest.partition(sentence.sentence_id)
        assert mark
        seen = _words(here)
        assert [word for word in _words(sentence.text) if word not in seen] == []


def test_arabic_pages_turn_from_the_right_in_a_font_that_has_arabic(arabic: PdfReader) -> None:
    root: Any = arabic.trailer["/Root"]
    assert root["/ViewerPreferences"]["/Direction"] == "/R2L"
    assert {"NotoSansArabic-Bold", "NotoSansArabic-Regular"} <= _fonts(arabic)


def _fonts(reader: PdfReader) -> set[str]:
    """Names of fonts, all of which are in the file (PDF/A)."""
    names = set()
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            names.add(str(descriptor["/FontName"]).partition("+")[2])
    return names


@pytest.mark.parametrize("document", [example_document(), hostile_document()], ids=["example", "hostile"])
def test_a_draft_says_so_on_every_page(document: Document) -> None:
    draft = _packed(with_known_letters(prepare(document).labels["draft"]))
    for page in _read(document).pages:
        assert _packed(page.extract_text()).count(draft[:24]) >= 2, "at its head and across it"


def test_every_page_bears_its_number_the_edition_and_the_date(english: PdfReader) -> None:
    for number, page in enumerate(english.pages, 1):
        text = page.extract_text()
        assert f"Page {number} of {len(english.pages)}" in text
        assert "Public edition  ·  As of 30 June 2017" in text


def test_a_release_is_not_called_a_draft() -> None:
    assert "Draft" not in _text(_read(example_document(is_draft=False)))


def test_it_is_pdf_a_2b_tagged_and_in_its_language(english: PdfReader, arabic: PdfReader) -> None:
    """What ISO 19005-2 wants of a file that says so: `pdfaid` in its XMP, an output intent, no font outside."""
    for reader, language in ((english, "en"), (arabic, "ar")):
        root: Any = reader.trailer["/Root"]
        assert root["/Lang"] == language
        assert root["/MarkInfo"]["/Marked"].value
        metadata = root["/Metadata"].get_data().decode()
        assert "<pdfaid:part>2</pdfaid:part>" in metadata
        assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
        assert root["/OutputIntents"]
        assert _fonts(reader)


def test_headings_tables_and_pictures_are_tagged_and_pictures_have_words(english: PdfReader) -> None:
    root: Any = english.trailer["/Root"]
    tags = list(_tags(root["/StructTreeRoot"]["/K"]))
    names = [str(tag["/S"]) for tag in tags]
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/Figure", "/Link", "/P"} <= set(names)
    assert "Two bars: nine in April, four in May." in [tag.get("/Alt") for tag in tags if tag["/S"] == "/Figure"]


def _tags(node: Any) -> Any:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, DictionaryObject) and "/S" in node:
        yield node
    children = node if isinstance(node, list) else node.get("/K", []) if isinstance(node, DictionaryObject) else []
    for child in children if isinstance(children, list) else [children]:
        if not isinstance(child, int):
            yield from _tags(child)


def test_the_outline_has_every_heading(english: PdfReader) -> None:
    titles = [entry.title for entry in _flat(english.outline)]
    assert [block.text for block in example_document().blocks if isinstance(block, Heading)] == titles[:4]
    assert titles[4:] == ["What each sentence rests on", "What the names stand for"]


def _flat(outline: Any) -> list[Any]:
    return [one for entry in outline for one in (_flat(entry) if isinstance(entry, list) else [entry])]


def test_the_appendix_says_what_each_sentence_rests_on(english: PdfReader) -> None:
    text = re.sub(r"\s+", " ", _text(english))
    appendix = text[text.rindex("What each sentence rests on") :]
    assert (
        "s1 I07/attribution s2 E12, I07/attribution s3 E12 s4 I07/attribution s5, s6 E12 s7 Nothing is named"
        in appendix
    )
    assert "E12 The account of a witness" in appendix


def test_marks_are_links(english: PdfReader) -> None:
    links = [a for page in english.pages for a in page.get("/Annots", []) if a.get_object()["/Subtype"] == "/Link"]
    assert len(links) >= len(example_document().sentences)
    assert not any("/URI" in str(link.get_object()) for link in links)


def test_its_properties_name_the_program_and_the_case_s_own_date(english: PdfReader) -> None:
    about = dict(english.metadata or {})
    assert about == {
        "/Title": "Attacks on hospitals in Idlib", "/Subject": "A synthetic case for the tests",
        "/Author": "Consilience", "/Creator": about["/Creator"],
        "/CreationDate": "D:20170630000000Z", "/ModDate": "D:20170630000000Z",
    }  # fmt: skip
    assert re.fullmatch(r"Typst [\d.]+", str(about["/Creator"]))
    undated: Any = _read(replace(example_document(), as_of=None)).metadata or {}
    assert undated["/CreationDate"] == "D:19800101000000Z"


def test_hostile_texts_come_out_as_texts() -> None:
    reader = _read(hostile_document())
    text = _packed(_text(reader))
    for hostile in HOSTILE:
        assert _packed(with_known_letters(visible(hostile))) in text
    assert "root:x:0" not in text
    assert not any("/URI" in str(a.get_object()) for page in reader.pages for a in page.get("/Annots", []))


def _long_table(rows: int) -> Document:
    cells = tuple(
        (f"I{n:05}", f"2019-05-{1 + n % 28:02}", "Kafr Nabl كفر نبل", "Syrian or Russian") for n in range(rows)
    )
    grid = Grid(Sentence("g", "All incidents.", ("E12",)), ("Incident", "Day", "Place", "Party"), cells)
    return replace(example_document(), blocks=(Heading(1, "All", "all"), grid))


@pytest.mark.alone
def test_four_thousand_rows_take_seconds_and_less_than_a_gigabyte() -> None:
    """Here 3 s and 0.4 GB; the bounds leave room for slower machines."""
    program = (
        "import pickle, resource, sys; from consilience.publish.forms.pdf import render_pdf\n"
        "made = render_pdf(pickle.load(sys.stdin.buffer))\n"
        "sys.stdout.write(f'{len(made)} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}')"
    )
    given = pickle.dumps(_long_table(4_000))
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], input=given, capture_output=True, check=True)
    size, peak_kib = (int(number) for number in done.stdout.split())
    assert time.perf_counter() - began < 60
    assert size > 1_000_000
    assert peak_kib < 1_000_000


def test_a_table_of_many_pages_repeats_its_header() -> None:
    pages = _read(_long_table(200)).pages
    assert len(pages) > 4
    for page in pages[:-2]:
        assert "IncidentDayPlaceParty" in _packed(page.extract_text())


def test_a_long_document_s_marks_are_looked_up_instead_of_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consilience.publish.forms.pdf._MOST_LINKS", 6)
    monkeypatch.setattr("consilience.publish.forms.prepared.MOST_CONTENTS", 2)
    reader = _read(example_document())
    text = _packed(_text(reader))
    assert "airstrike.s1" in text
    assert "Who" not in _packed(reader.pages[0].extract_text()).partition("April2017Itis")[0].partition("Contents")[2]


def _child(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize(
    ("script", "named"),
    [
        ("kill -9 $$", "killed by signal 9"),
        ("echo 'typst.TypstError: no such thing' >&2; exit 1", "no such thing"),
        ("exit 3", "exit code 3 and no word"),
        ("exit 0", "exit code 0 and no word"),
    ],
)
def test_a_child_that_goes_wrong_is_an_error_and_leaves_no_file(
    script: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", _child(tmp_path / "child", script))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PublishError, match=named):
        render_pdf(example_document())
    assert [path.name for path in tmp_path.iterdir()] == ["child"]


def test_a_child_that_can_t_be_started_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(PublishError, match="can't be started"):
        render_pdf(example_document())


def test_a_child_that_takes_too_long_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", _child(tmp_path / "child", "exec sleep 30"))
    monkeypatch.setattr(typesetting, "LONGEST_S", 0.3)
    began = time.perf_counter()
    with pytest.raises(PublishError, match=r"not done after 0\.3 s"):
        render_pdf(example_document())
    assert time.perf_counter() - began < 10


def test_a_child_out_of_memory_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A real typst in a real process, given too little room."""
    own = sys.executable
    script = f'ulimit -v 400000; exec "{own}" "$@"'
    monkeypatch.setattr(sys, "executable", _child(tmp_path / "child", script))
    with pytest.raises(PublishError, match="typesetting failed"):
        render_pdf(_long_table(4_000))


def test_nothing_is_imported_from_the_folder_in_which_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "typst.py").write_text("raise SystemExit('taken over')", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert render_pdf(replace(example_document(), blocks=(Paragraph((Sentence("s1", "A sentence.", ()),)),)))


def test_a_long_table_shares_the_width_by_what_its_columns_hold_and_loses_no_row() -> None:
    caption = Sentence("g1", "A long table.", ("I1/time",))
    rows = tuple((f"row {n}", "a much longer cell that says a good deal more", "") for n in range(1_200))
    blocks = (Grid(caption, ("One", "Two", "Three"), rows),)
    reader = _read(replace(example_document(), blocks=blocks, trail=(("I1/time", "the time"),)))
    text = _text(reader)
    assert len(reader.pages) > 20
    assert all(re.search(rf"row\s+{n}\b", text) for n in range(0, 1_200, 97))
