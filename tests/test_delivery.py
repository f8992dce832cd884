"""What is owed arrives: in order, when the platform is ready for it, once in a quiet world and never not at all."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import hands, ledger
from bot.delivery import Delivery
from bot.sender import RetryLater, SendError, Undeliverable
from handlers import notices
from storage import asks, audit, outbox, people, register, tasks
from storage import request as requests
from storage.database import Database, Unit
from storage.notices import Cases
from storage.tables import Book, Outcome, Platform, Request, State
from tests.office import AT, Office, opened, withdraw
from tests.postgres import Server, fresh_database
from tests.ways import to


@pytest.fixture
async def office(tmp_path: Path, blank: bytes) -> AsyncIterator[Office]:
    """On SQLite, which is the quicker one to set up."""
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    standing = await opened(f"sqlite:///{path}")
    yield standing
    await asyncio.to_thread(standing.database.close)


@pytest.fixture
async def either(url: str) -> AsyncIterator[Office]:
    """On each engine, for what hangs on its statements."""
    standing = await opened(url)
    yield standing
    await asyncio.to_thread(standing.database.close)


async def test_each_person_gets_theirs_in_order(office: Office) -> None:
    keys = [await office.request(f"Words {n}") for n in range(5)]
    for key in keys:
        for who in ("okafor", "patel"):
            await office.owe(who, key)
    assert await office.delivery.drain() == 10
    for who in ("okafor", "patel"):
        said = [str(card.elements) for name, card in office.post.arrived if name == who]
        assert [next(n for n in range(5) if f"Words {n}" in each) for each in said] == [0, 1, 2, 3, 4]
    assert await office.states() == ["sent"] * 10
    assert await office.delivery.drain() == 0


async def test_order_is_kept_when_the_first_fails(either: Office) -> None:
    office = either
    keys = [await office.request(f"Words {n}") for n in range(3)]
    for key in keys:
        await office.owe("patel", key)
    office.post.fails["patel"] = [RetryLater("busy"), RetryLater("busy"), RetryLater("busy")]
    for _ in range(30):
        await office.delivery.drain()
        office.clock.forward(1)
    said = [str(card.elements) for _name, card in office.post.arrived]
    assert [next(n for n in range(3) if f"Words {n}" in each) for each in said] == [0, 1, 2]
    assert [row.attempts for row in await office.rows()] == [3, 0, 0]


async def test_a_platform_that_asks_for_time_gets_it(office: Office) -> None:
    await office.owe("patel", await office.request())
    office.post.fails["patel"] = [RetryLater("slow down", 30.0)]
    await office.delivery.drain()
    office.clock.forward(29.9)
    assert await office.delivery.drain() == 0
    office.clock.forward(3.2)  # a tenth later at most: so that not all come back at once
    assert await office.delivery.drain() == 1
    assert await office.states() == ["sent"]


async def test_the_wait_grows_but_not_for_ever(office: Office) -> None:
    await office.owe("patel", await office.request())
    office.post.fails["patel"] = [RetryLater("down")] * (ledger.MOST_TRIES - 1)
    waits = []
    for _ in range(ledger.MOST_TRIES - 1):
        office.delivery.doors.went_through("console")
        assert await office.delivery.drain() == 1
        (row,) = await office.rows()
        waits.append((row.due_at - office.clock()).total_seconds())
        office.clock.now = row.due_at
    for n, wait in enumerate(waits):
        assert 0.8 * min(2**n, ledger.SLOWEST) <= wait <= 1.2 * min(2**n, ledger.SLOWEST)
    await office.delivery.drain()
    assert await office.states() == ["sent"]


async def test_batches_overlap_and_each_person_still_gets_theirs_in_order(
    either: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = either
    monkeypatch.setattr(ledger, "BATCH", 3)
    keys = [await office.request(f"Words {n:03}") for n in range(7)]
    for key in keys:
        for who in ("okafor", "patel"):
            await office.owe(who, key)
    office.post.slow = 0.002
    assert await office.delivery.drain() == len(office.post.arrived) == 14
    for who in ("okafor", "patel"):
        said = [str(card.elements) for name, card in office.post.arrived if name == who]
        assert [next(n for n in range(7) if f"Words {n:03}" in each) for each in said] == list(range(7))
    assert await office.states() == ["sent"] * 14
    for key in keys:
        assert len(await office.unit(lambda u, key=key: outbox.copies(u, key))) == 2


async def test_what_was_claimed_too_long_ago_is_not_sent(office: Office) -> None:
    """Another replica may have claimed it since: it would arrive twice."""
    key = await office.request()
    for _ in range(2):
        await office.owe("patel", key)

    async def too_long() -> None:
        office.clock.now += ledger.LEASE
        late = await office.database.run(lambda u: outbox.claim(u, "another", office.clock(), ledger.LEASE, 10))
        assert len(late) == 2

    office.post.meanwhile = too_long
    await office.delivery.drain()
    assert len(office.post.arrived) == 1
    assert [(row.state, row.lease) for row in await office.rows()] == [("waiting", "another")] * 2


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.APPROVED])
async def test_a_batch_reads_of_each_request_what_is_read_of_one(either: Office, state: State) -> None:
    office = either
    keys = [await office.request(f"Words {n}", state) for n in range(3)]

    def both(u: Unit) -> None:
        batch = Cases(u, [*keys, "NOTHERE1"])
        assert batch.get("NOTHERE1") is None
        for key in keys:
            found = requests.get(u, key)
            assert found is not None
            assert batch.get(key) == requests.case(u, found)
        assert batch.get(keys[0]) != batch.get(keys[1])

    await office.unit(both)


def _with_steps(u: Unit, who: dict[str, int], how: str) -> str:
    """A permission of several steps, with all that can belong to one: named staff, asks, work, entries, decisions."""
    high = people.people(u, {who["patel"]})[who["patel"]].school_id
    way = [
        to("deputy", high, AT if how == "sent" else None), to("named_person", None, person=who["costa"]),
        to("headteacher", high, step=1, together=True), to("ceo", None, step=1, together=True),
    ]
    rules = people.trust(u).pack_version
    content = {"answers": {}, "confirmed": [], "accounts": [register.accounts(u)[0].id], "staff": [who["hale"]]}
    case = requests.create(u, "site", rules, who["okafor"], content, "d" * 64, way, state=State.SUBMITTED,
                           submitted_at=u.at, school_id=high)
    if how == "sent":
        return case.request.id
    asks.answer(u, case.asks[:1], who["reid"])
    requests.decide(u, case, who["reid"], "deputy", Outcome.APPROVED, conditions="Only this term.")
    requests.change(u, case.request, step=1, decided_at=u.at)
    asks.open_step(u, case.asks, 1)
    asks.answer(u, case.asks[2:3], who["patel"])
    requests.decide(u, case, who["patel"], "headteacher", Outcome.APPROVED)
    requests.change(u, case.request)
    if how == "one of two":
        return case.request.id
    asks.answer(u, case.asks[3:], who["amin"])
    requests.decide(u, case, who["amin"], "ceo", Outcome.APPROVED)
    requests.change(u, case.request, state=State.APPROVED, approved_digest="d" * 64)
    key = case.request.id
    register.add(u, {"book": Book.SITE, "name": f"Padlet {key}", "owner_id": who["lund"], "request_id": key})
    tasks.add(u, [{"what": "due_diligence", "request_id": key, "role": "administrator"},
                  {"what": "website", "request_id": key, "person_id": who["costa"]}])
    if how == "work begun":
        tasks.finish(u, tasks.of_request(u, key)[0].id or 0, who["webb"], {"terms": "Yes"})
    return key


@pytest.mark.parametrize("how", ["sent", "one of two", "approved", "work begun"])
async def test_a_batch_reads_of_each_permission_what_is_read_of_one(either: Office, how: str) -> None:
    office = either
    keys = [await office.unit(lambda u: _with_steps(u, office.people, how)) for _ in range(3)]
    keys.append(await office.request("Among posts", State.APPROVED))

    def both(u: Unit) -> None:
        batch = Cases(u, keys)
        for key in keys:
            found = requests.get(u, key)
            assert found is not None
            single = requests.case(u, found)
            assert batch.get(key) == single == requests.find(u, key)
        whole = requests.find(u, keys[0])
        assert whole is not None
        assert (len(whole.asks), len(whole.tasks), len(whole.entries)) == {
            "sent": (4, 0, 0), "one of two": (4, 0, 0)}.get(how, (4, 2, 1))
        assert [d.conditions for d in whole.standing if d.conditions] == ([] if how == "sent" else ["Only this term."])

    await office.unit(both)


async def test_one_person_out_of_reach_holds_nobody_up(office: Office) -> None:
    key = await office.request()
    for _ in range(3):
        await office.owe("patel", key)
        await office.owe("okafor", key)
    office.post.fails["patel"] = [RetryLater("down", 60.0)] * 99
    await office.delivery.drain()
    assert len(office.post.of("okafor")) == 3
    assert office.post.of("patel") == []


@pytest.mark.parametrize("error", [RuntimeError("a fault of the sender's"), SendError("neither one nor the other")])
async def test_a_sender_with_a_fault_is_tried_again(office: Office, error: Exception) -> None:
    await office.owe("patel", await office.request())
    office.post.fails["patel"] = [error]
    await office.delivery.drain()
    office.clock.forward(5)
    await office.delivery.drain()
    assert await office.states() == ["sent"]


@pytest.mark.parametrize(
    "errors", [[Undeliverable("left")], [RetryLater("down")] * ledger.MOST_TRIES], ids=["never", "too often"]
)
async def test_what_cannot_arrive_is_buried_and_the_asker_hears_once(office: Office, errors: list[Exception]) -> None:
    key = await office.request()
    await office.owe("patel", key)
    office.post.fails["patel"] = list(errors)
    for _ in range(ledger.MOST_TRIES + 2):
        office.delivery.doors.went_through("console")
        await office.delivery.drain()
        office.clock.forward(ledger.SLOWEST * 2)
    (told,) = office.post.of("okafor")
    assert "could not reach Mrs Patel" in told
    assert office.post.of("webb") == ["1 message could not be delivered"]
    assert await office.states() == ["buried", "sent", "sent"]
    assert await office.unit(audit.verify) is None
    record = await office.unit(lambda u: [row.verb for row in u.run(audit.CHAIN)])
    assert record == ["trust_add", "undeliverable"]


async def test_several_notices_to_somebody_out_of_reach_tell_the_asker_once(either: Office) -> None:
    office = either
    key = await office.request()
    for card in ("request", "request"):
        await office.owe("patel", key, card)
    office.post.fails["patel"] = [Undeliverable("left"), Undeliverable("left")]
    for _ in range(3):
        await office.delivery.drain()
        office.clock.forward(60)
    assert len(office.post.of("okafor")) == 1


async def test_an_asker_out_of_reach_is_not_told_about_themselves(office: Office) -> None:
    await office.owe("okafor", await office.request())
    office.post.fails["okafor"] = [Undeliverable("left")] * 3
    for _ in range(3):
        await office.delivery.drain()
    assert await office.states() == ["buried", "sent"]
    assert office.post.of("okafor") == []
    assert office.post.of("webb") == ["1 message could not be delivered"]


async def test_a_copy_that_was_deleted_is_forgotten(either: Office) -> None:
    office = either
    key = await office.request()
    await office.owe("patel", key)
    await office.delivery.drain()
    await office.unit(lambda u: outbox.replace(u, key))
    office.post.fails["patel"] = [Undeliverable("message_not_found")]
    await office.delivery.drain()
    assert len(office.post.of("patel")) == 2, "it waits for her: sent once more"
    assert office.post.of("okafor") == [], "a lost copy is nobody's news"
    await office.unit(lambda u: withdraw(u, key))
    office.post.fails["patel"] = [Undeliverable("message_not_found")]
    await office.delivery.drain()
    assert len(office.post.of("patel")) == 2, "it waits for her no more"
    assert await office.unit(lambda u: outbox.copies(u, key)) == []
    await office.unit(lambda u: outbox.replace(u, key))
    assert await office.delivery.drain() == 0


async def test_copies_are_replaced_where_they_lie(either: Office) -> None:
    office = either
    key = await office.request()
    for who in ("okafor", "patel"):
        await office.owe(who, key)
    await office.delivery.drain()

    await office.unit(lambda u: withdraw(u, key))
    await office.unit(lambda u: outbox.replace(u, key))
    await office.delivery.drain()
    assert sorted((who, card.state) for who, _ref, card in office.post.replaced) == [
        ("okafor", "withdrawn"),
        ("patel", "withdrawn"),
    ]


async def test_a_change_during_the_sending_is_caught_up(either: Office) -> None:
    office = either
    key = await office.request()
    await office.owe("patel", key)

    async def withdrawn_meanwhile() -> None:
        await office.unit(lambda u: withdraw(u, key))

    office.post.meanwhile = withdrawn_meanwhile
    await office.delivery.drain()
    assert [(who, card.state) for who, _ref, card in office.post.replaced] == [("patel", "withdrawn")]


async def test_a_reminder_waits_for_its_time_and_holds_up_nothing(office: Office) -> None:
    key = await office.request(state=State.APPROVED)
    await office.owe("lund", key, "reminder", later=3600)
    await office.owe("lund", key)
    await office.delivery.drain()
    assert len(office.post.of("lund")) == 1
    office.clock.forward(3601)
    await office.delivery.drain()
    assert "not live yet" in office.post.of("lund")[1]


async def test_what_has_become_needless_is_not_sent(office: Office) -> None:
    key = await office.request()
    await office.owe("lund", key, "reminder")
    await office.owe("patel", "NOTHERE1")
    await office.delivery.drain()
    assert office.post.arrived == []
    assert await office.states() == ["needless", "needless"]


async def test_a_notice_that_cannot_be_built_stops_no_other(office: Office) -> None:
    """A card of a newer version, in the middle of a change of versions: it waits, and others go on."""
    key = await office.request()
    await office.owe("patel", key, "a_card_of_tomorrow")
    await office.owe("okafor", key)
    await office.delivery.drain()
    assert len(office.post.of("okafor")) == 1
    assert await office.states() == ["waiting", "sent"]


async def test_after_a_crash_what_was_claimed_is_sent_again(either: Office) -> None:
    office = either
    await office.owe("patel", await office.request())
    claimed = await office.database.run(lambda u: outbox.claim(u, "the dead", office.clock(), ledger.LEASE, 10))
    assert len(claimed) == 1
    assert await office.delivery.drain() == 0, "it is another's"
    office.clock.now += ledger.LEASE
    assert await office.delivery.drain() == 1
    assert await office.states() == ["sent"]


async def test_a_lost_lease_settles_nothing(either: Office) -> None:
    office = either
    await office.owe("patel", await office.request())
    (late,) = await office.database.run(lambda u: outbox.claim(u, "slow", office.clock(), ledger.LEASE, 10))
    office.clock.now += ledger.LEASE
    await office.database.run(lambda u: outbox.claim(u, "quick", office.clock(), ledger.LEASE, 10))
    settled = {"notice": late.id, "to": "buried", "why": "", "due": AT, "tries": 1, "behind": False}
    await office.database.run(lambda u: outbox.settle(u, "slow", [settled]))
    assert [(row.state, row.lease) for row in await office.rows()] == [("waiting", "quick")]


async def test_a_person_who_left_gets_nothing(office: Office) -> None:
    key = await office.request()
    await office.owe("patel", key)
    from sqlalchemy import update

    await office.unit(
        lambda u: u.connection.execute(
            update(people.PERSON)
            .where(people.PERSON.c.id == office.people["patel"])
            .values(last_day=AT.date() - timedelta(days=1))
        )
    )
    await office.delivery.drain()
    assert office.post.arrived == []


async def test_the_pump_is_woken_by_what_is_owed(office: Office) -> None:
    running = asyncio.create_task(office.delivery.run())
    await asyncio.sleep(0.05)
    await office.owe("patel", await office.request())
    for _ in range(100):
        if office.post.arrived:
            break
        await asyncio.sleep(0.01)
    assert office.post.arrived
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_not_everybody_at_once(office: Office) -> None:
    key = await office.request()
    for who in office.people:
        await office.unit(
            lambda u, who=who: outbox.send(
                u, office.people[who], notices.UNDELIVERED, f"{key}:{office.people['patel']}"
            )
        )
    office.post.slow = 0.01
    await office.delivery.drain()
    assert office.post.most == min(hands.AT_ONCE, len(office.people))
    assert len(office.post.arrived) == len(office.people)


async def test_of_two_replicas_one_sends_each(server: Server, tmp_path: Path) -> None:
    office = await opened(fresh_database(server))
    second = Database(office.database.engine.url.set(drivername="postgresql").render_as_string(False))
    try:
        keys = [await office.request(f"Words {n:03}") for n in range(12)]
        for key in keys:
            for who in ("okafor", "patel"):
                await office.owe(who, key)
        office.post.slow = 0.002
        other = Delivery(second, {Platform.CONSOLE: office.post}, office.clock)
        pump_batch = ledger.BATCH
        ledger.BATCH = 3
        try:
            done = await asyncio.gather(*(each.drain() for each in (office.delivery, other)))
            for _ in range(5):
                done += await asyncio.gather(office.delivery.drain(), other.drain())
        finally:
            ledger.BATCH = pump_batch
        assert sum(done) == len(office.post.arrived) == 24
        for who in ("okafor", "patel"):
            said = [str(card.elements) for name, card in office.post.arrived if name == who]
            assert [next(n for n in range(12) if f"Words {n:03}" in each) for each in said] == list(range(12))
        assert set(await office.states()) == {"sent"}
    finally:
        await asyncio.to_thread(second.close)
        await asyncio.to_thread(office.database.close)


async def test_a_request_is_read_as_it_is_when_sent(office: Office) -> None:
    key = await office.request("Old words")
    await office.owe("okafor", key)

    def edit(u: Unit) -> None:
        found: Request | None = requests.get(u, key)
        assert found is not None
        requests.change(u, found, revision=2)
        content = requests.case(u, found.model_copy(update={"revision": 1})).revision.content
        requests.add_revision(u, found, {**content, "text": "New words"}, "e" * 64)

    await office.unit(edit)
    await office.delivery.drain()
    ((_who, card),) = office.post.arrived
    assert "New words" in str(card.elements)
    assert "Old words" not in str(card.elements)
