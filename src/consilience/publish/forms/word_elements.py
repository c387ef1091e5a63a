"""The elements of WordprocessingML that our documents are made of (ECMA-376, part 1, chapter 17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from consilience.publish.document import Direction
from consilience.publish.forms.visible_text import reads

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement as Element


SMALL = "BodyText3"
"""The style of the template in which tables, notes and the trail are set: 8 points."""

_TABLE_WIDTH = 9638
"""170 mm, between the margins of our page, in twentieths of a point."""

_SHORT, _LONG = 9, 45
"""Letters of the shortest and the longest line that a column is made wide for: our choice."""


_STEP = 360
"""How far a level of the contents stands in, in twentieths of a point."""

_SIDE = 57
"""A millimetre at each side of a cell's text: Word's own, twice that, left a table of seven columns no room."""

_LETTER, _PADDING = 90, 2 * _SIDE + 10
"""Twentieths of a point: a bold letter of 8 points, rather a wide one, and what stands beside a cell's text."""


def element(tag: str, *children: Element, **attributes: str | int) -> Element:
    """One element, "w:p"; attributes are of the same vocabulary: `val="1"` is w:val."""
    made = OxmlElement(tag, attrs={qn(f"w:{name.rstrip('_')}"): str(value) for name, value in attributes.items()})
    made.extend(children)
    return made


@dataclass(frozen=True, slots=True)
class Writer:
    """Paragraphs and runs of a document: what is written from right to left says so in each of them.

    Order within `w:pPr` and `w:rPr` is the schema's; Word refuses another.
    """

    direction: Direction

    @property
    def is_rtl(self) -> bool:
        return self.direction == "rtl"

    def run(self, text: str, *, bold: bool = False, colour: str | None = None, raised: bool = False) -> Element:
        """Text in one style, its spaces kept."""
        said = element("w:t")
        said.text = text
        said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        is_rtl = reads(text, self.direction) == "rtl"
        return self._styled(said, bold=bold, colour=colour, raised=raised, is_rtl=is_rtl)

    def _styled(self, *inside: Element, bold: bool, colour: str | None, raised: bool, is_rtl: bool) -> Element:
        style = element("w:rPr")
        if bold:
            style.extend([element("w:b"), element("w:bCs")])
        if colour is not None:
            style.append(element("w:color", val=colour))
        if raised:
            style.append(element("w:vertAlign", val="superscript"))
        if is_rtl:
            style.append(element("w:rtl"))
        return element("w:r", style, *inside)

    def paragraph(
        self,
        runs: Iterable[Element],
        *,
        style: str | None = None,
        is_tight: bool = False,
        keeps_next: bool = False,
        begins_page: bool = False,
        indent: int = 0,
    ) -> Element:
        """Runs under a style's id ("Heading1"); a tight one keeps no distance to the next, a caption its page, as does
        what is to keep the next; `indent` counts steps from where lines begin."""
        form = element("w:pPr")
        if style is not None:
            form.append(element("w:pStyle", val=style))
        if style == "Caption" or keeps_next:
            form.append(element("w:keepNext"))
        if begins_page:
            form.append(element("w:pageBreakBefore"))
        if self.is_rtl:
            form.append(element("w:bidi"))
        if is_tight:
            form.append(element("w:spacing", after=0))
        if indent:
            form.append(element("w:ind", left=_STEP * indent))
        return element("w:p", form, *runs)

    def cell(self, text: str, width: int, *, bold: bool, is_number: bool) -> Element:
        """One cell: in its own order, at the side where the table's lines begin; a number at the right.

        In a paragraph from right to left Word takes "left" for where lines begin, so that "right" is the left there.
        """
        is_rtl = reads(text, self.direction) == "rtl"
        form = element("w:pPr", element("w:pStyle", val=SMALL), *([element("w:bidi")] if is_rtl else []))
        form.append(element("w:spacing", after=0))
        stands_right = is_number or self.is_rtl
        if stands_right != is_rtl:
            form.append(element("w:jc", val="right"))
        said = element("w:p", form, self.run(text, bold=bold))
        return element("w:tc", element("w:tcPr", element("w:tcW", w=width, type="dxa")), said)

    def field(self, code: str) -> Iterable[Element]:
        """A number that Word works out: PAGE, NUMPAGES."""
        instruction = element("w:instrText")
        instruction.text = code
        for part in (element("w:fldChar", fldCharType="begin"), instruction,
                     element("w:fldChar", fldCharType="end")):  # fmt: skip
            yield self._styled(part, bold=False, colour=None, raised=False, is_rtl=self.is_rtl)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int]) -> Element:
        """A grid as wide as the page, whose header is repeated on every page that it reaches."""
        form = element("w:tblPr", element("w:tblStyle", val="TableGrid"))
        if self.is_rtl:
            form.append(element("w:bidiVisual"))
        form.extend(
            [
                element("w:tblW", w=_TABLE_WIDTH, type="dxa"),
                element("w:tblCellMar", *(element(f"w:{side}", w=_SIDE, type="dxa") for side in ("left", "right"))),
                element("w:tblLook", firstRow=1, noHBand=1, noVBand=1),
            ]
        )
        widths = _widths([header, *rows])
        columns = element("w:tblGrid", *(element("w:gridCol", w=width) for width in widths))
        heads = element("w:trPr", element("w:cantSplit"), element("w:tblHeader"))
        first = element("w:tr", heads, *self._cells(header, widths, numeric, bold=True))
        body = (
            element("w:tr", element("w:trPr", element("w:cantSplit")), *self._cells(row, widths, numeric, bold=False))
            for row in rows
        )
        return element("w:tbl", form, columns, first, *body)

    def _cells(
        self, row: Sequence[str], widths: Sequence[int], numeric: Sequence[int], *, bold: bool
    ) -> Iterable[Element]:
        for column, (text, width) in enumerate(zip(row, widths, strict=True)):
            yield self.cell(text, width, bold=bold, is_number=column in numeric)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Room for the longest word of each column, and what is left in proportion to what their longest texts lack; what
    of these goes beyond _LONG letters will be several lines. Where not even the words have room, by the texts alone.
    """
    columns = list(zip(*rows, strict=True))
    longest = [max(_SHORT, min(_LONG, max(map(len, column)))) for column in columns]
    words = [max((len(word) for text in column for word in text.split()), default=0) for column in columns]
    least = [min(length, _LONG) * _LETTER + _PADDING for length in words]
    rest = _TABLE_WIDTH - sum(least)
    if rest < 0:
        return [_TABLE_WIDTH * length // sum(longest) for length in longest]
    lacking = [max(text * _LETTER + _PADDING - room, 1) for text, room in zip(longest, least, strict=True)]
    return [room + rest * lack // sum(lacking) for room, lack in zip(least, lacking, strict=True)]


def bookmarked(number: int, name: str, runs: Iterable[Element]) -> Iterable[Element]:
    """Runs that can be linked to by name; `number` is unique in the document."""
    yield element("w:bookmarkStart", id=number, name=name)
    yield from runs
    yield element("w:bookmarkEnd", id=number)


def link(name: str, run: Element) -> Element:
    """A run that leads to a bookmark."""
    return element("w:hyperlink", run, anchor=name, history=1)
