"""The command line, run as people run it: from nothing to serving, and every mistake answered with a sentence."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import engine_for
from tests.databases import let_go
from tests.shell import Shell

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture
def trust(shell: Shell) -> Shell:
    """A shell whose database has the trust lt2."""
    shell.good("db", "upgrade")
    shell.good("trust", "add", "lt2")
    return shell


def test_it_says_which_version_it_is(shell: Shell) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert shell.good("--version") == f"canipost {project['version']}\n"


def test_from_nothing_to_ready(shell: Shell) -> None:
    assert "db upgrade" in shell.bad("db", "check")
    assert "db upgrade" in shell.bad("trust", "add", "lt2")
    assert "newest" in shell.good("db", "upgrade")
    assert "newest" in shell.good("db", "check")
    assert "trust add" in shell.bad("staff", "import", str(EXAMPLES / "staff.csv"), "--yes")
    assert "staff import" in shell.good("trust", "add", "lt2", "--name", "Riverside Trust")
    assert "staff import" in shell.bad("check")
    shown = shell.good("staff", "import", str(EXAMPLES / "staff.csv"), "--yes")
    assert "New schools (2):" in shown
    assert "Mrs Asha Patel, a.patel@riverside-trust.example.org, Oakfield High, headteacher@Oakfield High" in shown
    assert "Done." in shell.good("register", "import", str(EXAMPLES / "accounts.csv"), "--yes")
    assert "lt2: Riverside Trust, Europe/London" in shell.good("trust", "list")
    assert "the record is whole" in shell.good("audit", "verify")
    assert "Everything was delivered" in shell.good("outbox")
    assert "neither Slack nor Teams is configured" in shell.bad("check")
    slack = {"SLACK_BOT_TOKEN": "xoxb-12345678-abcdefGHIJKL", "SLACK_APP_TOKEN": "xapp-1-A0123-4567-abcdef0123"}
    assert "slack: configured, Socket Mode" in shell.good("check", **slack)
    mail = {"SMTP_URL": "smtp://bot:geheim@mail.example", "MAIL_FROM": "bot@oakfield.example"}
    assert "mail: configured as the last resort, through mail.example\n" in shell.good("check", **slack, **mail)
    assert "teams: the Emulator on this machine" in shell.good("check", TEAMS_APP_ID="emulator")


def test_an_import_asks_first(trust: Shell) -> None:
    staff = str(EXAMPLES / "staff.csv")
    assert "Nothing was changed" in trust.bad("staff", "import", staff, typed="n\n")
    assert "New (11):" in trust.good("staff", "import", staff, typed="y\n")
    assert "Nothing to change" in trust.good("staff", "import", staff)
    file = trust.folder / "one.csv"
    file.write_text("name,e-mail,school\nA,a@b.org,trust\n", "utf-8")
    assert "Aborted" in trust.bad("staff", "import", str(file), typed="")


def test_an_import_tells_who_is_missing_and_what_changes(trust: Shell) -> None:
    trust.good("staff", "import", str(EXAMPLES / "staff.csv"), "--yes")
    assert "so that what goes to them" not in trust.run("check").stdout
    fewer = [line for line in (EXAMPLES / "staff.csv").read_text("utf-8").splitlines() if "Hale" not in line]
    file = trust.folder / "staff.csv"
    file.write_text("\n".join(fewer).replace("Ms Ngozi Okafor", "Mrs Ngozi Okafor"), "utf-8")
    shown = trust.good("staff", "import", str(file), "--yes")
    assert "stay as they are (--remove-missing) (1):\n  Mr Peter Hale" in shown
    assert "Mrs Ngozi Okafor: name Ms Ngozi Okafor → Mrs Ngozi Okafor" in shown
    assert "have left (1):" in trust.good("staff", "import", str(file), "--yes", "--remove-missing")
    assert "Nothing to change" in trust.good("staff", "import", str(file), "--yes", "--remove-missing")


def test_check_says_which_roles_nobody_holds(trust: Shell) -> None:
    file = trust.folder / "staff.csv"
    rows = (EXAMPLES / "staff.csv").read_text("utf-8")
    file.write_text(rows.replace("Oakfield High,headteacher", "Oakfield High,"), "utf-8")
    trust.good("staff", "import", str(file), "--yes")
    assert "cannot be sent (1):\n  Oakfield High: headteacher\n" in trust.run("check").stdout


def test_line_managers_and_accounts_are_shown_before_anything_is_done(trust: Shell) -> None:
    shown = trust.good("staff", "import", str(EXAMPLES / "staff.csv"), "--yes")
    assert "Oakfield High, reports to d.reid@riverside-trust.example.org, from 01/09/2024" in shown
    file = trust.folder / "staff.csv"
    file.write_text("name,e-mail,school,reports to\nA,a@b.org,trust,b@b.org\nB,b@b.org,trust,a@b.org\n", "utf-8")
    said = trust.bad("staff", "import", str(file), "--yes")
    assert "line 2: the line managers go round in a circle: a@b.org → b@b.org → a@b.org" in said
    shown = trust.good("register", "import", str(EXAMPLES / "accounts.csv"), "--yes")
    assert "credentials with IT Services and Mr Lund" in shown
    rows = (EXAMPLES / "accounts.csv").read_text("utf-8").replace("Comments are off", "Comments are on")
    file.write_text(rows.replace(",31/01/2027,open", ",31/01/2027,closed"), "utf-8")
    shown = trust.good("register", "import", str(file), "--yes")
    assert "Facebook Oakfield High School: settings Comments are off → Comments are on\n" in shown
    assert "LinkedIn Riverside Trust: state open → closed\n" in shown


def test_the_registers_are_exported(trust: Shell) -> None:
    trust.good("staff", "import", str(EXAMPLES / "staff.csv"), "--yes")
    trust.good("register", "import", str(EXAMPLES / "accounts.csv"), "--yes")
    assert "\ufeff" in (shown := trust.good("register", "export"))
    assert '"\'@OakfieldHigh"' in shown
    assert "Wrote accounts.csv (4 entries)." in trust.good("register", "export", "--book", "account", "accounts.csv")
    written = trust.folder / "accounts.csv"
    assert "Nothing to change" in trust.good("register", "import", str(written))
    before = written.read_bytes()
    assert "is there already" in trust.bad("register", "export", "accounts.csv")
    assert written.read_bytes() == before
    assert "cannot be written" in trust.bad("register", "export", "no/such/folder.csv")
    assert len(trust.good("register", "export", "--book", "site", "--all").splitlines()) == 1
    assert trust.run("register", "export", "--book", "pupil").returncode == 2
    assert "the record is whole" in trust.good("audit", "verify")


def test_a_bad_file_is_answered_line_by_line_and_changes_nothing(trust: Shell) -> None:
    file = trust.folder / "staff.csv"
    file.write_text("name,e-mail,school,roles\nA,a@b.org,S,\nB,b,S,wizard\n", "utf-8")
    said = trust.bad("staff", "import", str(file), "--yes")
    assert "line 3: “b” is not an e-mail address" in said
    assert "line 3: I do not know the role “wizard”" in said
    assert "Nothing was imported." in said
    assert "cannot be read" in trust.bad("staff", "import", str(trust.folder / "none.csv"), "--yes")
    assert "cannot be read" in trust.bad("register", "import", str(trust.folder), "--yes")
    assert "staff import" in trust.bad("check")


def test_trusts(trust: Shell) -> None:
    assert "there already" in trust.bad("trust", "add", "lt2")
    assert "The packs that come along: archway, " in trust.bad("trust", "add", "../../etc/passwd")
    assert "time zone" in trust.bad("trust", "add", "lt2", "--zone", "Mars/Olympus")
    assert "time zone" in trust.bad("trust", "zone", "Europe")
    assert "LT2 is in Europe/Jersey from now on." in trust.good("trust", "zone", "Europe/Jersey")
    assert "lt2: LT2, Europe/Jersey" in trust.good("trust", "list")
    tenant = "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0"
    assert "Bound to lt2" in trust.good("trust", "bind", "lt2", "--slack", "T0123ABCD", "--teams", tenant)
    assert "Bound to lt2" in trust.good("trust", "bind", "lt2", "--slack", "T0123ABCD")
    assert f"slack T0123ABCD; teams {tenant.lower()}" in trust.good("trust", "list")
    assert "no workspace's id" in trust.bad("trust", "bind", "lt2", "--slack", "oakfield")
    assert "no tenant's id" in trust.bad("trust", "bind", "lt2", "--teams", "oakfield")
    assert "Say what to bind" in trust.bad("trust", "bind", "lt2")
    assert "--trust lt2" in trust.bad("trust", "bind", "archway", "--slack", "T0123ABCD")
    assert "--trust lt2" in trust.bad("outbox", "--trust", "archway")


def test_what_could_not_be_delivered_is_listed_and_tried_again(trust: Shell) -> None:
    trust.good("staff", "import", str(EXAMPLES / "staff.csv"), "--yes")
    rows = sqlite3.connect(trust.folder / "canipost.db")
    rows.executemany(
        """INSERT INTO outbox (trust_id, person_id, card, subject_id, state, since, due_at, attempts, holds, problem)
           VALUES (1, 1, ?, 'ABCD1234', ?, '2026-11-05 09:00:00.000000', '2026-11-05 09:00:00.000000', 12, 0, ?)""",
        [("request", "buried", "They have left."), ("report_new", "buried", "They have left."),
         ("news", "waiting", "slack: token_revoked")])
    rows.execute("INSERT INTO shutdoor VALUES ('slack', 'token_revoked', '2026-11-05 09:00', '2026-11-05 09:05')")
    rows.commit()
    rows.close()
    said = trust.good("outbox")
    assert "Slack is shut since 05/11/2026 09:00: token_revoked. Please set CANIPOST_SLACK_BOT_TOKEN" in said
    assert "1 waiting since 05/11/2026 09:00: slack: token_revoked" in said
    assert "1: request about ABCD1234 to " in said
    assert ", since 05/11/2026 09:00, 12 attempts: They have left." in said
    assert "Say which" in trust.bad("outbox", "retry")
    assert "Say which" in trust.bad("outbox", "retry", "1", "--all")
    assert "Not among what could not be delivered: 3, 77." in trust.bad("outbox", "retry", "1", "77", "3")
    assert "1 on the way again" in trust.good("outbox", "retry", "1")
    assert "1 on the way again" in trust.good("outbox", "retry", "--all")
    assert "0 on the way again" in trust.good("outbox", "retry", "--all")
    rows = sqlite3.connect(trust.folder / "canipost.db")
    assert rows.execute("SELECT state, attempts FROM outbox").fetchall()[:2] == [("waiting", 0)] * 2
    noted = rows.execute("SELECT count(*) FROM audit WHERE verb = 'outbox_again'").fetchone()
    assert noted == (1,), "never of a report"
    rows.close()
    assert "the record is whole" in trust.good("audit", "verify")


@pytest.mark.parametrize(("change", "said"), [
    ("UPDATE alembic_version SET version_num = '9999'", "upgraded by a newer version"),
    ("DROP TABLE question", "not whole"),
    ("DELETE FROM alembic_version", "not whole"),
])
def test_no_command_touches_a_database_that_it_does_not_know(trust: Shell, change: str, said: str) -> None:
    with closing(sqlite3.connect(trust.folder / "canipost.db")) as rows:
        rows.execute(change)
        rows.commit()
    before = (trust.folder / "canipost.db").read_bytes()
    doors = {"SLACK_BOT_TOKEN": "xoxb-12345678-abcdefGHIJKL", "SLACK_APP_TOKEN": "xapp-1-A0123-4567-abcdef0123"}
    for words in (("serve",), ("check",), ("db", "check"), ("db", "upgrade"), ("trust", "list"), ("outbox",),
                  ("audit", "verify"), ("backup", "copy.db"), ("demo", "--database", "canipost.db", "--no-browser")):
        assert said in trust.bad(*words, **doors), words
    assert (trust.folder / "canipost.db").read_bytes() == before


def test_another_programs_database_is_refused(shell: Shell) -> None:
    with closing(sqlite3.connect(shell.folder / "canipost.db")) as rows:
        rows.execute("CREATE TABLE invoice (id INTEGER)")
        rows.commit()
    for words in (("db", "upgrade"), ("db", "check"), ("trust", "add", "lt2")):
        assert "another program's tables" in shell.bad(*words)
    (shell.folder / "canipost.db").write_text("Dear diary, " * 500)
    assert "not a database" in shell.bad("db", "upgrade")


def test_a_record_that_was_altered_is_found(trust: Shell) -> None:
    trust.good("staff", "import", str(EXAMPLES / "staff.csv"), "--yes")
    let_go(engine_for(f"sqlite:///{trust.folder / 'canipost.db'}"), altered=True)
    rows = sqlite3.connect(trust.folder / "canipost.db")
    rows.execute("UPDATE audit SET verb = 'other' WHERE seq = 2")
    rows.commit()
    rows.close()
    assert "lt2: the record is broken at entry 2." in trust.bad("audit", "verify")


def test_settings_are_refused_all_at_once(shell: Shell) -> None:
    said = shell.bad("check", PORT="x", SLACK_BOT_TOKEN="xoxb-your-token", HOST="")
    assert len(said.strip().splitlines()) == 4
    assert "xoxb-your" not in said
    assert "Neither Slack nor Teams" in shell.bad("serve")


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/c.db", "postgresql://canipost:geheim@127.0.0.1:9/canipost?connect_timeout=2"]
)
@pytest.mark.parametrize("words", [["db", "check"], ["db", "upgrade"], ["check"], ["trust", "list"]])
def test_a_database_that_does_not_answer(shell: Shell, url: str, words: list[str]) -> None:
    said = shell.bad(*words, DATABASE_URL=url)
    assert "The database cannot be used" in said
    assert "geheim" not in said


def test_a_file_that_is_no_database(shell: Shell) -> None:
    (shell.folder / "canipost.db").write_text("name,e-mail\n" * 100)
    assert "The database cannot be used" in shell.bad("db", "upgrade")


def test_names_that_no_disk_takes_and_words_that_are_no_text(trust: Shell) -> None:
    long, loop = "x" * 5000, trust.folder / "loop"
    loop.symlink_to(loop)
    assert "File name too long" in trust.bad("register", "export", long)
    assert "Too many levels" in trust.bad("pack", "docs", str(loop))
    assert "not all text" in trust.bad("staff", "hand-over", "\udcff", "okafor@oakfield.example")


def test_manifests(shell: Shell) -> None:
    slack = json.loads(shell.good("manifest", "slack", "--url", "https://canipost.example.org"))
    assert slack["display_information"]["name"] == "Can I Post"
    shell.good("manifest", "slack", "--url", "https://canipost.example.org", "--out", "slack.json")
    assert json.loads((shell.folder / "slack.json").read_text("utf-8")) == slack
    guid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    shell.good("manifest", "teams", "--app-id", guid, "--domain", "canipost.example.org")
    assert (shell.folder / "canipost.zip").read_bytes()[:2] == b"PK"
    assert "will not do" in shell.bad("manifest", "slack", "--url", "http://localhost")
    assert "no app id" in shell.bad("manifest", "teams", "--app-id", "x", "--domain", "canipost.example.org")
    said = shell.bad("manifest", "teams", "--app-id", guid, "--domain", "a.example.org", "--out", "no/such/folder.zip")
    assert "cannot be written" in said


def test_a_developer_s_migration(shell: Shell, tmp_path: Path) -> None:
    """Against a copy: it writes into the project."""
    for name in ("bot", "cards", "handlers", "policies", "storage"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "storage").unlink()
    copy = tmp_path / "storage"
    for file in (ROOT / "storage").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            (copy / file.relative_to(ROOT / "storage")).parent.mkdir(parents=True, exist_ok=True)
            (copy / file.relative_to(ROOT / "storage")).write_bytes(file.read_bytes())
    tables = copy / "tables" / "people.py"
    tables.write_text(
        tables.read_text("utf-8").replace("    zone: str =", '    motto: str = ""\n    zone: str =', 1), "utf-8"
    )
    before = set((copy / "migrations" / "versions").iterdir())
    done = [
        subprocess.run(
            [sys.executable, "-m", "bot", *words], cwd=tmp_path, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        ).stdout
        for words in (["db", "upgrade"], ["db", "revise", "a motto"])
    ]  # fmt: skip
    [written] = [each for each in set((copy / "migrations" / "versions").iterdir()) - before if each.suffix == ".py"]
    assert re.fullmatch(r"v\d{4}_a_motto\.py", written.name)
    assert written.name in done[1]
    assert "motto" in written.read_text("utf-8")
    assert "drop" not in written.read_text("utf-8")


@pytest.mark.parametrize("words", [[], ["staff"], ["--help"], ["manifest", "slack", "--help"]])
def test_help(shell: Shell, words: list[str]) -> None:
    done = shell.run(*words)
    assert done.returncode in {0, 2}
    assert "Usage" in done.stdout + done.stderr


def test_a_command_that_is_none(shell: Shell) -> None:
    assert shell.run("publish").returncode == 2


def test_as_a_process_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "db", "check"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "CANIPOST_PORT": "x", "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "CANIPOST_PORT is not a port. Give a number from 1 to 65535, such as 3978.\n"
