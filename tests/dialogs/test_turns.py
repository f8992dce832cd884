"""The turns a post takes on its way: changed, declined, taken back, withdrawn, forgotten; who decides for whom."""

from storage.tables import Outcome, State
from tests.dialogs.play import (
    ADDRESS,
    FACEBOOK,
    TRUSTS,
    WORDS,
    X,
    account,
    approved,
    ask_and_send,
    copies,
    form,
    one_engine,
    one_platform,
    outcomes,
    send,
    stands,
    tell_address,
    the_request,
)
from tests.world import World

BETTER = "A brilliant science fair today. Well done, 8B!"


async def test_changes_are_asked_for_made_and_seen(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await chat.press("patel", "Ask for changes")
    await chat.fill("patel")
    assert "note" in (await form(chat, "patel")).errors
    assert await outcomes(world) == []

    await chat.fill("patel", note="Shorter, please.")
    assert "Changes asked for by you" in (await chat.screen("patel")).words
    asker = await chat.screen("okafor")
    assert "Mrs Patel asks for changes: Shorter, please." in asker.words
    await chat.say("okafor", "waiting")
    assert WORDS in (await chat.screen("okafor")).last.text

    await chat.press("okafor", "Edit")
    assert (await form(chat, "okafor")).values["text"] == WORDS
    await chat.fill("okafor", text=BETTER)
    assert "waiting for Mrs Patel" in (await chat.screen("okafor")).words
    card = (await chat.screen("patel")).last
    assert "Changed since you last saw it" in card.text
    assert WORDS in card.text and BETTER in card.text
    await chat.press("patel", "Approve")
    assert await outcomes(world) == [Outcome.CHANGES, Outcome.APPROVED]
    assert BETTER in (await chat.screen("lund")).words
    await stands(world, State.APPROVED)


async def test_sent_again_the_newest_card_alone_has_buttons(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    for words in (BETTER, WORDS, BETTER):
        await chat.press("okafor", "Edit")
        await chat.fill("okafor", text=words)
        cards = (await chat.screen("patel")).messages
        assert [message for message in cards if "Approve" in message.buttons] == [cards[-1]]
        assert words in cards[-1].text
    old = [m for m in cards if "Ms Okafor has sent this again, and it waits for you in a newer card." in m.text]
    assert len(old) == 3
    await chat.press("patel", "Open", cards.index(old[0]))
    assert "Approve" in (await chat.screen("patel")).messages[cards.index(old[0])].buttons
    await chat.press("patel", "Approve", len(cards) - 1)
    cards = copies(await chat.screen("patel"), BETTER)
    assert len(cards) == 4
    assert all("Approved by you" in m.text and "Approve" not in m.buttons for m in cards), "each shows how it stands"
    await stands(world, State.APPROVED)


@one_engine
async def test_a_decline_needs_its_reason(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await chat.press("patel", "Decline")
    await chat.fill("patel")
    assert "note" in (await form(chat, "patel")).errors
    await chat.fill("patel", note="We said so last week already.")
    assert "Mrs Patel declined it: We said so last week already." in (await chat.screen("okafor")).words
    card = (await chat.screen("patel")).words
    assert "declined" in card and "Declined by you" in card
    assert (await chat.screen("lund")).words.count(WORDS) == 0
    assert await outcomes(world) == [Outcome.DECLINED]
    await stands(world, State.DECLINED)


async def test_an_edit_voids_the_approval(world: World) -> None:
    chat = world.chat
    await approved(chat)
    assert "It's live" in (await chat.screen("lund")).last.buttons
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", text=BETTER)

    request = await the_request(world)
    assert (request.state, request.approved_digest) == (State.SUBMITTED, None)
    owner = await chat.screen("lund")
    assert "Nothing is to be published" in owner.words and WORDS not in owner.words
    assert all("It's live" not in message.buttons for message in owner.messages)
    assert "Changed since you last saw it" in (await chat.screen("patel")).last.text
    await chat.press("patel", "Approve")
    assert BETTER in (await chat.screen("lund")).words
    assert await outcomes(world) == [Outcome.APPROVED, Outcome.APPROVED]
    await stands(world, State.APPROVED)


@one_engine
async def test_an_edit_form_sent_unchanged_voids_it_too(world: World) -> None:
    """Whoever sends again asks again; closing the form keeps what was approved."""
    chat = world.chat
    await approved(chat)
    await chat.press("okafor", "Edit")
    await chat.fill("okafor")
    await stands(world, State.SUBMITTED)
    assert "Nothing is to be published" in (await chat.screen("lund")).words


@one_engine
async def test_the_approver_takes_it_back(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await chat.press("patel", "Take it back")
    assert "waiting for you" in (await chat.screen("patel")).words
    assert "Mrs Patel took the decision back" in (await chat.screen("okafor")).words
    assert "Nothing is to be published" in (await chat.screen("lund")).words
    assert await outcomes(world) == [Outcome.APPROVED, Outcome.TAKEN_BACK]
    await chat.press("patel", "Approve")
    assert "It's live" in (await chat.screen("lund")).last.buttons
    await stands(world, State.APPROVED)


@one_engine
async def test_withdrawn(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await chat.press("okafor", "Withdraw")
    for who in ("okafor", "patel"):
        cards = copies(await chat.screen(who))
        assert len(cards) == 1, who
        assert "withdrawn" in cards[0].text and not cards[0].buttons, who
    assert "Nothing is to be published" in (await chat.screen("lund")).words
    await stands(world, State.WITHDRAWN)


@one_engine
async def test_discarded_before_anybody_saw_it(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", f"can I post this on facebook? {WORDS}")
    await chat.press("okafor", "Discard")
    assert "discarded" in (await chat.screen("okafor")).words
    assert WORDS not in (await chat.screen("patel")).words
    await stands(world, State.WITHDRAWN)


async def test_every_copy_shows_the_present_state(world: World) -> None:
    """Copies that were opened from lists change like the first one."""
    chat = world.chat
    await ask_and_send(chat)
    for who, words in (("okafor", "mine"), ("patel", "waiting")):
        await chat.say(who, words)
        await chat.press(who, "Open")
    assert sum("Approve" in m.buttons for m in (await chat.screen("patel")).messages) == 2
    await chat.press("patel", "Approve")
    for who in ("okafor", "patel"):
        cards = copies(await chat.screen(who))
        assert len(cards) == 2, who
        assert all("Approved by" in m.text and "Approve" not in m.buttons for m in cards), who


@one_engine
async def test_the_headteachers_own_post_goes_to_the_ceo(world: World) -> None:
    chat = world.chat
    await chat.say("patel", f"can I post this on facebook? {WORDS}")
    assert "Dr Amin" in (await chat.screen("patel")).last.text
    await send(chat, "patel")
    assert "waiting for Dr Amin" in (await chat.screen("patel")).words
    await chat.press("amin", "Approve")
    assert "Dr Amin approved it" in (await chat.screen("patel")).words
    await stands(world, State.APPROVED)


@one_engine
@one_platform
async def test_the_ceos_own_goes_to_the_chair(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat, "amin", "linkedin")
    assert "Mrs Grant" in (await chat.screen("amin")).words
    await chat.press("grant", "Approve")
    assert "It's live" in (await chat.screen("webb")).last.buttons
    await stands(world, State.APPROVED)


@one_engine
@one_platform
async def test_a_trust_account_goes_to_the_ceo(world: World) -> None:
    await ask_and_send(world.chat, "okafor", "linkedin", accounts=[await account(world, TRUSTS)])
    assert "waiting for Dr Amin" in (await world.chat.screen("okafor")).words
    assert WORDS in (await world.chat.screen("amin")).words
    assert WORDS not in (await world.chat.screen("patel")).words


@one_engine
@one_platform
async def test_central_staff_ask_the_ceo_and_the_owner_who_asks_has_one_card(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat, "webb", "linkedin")
    await chat.press("amin", "Approve")
    tasks = [m for m in (await chat.screen("webb")).messages if "It's live" in m.buttons]
    assert len(tasks) == 1
    await tell_address(chat, "webb")
    assert ADDRESS in (await chat.screen("amin")).words
    await stands(world, State.PUBLISHED)


async def test_two_accounts_are_live_when_both_are(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat, accounts=[await account(world, FACEBOOK), await account(world, X)])
    await chat.press("patel", "Approve")
    await tell_address(chat, "lund")
    await stands(world, State.APPROVED)
    assert ADDRESS in (await chat.screen("costa")).words
    assert all("It's live" not in m.buttons for m in (await chat.screen("lund")).messages)
    for message in (await chat.screen("okafor")).messages:
        assert not {"Edit", "Withdraw"} & set(message.buttons), "what is live in one place can no longer be changed"
    await tell_address(chat, "costa", "https://x.example/oakfieldhigh/1")
    for who in ("okafor", "patel", "lund", "costa"):
        assert "https://x.example/oakfieldhigh/1" in (await chat.screen(who)).words, who
    await stands(world, State.PUBLISHED)


@one_engine
async def test_a_wrong_address_is_put_right(world: World) -> None:
    chat, right = world.chat, "https://facebook.example/oakfield/2"
    await approved(chat)
    await tell_address(chat)
    await chat.press("lund", "Correct the address")
    (field, known), *_ = (await form(chat, "lund")).values.items()
    assert known == ADDRESS
    await chat.fill("lund", **{field: "oops"})
    assert "beginning with https://" in str((await form(chat, "lund")).errors)
    await chat.fill("lund", **{field: right})
    for who in ("okafor", "patel", "lund"):
        card = next(m for m in (await chat.screen(who)).messages if right in m.text)
        assert ADDRESS not in card.text
        assert ("Correct the address" in card.buttons) == (who == "lund")
        assert right in (await chat.screen(who)).last.text
    await stands(world, State.PUBLISHED)


@one_engine
async def test_not_before_its_time(world: World) -> None:
    chat = world.chat
    await approved(chat, go_live="2026-11-06T08:30")
    await chat.press("lund", "It's live")
    assert (await chat.screen("lund")).form is None
    assert "approved for tomorrow 08:30, not earlier" in (await chat.screen("lund")).words
    await stands(world, State.APPROVED)
    await world.later(days=1)
    await tell_address(chat)
    await stands(world, State.PUBLISHED)


@one_engine
async def test_undecided_at_its_time_it_lapses(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat, go_live="2026-11-06T08:30")
    await world.later(days=1)
    await stands(world, State.LAPSED)
    assert await outcomes(world) == []
    assert "Nobody decided before its time" in (await chat.screen("okafor")).words
    assert all("Approve" not in m.buttons for m in (await chat.screen("patel")).messages)
    await chat.press("okafor", "Ask again with a new time")
    await chat.fill("okafor", go_live="2026-11-09T08:30")
    assert "waiting for you" in (await chat.screen("patel")).words
    await stands(world, State.SUBMITTED)


@one_engine
@one_platform
async def test_a_press_just_after_its_time_comes_too_late(world: World) -> None:
    """Also before the clock has looked: silence never approves, and neither does a second too late."""
    chat = world.chat
    await ask_and_send(chat, go_live="2026-11-05T10:00")
    world.clock.forward(hours=1)
    await chat.press("patel", "Approve")
    assert "It is lapsed. Nothing was changed." in (await chat.screen("patel")).words
    assert "Nobody decided before its time" in (await chat.screen("okafor")).words
    assert await outcomes(world) == []
    await stands(world, State.LAPSED)


@one_engine
@one_platform
async def test_an_approval_of_last_week_publishes_nothing(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await chat.press("lund", "It's live")
    world.clock.forward(days=7)
    await chat.fill("lund", **dict.fromkeys((await form(chat, "lund")).values, ADDRESS))
    assert "Nothing was changed." in (await chat.screen("lund")).words
    assert "the approval has lapsed" in (await chat.screen("lund")).words
    await stands(world, State.LAPSED)


@one_engine
async def test_a_time_in_summer(world: World) -> None:
    """The trust's clock, not the server's."""
    chat = world.chat
    await ask_and_send(chat, go_live="2027-06-01T09:00")
    assert "Tue 1 Jun 2027 09:00" in (await chat.screen("patel")).last.text
    await chat.press("okafor", "Edit")
    assert (await form(chat, "okafor")).values["go_live"] == "2027-06-01T09:00"


@one_engine
@one_platform
async def test_undecided_for_two_weeks_it_expires(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await world.later(days=13)
    await stands(world, State.SUBMITTED)
    await world.later(days=1, minutes=1)
    await stands(world, State.EXPIRED)
    assert "Nobody decided in time, so it has expired" in (await chat.screen("okafor")).words
    assert await outcomes(world) == []


@one_engine
@one_platform
async def test_changes_that_nobody_makes(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await chat.press("patel", "Ask for changes")
    await chat.fill("patel", note="Shorter, please.")
    await world.later(days=14, minutes=1)
    await stands(world, State.EXPIRED)
    assert "It was not changed and sent again in time" in (await chat.screen("okafor")).words


@one_engine
@one_platform
async def test_an_approval_that_nobody_uses_lapses(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await world.later(days=7, minutes=1)
    await stands(world, State.LAPSED)
    assert (await the_request(world)).approved_digest is None
    for who in ("okafor", "lund"):
        assert "the approval has lapsed" in (await chat.screen(who)).words, who
    assert all("It's live" not in m.buttons for m in (await chat.screen("lund")).messages)


@one_engine
async def test_one_reminder_after_nine_hours_of_work(world: World) -> None:
    chat = world.chat
    await approved(chat)

    async def reminders() -> int:
        return sum("not live yet" in m.text for m in (await chat.screen("lund")).messages)

    await world.later(hours=8)
    assert await reminders() == 0
    await world.later(hours=2)
    assert await reminders() == 1
    await world.later(hours=48)
    assert await reminders() == 1


@one_engine
@one_platform
async def test_no_reminder_for_what_is_live(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await tell_address(chat)
    await world.later(hours=30)
    assert "not live yet" not in (await chat.screen("lund")).words
