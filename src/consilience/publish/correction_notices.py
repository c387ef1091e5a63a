"""Notices after a publication: the recall that goes to whoever holds it, and the page that says what was retracted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Recalled:
    """A correction as its readers are told: of what, how severe, since when, in which releases and bundles (by root).

    Neither who found the mistake nor what was said about it: that may name a person.
    """

    target: str
    severity: str
    noticed_on: date
    due_on: date | None
    answered_on: date | None
    manifests: tuple[str, ...]
    bundles: tuple[str, ...] = ()


def recall_notice(title: str, recalled: Iterable[Recalled]) -> str:
    """To whoever holds a copy: don't rely on these, and what will follow by when. Markdown."""
    lines = [
        "# Recall notice",
        "",
        f'You hold a copy of "{title}". Please do not rely on the following, nor pass it on, until you hear from us.',
        "",
    ]
    for one in recalled:
        until = f", to be answered by {one.due_on}" if one.due_on else ""
        lines.append(f"- {one.target}: {one.severity}, noticed on {one.noticed_on}{until}.")
        held = [f"  - release {manifest}" for manifest in one.manifests]
        held += [f"  - bundle {root}" for root in one.bundles]
        lines += held or ["  - in no release so far"]
    lines += ["", "Please confirm that you received this notice, and name whoever you passed your copy on to."]
    return "\n".join(lines) + "\n"


def retraction_page(title: str, recalled: Iterable[Recalled]) -> str:
    """What was said and is no longer said, and in which releases it still stands. Markdown."""
    lines = ["# Retraction", "", f'Of "{title}" the following is retracted:', ""]
    for one in recalled:
        done = f"; replaced on {one.answered_on}" if one.answered_on else ""
        lines.append(f"- {one.target}, retracted on {one.noticed_on}{done}.")
        lines += [f"  - It stands in release {manifest}." for manifest in one.manifests]
    lines += ["", "Releases are not changed once they are out: a later one follows, and this page says why."]
    return "\n".join(lines) + "\n"
