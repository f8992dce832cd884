"""canipost backup: a whole copy or none, while somebody writes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from storage.backup import Damaged, NotSqlite, backup
from tests.shell import Shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    shell = Shell(tmp_path, monkeypatch, capsys)
    shell.good("db", "upgrade")
    shell.good("trust", "add", "lt2")
    return shell


def test_the_copy_serves_in_its_place(shell: Shell) -> None:
    said = shell.good("backup", "copy.db")
    assert "copy that folder" in said
    assert "lt2" in shell.run("trust", "list", DATABASE_URL="sqlite:///copy.db").stdout
    assert (shell.folder / "copy.db").stat().st_mode & 0o077 == 0
    again = shell.run("backup", "copy.db")
    assert again.returncode == 1
    assert "copy.db is there already" in again.stderr
    assert "Name the file" in shell.bad("backup", "")
    nowhere = shell.run("backup", "no/such/copy.db")
    assert nowhere.returncode == 1
    assert "no/such/copy.db" in nowhere.stderr


def test_what_is_not_committed_is_not_in_it(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'live.db'}")
    with closing(sqlite3.connect(tmp_path / "live.db")) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE t (n INTEGER)")
        other.execute("INSERT INTO t VALUES (1)")
        other.commit()
        other.execute("INSERT INTO t VALUES (2)")
        backup(engine, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT n FROM t").fetchall() == [(1,)]
    engine.dispose()


def test_a_damaged_database_leaves_no_copy(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    with closing(sqlite3.connect(live)) as made:
        made.execute("CREATE TABLE t (n TEXT)")
        made.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
        made.commit()
    whole = bytearray(live.read_bytes())
    whole[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    live.write_bytes(whole)
    engine = create_engine(f"sqlite:///{live}")
    with pytest.raises(Damaged):
        backup(engine, tmp_path / "copy.db")
    assert sorted(each.name for each in tmp_path.iterdir() if "copy" in each.name) == []
    engine.dispose()


def test_postgresql_has_its_own(tmp_path: Path) -> None:
    with pytest.raises(NotSqlite):
        backup(create_engine("postgresql+psycopg://nobody@127.0.0.1/none"), tmp_path / "copy.db")
