"""A letter as a document, so that it takes the forms of a report: from the very Markdown that its template gave."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from consilience.publish.catalogue import catalogue_of
from consilience.publish.document import LABELS, Block, Document, Heading, Paragraph, Sentence
from consilience.publish.forms.docx import render_docx
from consilience.publish.forms.pdf import render_pdf
from consilience.version import __version__

_HEADING = re.compile(r"(#{1,2}) (.+)")


def _markdown(text: str, language: str) -> bytes:
    del language
    return text.encode()


def _docx(text: str, language: str) -> bytes:
    return render_docx(letter_document(text, language))


def _pdf(text: str, language: str) -> bytes:
    return render_pdf(letter_document(text, language))


LETTER_FORMS: Final[Mapping[str, Callable[[str, str], bytes]]] = MappingProxyType({
    "md": _markdown,
    "docx": _docx,
    "pdf": _pdf,
})  # fmt: skip
"""Every form that a letter takes, by the ending of its file: from its text and language."""


def letter_document(text: str, language: str) -> Document:
    """The letter line by line: its title, headings, and each other line as a paragraph. It shows no trail."""
    catalogue = catalogue_of(language)
    lines = [line.rstrip("\\").strip() for line in text.splitlines()]
    title = lines[0].removeprefix("# ")
    labels = {name: catalogue.plain("forms", name) for name in LABELS} | {"profile": title, "as_of": ""}
    return Document(
        title=title, subtitle="", language=language, direction=catalogue.direction, profile="letter", is_draft=False,
        as_of=None, version=__version__, blocks=tuple(_blocks(lines[1:])), trail=(), labels=tuple(labels.items()),
        is_traced=False,
    )  # fmt: skip


def _blocks(lines: list[str]) -> Iterator[Block]:
    for number, line in enumerate(lines, 1):
        if heading := _HEADING.fullmatch(line):
            yield Heading(2, heading[2], f"h{number}")
        elif line:
            shown = f"• {line.removeprefix('- ')}" if line.startswith("- ") else line
            yield Paragraph((Sentence(f"p{number}", shown, ()),))
