"""Pages and pictures by typst, each in a child process that is killed when it takes too long."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from consilience.errors import PublishError
from consilience.publish.forms.font_coverage import with_known_letters

LONGEST_S = 600
"""After this a child is killed: our choice, many times what 60,000 sentences take."""

_PPI = 192
"""Resolution of pictures for editors, two dots a pixel: our choice, sharp in print at their width."""

_AT_ONCE = 200
"""Pictures that one child draws, so that none grows large."""

Given = dict[str, Any]


def typeset(given: Given, *, timestamp: int) -> bytes:
    """The PDF of what the template is given; `timestamp` in seconds since 1970 is the only time in it.

    PublishError where typst fails, is killed or takes longer than LONGEST_S.
    """
    return _asked({"kind": "pdf", "given": _data(given), "timestamp": timestamp})


def rasterise(pictures: Sequence[tuple[str, float]]) -> list[bytes]:
    """PNGs of SVGs, each given with its width in pixels; PublishError as in `typeset`."""
    drawn: list[bytes] = []
    for start in range(0, len(pictures), _AT_ONCE):
        given = [{"svg": svg, "width": width} for svg, width in pictures[start : start + _AT_ONCE]]
        answer = json.loads(_asked({"kind": "png", "given": _data(given), "ppi": _PPI}))
        if len(answer) != len(given):
            raise _failed(f"it drew {len(answer)} pictures of {len(given)}")
        drawn += [base64.b64decode(picture) for picture in answer]
    return drawn


def _data(given: object) -> str:
    """As JSON, in the letters that our fonts have; the others stand as "[U+1F3E5]"."""
    return with_known_letters(json.dumps(given, ensure_ascii=False, sort_keys=True))


def _asked(request: Given) -> bytes:
    """A child's answer. `-P`: nothing is imported from the folder in which the user happens to stand."""
    command = [sys.executable, "-P", "-m", "consilience.publish.forms.typesetting_child"]
    try:
        done = subprocess.run(
            command, input=json.dumps(request).encode(), capture_output=True, timeout=LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired as err:
        raise _failed(f"it was not done after {LONGEST_S} s") from err
    except OSError as err:
        raise _failed(f"it can't be started: {err.strerror}") from err
    if done.returncode < 0:
        raise _failed(f"it was killed by signal {-done.returncode}, for want of memory or by somebody")
    if done.returncode > 0 or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise _failed(said[-1] if said else f"exit code {done.returncode} and no word")
    return done.stdout


def _failed(why: str) -> PublishError:
    return PublishError(
        f"typesetting failed: {why}",
        remedy="Ask for another form (html, docx, md), or for fewer incidents; nothing was written.",
    )
