"""The register's file: what is read, what is refused and why, and what an import changes."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import people as staff
from handlers import register as flow
from handlers import trust
from handlers.packs import bundled
from handlers.rules.register import Row, compare
from handlers.rules.registerfile import NAMES, parse
from handlers.rules.spreadsheet import BadFile
from storage import audit, imports, people, register, tasks
from storage.database import Database, Stale, Unit
from storage.tables import Book, Entry

HEAD = "platform,name,address,school,owner\n"
SCHOOLS = ("Oakfield High", "Oakfield Primary")
SERVING = ("e.lund@b.org", "l.costa@b.org")
AT = datetime(2026, 11, 5, 9, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


BLANK = dict.fromkeys(NAMES, "") | {"register": "account", "school": "trust", "state": "open"}
OAK = BLANK | {
    "platform": "X", "name": "@Oak", "owner": "e.lund@b.org", "owner name": "Erik Lund", "purpose": "News",
    "credentials": "password safe of the office", "review date": "01/09/2026", "conditions": "Twice a week",
}  # fmt: skip
"""An account as the register has it."""


def read(text: str, *listed: Mapping[str, str]) -> list[Row]:
    return parse(text.encode(), SCHOOLS, SERVING, listed)


def refused(text: str, *listed: Mapping[str, str]) -> list[str]:
    with pytest.raises(BadFile) as bad:
        read(text, *listed)
    return [f"{each.line}: {each.reason}" for each in bad.value.problems]


def test_a_whole_row() -> None:
    row = "facebook,Oakfield High School,www.facebook.com/oakfield,oakfield high,E.Lund@b.org\n"
    address = "https://www.facebook.com/oakfield"
    assert read(HEAD + row) == [Row("Facebook", "Oakfield High School", address, "Oakfield High", "e.lund@b.org")]


@pytest.mark.parametrize(
    "heading",
    ["platform,name,school,owner", "Platform;Account name;School or trust;Owner's e-mail", "SITE,PAGE,ACADEMY,E-MAIL"],
)
def test_headings_people_write(heading: str) -> None:
    row = "X,@oak,trust,e.lund@b.org".replace(",", ";" if ";" in heading else ",")
    assert read(f"{heading}\n{row}\n") == [Row("X", "@oak", "", None, "e.lund@b.org")]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("twitter", "X"),
        ("x (Twitter)", "X"),
        ("TIKTOK", "TikTok"),
        ("Newsletter", "Newsletter"),
        ("youtube", "YouTube"),
    ],
)
def test_platforms_are_spelt_one_way(written: str, kept: str) -> None:
    assert read(f"{HEAD}{written},A,,trust,e.lund@b.org\n")[0].platform == kept


BAD_ROWS = {
    "no platform": (",A,,trust,e.lund@b.org", "the platform is missing"),
    "no name": ("X,,,trust,e.lund@b.org", "the name is missing"),
    "no owner": ("X,A,,trust,", "the owner is missing"),
    "unknown owner": ("X,A,,trust,z@b.org", "the owner z@b.org is not on the staff list today"),
    "owner by name": ("X,A,,trust,Erik Lund", "the owner erik lund is not on the staff list today"),
    "unknown school": ("X,A,,Oakfeild,e.lund@b.org", "there is no school called “Oakfeild”"),
    "script address": ("X,A,javascript:alert(1),trust,e.lund@b.org", "is not a web address"),
    "file address": ("X,A,file:///etc/passwd,trust,e.lund@b.org", "is not a web address"),
    "address with a password": ("X,A,https://u:p@x.com/a,trust,e.lund@b.org", "is not a web address"),
    "address with a space": ("X,A,https://x.com/a b,trust,e.lund@b.org", "is not a web address"),
    "address with markup": ("X,A,https://x.com/<b>,trust,e.lund@b.org", "is not a web address"),
    "broken address": ("X,A,https://[::1,trust,e.lund@b.org", "is not a web address"),
    "no host": ("X,A,https://,trust,e.lund@b.org", "is not a web address"),
    "one word": ("X,A,oakfield,trust,e.lund@b.org", "is not a web address"),
    "a port": ("X,A,https://x.com:99999/,trust,e.lund@b.org", "is not a web address"),
    "long name": (f"X,{'A' * 101},,trust,e.lund@b.org", "the name has over 100 characters"),
    "long platform": (f"{'X' * 41},A,,trust,e.lund@b.org", "the platform has over 40 characters"),
    "long address": (f"X,A,https://x.com/{'a' * 500},trust,e.lund@b.org", "the address has over 500 characters"),
    "too many cells": ("X,A,,trust,e.lund@b.org,x", "more cells than columns"),
    "control character": ("X,A\x1b[2J,,trust,e.lund@b.org", "invisible control character"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_named_with_its_line_and_the_reason(case: str) -> None:
    row, reason = BAD_ROWS[case]
    [problem] = refused(f"{HEAD}{row}\n")
    assert problem.startswith("2: ")
    assert reason in problem


def test_the_same_account_twice() -> None:
    rows = "X,@Oak,,trust,e.lund@b.org\nTwitter,@oak,,trust,e.lund@b.org\nFacebook,@oak,,trust,e.lund@b.org\n"
    assert refused(HEAD + rows) == ["3: Twitter “@oak” is on line 2 already"]


def test_every_problem_at_once() -> None:
    assert [each.split(":")[0] for each in refused(f"{HEAD},,,nowhere,\nX,A,x,trust,z\n")] == ["2"] * 4 + ["3"] * 2


@given(st.binary(max_size=300))
def test_no_file_whatever_breaks_it(data: bytes) -> None:
    with pytest.raises(BadFile):
        parse(data, SCHOOLS, SERVING, ())


@given(st.lists(st.lists(st.text(max_size=20), min_size=5, max_size=5), min_size=1, max_size=4))
def test_no_rows_whatever_break_it(rows: list[list[str]]) -> None:
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    with pytest.raises(BadFile):
        parse((HEAD + quoted).encode("utf-8", "replace"), SCHOOLS, SERVING, ())


def test_what_is_compared() -> None:
    kept, closed = Row("X", "@Oak", "", None, "e@b.org"), Row("X", "@old", "", None, "e@b.org", closed=True)
    gone, new = Row("X", "@gone", "", None, "e@b.org"), Row("TikTok", "@new", "", None, "e@b.org")
    opened = Row("X", "@old", "", None, "e@b.org")
    plan = compare([kept, closed, gone], [kept, opened, new])
    assert (plan.new, plan.missing, plan.same) == ((new,), (gone,), 1)
    assert [(each.before, each.after) for each in plan.changed] == [(closed, opened)]
    assert compare([kept, closed], [kept]).empty


MORE = "deputy,purpose,audience,settings,credentials,website,review date,state"


def test_every_column() -> None:
    row = "L.Costa@b.org,News,Families,Comments off,IT Services,b.org/follow,01/09/2027,Closed"
    [read_] = read(f"{HEAD.strip()},{MORE}\nX,A,,trust,e.lund@b.org,{row}\n")
    assert read_ == Row(
        "X", "A", "", None, "e.lund@b.org", closed=True, deputy="l.costa@b.org", purpose="News", audience="Families",
        settings="Comments off", credentials="IT Services", website="https://b.org/follow", review_on=date(2027, 9, 1),
    )  # fmt: skip


def test_a_column_that_is_absent_leaves_what_the_register_has_and_an_empty_cell_empties_it() -> None:
    [left] = read("platform,name,school,owner\ntwitter,@OAK,Oakfield High,l.costa@b.org\n", OAK)
    assert (left.platform, left.name, left.school, left.owner) == ("X", "@Oak", "Oakfield High", "l.costa@b.org")
    assert (left.purpose, left.review_on) == ("News", date(2026, 9, 1))
    [emptied] = read("platform,name,school,owner,purpose,review\nX,@oak,,e.lund@b.org,,\n", OAK)
    assert (emptied.purpose, emptied.review_on, emptied.credentials) == ("", None, OAK["credentials"])


def test_a_file_without_states_opens_what_was_closed() -> None:
    row = "X,@oak,,trust,e.lund@b.org"
    assert not read(f"{HEAD}{row}\n", OAK | {"state": "closed"})[0].closed
    assert read(f"{HEAD.strip()},state\n{row},closed\n", OAK)[0].closed
    assert not read(f"{HEAD.strip()},state\n{row},being set up\n", OAK | {"state": "being set up"})[0].closed


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("deputy", "z@b.org", "the deputy z@b.org is not on the staff list today"),
        ("deputy", "E.Lund@b.org", "the owner is the deputy as well"),
        ("purpose", "p" * 3001, "the purpose has over 3,000 characters"),
        ("audience", "a" * 501, "the audience has over 500 characters"),
        ("settings", "a" * 1001, "the settings has over 1,000 characters"),
        ("credentials", "a" * 151, "the credentials has over 150 characters"),
        ("credentials", "Password: hunter2", "look like a password"),
        ("credentials", "pw:hunter2", "look like a password"),
        ("credentials", "PWD hunter2", "look like a password"),
        ("credentials", "pass = hunter", "look like a password"),
        ("credentials", "passcode 1234", "look like a password"),
        ("credentials", "the pin is 4711", "look like a password"),
        ("credentials", "office / Summer2026!", "look like a password"),
        ("website", "follow us", "“follow us” is not a web address"),
        ("website", "javascript:alert(1)", "is not a web address"),
        ("review date", "09/31/2026", "review date: there is no such day"),
        ("review date", "next year", "review date: “next year” is not a day that I can read"),
        ("state", "gone", "I do not know the state “gone”; write open or closed"),
        ("register", "site", "this is no account but a site"),
        ("conditions", "none", "the column “conditions” comes from an approval"),
        ("request", "abc", "the column “request” comes from an approval"),
    ],
)
def test_a_bad_cell_is_named_with_its_reason(column: str, cell: str, reason: str) -> None:
    [problem] = refused(f"{HEAD.strip()},{column}\nX,A,,trust,e.lund@b.org,{cell}\n")
    assert problem.startswith("2: ")
    assert reason in problem
    assert column != "credentials" or cell not in problem, "a password is not repeated"


@pytest.mark.parametrize(
    "who", ["IT Services", "Mr Lund and Ms Costa (deputy)", "e.lund@b.org", "Office, room 12", "Head's PA; IT #2", ""]
)
def test_who_holds_the_credentials_is_no_password(who: str) -> None:
    assert read(f'{HEAD.strip()},credentials\nX,A,,trust,e.lund@b.org,"{who}"\n')[0].credentials == who


def test_what_the_register_says_already_is_not_held_against_a_row() -> None:
    left = OAK | {"owner": "left@b.org", "deputy": "left@b.org", "website": "our front page", "name": "@" + "o" * 120}
    head, cells = ",".join(NAMES), ",".join(left.values())
    assert read(f"{head}\n{cells}\n", left)[0].owner == "left@b.org"
    other = cells.replace("News", "More news")
    assert read(f"{head}\n{other}\n", left)[0].purpose == "More news"
    assert refused(f"{head}\n{cells}\n", left | {"state": "closed"}), "what opens again needs somebody who is here"
    assert refused(f"{head}\n{cells.replace('Twice', 'Once')}\n", left) == [
        "2: the column “conditions” comes from an approval; leave it as the register has it, or take it out of the file"
    ]


def test_a_deputy_who_takes_over_is_the_deputy_no_more() -> None:
    stood_in = OAK | {"deputy": "l.costa@b.org"}
    [problem] = refused(f"{HEAD}X,@oak,,trust,l.costa@b.org\n", stood_in)
    assert problem.startswith("2: the owner is the deputy as well; name another “deputy”")
    [row] = read(f"{HEAD.strip()},deputy\nX,@oak,,trust,l.costa@b.org,\n", stood_in)
    assert (row.owner, row.deputy) == ("l.costa@b.org", "")


def test_two_accounts_that_differ_in_capitals_only_are_told_apart_where_both_are_spelt_out() -> None:
    both = OAK, OAK | {"name": "@OAK", "purpose": "Other"}
    rows = read(f"{HEAD}X,@Oak,,trust,e.lund@b.org\nX,@OAK,,trust,e.lund@b.org\n", *both)
    assert [(each.name, each.purpose) for each in rows] == [("@Oak", "News"), ("@OAK", "Other")]


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database with the example's staff."""
    made = Database(url)

    def fill(u: Unit) -> None:
        trust.add(u, bundled("lt2"), "", "Europe/London", AT)
        data = (EXAMPLES / "staff.csv").read_bytes()
        staff.apply(u, data, staff.plan(u, data))

    made.run_now(fill)
    yield made
    made.close()


def enter(u: Unit) -> None:
    u.act_for(people.trusts(u)[0], AT)


def into(u: Unit, text: str, remove_missing: bool = False) -> None:
    enter(u)
    flow.apply(u, text.encode(), flow.plan(u, text.encode()), remove_missing)


def opened(u: Unit) -> dict[str, tuple[str | None, str]]:
    enter(u)
    schools, accounts = people.schools(u), register.accounts(u)
    owners = people.people(u, {each.owner_id for each in accounts})
    return {
        f"{each.platform} {each.name}": (
            schools[each.school_id].name if each.school_id else None, owners[each.owner_id].name
        )
        for each in accounts
    }  # fmt: skip


EXAMPLE = (EXAMPLES / "accounts.csv").read_text("utf-8")
LUND, COSTA = "e.lund@riverside-trust.example.org", "l.costa@riverside-trust.example.org"


def test_the_example_in_the_docs_and_the_next_one(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))
    accounts = database.run_now(opened)
    assert len(accounts) == len(EXAMPLE.strip().splitlines()) - 1
    assert accounts["Facebook Oakfield High School"] == ("Oakfield High", "Mr Erik Lund")
    assert accounts["LinkedIn Riverside Trust"] == (None, "Mr Theo Banks")
    later = EXAMPLE.replace(f"High,{LUND}", f"High,{COSTA}")
    database.run_now(lambda u: into(u, later))
    assert database.run_now(opened)["Facebook Oakfield High School"] == ("Oakfield High", "Ms Lucia Costa")

    def again(u: Unit) -> bool:
        enter(u)
        return flow.plan(u, later.encode()).empty

    assert database.run_now(again)


def test_no_account_missing_is_closed_unless_told_and_it_opens_again(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))
    fewer = "".join(line for line in EXAMPLE.splitlines(keepends=True) if "LinkedIn" not in line)
    database.run_now(lambda u: into(u, fewer))
    assert "LinkedIn Riverside Trust" in database.run_now(opened)
    database.run_now(lambda u: into(u, fewer, remove_missing=True))
    assert "LinkedIn Riverside Trust" not in database.run_now(opened)
    database.run_now(lambda u: into(u, EXAMPLE))
    assert "LinkedIn Riverside Trust" in database.run_now(opened)


def test_a_bad_row_imports_nothing(database: Database) -> None:
    with pytest.raises(BadFile):
        database.run_now(lambda u: into(u, EXAMPLE + "X,A,,trust,gone@b.org\n"))
    assert database.run_now(opened) == {}


def test_the_register_changed_after_it_was_shown(database: Database) -> None:
    def late(u: Unit) -> None:
        enter(u)
        shown = flow.plan(u, EXAMPLE.encode())
        flow.apply(u, EXAMPLE.encode(), shown)
        flow.apply(u, EXAMPLE.encode(), shown)

    with pytest.raises(Stale):
        database.run_now(late)
    assert database.run_now(opened) == {}


def test_it_is_on_the_record(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))

    def record(u: Unit) -> tuple[int | None, str, object]:
        enter(u)
        last = u.all(audit.CHAIN, audit.Audit)[-1]
        return audit.verify(u), last.verb, last.detail

    assert database.run_now(record) == (None, "register_import", {"new": 4, "changed": 0, "closed": 0})
    later = EXAMPLE.replace(f"Primary,{COSTA}", f"Primary,{LUND}").replace("Comments are off", "")
    database.run_now(lambda u: into(u, later))

    def changed(u: Unit) -> list[object]:
        enter(u)
        return [each.detail for each in u.all(audit.CHAIN, audit.Audit) if each.verb == "entry_import"]

    assert database.run_now(changed) == [{"changed": ["settings"]}, {"changed": ["owner_id"]}]


def kept(u: Unit, name: str) -> Entry:
    """An account as it stands, closed or not."""
    enter(u)
    return next(each for each in register.every(u) if each.name == name)


def test_all_that_a_file_says_is_on_the_register(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))
    found = database.run_now(lambda u: kept(u, "Oakfield High School"))
    assert found.book == Book.ACCOUNT
    assert (found.audience, found.settings) == ("Families and the community", "Comments are off")
    assert (found.credentials, found.website) == (
        "IT Services and Mr Lund", "https://www.oakfield-high.example/follow-us",
    )  # fmt: skip
    assert (found.review_on, found.closed, found.pending) == (date(2027, 9, 30), False, False)

    def deputy(u: Unit) -> str:
        enter(u)
        return people.people(u, {found.deputy_id or 0})[found.deputy_id or 0].name

    assert database.run_now(deputy) == "Ms Ngozi Okafor"


def test_a_new_account_without_a_day_is_reviewed_when_the_pack_says_unless_it_is_closed(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))
    assert database.run_now(lambda u: kept(u, "Oakfield Primary School")).review_on == date(2027, 11, 5)
    database.run_now(lambda u: into(u, f"{HEAD.strip()},state\nX,@past,,trust,{LUND},closed\n"))
    assert database.run_now(lambda u: kept(u, "@past")).review_on is None
    emptied = EXAMPLE.replace("30/09/2027", "")
    database.run_now(lambda u: into(u, emptied))
    assert database.run_now(lambda u: kept(u, "@OakfieldHigh")).review_on is None


def test_who_takes_an_account_over_is_asked_anew_and_the_old_owner_no_more(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))

    def asked(u: Unit) -> list[int]:
        enter(u)
        found = kept(u, "@OakfieldHigh")
        register.change(u, found, review_on=None)
        tasks.add(u, [{"what": "review", "entry_id": found.id, "person_id": found.owner_id, "next_at": AT}])
        return [each.id or 0 for each in tasks.of_entry(u, found.id or 0)]

    assert len(database.run_now(asked)) == 1
    head = "platform,name,school,owner,deputy\n"
    database.run_now(lambda u: into(u, f"{head}X,@oakfieldhigh,Oakfield High,{COSTA},\n"))
    assert database.run_now(waiting) == 1, "another deputy changes nothing about it"
    database.run_now(lambda u: into(u, f"{head}X,@oakfieldhigh,Oakfield High,{LUND},\n"))
    assert database.run_now(waiting) == 0
    assert database.run_now(lambda u: kept(u, "@OakfieldHigh")).review_on == date(2027, 11, 5)


def waiting(u: Unit) -> int:
    """How much is still to do about the account."""
    return sum(each.done_at is None for each in tasks.of_entry(u, kept(u, "@OakfieldHigh").id or 0))


def test_what_a_file_leaves_as_it_is_keeps_the_words_of_the_register(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))

    def worded(u: Unit) -> int:
        found = kept(u, "@OakfieldHigh")
        register.change(u, found, purpose="One line\nand  another", pending=True, facts={"Checked": "yes"})
        return found.version

    version = database.run_now(worded)
    database.run_now(lambda u: into(u, EXAMPLE.replace('"Closures, dates and events"', "One line and another")))
    assert database.run_now(lambda u: kept(u, "@OakfieldHigh")).version == version, "it says the same"
    database.run_now(
        lambda u: into(u, f"{HEAD.strip()},audience\nX,@OakfieldHigh,,trust,{COSTA},Pupils\n")
    )  # fmt: skip
    found = database.run_now(lambda u: kept(u, "@OakfieldHigh"))
    assert (found.purpose, found.audience, found.pending) == ("One line\nand  another", "Pupils", True)
    assert (found.facts, found.version, found.school_id) == ({"Checked": "yes"}, version + 1, None)


def test_a_closed_account_waits_for_nobody(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))

    def asked(u: Unit) -> None:
        found = kept(u, "@OakfieldHigh")
        tasks.add(u, [{"what": "review", "entry_id": found.id, "person_id": found.owner_id, "next_at": AT}])

    database.run_now(asked)
    rows = [line for line in EXAMPLE.splitlines(keepends=True) if "@OakfieldHigh" not in line]
    database.run_now(lambda u: into(u, "".join(rows), remove_missing=True))
    assert database.run_now(waiting) == 0
    assert database.run_now(lambda u: kept(u, "@OakfieldHigh")).closed


def test_an_owner_who_has_left_stays_until_somebody_is_named(database: Database) -> None:
    def leave(u: Unit) -> None:
        enter(u)
        imports.end_people(u, [person.id or 0 for person in imports.everybody(u) if person.email == COSTA])

    database.run_now(lambda u: into(u, EXAMPLE))
    database.run_now(leave)
    database.run_now(lambda u: into(u, EXAMPLE.replace("Replies from accounts", "Replies by accounts")))
    assert "Replies by" in database.run_now(lambda u: kept(u, "@OakfieldHigh")).settings
    with pytest.raises(BadFile, match="not on the staff list today"):
        database.run_now(lambda u: into(u, f"{HEAD}TikTok,@new,,trust,{COSTA}\n"))
