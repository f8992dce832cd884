"""docs/threat-model.md names a test for each promise: each of them is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "threat-model.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def found_in(path: str) -> set[str]:
    """The tests that a file has."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_test_that_a_promise_names_is_there() -> None:
    named = NAMED.findall(PAGE.read_text("utf-8"))
    assert len(named) > 20
    for path, test in named:
        assert (ROOT / path).is_file(), path
        assert not test or test in found_in(path), f"{path} has no {test}"


def test_every_promise_names_a_test() -> None:
    promises = PAGE.read_text("utf-8").partition("| promise | test |")[2].partition("\n\n")[0]
    rows = [line for line in promises.splitlines() if line.startswith("| ")]
    assert len(rows) > 12
    assert all(NAMED.search(row.split(" | ")[-1]) for row in rows)


def test_it_promises_confidential_and_never_anonymous() -> None:
    words = PAGE.read_text("utf-8")
    assert "confidential, never anonymous" in words
    assert words.count("anonymous") == 1
