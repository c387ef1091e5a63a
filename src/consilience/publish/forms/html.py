"""One page of HTML that needs nothing else: each sentence opens its trail, without a script and without a mouse."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from consilience.publish.document import Block, Document, Grid, Heading, PageBreak, Paragraph, Picture
from consilience.publish.forms.pictures import picture_style, screen_picture
from consilience.publish.forms.prepared import Prepared, prepare

_KINDS = {Heading: "heading", Paragraph: "paragraph", Grid: "grid", Picture: "picture", PageBreak: "break"}


def render_html(document: Document) -> bytes:
    """The document as one file of HTML. PublishError where it breaks a promise of its own.

    Its content security policy lets in this page's own style, by its hash, and nothing else: no script, no request.
    """
    prepared = prepare(document)
    style, rows = _style(prepared), prepared.picture_rows
    environment = Environment(
        loader=PackageLoader("consilience.publish"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("publication.html.j2").render(
        prepared=prepared,
        document=prepared.document,
        labels=prepared.labels,
        marker_words=prepared.marker_words,
        reads=prepared.reads,
        blocks=list(_blocks(prepared)),
        row_starts=rows.keys(),
        row_ends=set(rows.values()),
        style=Markup(style),
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    return page.encode()


def _blocks(prepared: Prepared) -> Iterable[tuple[str, Block, Markup]]:
    """The kind of each block, the block, and its drawing where it is a picture."""
    anchors = {block.anchor for block in prepared.document.blocks if isinstance(block, Heading)}
    anchors |= set(prepared.anchors.values())
    for block in prepared.document.blocks:
        drawing = screen_picture(block, anchors) if isinstance(block, Picture) else Markup()
        yield _KINDS[type(block)], block, drawing


def _style(prepared: Prepared) -> str:
    """The palette, the page and its pictures, and the words that a printed page bears."""
    templates = files("consilience.publish") / "templates"
    sheets = [(templates / name).read_text(encoding="utf-8") for name in ("palette.css", "publication.css")]
    return "\n".join([*sheets, picture_style(), _printed_margins(prepared)])


def _printed_margins(prepared: Prepared) -> str:
    """The marks at the head and the page's number at the foot of each printed page (CSS Paged Media 3, section 4)."""
    marks = _css_string(" · ".join(prepared.marks))
    page = _css_string(prepared.labels["page"])
    page = page.replace("{page}", '"counter(page)"').replace("{pages}", '"counter(pages)"')
    return f"@page{{@top-center{{content:{marks}}}@bottom-center{{content:{page}}}}}\n"


def _css_string(text: str) -> str:
    """A string of CSS in which every character but letters, digits and a few marks is escaped (CSS Syntax 3, 4.3.7)."""
    safe = "".join(letter if letter.isalnum() or letter in " .,{}·" else f"\\{ord(letter):x} " for letter in text)
    return f'"{safe}"'
