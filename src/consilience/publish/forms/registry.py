"""Every form that a publication takes, by the name that `--format` gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from consilience.publish.document import Document
from consilience.publish.forms.docx import render_docx
from consilience.publish.forms.html import render_html
from consilience.publish.forms.markdown import render_markdown
from consilience.publish.forms.pdf import render_pdf

Renderer = Callable[[Document], bytes]
"""From a document to a whole file: the same bytes from the same document, or a PublishError."""

FORMS: Mapping[str, Renderer] = MappingProxyType({
    "html": render_html,
    "pdf": render_pdf,
    "docx": render_docx,
    "md": render_markdown,
})  # fmt: skip
"""A form's name is also the ending of its file."""
