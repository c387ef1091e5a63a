"""Notices after a publication: the recall that goes to whoever holds it, and the page that says what was retracted.

In the languages in which it was published: who can't read the recall goes on passing on what is recalled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from consilience.publish.statements.words import Words


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


def recall_notice(words: Words, title: str, recalled: Iterable[Recalled]) -> str:
    """To whoever holds a copy: don't rely on these, and what will follow by when. Markdown in the language of the
    words.
    """
    lines = ["# " + words.label("recall_notice"), "", words.say("recall_held", title=words.foreign(title)), ""]
    for one in recalled:
        lines.append(f"- {_noticed(words, one)}")
        held = [words.say("recall_release", manifest=words.foreign(manifest)) for manifest in one.manifests]
        held += [words.say("recall_bundle", root=words.foreign(root)) for root in one.bundles]
        lines += [f"  - {line}" for line in held or [words.say("recall_nowhere")]]
    return _page(words, [*lines, "", words.say("recall_confirm")])


def retraction_page(words: Words, title: str, recalled: Iterable[Recalled]) -> str:
    """What was said and is no longer said, and in which releases it still stands. Markdown in the language of the
    words.
    """
    lines = ["# " + words.label("retraction_page"), "", words.say("retracted_of", title=words.foreign(title)), ""]
    for one in recalled:
        about, day = words.foreign(one.target), words.day(one.noticed_on)
        if one.answered_on is None:
            lines.append("- " + words.say("retracted", target=about, date=day))
        else:
            done = words.day(one.answered_on)
            lines.append("- " + words.say("retracted_and_replaced", target=about, date=day, replaced=done))
        stands = (words.say("retracted_stands", manifest=words.foreign(manifest)) for manifest in one.manifests)
        lines += [f"  - {line}" for line in stands]
    return _page(words, [*lines, "", words.say("retracted_why")])


def _noticed(words: Words, one: Recalled) -> str:
    said = {
        "target": words.foreign(one.target), "severity": words.word("severity", one.severity),
        "date": words.day(one.noticed_on),
    }  # fmt: skip
    if one.due_on is None:
        return words.say("recall_noticed", **said)
    return words.say("recall_noticed_due", **said, due=words.day(one.due_on))


def _page(words: Words, lines: list[str]) -> str:
    text = "\n".join(lines)
    if words.is_rtl:
        text = f'<div dir="rtl" lang="{words.catalogue.language}">\n\n{text}\n\n</div>'
    return f"{text}\n"
