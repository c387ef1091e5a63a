"""The bytes that approvers read before they approve them: a candidate, in a folder that nobody can take for a release.

It has no manifest and no signature, its name and a note beside it say that it is not published, and the note gives the
digest of exactly the files in it. The bytes themselves are those that would go out: nothing is marked in them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from consilience.casework.folders import alone_in_new, files_below, replaced_here
from consilience.casework.outputs_told import tell_outputs
from consilience.casework.release_state import Built, Candidate
from consilience.casework.second_look import check_consents
from consilience.errors import PublishError
from consilience.publish.writing import write_output
from consilience.quantities import Digest
from consilience.vault.store import Vault

CANDIDATES: Final = "candidates of releases, not published"
"""What the ledger says of where they lie: a withdrawal lists them."""
_MARK: Final = "-not-published-"
_DIGITS: Final = 12
"""Of the content in the folder's name: other bytes stand in another folder."""


def candidate_folder(out: Path, content: Digest) -> Path:
    """Where the candidate of a release into `out` stands: beside it, its name and 12 digits of its content added."""
    return out.with_name(f"{out.name}{_MARK}{content.removeprefix('sha256:')[:_DIGITS]}")


def note_beside(folder: Path) -> Path:
    """The note that says what stands in a candidate's folder: `FOLDER.txt`."""
    return folder.with_name(f"{folder.name}.txt")


def write_candidate(it: Candidate, built: Built, vault: Vault) -> Path:
    """The files of a candidate stand in their folder, a note beside it, and the ledger says where; gives the folder.

    The same bytes again change nothing. Raises PublishError where other bytes stand there; UsageError where consents
    have changed since; VaultError.
    """
    content = built.content()
    folder = candidate_folder(it.out, content)
    tell_outputs(it.found.case, folder, None, CANDIDATES)
    with alone_in_new(folder.parent), vault.writing():  # whoever withdraws comes before, or finds the folder
        check_consents(it.found.case, vault, it.found.records)
        if folder.exists():
            _check_same(folder, built)
        else:
            with replaced_here(folder) as fresh:
                for name, data in built.files.items():
                    write_output(fresh / name, data)
        write_output(note_beside(folder), _note(it, folder, content).encode())
    return folder


def _check_same(folder: Path, built: Built) -> None:
    there = {name: (folder / name).read_bytes() for name in files_below(folder)}
    if there != dict(built.files):
        remedy = "Move it away and run again: only what the dry run wrote is what is approved."
        raise PublishError(
            "holds other files than the candidate that it is named for", where=str(folder), remedy=remedy
        )


def _note(it: Candidate, folder: Path, content: Digest) -> str:
    """What approvers need to know, and nobody else may believe: no clock, no person."""
    return f"""NOT PUBLISHED

{folder.name} holds a candidate of a release of the case {it.found.records.settings.id!r} under the profile \
{it.profile_name!r}, as of {it.as_of}, for those who approve it to read. It is no release: nobody has signed it, it
has no manifest, and no gate has let it out. Do not pass it on. Delete it once it has been read.

These files together are

content {content}

which two persons approve, each with a row of kind publish, target {it.profile_name} and that value, for
`consilience decide`. If anything in the case changes what goes out, the content is another one, in another folder.
"""
