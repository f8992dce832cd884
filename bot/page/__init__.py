"""The console's page: one template, and the style and scripts that it loads. Read once, when the console is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.demo import EXAMPLE, NEXT_STEPS
from bot.roster import Face

FOLDER = Path(__file__).parent
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the page loads."""

    data: bytes
    media_type: str


ASSETS = {path.name: Asset(path.read_bytes(), TYPES[path.suffix]) for path in FOLDER.iterdir() if path.suffix in TYPES}
PAGE = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, auto_reload=False, trim_blocks=True,
    lstrip_blocks=True,
).get_template("console.html")


def render(trust: str, people: Sequence[Face]) -> str:
    """The page, with a chat for each of these people."""
    return PAGE.render(trust=trust, people=people, example=EXAMPLE, steps=NEXT_STEPS)
