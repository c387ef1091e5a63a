"""The process in which typst works, since it keeps what it took (1.9 GB after four compiles): one request, then gone.

Started by `typesetting`, never imported by it. Reads one request as JSON from its standard input, writes the result to
its standard output. It sees no font but ours and no file but those, whatever a text says.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from importlib.resources import as_file, files
from typing import Any

import typst

_ONE_PICTURE_A_PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt)
#for picture in json(bytes(sys.inputs.given)) {
  page(image(bytes(picture.svg), format: "svg", width: picture.width * 0.75pt))
}
"""
"""Pages as large as their pictures; a pixel of CSS is 0.75 points."""


def main() -> None:
    """Answer the one request: the bytes of a PDF, or pictures of PNG as a JSON list in base64."""
    request: dict[str, Any] = json.load(sys.stdin.buffer)
    answer = {"pdf": _pdf, "png": _png}[request["kind"]](request)
    sys.stdout.buffer.write(answer)


def _pdf(request: dict[str, Any]) -> bytes:
    """PDF/A-2b (ISO 19005-2), tagged; its date is the request's, never the clock's."""
    template = (files("consilience.publish") / "templates" / "publication.typ").read_bytes()
    made = _compiled(
        template, request["given"], format="pdf", pdf_standards=["a-2b"], pdf_tags=True, timestamp=request["timestamp"]
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__} instead of the bytes of a PDF")
    return made


def _png(request: dict[str, Any]) -> bytes:
    made = _compiled(_ONE_PICTURE_A_PAGE, request["given"], format="png", ppi=request["ppi"])
    pages = [made] if isinstance(made, bytes) else made
    return json.dumps([base64.b64encode(page).decode() for page in pages]).encode()


def _compiled(template: bytes, given: str, **options: Any) -> Any:
    """What typst makes of the template; its root is an empty folder, so that no file of this machine is in reach."""
    with as_file(files("consilience.publish") / "fonts") as fonts, tempfile.TemporaryDirectory() as nothing:
        return typst.compile(
            template,
            root=nothing,
            package_path=nothing,
            package_cache_path=nothing,
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)]
            ),
            ignore_system_fonts=True,
            sys_inputs={"given": given},
            **options,
        )  # fmt: skip


if __name__ == "__main__":
    main()
