"""What a picture file carries beside its pixels: segments of a JPEG, chunks of a PNG, bytes after the end."""

from __future__ import annotations

from typing import Final

from consilience.publish.leak_pieces import Flaw

_SEGMENTS: Final = {
    0xE1: "EXIF or XMP in a picture", 0xE2: "a colour profile or a second picture", 0xED: "IPTC in a picture",
    0xFE: "a comment in a picture",
}  # fmt: skip
_PIXELS: Final = frozenset([0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD])
"""Frames, tables and restart intervals of a JPEG (ITU-T T.81, table B.1)."""
_CHUNKS: Final = frozenset(
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"]
)
"""Chunks of a PNG that hold pixels, or how to show them (PNG specification, third edition, clause 11)."""


def jpeg_flaws(data: bytes) -> tuple[Flaw, ...]:
    """Segments that hold more than pixels, a thumbnail, and bytes after the end of the picture."""
    flaws: list[Flaw] = []
    at = 2
    if data[:2] != b"\xff\xd8":
        return (Flaw("a file that is not the JPEG it says", "the start"),)
    while at + 4 <= len(data):
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at] != 0xFF or size < 2:
            return (*flaws, Flaw("a file that is not the JPEG it says", f"byte {at}"))
        if marker == 0xDA:
            end = data.find(b"\xff\xd9", at)  # inside a scan FF is always stuffed, or a restart (T.81, B.1.1.5)
            if end < 0 or end + 2 != len(data):
                flaws.append(Flaw("bytes after the end of a picture", f"byte {end + 2}"))
            return tuple(flaws)
        if marker == 0xE0:
            body = data[at + 4 : at + 2 + size]
            if not body.startswith(b"JFIF\0") or body[12:14] != b"\0\0":
                flaws.append(Flaw("a thumbnail in a picture", f"byte {at}"))
        elif marker not in _PIXELS:
            flaws.append(Flaw(_SEGMENTS.get(marker, "metadata in a picture"), f"byte {at}"))
        at += 2 + size
    return (*flaws, Flaw("a file that is not the JPEG it says", "the end"))


def png_flaws(data: bytes) -> tuple[Flaw, ...]:
    """Chunks that hold more than pixels, and bytes after the last."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return (Flaw("a file that is not the PNG it says", "the start"),)
    flaws: list[Flaw] = []
    at = 8
    while at + 12 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if name not in _CHUNKS:
            flaws.append(Flaw("metadata in a picture", f"chunk {name.decode('latin-1')}"))
        at += 12 + size
        if name == b"IEND":
            break
    if at != len(data):
        flaws.append(Flaw("bytes after the end of a picture", f"byte {at}"))
    return tuple(flaws)
