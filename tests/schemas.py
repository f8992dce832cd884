"""Others' schemas, from the folder beside the project: data to hold our output against, not part of it."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "shared" / "schemas"


def schema(name: str) -> Any:
    """The schema in this file; skipped where the folder is absent, but never where it is there without the file."""
    if not FOLDER.is_dir():
        pytest.skip("the schemas are not here: there is no folder ../shared/schemas")
    return json.loads((FOLDER / name).read_text("utf-8"))
