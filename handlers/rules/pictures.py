"""What becomes of a picture before anybody keeps it: checked, freed of its metadata, made small for cards."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
THUMB_BYTES = 14_000
"""Four small copies and the words of a card stay below what one Teams message holds."""
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}


class BadPicture(ValueError):
    """Not a picture that can be posted; the text says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture without metadata (no place, no camera, no name), and a small JPEG of it."""

    data: bytes
    thumb: bytes
    media_type: str
    width: int
    height: int


def clean(data: bytes, name: str) -> Clean:
    """The picture as it would be published; BadPicture for what is none, or too large."""
    if len(data) > MOST_BYTES:
        raise BadPicture(too_large(name))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
                return _clean(image, name)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadPicture(f"{name} has too many pixels. Please send a smaller copy.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, BadPicture):
            raise
        raise BadPicture(f"{name} is not a picture I can read. Please send a JPEG, PNG, GIF or WebP.") from None


def too_large(name: str) -> str:
    """What is said of a picture over the limit, whether or not it was read."""
    return f"{name} is larger than {MOST_BYTES // 1_000_000} MB. Please send a smaller copy."


def _clean(image: Image.Image, name: str) -> Clean:
    kind = image.format or ""
    if image.width * image.height > MOST_PIXELS:
        raise BadPicture(f"{name} has too many pixels. Please send a smaller copy.")
    image.load()
    turned = ImageOps.exif_transpose(image)
    out = io.BytesIO()
    if kind == "GIF":
        _frames(image, out)
    elif kind == "JPEG":
        turned.convert("RGB").save(out, "JPEG", quality=92, exif=b"", icc_profile=None)
    else:
        turned.info = {}
        turned.save(out, kind)
    return Clean(out.getvalue(), _thumb(turned), FORMATS[kind], turned.width, turned.height)


def _frames(image: Image.Image, out: io.BytesIO) -> None:
    """A GIF keeps its movement, and loses its comments."""
    image.info.pop("comment", None)
    image.save(out, "GIF", save_all=True, comment=b"")


def _thumb(image: Image.Image) -> bytes:
    """A JPEG of at most THUMB_BYTES, on white where the picture is transparent."""
    flat = Image.new("RGB", image.size, "white")
    rgba = image.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    for side, quality in ((480, 60), (360, 50), (240, 45), (160, 40)):
        small = flat.copy()
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality)
        if out.tell() <= THUMB_BYTES:
            break
    return out.getvalue()
