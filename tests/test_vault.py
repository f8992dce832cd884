"""What seals the reports: the wrong key opens nothing, keys are renewed whole or not at all, no key is ever shown."""

import os
import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot import demo
from bot.app import build_demo
from bot.settings import SettingsError, load
from storage import people
from storage import report as reports
from storage.database import Database, Unit
from storage.report import REPORT, STEP
from storage.tables import ReportState
from storage.vault import BadKey, Unreadable, Vault, new_key
from tests.shell import Shell

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
OLD, NEW, OTHER = new_key(), new_key(), new_key()
WORDS = {"what": "zebracrossing", "address": "https://x.example/1", "staff": [1, 2]}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-12345678-abcdefGHIJKL", "SLACK_APP_TOKEN": "xapp-1-A0123-4567-abcdef0123"}
FILE = "canipost.db"


@pytest.fixture
def sealed(shell: Shell, blank: bytes) -> Shell:
    """A shell whose database has two reports at the same address, sealed with the old key, each with a step."""
    (shell.folder / FILE).write_bytes(blank)
    within(shell, [OLD], lambda u: [plant(u), plant(u)])
    return shell


def plant(u: Unit) -> str:
    """A report with a step, in the sample trust."""
    demo.write(u, AT)
    person = people.by_email(u, demo.email("okafor"))
    assert person is not None and person.id is not None
    mark = reports.vault(u).mark(WORDS["address"])
    row = reports.create(u, "colleague", "0" * 64, person.id, WORDS, sent_at=AT, state=ReportState.SENT, mark=mark)
    reports.step(u, row.id, person.id, "answer", {"words": "okapi"})
    return row.id


def within(shell: Shell, keys: Sequence[str], work: Any) -> Any:
    """Work in the shell's database, with these keys."""
    database = Database(f"sqlite:///{shell.folder / FILE}", Vault(keys) if keys else None)
    try:
        return database.run_now(work)
    finally:
        database.close()


def opened(u: Unit) -> list[Any]:
    """Every report and every step, opened."""
    key = reports.vault(u)
    return [key.open(row.sealed) for table in (REPORT, STEP) for row in u.connection.execute(select(table))]


def rows(u: Unit) -> list[Any]:
    return [tuple(row) for table in (REPORT, STEP) for row in u.connection.execute(select(table).order_by(table.c.id))]


def alike(u: Unit) -> int:
    """How many other reports are known to be about the first one's address."""
    u.act_for(people.trusts(u)[0], AT)
    first = reports.get(u, u.connection.execute(select(REPORT.c.id)).scalars().first() or "")
    assert first is not None
    return len(reports.alike(u, first))


# the seal


@given(st.dictionaries(st.text(), st.text() | st.lists(st.integers()) | st.booleans()))
def test_what_is_sealed_opens_as_it_was_and_cannot_be_read(words: dict[str, Any]) -> None:
    vault = Vault([OLD])
    sealed = vault.seal(words)
    assert vault.open(sealed) == words
    assert all(said not in sealed for said in map(str, words) if len(said) > 5)


def test_the_same_words_are_sealed_otherwise_each_time() -> None:
    vault = Vault([OLD])
    assert vault.seal(WORDS) != vault.seal(WORDS)


def test_the_wrong_key_opens_nothing() -> None:
    sealed = Vault([OLD]).seal(WORDS)
    with pytest.raises(Unreadable):
        Vault([NEW]).open(sealed)
    with pytest.raises(Unreadable):
        Vault([NEW, OTHER]).renew(sealed)


@given(st.integers(0, 400), st.characters(), st.sampled_from(("put", "cut", "add")))
def test_what_was_altered_does_not_open(place: int, letter: str, how: str) -> None:
    vault = Vault([OLD])
    sealed = vault.seal({"what": "zebracrossing"})
    place %= len(sealed)
    altered = {
        "put": sealed[:place] + letter + sealed[place + 1 :], "cut": sealed[:place], "add": letter + sealed,
    }[how]
    if altered == sealed:
        return
    try:
        assert vault.open(altered) == {"what": "zebracrossing"}, "another spelling of the same bytes, at most"
    except Unreadable:
        return


@pytest.mark.parametrize("sealed", ["", "é", "\0", "gAAAA", "{}", "null", "a" * 4000])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(Unreadable):
        Vault([OLD]).open(sealed)


def test_a_new_key_in_front_seals_and_the_old_one_still_opens() -> None:
    before = Vault([OLD]).seal(WORDS)
    both = Vault([NEW, OLD])
    assert both.open(before) == WORDS
    assert Vault([NEW]).open(both.seal(WORDS)) == WORDS
    assert Vault([NEW]).open(both.renew(before)) == WORDS


def test_marks_tell_the_same_address_and_nothing_else() -> None:
    vault = Vault([OLD])
    assert vault.mark("https://x.example/1") == Vault([OLD, NEW]).mark("https://x.example/1")
    assert vault.mark("https://x.example/1") != vault.mark("https://x.example/2")
    assert vault.mark("https://x.example/1") != Vault([NEW]).mark("https://x.example/1")


BAD_KEYS = ("", "short", OLD[:-2], OLD + OLD, "é" * 44, "A" * 43 + "=", Fernet.generate_key().hex(), "your-key-here")

"""One pasted twice, or two without a comma between, is none either."""
BAD_LISTS = (*filter(None, BAD_KEYS), f"{OLD},short-key-of-mine", f"{OLD},", f"{OLD},,{NEW}")


@pytest.mark.parametrize("key", BAD_KEYS, ids=range(len(BAD_KEYS)))
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(BadKey):
        Vault([key])
    with pytest.raises(BadKey):
        Vault([OLD, key])


def test_no_keys_are_none() -> None:
    with pytest.raises(BadKey):
        Vault([])


def test_a_vault_shows_no_key() -> None:
    vault = Vault([OLD, NEW])
    assert not any(key in said for key in (OLD, NEW) for said in (repr(vault), str(vault)))
    with pytest.raises(Unreadable) as refused:
        vault.open("gAAAA")
    assert refused.value.__cause__ is None and OLD not in repr(refused.value)


# the settings


@pytest.mark.parametrize("keys", BAD_LISTS, ids=range(len(BAD_LISTS)))
def test_a_bad_key_is_named_and_not_shown(keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANIPOST_REPORT_KEYS", keys)
    with pytest.raises(SettingsError) as refused:
        load()
    (problem,) = refused.value.problems
    assert "CANIPOST_REPORT_KEYS" in problem and "canipost keys new" in problem
    assert not any(part in problem for part in keys.split(",") if len(part) > 4)


def test_several_keys_stand_with_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANIPOST_REPORT_KEYS", f" {NEW}, {OLD} ")
    settings = load()
    assert settings.vault is not None and settings.vault.open(Vault([OLD]).seal(WORDS)) == WORDS
    assert OLD not in repr(settings) and NEW not in repr(settings)


def test_without_a_key_there_is_no_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANIPOST_REPORT_KEYS", raising=False)
    assert load().vault is None


# the commands


def test_a_new_key_is_a_key_and_another_each_time(shell: Shell) -> None:
    first, second = (shell.good("keys", "new").strip() for _ in range(2))
    assert first != second and Vault([first, second])


def test_keys_are_rotated_and_the_old_one_is_not_needed_any_more(sealed: Shell) -> None:
    before = within(sealed, [OLD], opened)
    assert before == [WORDS, WORDS, {"words": "okapi"}, {"words": "okapi"}]
    assert within(sealed, [OLD], alike) == 1
    said = sealed.good("keys", "rotate", REPORT_KEYS=f"{NEW},{OLD}")
    assert "Sealed 4 anew" in said and NEW not in said and OLD not in said
    assert within(sealed, [NEW], opened) == before
    with pytest.raises(Unreadable):
        within(sealed, [OLD], opened)


def test_marks_are_keyed_anew_so_that_the_same_address_is_still_known(sealed: Shell) -> None:
    marks = {row.mark for row in within(sealed, [OLD], lambda u: list(u.connection.execute(select(REPORT.c.mark))))}
    sealed.good("keys", "rotate", REPORT_KEYS=f"{NEW},{OLD}")
    anew = {row.mark for row in within(sealed, [NEW], lambda u: list(u.connection.execute(select(REPORT.c.mark))))}
    assert anew == {Vault([NEW]).mark(str(WORDS["address"]))} and anew != marks
    assert within(sealed, [NEW], alike) == 1


def test_the_same_address_is_known_before_the_keys_are_rotated(sealed: Shell) -> None:
    """A new key stands in front, the old one is still needed: what was marked with either finds the other."""
    newest = within(sealed, [NEW, OLD], plant)
    assert within(sealed, [NEW, OLD], alike) == 2

    def beside(u: Unit) -> int:
        u.act_for(people.trusts(u)[0], AT)
        found = reports.get(u, newest)
        return len(reports.alike(u, found)) if found else 0

    assert within(sealed, [NEW, OLD], beside) == 2


def test_rotation_needs_every_key_and_else_changes_nothing(sealed: Shell) -> None:
    before = within(sealed, [OLD], rows)
    assert "the one that is missing" in sealed.bad("keys", "rotate", REPORT_KEYS=NEW)
    assert "No key is set" in sealed.bad("keys", "rotate")
    assert within(sealed, [OLD], rows) == before


def test_an_interrupted_rotation_changes_nothing(sealed: Shell) -> None:
    """The last step that it comes to opens with no key: what went before is not kept either."""
    def spoil(u: Unit) -> None:
        last = max(u.connection.execute(select(STEP.c.id)).scalars())
        u.connection.execute(update(STEP).where(STEP.c.id == last).values(sealed=Vault([OTHER]).seal({})))

    within(sealed, [OLD], spoil)
    before = within(sealed, [OLD], rows)
    assert "Nothing was changed" in sealed.bad("keys", "rotate", REPORT_KEYS=f"{NEW},{OLD}")
    assert within(sealed, [OLD], rows) == before


def test_serve_does_not_start_without_the_keys_once_there_is_a_report(sealed: Shell) -> None:
    assert "no key to read them with" in sealed.bad("serve", **SLACK)
    said = sealed.bad("serve", **SLACK, REPORT_KEYS=NEW)
    assert "2 reports in the database that open with none of the keys" in said and NEW not in said


def test_one_report_that_was_altered_does_not_keep_the_bot_from_starting(sealed: Shell) -> None:
    def spoil(u: Unit) -> None:
        first = u.connection.execute(select(REPORT.c.id)).scalars().first()
        u.connection.execute(update(REPORT).where(REPORT.c.id == first).values(sealed="x"))

    within(sealed, [OLD], spoil)
    said = sealed.good("check", **SLACK, REPORT_KEYS=OLD)
    assert "reports: can be taken" in said
    assert "1 of 2 open with none of the keys" in said


def test_check_says_whether_reports_can_be_taken(sealed: Shell) -> None:
    assert "reports: can be taken" in sealed.good("check", **SLACK, REPORT_KEYS=f"{NEW},{OLD}")
    assert "no key to read them with" in sealed.bad("check", **SLACK)
    assert "open with none of the keys" in sealed.bad("check", **SLACK, REPORT_KEYS=NEW)
    within(sealed, [OLD], lambda u: [u.connection.execute(table.delete()) for table in (STEP, REPORT)])
    assert "reports: cannot be taken" in sealed.good("check", **SLACK)


def test_the_demo_has_a_key_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANIPOST_REPORT_KEYS", OLD)
    seal = Vault([OLD]).seal(WORDS)
    keys = set()
    for name in ("one", "two", "one"):
        bot = build_demo(tmp_path / f"{name}.db")
        try:
            assert bot.database.vault is not None
            with pytest.raises(Unreadable):
                bot.database.vault.open(seal)
        finally:
            bot.database.close()
        kept = tmp_path / f"{name}.key"
        keys.add(kept.read_text("utf-8"))
        assert os.name != "posix" or stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(keys) == 2
