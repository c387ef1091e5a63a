"""Every form that a publication takes, by the name that `--format` gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from consilience.publish.document import Document
from consilience.publish.forms.html import render_html
from consilience.publish.forms.markdown import render_markdown

Renderer = Callable[[Document], bytes]
"""From a document to a whole file: the same bytes from the same document, or a PublishError."""

FORMS: Mapping[str, Renderer] = MappingProxyType({"html": render_html, "md": render_markdown})
"""A form's name is also the ending of its file."""
