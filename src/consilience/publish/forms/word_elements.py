"""The elements of WordprocessingML that our documents are made of (ECMA-376, part 1, chapter 17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement as Element


def element(tag: str, *children: Element, **attributes: str | int) -> Element:
    """One element, "w:p"; attributes are of the same vocabulary: `val="1"` is w:val."""
    made = OxmlElement(tag, attrs={qn(f"w:{name.rstrip('_')}"): str(value) for name, value in attributes.items()})
    made.extend(children)
    return made


@dataclass(frozen=True, slots=True)
class Writer:
    """Paragraphs and runs in one direction: what is written from right to left says so in each of them.

    Order within `w:pPr` and `w:rPr` is the schema's; Word refuses another.
    """

    is_rtl: bool

    def run(self, text: str, *, bold: bool = False, colour: str | None = None, raised: bool = False) -> Element:
        """Text in one style, its spaces kept."""
        said = element("w:t")
        said.text = text
        said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return self._styled(said, bold=bold, colour=colour, raised=raised)

    def _styled(self, *inside: Element, bold: bool, colour: str | None, raised: bool) -> Element:
        style = element("w:rPr")
        if bold:
            style.extend([element("w:b"), element("w:bCs")])
        if colour is not None:
            style.append(element("w:color", val=colour))
        if raised:
            style.append(element("w:vertAlign", val="superscript"))
        if self.is_rtl:
            style.append(element("w:rtl"))
        return element("w:r", style, *inside)

    def paragraph(self, runs: Iterable[Element], *, style: str | None = None, is_right: bool = False) -> Element:
        """Runs under a style's id ("Heading1"). `is_right` sets them to the right in either direction.

        In a paragraph from right to left Word reads "left" as where lines begin, so nothing needs saying there.
        """
        form = element("w:pPr")
        if style is not None:
            form.append(element("w:pStyle", val=style))
        if self.is_rtl:
            form.append(element("w:bidi"))
        elif is_right:
            form.append(element("w:jc", val="right"))
        return element("w:p", form, *runs)

    def page_break(self) -> Element:
        return self.paragraph([element("w:r", element("w:br", type="page"))])

    def field(self, code: str) -> Iterable[Element]:
        """A number that Word works out: PAGE, NUMPAGES."""
        instruction = element("w:instrText")
        instruction.text = code
        for part in (element("w:fldChar", fldCharType="begin"), instruction,
                     element("w:fldChar", fldCharType="end")):  # fmt: skip
            yield self._styled(part, bold=False, colour=None, raised=False)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int]) -> Element:
        """A grid whose header is repeated on every page that it reaches."""
        form = element("w:tblPr", element("w:tblStyle", val="TableGrid"))
        if self.is_rtl:
            form.append(element("w:bidiVisual"))
        form.extend([element("w:tblW", w=0, type="auto"), element("w:tblLook", firstRow=1, noHBand=1, noVBand=1)])
        columns = element("w:tblGrid", *(element("w:gridCol") for _ in header))
        heads = element("w:trPr", element("w:cantSplit"), element("w:tblHeader"))
        body = (element("w:tr", *self._cells(row, numeric)) for row in rows)
        return element("w:tbl", form, columns, element("w:tr", heads, *self._cells(header, numeric, bold=True)), *body)

    def _cells(self, row: Sequence[str], numeric: Sequence[int], *, bold: bool = False) -> Iterable[Element]:
        for column, text in enumerate(row):
            said = self.paragraph([self.run(text, bold=bold)], is_right=column in numeric)
            yield element("w:tc", element("w:tcPr", element("w:tcW", w=0, type="auto")), said)


def bookmarked(number: int, name: str, runs: Iterable[Element]) -> Iterable[Element]:
    """Runs that can be linked to by name; `number` is unique in the document."""
    yield element("w:bookmarkStart", id=number, name=name)
    yield from runs
    yield element("w:bookmarkEnd", id=number)


def link(name: str, run: Element) -> Element:
    """A run that leads to a bookmark."""
    return element("w:hyperlink", run, anchor=name, history=1)
