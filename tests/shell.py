"""The command line, in the test's own process: what it says, and how it ends."""

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import main


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


class Shell:
    """A folder with its own database, and the command in it."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch, said: pytest.CaptureFixture[str]) -> None:
        self.folder, self.environment, self.said = folder, environment, said

    def run(self, *words: str, typed: str = "", **settings: str) -> Done:
        with self.environment.context() as here:
            here.chdir(self.folder)
            for name in [each for each in os.environ if each.startswith("CANIPOST_")]:
                here.delenv(name)
            for name, value in settings.items():
                here.setenv(f"CANIPOST_{name}", value)
            here.setattr(sys, "argv", ["canipost", *words])
            here.setattr(sys, "stdin", io.StringIO(typed))
            self.said.readouterr()
            try:
                main()
            except SystemExit as end:
                return Done(int(end.code or 0), *self.said.readouterr())
        raise AssertionError("it did not end with a code")

    def good(self, *words: str, typed: str = "", **settings: str) -> str:
        done = self.run(*words, typed=typed, **settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bad(self, *words: str, typed: str = "", **settings: str) -> str:
        done = self.run(*words, typed=typed, **settings)
        assert done.returncode == 1, done.stdout
        return done.stderr
