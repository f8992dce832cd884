"""Delivery under fire: whose fault it is, who waits for whom, and what becomes of what never arrives."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot import hands, ledger
from bot.delivery import Delivery
from bot.sender import MAIL, Busy, RetryLater, Shut, Undeliverable
from handlers import letters, notices, undelivered
from storage import audit, doors, imports, outbox, people
from storage.database import Unit
from storage.tables import Outbox, Platform
from tests.office import AT, Office, Post, opened


@pytest.fixture
async def office(tmp_path: Path, blank: bytes) -> AsyncIterator[Office]:
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    standing = await opened(f"sqlite:///{path}")
    yield standing
    standing.post.let_go.set()
    await standing.delivery.stop()
    await asyncio.to_thread(standing.database.close)


@pytest.fixture
async def either(url: str) -> AsyncIterator[Office]:
    standing = await opened(url)
    yield standing
    await asyncio.to_thread(standing.database.close)


async def told(office: Office, key: str, *who: str) -> None:
    """Owe each of them a card that anybody may have."""
    for each in who:
        await office.owe(each, f"{key}:{office.people['patel']}", notices.UNDELIVERED)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


# Nobody waits for somebody else's


async def test_of_a_hundred_some_hang_and_the_others_do_not_wait(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "PATIENCE", 0.01)
    key = await office.request()

    def hundred(u: Unit) -> dict[str, int]:
        row = {"school_id": None, "first_day": None, "last_day": None}
        names = [f"n{number:03}" for number in range(100)]
        return {each: imports.add_person(u, {**row, "name": each, "email": f"{each}@o.example"}) for each in names}

    staff = await office.unit(hundred)
    office.people |= staff
    office.post.hanging = {each for each in staff if each.endswith(("3", "7"))}
    await told(office, key, *staff)
    drained = asyncio.create_task(office.delivery.drain())
    await until(lambda: len(office.post.arrived) == 80)
    await told(office, key, "n000", "n013")
    await until(lambda: len(office.post.arrived) == 81)
    assert office.post.most <= hands.MOST
    assert {name for name, _ in office.post.arrived}.isdisjoint(office.post.hanging)
    office.post.let_go.set()
    assert await drained == 102
    assert set(await office.states()) == {"sent"}


async def test_what_is_for_one_does_not_stand_before_everybody_elses(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "BATCH", 10)
    monkeypatch.setattr(ledger, "OF_ONE", 3)
    key = await office.request()
    await told(office, key, *["webb"] * 15, "hale")
    await office.delivery.drain()
    names = [name for name, _ in office.post.arrived]
    assert names.index("hale") < 9
    assert names.count("webb") == 15


async def test_one_who_is_asked_to_wait_waits_alone_two_are_everybody(office: Office) -> None:
    key = await office.request()
    await told(office, key, "webb", "webb", "hale")
    office.post.fails["webb"] = [Busy("slow down", 60.0)]
    await office.delivery.drain()
    assert [name for name, _ in office.post.arrived] == ["hale"]
    office.post.fails["costa"] = [Busy("slow down", 90.0)]
    await told(office, key, "costa")
    await office.delivery.drain()
    await told(office, key, "singh")
    assert await office.delivery.drain() == 0, "nothing is even looked at while the door is to be left alone"
    office.clock.forward(100)
    await office.delivery.drain()
    assert [name for name, _ in office.post.arrived].count("webb") == 2
    assert [row.attempts for row in await office.rows()] == [0] * 5, "being asked to wait is no failed try"


async def test_nobody_is_answered_so_nobody_is_given_up(office: Office) -> None:
    key = await office.request()
    everybody = ("webb", "hale", "costa", "singh", "lund")
    await told(office, key, *everybody)
    for each in everybody:
        office.post.fails[each] = [RetryLater("down")] * 999
    for _ in range(60):  # five hours, which is far more than it takes to give one up
        await office.delivery.drain()
        office.clock.forward(300)
    assert await office.states() == ["waiting"] * 5
    for each in everybody:
        office.post.fails[each].clear()
    office.clock.forward(1200)
    await office.delivery.drain()
    assert await office.states() == ["sent"] * 5


async def test_after_a_long_silence_nothing_is_given_up_at_the_first_word(office: Office) -> None:
    key = await office.request()
    await told(office, key, "hale")
    office.post.fails["hale"] = [RetryLater("down")] * 99
    for _ in range(50):
        await office.delivery.drain()
        office.clock.forward(400)
    await told(office, key, "webb")
    for _ in range(ledger.LAST_TRIES - 1):
        office.delivery.doors.went_through("console")
        await office.delivery.drain()
        office.clock.forward(2000)
    assert await office.states() == ["waiting", "sent"]
    office.delivery.doors.went_through("console")
    await office.delivery.drain()
    assert (await office.states())[0] == "buried"


async def test_a_copy_behind_a_shut_door_holds_nothing_up(office: Office) -> None:
    key = await office.request()
    await office.owe("patel", key)
    await office.delivery.drain()
    await office.unit(lambda u: outbox.replace(u, key))
    office.post.fails["patel"] = [RetryLater("down")]
    await told(office, key, "patel")
    await office.delivery.drain()
    assert await office.states() == ["sent", "waiting", "sent"]


async def test_no_time_to_wait_is_still_a_moment(office: Office) -> None:
    await told(office, await office.request(), "hale")
    office.post.fails["hale"] = [Busy("slow down", 0.0)] * 999
    assert await office.delivery.drain() == 1
    assert await office.delivery.drain() == 0


async def test_after_a_week_one_is_given_up_all_the_same(office: Office) -> None:
    await told(office, await office.request(), "hale")
    office.post.fails["hale"] = [RetryLater("down")] * 99
    for _ in range(ledger.MOST_TRIES + 4):
        await office.delivery.drain()
        office.clock.forward(ledger.LONGEST.total_seconds() / ledger.MOST_TRIES)
    assert "buried" in await office.states()


# A door that is shut


async def test_a_revoked_token_is_nobodys_fault(either: Office) -> None:
    office, other = either, Post()
    office.delivery.senders = {Platform.CONSOLE: office.post, Platform.SLACK: other}  # type: ignore[assignment]
    office.delivery._ledger.senders = office.delivery.senders

    def link(u: Unit) -> None:
        for who in ("hale", "webb"):
            person = people.people(u, {office.people[who]})[office.people[who]]
            people.link(u, person, Platform.CONSOLE, "t", who, {})
        person = people.people(u, {office.people["webb"]})[office.people["webb"]]
        people.link(u, person, Platform.SLACK, "t", "webb on slack", {})

    await office.unit(link)
    key = await office.request()
    await told(office, key, "hale", "hale", "webb", "costa")
    for each in ("hale", "webb", "costa"):
        office.post.fails[each] = [Shut("token_revoked")] * 99
    for _ in range(200):
        await office.delivery.drain()
        office.clock.forward(60)
    assert [row.attempts for row in await office.rows()][:4] == [0] * 4
    states = await office.states()
    assert [*states[:2], states[3]] == ["waiting"] * 3, "who has this door alone waits"
    assert [card.summary for _, card in other.arrived if "cannot write" in card.summary] == [
        "I cannot write to anybody through the console"]
    assert states[2] == "sent", "who has another hears there"
    assert len(office.post.fails["hale"]) > 40, "it is tried now and then, not each time"
    (row,) = (await office.database.run(doors.shut)).values()
    assert (row.door, row.problem, row.since) == ("console", "token_revoked", AT)
    for each in ("hale", "webb", "costa"):
        office.post.fails[each].clear()
    office.clock.forward(600)
    await office.delivery.drain()
    assert sorted(name for name, _ in office.post.arrived) == ["costa", "hale", "hale"]
    assert await office.database.run(doors.shut) == {}
    await office.delivery.drain()
    assert [card.state for _, _, card in other.replaced] == ["going again"]


async def test_a_restart_tries_a_shut_door_at_once(office: Office) -> None:
    await told(office, await office.request(), "hale")
    for each in ("hale", "webb"):
        office.post.fails[each] = [Shut("token_revoked")] * 9
    for _ in range(9):
        await office.delivery.drain()
        office.clock.forward(40)
    office.post.fails.clear()
    assert await office.delivery.drain() == 0
    again = Delivery(office.database, office.delivery.senders, office.clock)
    await again.drain()
    assert [name for name, _ in office.post.arrived] == ["hale"]
    office.clock.forward(60)
    await again.drain()
    assert await office.states() == ["sent", "needless"], "nobody is told that it is shut through that very door"


# What spoils, and what is lost


BAD = [("undelivered", "{key}:" + "9" * 20), ("undelivered", "{key}:nobody"), ("request", "{key}")]


@pytest.mark.parametrize("bad", BAD, ids=["no statement takes it", "no card comes of it", "its burial fails"])
async def test_one_bad_notice_stops_nobody_elses(
    either: Office, bad: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, (card, subject) = either, bad
    key = await office.request()
    if card == "request":  # what comes of it fails, each time
        monkeypatch.setattr(notices, "bury", _raising)
        office.post.fails["webb"] = [Undeliverable("Gone.")] * 99
    await office.owe("webb", subject.format(key=key), card)
    await told(office, key, "webb", "hale", "costa")
    for _ in range(3):
        await office.delivery.drain()
        office.clock.forward(5)
    assert {"hale", "costa"} <= {name for name, _ in office.post.arrived}
    rows = await office.rows()
    assert (rows[2].state, rows[3].state) == ("sent", "sent")
    if card != "request":
        assert rows[1].state == "sent", "not even of the same person"
        assert (rows[0].state, rows[0].attempts > 0) == ("waiting", True)
        for _ in range(ledger.MOST_TRIES):
            office.clock.forward(2000)
            await office.delivery.drain()
        assert (await office.rows())[0].state == "buried"


def _raising(u: Unit, notice: Outbox, mail: bool) -> None:
    raise ZeroDivisionError(notice.id)


async def test_a_platform_that_names_two_places_alike_stops_nothing(either: Office) -> None:
    office = either
    key = await office.request()
    for _ in range(2):
        await told(office, key, "webb", "hale")
        await office.delivery.drain()
        office.post.arrived.clear()  # the places are numbered by what is there
    assert await office.states() == ["sent"] * 4


async def test_a_newer_versions_card_waits_for_the_newer_version(office: Office) -> None:
    key = await office.request()
    await office.owe("webb", key, "of_tomorrow")
    await told(office, key, "webb")
    for _ in range(50):
        await office.delivery.drain()
        office.clock.forward(60)
    rows = await office.rows()
    assert [(row.state, row.attempts) for row in rows] == [("waiting", 0), ("sent", 0)]
    office.clock.forward(ledger.LONGEST.total_seconds())
    await office.delivery.drain()
    assert (await office.rows())[0].state == "buried"


async def test_without_a_database_for_a_while_nothing_is_sent_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(office, await office.request(), "hale", "webb")
    run, gone = office.database.run, False

    async def sometimes(work: Callable[[Unit], Any]) -> Any:
        if gone:
            raise OperationalError("", None, Exception("the database is away"))
        return await run(work)

    async def goes() -> None:
        nonlocal gone
        gone = True

    monkeypatch.setattr(office.database, "run", sometimes)
    office.post.meanwhile = goes
    with pytest.raises(OperationalError):
        await office.delivery.drain()
    with pytest.raises(OperationalError):
        await office.delivery.drain()
    gone = False
    office.clock.forward(2 * ledger.LEASE.total_seconds())
    await office.delivery.drain()
    assert sorted(name for name, _ in office.post.arrived) == ["hale", "webb"]
    assert await office.states() == ["sent", "sent"]


async def test_a_lease_is_kept_while_it_is_needed_and_no_longer(office: Office) -> None:
    assert timedelta(seconds=60) >= ledger.LEASE
    await told(office, await office.request(), "hale", "hale", "webb")
    office.post.hanging = {"hale"}
    drained = asyncio.create_task(office.delivery.drain())
    await until(lambda: len(office.post.arrived) == 1)
    for _ in range(3):
        office.clock.forward(45)
        await office.delivery._turn()
    assert await office.database.run(lambda u: outbox.claim(u, "another", office.clock(), ledger.LEASE, 9)) == []
    stopping = asyncio.create_task(office.delivery.stop())
    await asyncio.sleep(0)
    office.post.let_go.set()
    await asyncio.gather(stopping, drained)
    rows = await office.rows()
    assert [(row.state, row.lease) for row in rows] == [("sent", None), ("waiting", None), ("sent", None)], (
        "what had begun is finished, the rest is anybody's at once")


async def test_a_clock_that_is_put_back_delays_nothing(office: Office) -> None:
    await told(office, await office.request(), "hale", "webb")
    office.clock.forward(86400)
    office.post.fails["hale"] = [RetryLater("down")]
    await office.delivery.drain()
    await told(office, await office.request(), "hale")
    await office.database.run(lambda u: outbox.claim(u, "the dead", office.clock(), ledger.LEASE, 1))
    office.clock.forward(-86400)
    await office.delivery.drain()
    assert (await office.rows())[0].state == "sent"


# The buried


async def test_administrators_have_one_card_a_day_and_can_try_again(either: Office) -> None:
    office = either
    key = await office.request()
    for who in ("hale", "costa", "patel"):
        office.post.fails[who] = [Undeliverable("They have left the chat.")]
        await told(office, key, who)
        await office.delivery.drain()
    (card,) = [card for name, card in office.post.arrived if name == "webb" and card.title == "Deliveries"]
    assert card.summary == "1 message could not be delivered"
    shown = [card for name, _, card in office.post.replaced if name == "webb"]
    assert shown[-1].summary == "3 messages could not be delivered"
    words = str(shown[-1].elements)
    assert all(each in words for each in ("Mrs Patel: They have left", "Mr Hale", "Ms Costa"))
    day = f"outbox-{AT.date()}"
    number = await office.unit(lambda u: undelivered.try_again(u, office.people["webb"], undelivered._left(u, day)))
    await office.delivery.drain()
    assert number == 3
    assert {"hale", "costa", "patel"} <= {name for name, _ in office.post.arrived}
    assert office.post.replaced[-1][2].state == "sent again"
    record = await office.unit(lambda u: [(row.verb, row.detail) for row in u.run(audit.CHAIN)])
    assert ("outbox_again", {"notices": 3}) in record


async def lose(office: Office, who: str, card: str, subject: str, mail: bool) -> None:
    """Owe it, and give it up, as delivery does."""
    await office.owe(who, subject, card)

    def bury(u: Unit) -> None:
        claimed = outbox.claim(u, "me", u.at, ledger.LEASE, 9)
        row = next(each for each in claimed if each.card == card)
        outbox.release(u, "me", {each.id or 0 for each in claimed if each is not row})
        end = {"notice": row.id, "to": "buried", "why": "Gone.", "due": u.at, "tries": 1, "behind": False}
        outbox.settle(u, "me", [end])
        notices.bury(u, row, mail)

    await office.unit(bury)


@pytest.mark.parametrize("card", ["report_new", "report_removal", letters.LETTER])
async def test_what_may_be_about_a_report_is_told_to_nobody(office: Office, card: str) -> None:
    """An administrator may be whom it is about: no card, no number, no record, no second try says that there is one."""
    await lose(office, "amin", card, "REPORT01", False)
    assert await office.unit(lambda u: [each.verb for each in u.run(audit.CHAIN)]) == ["trust_add"]
    assert [each.card for each in await office.rows()] == [card]
    day = f"outbox-{AT.date()}"
    assert await office.unit(lambda u: undelivered._left(u, day)) == []
    assert await office.unit(lambda u: undelivered.try_again(u, None, outbox.buried(u))) == 1
    assert await office.unit(lambda u: [each.verb for each in u.run(audit.CHAIN)]) == ["trust_add"]


@pytest.mark.parametrize("mail", [False, True])
async def test_it_is_the_same_for_everybody_else_with_a_report_that_does_not_arrive(office: Office, mail: bool) -> None:
    """Given up together with other things, or alone: all that anybody but its reader could see stays as it is."""
    key = await office.request()

    async def seen(*cards: tuple[str, str]) -> list[object]:
        arrived, replaced = len(office.post.arrived), len(office.post.replaced)
        office.clock.forward(86400)
        before = await office.unit(lambda u: len(list(u.run(audit.CHAIN))))
        for card, subject in cards:
            await lose(office, "amin", card, subject, mail)
        await office.delivery.drain()
        rows = await office.unit(lambda u: [(row.verb, row.detail) for row in u.run(audit.CHAIN)][before:])
        shown = [(who, card) for who, _, card in office.post.replaced[replaced:]]
        return [rows, office.post.arrived[arrived:], shown]

    post, report = ("request", key), ("report_new", "REPORT01")
    await seen(post)
    alone = await seen(post)
    assert "'webb'" in str(alone), "something is seen of the post"
    both = await seen(report, post)
    assert str(both).replace("2026-11-08", "2026-11-07") == str(alone)
    assert await seen(report) == [[], [], []]


async def test_a_letter_is_the_same_whatever_waits_and_seldom(office: Office) -> None:
    mail = Post()
    office.delivery.senders = {**office.delivery.senders, MAIL: mail}
    office.delivery._ledger.senders = office.delivery.senders
    key = await office.request()

    async def given_up(who: str, card: str, subject: str) -> None:
        notice = Outbox(trust_id=1, person_id=office.people[who], card=card, subject_id=subject, since=AT, due_at=AT)
        await office.unit(lambda u: notices.bury(u, notice, True))
        await office.delivery.drain()

    await given_up("amin", "report_new", "REPORT01")
    await given_up("patel", "request", key)
    await given_up("amin", "request", key)
    letters_ = dict(mail.arrived)
    assert len(mail.arrived) == 2, "no second one so soon"
    assert letters_["amin"] == letters_["patel"]
    office.clock.forward(letters.EVERY.total_seconds() + 1)
    again = Delivery(office.database, office.delivery.senders, office.clock)
    await given_up("amin", "request", key)
    assert len(mail.arrived) == 3
    assert await again.drain() == 0
    said = str(letters_["amin"])
    assert not any(word in said for word in ("report", "confidential", "post", "request", "Mrs", "Dr"))


async def test_a_refused_letter_ends(office: Office) -> None:
    mail = Post()
    office.delivery.senders = {**office.delivery.senders, MAIL: mail}
    office.delivery._ledger.senders = office.delivery.senders
    mail.fails["patel"] = [Undeliverable("no such address")]
    office.post.fails["patel"] = [Undeliverable("Gone.")]
    await office.owe("patel", await office.request())
    await office.delivery.drain()
    assert [(row.card, row.state) for row in await office.rows() if row.state == "buried"] == [
        ("request", "buried"), (letters.LETTER, "buried")]
