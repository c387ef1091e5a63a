"""The notices of corrections in files, in each language in which something that they speak of went out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from consilience.casework.folders import alone_in_new
from consilience.casework.kept_releases import Published, has_sentences, read_whole
from consilience.casework.outputs_told import tell_outputs
from consilience.casework.prose_files import names_of
from consilience.errors import VaultError
from consilience.publish.catalogue import FIRST, catalogue_of, languages
from consilience.publish.correction_notices import Recalled, recall_notice, retraction_page
from consilience.publish.statements.words import Words
from consilience.publish.writing import write_unless_edited
from consilience.readings.case_file import read_case_file

_RECALL: Final = "recall-notice"
_RETRACTION: Final = "retraction"


def write_notices(
    case: Path, out: Path, opened: Sequence[Recalled], retracted: Sequence[Recalled], tongues: Iterable[str]
) -> tuple[Path, ...]:
    """`recall-notice.md` for what is open and `retraction.md`, where there is anything to say; in a language other than
    English beside them (`recall-notice-ar.md`). The ledger says where. Raises PublishError, ProseInvalid.
    """
    if not opened and not retracted:
        return ()
    tell_outputs(case, out, None, "notices of corrections")
    settings, texts = read_case_file(case), dict[Path, str]()
    for tongue in tongues:
        words = Words(catalogue_of(tongue), settings.zone)
        title = names_of(case, tongue).case.get("title") or settings.title
        ending = ".md" if tongue == FIRST else f"-{tongue}.md"
        if opened:
            texts[out / f"{_RECALL}{ending}"] = recall_notice(words, title, opened)
        if retracted:
            texts[out / f"{_RETRACTION}{ending}"] = retraction_page(words, title, retracted)
    with alone_in_new(out):
        return tuple(write_unless_edited(file, text.encode()) for file, text in texts.items())


def tongues_of(vault_folder: Path, releases: Iterable[Published]) -> tuple[str, ...]:
    """English, which any holder of a bundle reads, then the other languages in which these releases went out, as far
    as that is on record."""
    found: set[str] = set()
    for release in releases:
        try:
            state = read_whole(vault_folder, release.state)
        except VaultError:
            continue
        if has_sentences(state):
            found |= {str(document["language"]) for document in state["documents"]}
    return (FIRST, *sorted(found & set(languages()) - {FIRST}))
