"""PDF/A-2b, tagged, on A4: set by typst in a child process, with our fonts and the case's own date."""

from __future__ import annotations

from collections.abc import Iterable

from consilience.publish.document import Block, Document, Grid, Heading, PageBreak, Paragraph, Picture, Sentence
from consilience.publish.forms.pictures import paper_picture
from consilience.publish.forms.prepared import Prepared, prepare
from consilience.publish.forms.typesetting import Given, typeset


def render_pdf(document: Document) -> bytes:
    """The document as PDF. PublishError where it breaks a promise of its own, or typst does not come back.

    Its texts reach typst as data, never as markup. A letter that the bundled fonts lack (they have Latin, Greek,
    Cyrillic and Arabic) stands as its number, "[U+1F3E5]".
    """
    prepared = prepare(document)
    return typeset(_given(prepared), timestamp=0 if prepared.at is None else int(prepared.at.timestamp()))


def _given(prepared: Prepared) -> Given:
    document, at = prepared.document, prepared.at
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "direction": document.direction,
        "is_draft": document.is_draft,
        "date": None if at is None else [at.year, at.month, at.day],
        "labels": prepared.labels,
        "marks": prepared.marks,
        "has_contents": len(prepared.contents) > 1,
        "parts": [_part(block, prepared) for block in document.blocks],
        "said": list(_said(prepared)),
        "names": document.trail,
    }


def _part(block: Block, prepared: Prepared) -> Given:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": block.text, "anchor": block.anchor}
        case Paragraph():
            sentences = [_sentence(one, prepared) for one in block.sentences]
            return {"kind": "paragraph", "style": block.style, "sentences": sentences}
        case Grid():
            caption = _sentence(block.caption, prepared)
            return {"kind": "grid", "caption": caption, "header": block.header, "rows": block.rows,
                    "numeric": block.numeric}  # fmt: skip
        case Picture():
            svg, width = paper_picture(block)
            return {"kind": "picture", "caption": _sentence(block.caption, prepared), "svg": svg, "width": width,
                    "alternative": block.alternative}  # fmt: skip
        case PageBreak():
            return {"kind": "page"}


def _sentence(sentence: Sentence, prepared: Prepared) -> Given:
    return {
        "id": sentence.sentence_id,
        "anchor": prepared.anchors[sentence.sentence_id],
        "text": sentence.text,
        "flags": prepared.flag_words(sentence),
    }


def _said(prepared: Prepared) -> Iterable[Given]:
    """What each sentence rests on, for the appendix that its mark leads to."""
    for sentence in prepared.document.sentences:
        anchor = prepared.anchors[sentence.sentence_id]
        yield {"id": sentence.sentence_id, "anchor": anchor, "support": prepared.support_words(sentence)}
