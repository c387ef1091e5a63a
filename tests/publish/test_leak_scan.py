"""The leak scan: seeded canaries hidden in every form are found, and clean files are not accused."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl
import pytest
from document_example import example_document
from docx import Document as Word
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link

from consilience.publish.document import LABELS, Document, Grid, Paragraph, Sentence
from consilience.publish.forms.registry import FORMS
from consilience.publish.leak_scan import Hit, Secrets, scan
from consilience.publish.pdf_fonts import to_unicode
from consilience.publish.pdf_pieces import pdf_pieces
from consilience.publish.positions_in_text import fine_positions

BOX = (35.7, 34.3, 37.8, 36.6)
CONSONANTS, VOWELS = "bdfghklmnprstvz", "aeiou"


def _name(rng: random.Random) -> str:
    """A name that nobody bears."""
    return " ".join(
        "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(3)).capitalize() for _ in range(2)
    )


def _secrets(*names: str) -> Secrets:
    return Secrets({"a name": names}, frozenset({"SRC-77"}), 2, BOX)


def _document(*texts: str) -> Document:
    sentences = tuple(Sentence(f"s{k}", text, ("case",)) for k, text in enumerate(texts))
    return Document(
        title="Small", subtitle="", language="en", direction="ltr", profile="public", is_draft=False,
        as_of="2020-05-04", version="0", blocks=(Paragraph(sentences),), trail=(("case", "the case"),),
        labels=tuple(LABELS.items()),
    )  # fmt: skip


def _report(form: str) -> Callable[[str], tuple[str, bytes]]:
    return lambda canary: (f"x.{form}", FORMS[form](_document("It was so.", f"This was said by {canary} that day.")))


def _split_runs(canary: str) -> tuple[str, bytes]:
    """A DOCX whose name is split over runs, as editors leave it."""
    word = Word()
    paragraph = word.add_paragraph("said ")
    for letter in canary:
        paragraph.add_run(letter)
    out = io.BytesIO()
    word.save(out)
    return "x.docx", out.getvalue()


def _zipped(name: str, member: str, text: str) -> tuple[str, bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, text)
    return name, out.getvalue()


def _parquet(canary: str) -> tuple[str, bytes]:
    out = io.BytesIO()
    pl.DataFrame({"a": ["x", canary]}).write_parquet(out)
    return "x.parquet", out.getvalue()


def _glyphs_pdf(glyphs: Sequence[str]) -> tuple[str, bytes]:
    """A page of glyphs of which each says a text of its own, in hex digits with blanks among them."""
    said = [one.encode("utf-16-be").hex(" ", 2) for one in glyphs]
    table = "begincmap 1 beginbfchar " + " ".join(f"<{at:02x}> <{text}>" for at, text in enumerate(said, 1))
    body = f"{table} endbfchar endcmap".encode()
    more = b"4 0 obj\n<</Length " + str(len(body)).encode() + b">>\nstream\n" + body + b"\nendstream\nendobj\n"
    codes = "".join(f"{at:02x}" for at in range(1, len(glyphs) + 1)).encode()
    bare = _bare_pdf(b"BT /F1 9 Tf <" + codes + b"> Tj ET", more)
    return "x.pdf", bare.replace(b"/Helvetica>>", b"/Helvetica/ToUnicode 4 0 R>>")


HIDING: dict[str, Callable[[str], tuple[str, bytes]]] = {
    "HTML": _report("html"),
    "PDF": _report("pdf"),
    "DOCX": _report("docx"),
    "Markdown": _report("md"),
    "a DOCX in pieces": _split_runs,
    "an XLSX": lambda c: _zipped("x.xlsx", "xl/sharedStrings.xml", f"<sst><si><t>{c}</t></si></sst>"),
    "Parquet": _parquet,
    "CSV": lambda c: ("x.csv", f"a,b\n1,{c}\n".encode()),
    "JSON escapes": lambda c: ("x.json", ('{"k": "' + "".join(f"\\u{ord(x):04x}" for x in c) + '"}').encode()),
    "a key of JSON": lambda c: ("x.json", json.dumps({c: 1}).encode()),
    "an HTML comment": lambda c: ("x.html", f"<p>x</p><!-- {c} -->".encode()),
    "an attribute": lambda c: ("x.html", f'<p title="{c}">x</p>'.encode()),
    "character references": lambda c: ("x.html", "".join(f"&#{ord(x)};" for x in c).encode()),
    "upper case": lambda c: ("x.md", c.upper().encode()),
    "unseen characters": lambda c: ("x.md", "\u200b".join(c).encode()),
    "controls": lambda c: ("x.md", "\x01".join(c).encode()),
    "fillers": lambda c: ("x.md", "\u3164".join(c).encode()),
    "fillers in half width": lambda c: ("x.md", "\uffa0\u034f\ufff2".join(c).encode()),
    "tags": lambda c: ("x.md", "\U000e0041\U000e01ef\U0001d173".join(c).encode()),
    "an initial": lambda c: ("x.md", c.replace(" ", " T. ").encode()),
    "two initials, turned round": lambda c: ("x.md", " و. B. ".join(reversed(c.split())).encode()),
    "an initial in a PDF": lambda c: _report("pdf")(c.replace(" ", " T. ")),
    "an initial in a DOCX": lambda c: _report("docx")(c.replace(" ", " T. ")),
    "fillers in a PDF": lambda c: _glyphs_pdf([f"{x}\u3164" for x in c]),
    "ends of sentences with joiners, in a PDF": lambda c: _glyphs_pdf([".\u2060" if x == " " else x for x in c]),
    "ligatures in a PDF": lambda c: _glyphs_pdf([c[k : k + 3] for k in range(0, len(c), 3)]),
    "ligatures from right to left in a PDF": lambda c: _glyphs_pdf([c[k : k + 3] for k in range(0, len(c), 3)][::-1]),
    "references in Markdown": lambda c: ("x.md", c.replace("a", "&#97;").replace("i", "&#x69;").encode()),
    "accents": lambda c: ("x.md", c.replace("a", "á").replace("e", "ê").encode()),
    "two lines": lambda c: ("x.md", c.replace(" ", "\n").encode()),
    "the other order": lambda c: ("x.md", ", ".join(reversed(c.split())).encode()),
    "no blank": lambda c: ("x.md", c.replace(" ", "").encode()),
    "the name of a file": lambda c: (f"{c.replace(' ', '_')}.md", b"x"),
    "a drawing": lambda c: ("x.svg", f"<svg><desc>{c}</desc></svg>".encode()),
    "an ICS": lambda c: ("x.ics", f"SUMMARY:{c}\r\n".encode()),
}  # fmt: skip


@pytest.mark.parametrize("way", list(HIDING))
def test_a_canary_is_found_in(way: str) -> None:
    canary = _name(random.Random(way))
    name, data = HIDING[way](canary)
    hits = scan({name: data}, _secrets(canary))
    assert any(hit.kind.startswith("a name") for hit in hits), hits
    assert canary.casefold().split()[0] not in " ".join(map(str, hits)).casefold()


@pytest.mark.parametrize("form", list(FORMS))
def test_a_name_of_one_short_word_is_found_in(form: str) -> None:
    data = FORMS[form](_document("It was so.", "This was said by Zukko that day.", "قال زقكو ذلك."))
    for name in ("Zukko", "زقكو"):
        assert any(hit.kind == "a name" for hit in scan({f"x.{form}": data}, _secrets(name))), name


@pytest.mark.parametrize("form", list(FORMS))
def test_a_clean_report_has_no_hit(form: str) -> None:
    data = FORMS[form](_document("It was so.", "It lies near 35.61, 36.60."))
    assert scan({f"report.{form}": data}, _secrets(_name(random.Random(1)))) == ()


def _digits(language: str) -> Document:
    """The example of every form, with tables full of dates, hours, percentages, counts and allowed positions."""
    rng = random.Random(2_019)
    rows = tuple(
        (
            f"2019-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}",
            f"{rng.random() * 100:.1f} %",
            f"0.{rng.randint(0, 99999):05}",
            f"{rng.randint(1000, 9999):,}",
            f"{rng.uniform(34.4, 36.5):.2f}, {rng.uniform(35.8, 37.7):.2f}",
        )
        for _ in range(300)
    )
    grid = Grid(
        Sentence("g1", "All of it.", ("E12",)), ("Day", "Hour", "Share", "Value", "Count", "At"), rows, (2, 3, 4)
    )
    example = example_document(language, is_draft=False)
    return replace(example, blocks=(*example.blocks, grid))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_tables_full_of_digits_in_a_pdf_are_no_telephone_numbers_and_no_positions(language: str) -> None:
    data = FORMS["pdf"](_digits(language))
    assert len(re.findall(r"2019-\d\d-\d\d", " ".join(one.text for one in pdf_pieces(data).pieces))) >= 300
    assert scan({"x.pdf": data}, _secrets(_name(random.Random(3)))) == ()


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ("+963 944 555 010", "a telephone number"),
        ("0944555010", "a telephone number"),
        ("who@example.org", "an e-mail address"),
        ("35.6123, 36.6051", "a position finer than this profile allows"),
        ("t.me/synthetic_person", "a link to an account"),
        ("by SRC-77.", "a source's id in this case"),
    ],
)
def test_what_nobody_should_print_is_seen_on_a_page_full_of_digits(planted: str, kind: str) -> None:
    document = _digits("en")
    paragraph = Paragraph((Sentence("p1", f"It stands here: {planted} and goes on.", ("E12",)),))
    data = FORMS["pdf"](replace(document, blocks=(*document.blocks, paragraph)))
    assert {hit.kind for hit in scan({"x.pdf": data}, _secrets())} == {kind}


def _pdf_with(change: Callable[[PdfWriter], object]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(FORMS["pdf"](_document("It was so."))))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


CANARY = "Bodega Fulimo"


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.add_metadata({"/Subject": CANARY}),
        lambda w: w.add_annotation(0, Link(rect=(0, 0, 9, 9), url=f"https://x.example/{CANARY.replace(' ', '_')}")),
        lambda w: w.add_attachment("x.txt", f"by {CANARY}, that day".encode()),
        lambda w: w.add_attachment(f"{CANARY}.txt", b"x"),
    ],
    ids=["metadata", "a link", "an attachment", "the name of an attachment"],
)  # fmt: skip
def test_a_canary_is_found_beside_the_pages_of_a_pdf(change: Callable[[PdfWriter], object]) -> None:
    assert "a name" in {hit.kind for hit in scan({"x.pdf": _pdf_with(change)}, _secrets(CANARY))}


def _bare_pdf(page: bytes, more: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type/Page/Contents 2 0 R/Resources<</Font<</F1 3 0 R>>>>>>\nendobj\n"
        b"2 0 obj\n<</Length " + str(len(page)).encode() + b">>\nstream\n" + page + b"\nendstream\nendobj\n"
        b"3 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n" + more + b"%%EOF"
    )


@pytest.mark.parametrize(
    ("page", "kinds"),
    [
        (b"BT /F1 9 Tf (Bodega Fulimo) Tj ET", {"a name"}),
        (b"BT /F1 9 Tf [(Bod) -400 (ega Ful) 12 (imo)] TJ ET", {"a name"}),
        (b"BT /F1 9 Tf (omiluF agedoB) Tj ET", {"a name"}),
        (b"/Span <</ActualText (Bodega Fulimo)>> BDC BT /F1 9 Tf (x) Tj ET EMC", {"a name"}),
        (b"BT /F1 9 Tf [(0944 55) 20 (5 010)] TJ ET", {"a telephone number"}),
        (b"BT /F1 9 Tf (09445) Tj 90 0 Td (55010 x) Tj ET", set()),
    ],
)
def test_a_page_in_a_font_without_a_table_is_read_letter_by_letter(page: bytes, kinds: set[str]) -> None:
    assert {hit.kind for hit in scan({"x.pdf": _bare_pdf(page)}, _secrets(CANARY))} == kinds


def test_a_font_program_is_not_read_as_text() -> None:
    program = b"4 0 obj\n<</Length 20>>\nstream\n(+963 944 555 010) xx\nendstream\nendobj\n"
    descriptor = b"5 0 obj\n<</Type/FontDescriptor/FontFile2 4 0 R>>\nendobj\n"
    page = b"BT /F1 9 Tf (x) Tj ET"
    assert scan({"x.pdf": _bare_pdf(page, program + descriptor)}, _secrets()) == ()
    assert [hit.kind for hit in scan({"x.pdf": _bare_pdf(page, program)}, _secrets())] == ["a telephone number"]


def test_what_the_scan_reads_of_a_pdf_is_what_a_reader_of_pdf_reads() -> None:
    data = FORMS["pdf"](_document("The quick synthetic fox.", "فحص النص العربي هنا."))
    glued = "".join(one.text for one in pdf_pieces(data).pieces if one.glued and not one.names_only)
    assert "Thequicksyntheticfox." in glued.replace(" ", "")
    shown = PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert "quick synthetic fox" in shown


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("35.612, 36.605", True),
        ("36.605 35.612", True),
        ('{"lon": 36.605,\n "lat": 35.6}', True),
        ("35.61, 36.60", False),
        ("0.612345 and 0.605432", False),
        ("12.34567, 98.76543", False),
        ("35°36'44\"N", True),
        ("35° 36.74′", True),
        ("35° and 36 cases", False),
        ("8G7WJJ6Q+2X", True),
        ("37SBV4512398765", True),
        ("see sha256:1234abcd", False),
    ],
)
def test_a_position_finer_than_two_decimals_is_seen(text: str, is_fine: bool) -> None:
    assert fine_positions(text.casefold(), BOX, 2) is is_fine


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("+963 944 555 010", "a telephone number"),
        ("00963-944-555-010", "a telephone number"),
        ("0944 555 010", "a telephone number"),
        ("٠٩٤٤٥٥٥٠١٠", "a telephone number"),
        ("who@example.org", "an e-mail address"),
        ("https://www.facebook.com/synthetic.person", "a link to an account"),
        ("by SRC-77.", "a source's id in this case"),
    ],
)
def test_what_nobody_should_print_is_seen(text: str, kind: str) -> None:
    assert scan({"x.md": text.encode()}, _secrets()) == (Hit("x.md", kind, _where(kind)),)


def _where(kind: str) -> str:
    return "text" if kind.startswith("a source's id") else "text, line 1"


@pytest.mark.parametrize(
    "text",
    [
        "2017-04-02T10:00:00+03:00",
        "UTC+03:00",
        "counts 1,234,567",
        "0.99922",
        "SRC-770",
        "I07/attribution",
        "9M27K, Su-24",
    ],
)
def test_what_reports_are_full_of_is_no_leak(text: str) -> None:
    assert scan({"x.md": text.encode()}, _secrets()) == ()


@pytest.mark.parametrize("unseen", ["\u3164", "\u200b", "\u2060", "\x02"])
def test_a_filler_in_the_place_of_a_blank_hides_no_short_name(unseen: str) -> None:
    (hit,) = scan({"x.md": f"said Ali{unseen}Adi that day".encode()}, _secrets("Ali Adi"))
    assert hit.kind == "a name"


def test_a_name_that_is_known_with_an_initial_is_found_without_and_with_another() -> None:
    for text in ("Bodega Fulimo", "Bodega T. Fulimo", "Fulimo, Bodega", "Bodega K. Fulimo"):
        assert scan({"x.md": text.encode()}, _secrets("Bodega T. Fulimo")), text
    assert scan({"x.md": b"Bodega saw T. and Fulimo"}, _secrets("Bodega T. Fulimo")) == ()
    assert scan({"x.md": b"it was at home then"}, _secrets("I was at a home then")) == (), "words of a note are no name"


def test_a_table_of_glyphs_that_runs_past_the_last_character_is_read() -> None:
    table = to_unicode(b"1 beginbfrange <00> <ff> <dbff dffe> endbfrange")
    assert table[0] == "\U0010fffe"
    assert table[255] == "\U0010ffff"


def test_a_short_name_inside_another_word_is_no_hit() -> None:
    assert (
        scan({"x.md": b"the salience of the annals"}, Secrets({"a name": ("Ali En", "Anna")}, frozenset(), 2, None))
        == ()
    )


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n1 0 obj\n<</Filter /LZWDecode /Length 3>>\nstream\nabc\nendstream\nendobj\n%%EOF",
     b"%PDF-1.7\n1 0 obj\n<</Filter /FlateDecode /Length 3>>\nstream\nabc\nendstream\nendobj\n%%EOF"],
)  # fmt: skip
def test_a_stream_that_can_not_be_read_is_a_flaw(data: bytes) -> None:
    assert [flaw.kind for flaw in pdf_pieces(data).flaws] == ["a stream that the scan can't unpack"]


def test_packed_numbers_are_not_taken_for_addresses_and_nothing_stands_beside_the_cells() -> None:
    """The bytes of a packed table spell e-mail addresses and ids by chance: an alarm that nobody could mend."""
    numbers = random.Random(4)
    table = io.BytesIO()
    pl.DataFrame({"a": [numbers.random() for _ in range(60_000)]}).write_parquet(table)
    packed = table.getvalue().decode("latin-1")
    assert re.search(r"[\w.+-]@[\w-]+\.[\w-]", packed), "it would have been one"
    assert scan({"x.parquet": table.getvalue()}, _secrets("Bado Fimelo")) == ()
    marked = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_parquet(marked, metadata={"by": "somebody"})
    (hit,) = scan({"x.parquet": marked.getvalue()}, _secrets("Bado Fimelo"))
    assert hit.kind == "bytes that are none of its cells"
