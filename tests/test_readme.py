"""The README says what the code does."""

from pathlib import Path

from handlers.rules.lifecycle import diagram


def test_the_readme_shows_the_table_of_moves() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    assert diagram() in readme, "put `python -c 'from handlers.rules.lifecycle import diagram; print(diagram())'` there"
