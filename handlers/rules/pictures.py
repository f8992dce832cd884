"""What becomes of a picture before anybody keeps it: checked, freed of its metadata, made small for cards."""

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps, ImageSequence

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
MOST_MOVING = 100_000_000
"""Dots of all frames of a GIF: each is drawn whole, however little of the file it takes."""
LEAST_FRAME = 20_000
"""So many dots a frame counts for at least: the smallest has its work, too."""
MOST_SCANS = 200
"""Of a JPEG, which may draw the whole picture anew with every seventy bytes; one of a camera has ten or twenty."""
THUMB_BYTES = 14_000
"""Four small copies and the words of a card stay below what one Teams message holds."""
OPENED = ("JPEG", "PNG", "GIF", "WEBP")
FORMATS = {
    "JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp",
    "MPO": "image/jpeg",  # a JPEG with a second picture behind it, as many telephones take them
}


class Fault(StrEnum):
    """Why a picture cannot be posted; `cards.pictures` has the sentences."""

    TOO_LARGE = "too large"
    TOO_MANY_PIXELS = "too many pixels"
    UNREADABLE = "unreadable"


class BadPicture(ValueError):
    """Not a picture that can be posted, and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture without metadata (no place, no camera, no name), and a small JPEG of it."""

    data: bytes
    thumb: bytes
    media_type: str
    width: int
    height: int


def clean(data: bytes) -> Clean:
    """The picture as it would be published; BadPicture for what is none, or too large."""
    if len(data) > MOST_BYTES:
        raise BadPicture(Fault.TOO_LARGE)
    if overdrawn(data):
        raise BadPicture(Fault.TOO_MANY_PIXELS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=OPENED) as image:
                return _clean(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadPicture(Fault.TOO_MANY_PIXELS) from None
    except BadPicture:
        raise
    except Exception:  # noqa: BLE001  on a broken file Pillow raises nearly anything: struct.error, IndexError …
        raise BadPicture(Fault.UNREADABLE) from None


def overdrawn(data: bytes) -> bool:
    """Whether it is a JPEG that draws itself over and over."""
    return data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MOST_SCANS


def _clean(image: Image.Image) -> Clean:
    """Each step works on the one copy in memory: fifty million dots take 150 MB as they are."""
    media_type, out = FORMATS[image.format or ""], io.BytesIO()
    if image.format == "GIF":
        _frames(image, out)
        image.seek(0)
    else:
        _still(image, out)
    width, height = image.size
    return Clean(out.getvalue(), _thumb(image), media_type, width, height)


def _still(image: Image.Image, out: io.BytesIO) -> None:
    """The picture alone, the right way up. What is not drawn goes: a comment, for one, would be written again."""
    if image.width * image.height > MOST_PIXELS:
        raise BadPicture(Fault.TOO_MANY_PIXELS)
    upright(image)
    if FORMATS[image.format or ""] == "image/jpeg":
        image.info = {}
        whole = image if image.mode == "RGB" else image.convert("RGB")
        whole.save(out, "JPEG", quality=92, exif=b"", icc_profile=None)
    else:
        image.info = {name: image.info[name] for name in ("transparency",) if name in image.info}
        image.save(out, image.format)


def upright(image: Image.Image) -> None:
    """Turned as its camera was held; as it lies where what the camera wrote is broken, which the dots are not."""
    image.load()
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)


def _frames(image: Image.Image, out: io.BytesIO) -> None:
    """A GIF keeps its movement, and loses its comments. A few bytes of it can be a thousand large frames."""
    drawn = 0
    for frame in ImageSequence.Iterator(image):
        dots = frame.width * frame.height
        drawn += max(dots, LEAST_FRAME)
        if dots > MOST_PIXELS or drawn > MOST_MOVING:
            raise BadPicture(Fault.TOO_MANY_PIXELS)
    image.seek(0)
    image.info.pop("comment", None)
    image.save(out, "GIF", save_all=True, comment=b"")


def _thumb(image: Image.Image) -> bytes:
    """A JPEG of at most THUMB_BYTES, on white where the picture is transparent. The picture itself is used up."""
    sides = ((480, 60), (360, 50), (240, 45), (160, 40))
    shown = image.convert("RGBA") if image.mode in ("1", "P", "PA") or "transparency" in image.info else image
    shown.thumbnail((sides[0][0], sides[0][0]))
    rgba = shown.convert("RGBA")
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    for side, quality in sides:
        small, out = flat.copy(), io.BytesIO()
        small.thumbnail((side, side))
        small.save(out, "JPEG", quality=quality)
        if out.tell() <= THUMB_BYTES:
            break
    return out.getvalue()
