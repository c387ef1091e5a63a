"""Every word of a document, whatever form it takes: what a scan reads where glyphs of a page can't be turned back."""

from __future__ import annotations

from collections.abc import Iterator

from consilience.publish.document import Document, Grid, Heading, Paragraph, Picture


def document_text(document: Document) -> str:
    """Title, headings, sentences, cells, pictures with what stands beside them, and the trail: a line each."""
    return "\n".join([document.title, document.subtitle, *_lines(document), *(f"{n}: {w}" for n, w in document.trail)])


def _lines(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Heading):
            yield block.text
        elif isinstance(block, Paragraph):
            yield from (sentence.text for sentence in block.sentences)
        elif isinstance(block, Grid):
            yield from (block.caption.text, "\t".join(block.header), *("\t".join(row) for row in block.rows))
        elif isinstance(block, Picture):
            yield from (block.caption.text, block.alternative, block.svg)
