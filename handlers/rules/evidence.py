"""What a file of a report may be, by its bytes and never by its name; and how it is shown small."""

import io
import re
import warnings
from enum import StrEnum

from PIL import Image, UnidentifiedImageError

from handlers.rules.pictures import FORMATS, MOST_PIXELS, OPENED, overdrawn, upright

MOST_BYTES = 10_000_000
"""Slack takes no more in a form; the other doors keep to it."""
MOST_FILES = 8
"""A report's, all together."""
PAPER = "application/pdf"
LOCKED_ZIP = re.compile(rb"PK\x03\x04..[\x01\x03\x05\x07\x09\x0b\x0d\x0f]", re.DOTALL)
"""An archive whose first file needs a password."""
OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIDES = ((1100, 72), (800, 65), (560, 60), (400, 50), (260, 40), (160, 30))


class Unfit(StrEnum):
    """Why a file is not taken; `cards.report_evidence` has the sentences."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    TOO_MANY_PIXELS = "too many pixels"
    LOCKED = "locked"
    ARCHIVE = "archive"
    BROKEN = "broken"
    OTHER = "other"
    PAPER = "paper"


def media_type(data: bytes, papers: bool) -> str | Unfit:
    """What the bytes are, whatever the file is called; or why it is not taken. `papers`: PDFs may be given, too.

    A picture is only measured here, never drawn: what swells when it is opened stays folded.
    """
    if not data:
        return Unfit.EMPTY
    if len(data) > MOST_BYTES:
        return Unfit.TOO_LARGE
    if data.startswith(b"%PDF-"):
        return Unfit.PAPER if not papers else Unfit.LOCKED if b"/Encrypt" in data else PAPER
    if data.startswith(b"PK"):
        return Unfit.LOCKED if LOCKED_ZIP.match(data) else Unfit.ARCHIVE
    if data.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", OFFICE)):
        return Unfit.ARCHIVE
    return _picture(data)


def _picture(data: bytes) -> str | Unfit:
    if overdrawn(data):
        return Unfit.TOO_MANY_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=OPENED) as image:
                if image.width * image.height > MOST_PIXELS:
                    return Unfit.TOO_MANY_PIXELS
                return FORMATS[image.format or ""]
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return Unfit.TOO_MANY_PIXELS
    except UnidentifiedImageError:
        return Unfit.OTHER
    except Exception:  # noqa: BLE001  on a broken file Pillow raises nearly anything
        return Unfit.BROKEN


def preview(data: bytes, most: int) -> bytes:
    """A small JPEG of at most `most` bytes, drawn from the picture's dots alone; empty where there is none to draw."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=OPENED) as image:
                return _small(image, most) if image.width * image.height <= MOST_PIXELS else b""
    except Exception:  # noqa: BLE001  on a broken file Pillow raises nearly anything
        return b""


def _small(image: Image.Image, most: int) -> bytes:
    image.draft("RGB", (SIDES[0][0], SIDES[0][0]))  # a JPEG is then read small, not whole
    upright(image)
    image.thumbnail((SIDES[0][0], SIDES[0][0]))
    rgba = image.convert("RGBA")
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    for side, quality in SIDES:
        small, out = flat.copy(), io.BytesIO()
        small.thumbnail((side, side))
        small.save(out, "JPEG", quality=quality)
        if out.tell() <= most:
            return out.getvalue()
    return b""


def safe_name(said: str) -> str:
    """A file's name as one can show and save it: no path, no controls, nothing that turns the direction of writing."""
    name = re.split(r"[/\\]", said)[-1]
    kept = "".join(letter for letter in name if letter.isprintable() and letter not in '<>:"|?*')
    kept = " ".join(kept.split()).strip(". ")
    if len(kept) > 80:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[:70]}.{ending}" if dot and len(ending) <= 8 else kept[:80]
    return kept or "file"
