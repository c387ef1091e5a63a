"""DOCX for editors: real headings and tables, a bookmark at each sentence, and nobody's name but the program's."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.shape import CT_Inline
from docx.shared import Emu, Mm

from consilience.publish.document import Block, Document, Grid, Heading, PageBreak, Paragraph, Picture, Sentence
from consilience.publish.forms.pictures import paper_picture
from consilience.publish.forms.prepared import NO_DATE, Prepared, prepare
from consilience.publish.forms.typesetting import rasterise
from consilience.publish.forms.word_elements import SMALL, Writer, bookmarked, element, link

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement as Element

_EMU_PER_PIXEL = 9525
"""914,400 to the inch (ECMA-376, part 1, 20.1.2.1), 96 pixels of CSS to it."""

_PAGE = Mm(210), Mm(297)
_MARGIN = Mm(20)

_NOT_OURS = (RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)
"""Parts of python-docx's template that would say what is not so: a picture of a page, "Microsoft Macintosh Word"."""

_ALARM = "A63C00"
_ACCENT = "00527F"
_NAME = re.compile(r"[A-Za-z0-9_]{1,36}")


def render_docx(document: Document) -> bytes:
    """The document as DOCX. PublishError where it breaks a promise of its own, or a picture can't be drawn.

    What a draft marks stands in bold brackets after its sentence, and "draft" at the head of every page. The contents
    are links, without pages: no field, which an editor's Word would ask about before it opens the file. Author is
    "Consilience", the dates are the case's own, and no name of a user or a machine is in it.
    """
    prepared = prepare(document)
    word = docx.Document()
    _describe(word, prepared)
    _lay_out_page(word, prepared)
    end = word.element.body.sectPr
    for made in _Making(prepared, word).body():
        end.addprevious(made)
    raw = io.BytesIO()
    word.save(raw)
    return _same_every_time(raw.getvalue())


def _bookmark_names(sentences: Sequence[Sentence]) -> dict[str, str]:
    """`s_` and a sentence's id where Word can bear that, else `n_` and its number.

    A name has at most 40 letters, digits and "_", and Word takes capitals for small letters.
    """
    taken: set[str] = set()
    names: dict[str, str] = {}
    for number, sentence in enumerate(sentences, 1):
        own = sentence.sentence_id
        fits = _NAME.fullmatch(own) is not None and own.casefold() not in taken
        taken.add(own.casefold())
        names[own] = f"s_{own}" if fits else f"n_{number}"
    return names


def _unbroken(flags: str) -> str:
    """What a draft marks, a number of it on the line of its sentence's end: before "[" and after "!" one would end."""
    return f" {flags}" if "[!" not in flags else "\u00a0" + flags.replace("[!", "[!\u2060")


class _Making:
    """The body of one document, in order."""

    def __init__(self, prepared: Prepared, word: WordDocument) -> None:
        self.prepared = prepared
        self.word = word
        self.write = Writer(prepared.document.direction)
        self.names = _bookmark_names(prepared.document.sentences)
        self.chapters = {heading.anchor: f"h_{n}" for n, heading in enumerate(prepared.contents, 1)}
        self.numbers: Iterator[int] = count(1)
        self.begins_page = False
        drawings = [paper_picture(block) for block in prepared.document.blocks if isinstance(block, Picture)]
        self.pictures = iter(list(zip(rasterise(drawings), (width for _, width in drawings), strict=True)))

    def body(self) -> Iterable[Element]:
        document, write = self.prepared.document, self.write
        yield write.paragraph([write.run(document.title)], style="Title")
        if document.subtitle:
            yield write.paragraph([write.run(document.subtitle)], style="Subtitle")
        for place, block in enumerate(document.blocks):
            if place == self.prepared.contents_at:
                yield from self._contents()
            yield from self._block(block)
        if document.is_traced:
            yield from self._trail()

    def _block(self, block: Block) -> Iterable[Element]:
        write = self.write
        match block:
            case Heading():
                yield self._heading(block.level, block.text, self.chapters.get(block.anchor))
                if marks := self.prepared.marks_under(block):
                    yield write.paragraph([write.run(marks, bold=True, colour=_ALARM)], style=SMALL, keeps_next=True)
            case Paragraph():
                style = {"quote": "Quote", "note": SMALL}.get(block.style)
                yield write.paragraph(self._sentences(block.sentences), style=style)
            case Grid():
                yield write.paragraph(self._sentences([block.caption]), style="Caption")
                yield write.table(block.header, block.rows, block.numeric)
                yield write.paragraph([])
            case Picture():
                yield write.paragraph(self._sentences([block.caption]), style="Caption")
                yield write.paragraph([self._drawing(block)])
            case PageBreak():
                self.begins_page = True  # an empty paragraph with a break would fill a page where one is full

    def _heading(self, level: int, text: str, name: str | None = None) -> Element:
        """A heading, under a bookmark where it has a name that the contents lead to."""
        runs: Iterable[Element] = [self.write.run(text)]
        if name is not None:
            runs = bookmarked(next(self.numbers), name, runs)
        begins_page, self.begins_page = self.begins_page, False
        return self.write.paragraph(runs, style=f"Heading{level}", begins_page=begins_page)

    def _contents(self) -> Iterable[Element]:
        """A link to each chapter and to what stands in it, where the PDF has them; nothing in a short document."""
        write = self.write
        if self.prepared.contents:
            yield write.paragraph([write.run(self.prepared.labels["contents"])], style="TOCHeading")
        for heading in self.prepared.contents:
            lead = link(self.chapters[heading.anchor], write.run(heading.text, bold=heading.level == 1, colour=_ACCENT))
            yield write.paragraph([lead], is_tight=True, indent=heading.level - 1)

    def _sentences(self, sentences: Sequence[Sentence]) -> Iterable[Element]:
        """Each sentence under its bookmark, then what a draft marks in it and the mark that leads to its trail."""
        for position, sentence in enumerate(sentences):
            if position:
                yield self.write.run(" ")
            if not self.prepared.document.is_traced:
                yield self.write.run(sentence.text)
                continue
            name = self.names[sentence.sentence_id]
            yield from bookmarked(next(self.numbers), name, [self.write.run(sentence.text)])
            if flags := self.prepared.flag_words(sentence):
                yield self.write.run(_unbroken(flags), bold=True, colour=_ALARM)
            yield link(f"t_{name}", self.write.run(sentence.sentence_id, colour=_ACCENT, raised=True))

    def _drawing(self, picture: Picture) -> Element:
        png, width = next(self.pictures)
        relation, image = self.word.part.get_or_add_image(io.BytesIO(png))
        across = min(round(width * _EMU_PER_PIXEL), _PAGE[0] - 2 * _MARGIN)
        high = round(across * image.px_height / image.px_width)
        number = next(self.numbers)
        inline = CT_Inline.new_pic_inline(number, relation, f"picture-{number}.png", Emu(across), Emu(high))
        inline.docPr.set("descr", picture.alternative)
        return element("w:r", element("w:drawing", inline))

    def _trail(self) -> Iterable[Element]:
        """What each sentence rests on, then what the names stand for."""
        prepared, write = self.prepared, self.write
        yield self._heading(1, prepared.labels["trail"])
        for sentence in prepared.document.sentences:
            name = self.names[sentence.sentence_id]
            lead = link(name, write.run(sentence.sentence_id, colour=_ACCENT))
            rest = write.run(f"  {prepared.support_words(sentence)}")
            marked = bookmarked(next(self.numbers), f"t_{name}", [lead])
            yield write.paragraph([*marked, rest], style=SMALL, is_tight=True)
        yield self._heading(1, prepared.labels["names"])
        for name, words in prepared.document.trail:
            said = [write.run(name, bold=True), write.run(f"  {words}")]
            yield write.paragraph(said, style=SMALL, is_tight=True)
        yield write.paragraph([write.run(prepared.labels["made_with"])])


def _describe(word: WordDocument, prepared: Prepared) -> None:
    """Properties and language."""
    document, about = prepared.document, word.core_properties
    about.author = about.last_modified_by = "Consilience"
    about.title, about.subject, about.language = document.title[:255], document.subtitle[:255], document.language
    about.created = about.modified = prepared.at
    about.comments = about.keywords = about.category = ""
    about.revision = 1
    package = word.part.package
    for key in [key for key, relation in package.rels.items() if relation.reltype in _NOT_OURS]:
        del package.rels[key]
    for language in word.styles.element.xpath("w:docDefaults//w:lang"):
        language.getparent().replace(language, element("w:lang", val=document.language, bidi=document.language))


def _plain_letters(word: WordDocument) -> None:
    """The template's titles are spaced out and its quotes are slanted: Arabic letters are neither."""
    for style in ("Title", "Subtitle", "Quote"):
        for name in ("w:spacing", "w:i", "w:iCs"):
            for found in word.styles[style].element.xpath(f"./w:rPr/{name}"):
                found.getparent().remove(found)


def _lay_out_page(word: WordDocument, prepared: Prepared) -> None:
    """A4, and what stands at the head and the foot of every page."""
    write = Writer(prepared.document.direction)
    section = word.sections[0]
    section.page_width, section.page_height = _PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    colour = _ALARM if prepared.document.is_draft else None
    head = write.paragraph([write.run("  ·  ".join(prepared.marks), bold=True, colour=colour)], style="Header")
    foot = write.paragraph(_page_words(prepared.labels["page"], write), style="Footer")
    for margin, made in ((section.header, head), (section.footer, foot)):
        margin.is_linked_to_previous = False
        empty = margin.paragraphs[0]._p
        empty.getparent().replace(empty, made)
    if prepared.document.direction == "rtl":
        _plain_letters(word)
        section._sectPr.find(qn("w:docGrid")).addprevious(element("w:bidi"))


def _page_words(label: str, write: Writer) -> Iterable[Element]:
    """ "Page {page} of {pages}" with fields in its places."""
    fields = {"{page}": "PAGE", "{pages}": "NUMPAGES"}
    for part in re.split(r"(\{pages?\})", label):
        yield from write.field(fields[part]) if part in fields else [write.run(part)]


def _same_every_time(package: bytes) -> bytes:
    """The package written again with one date for every file in it, and no word of the system that wrote it."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, NO_DATE.timetuple()[:6])
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return again.getvalue()
