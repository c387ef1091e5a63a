"""The one way in which this room puts a file on the disk."""

from __future__ import annotations

from pathlib import Path

from consilience.errors import PublishError


def check_unedited(path: Path, data: bytes) -> None:
    """Raise PublishError where other words than these stand in a file: somebody may have filled it in or edited it."""
    try:
        is_other = path.exists() and path.read_bytes() != data
    except OSError as err:
        remedy = "Give the name of a file that can be written, or of none."
        raise PublishError(f"can't be read: {err.strerror}", where=str(path), remedy=remedy) from err
    if is_other:
        raise PublishError(
            "is there already, with other words than would be written now, and was left as it is",
            where=str(path),
            remedy="Give another name, or move the file away if nothing in it is still needed.",
        )


def write_unless_edited(path: Path, data: bytes) -> Path:
    """As `write_output`, but never over a file with other words. Raises PublishError."""
    check_unedited(path, data)
    return write_output(path, data)


def write_output(path: Path, data: bytes) -> Path:
    """Write an output whole, making its folder; PublishError where the disk refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as err:
        raise PublishError(
            f"can't write this output: {err.strerror}",
            where=str(path),
            remedy="Choose a folder that can be written with --out.",
        ) from err
    return path
