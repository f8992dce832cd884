"""Everything that happens to a request that is no post, each trust its own way, on every platform."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cards.action import Action, Verb
from handlers import packs
from handlers.rules import packfile
from storage import audit, register, tasks
from storage.tables import State
from tests.dialogs.in_trusts import CEO, DIRECTOR, HEAD, IT, SENIOR, ask, at, card, entry, last, leave
from tests.dialogs.play import form, outcomes, stands, the_request
from tests.trusts import MANAGER, TEACHER, staff, writer
from tests.world import World, opened


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """A trust made from a pack alone."""
    platform, name = request.param
    data = packs.bundled(name)
    async with opened(tmp_path, url, platform, writer(data), staff(packfile.read(data))) as standing:
        yield standing


# deciding


@at("lt2")
async def test_conditions(world: World) -> None:
    chat = world.chat
    await ask(world, "can i use the school logo on our leavers hoodies")
    await chat.press(HEAD, "With conditions")
    await chat.fill(HEAD, conditions="   ")
    assert (await form(chat, HEAD)).errors.keys() == {"conditions"}
    await chat.fill(HEAD, conditions="Only in blue.")
    assert "Agreed: Only in blue." in (await last(chat, TEACHER)).text
    assert "keep to what was agreed" in (await chat.screen(TEACHER)).words
    assert (await entry(world)).conditions == "Only in blue."
    await stands(world, State.APPROVED)
    await chat.say(TEACHER, "my permissions")
    await chat.press(TEACHER, "Open")
    assert "Only in blue." in (await last(chat, TEACHER)).text


@at("lt2")
async def test_training_first(world: World) -> None:
    chat = world.chat
    await ask(world, "may I speak on behalf of the school at a panel")
    await chat.press(HEAD, "Training first")
    await chat.fill(HEAD, note="The media half day in March.")
    assert "The media half day in March." in (await last(chat, TEACHER)).text
    request = await the_request(world)
    await chat.press_made_up(HEAD, Action(Verb.APPROVE, request.id, request.version).pack())
    await stands(world, State.TRAINING)
    await chat.press_as(HEAD, TEACHER, "I have had the training")
    await stands(world, State.TRAINING)
    await chat.press(TEACHER, "I have had the training")
    await stands(world, State.SUBMITTED)
    await chat.press(HEAD, "Approve")
    await stands(world, State.APPROVED)
    assert not (await entry(world)).closed


@at("lt2")
async def test_declined_with_the_reason(world: World) -> None:
    chat = world.chat
    await ask(world, "can we use padlet")
    await chat.press(HEAD, "Decline")
    await chat.fill(HEAD, note="We have one already.")
    assert "Mx Headteacher declined it: We have one already." in (await last(chat, TEACHER)).text
    request = await the_request(world)
    assert await world.unit(lambda u: register.of_request(u, request.id)) == []
    await stands(world, State.DECLINED)
    assert "declined" in (await card(chat, CEO, "Padlet")).text


@at("lt2")
async def test_changes_are_asked_for_and_seen(world: World) -> None:
    chat = world.chat
    await ask(world, "can i use the school logo on our leavers hoodies")
    await chat.press(HEAD, "Ask for changes")
    await chat.fill(HEAD, note="How many?")
    assert "How many?" in (await last(chat, TEACHER)).text
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_what="The logo, on 40 hoodies.")
    shown = await last(chat, HEAD)
    assert "Changed since you last saw it" in shown.text and "40 hoodies" in shown.text
    assert "leavers hoodies" in shown.text
    await chat.press(HEAD, "Approve")
    await stands(world, State.APPROVED)


@at("lt2")
async def test_edited_while_it_waits(world: World) -> None:
    chat = world.chat
    await ask(world, "can i use the school logo on our leavers hoodies")
    waiting = await the_request(world)
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_what="The logo, on mugs.")
    await chat.press_made_up(HEAD, Action(Verb.APPROVE, waiting.id, waiting.version).pack())
    await stands(world, State.SUBMITTED)
    assert "on mugs" in (await last(chat, HEAD)).text
    await chat.press(HEAD, "Approve")
    await stands(world, State.APPROVED)
    request = await the_request(world)
    await chat.press_made_up(TEACHER, Action(Verb.EDIT, request.id, request.revision).pack())
    assert (await chat.screen(TEACHER)).form is None


@at("lt2")
async def test_withdrawn_with_all_that_came_of_it(world: World) -> None:
    chat = world.chat
    await ask(world, "new Instagram for the drama club")
    await chat.press(HEAD, "Approve")
    assert "Done" in (await last(chat, IT)).buttons
    await chat.press(TEACHER, "Withdraw")
    await stands(world, State.WITHDRAWN)
    assert (await entry(world)).closed
    assert all("Done" not in m.buttons for m in (await chat.screen(IT)).messages)
    assert "This no longer needs you" in (await chat.screen(IT)).words
    request = await the_request(world)
    assert await world.unit(lambda u: tasks.of_request(u, request.id)) == []
    assert await world.unit(audit.verify) is None


@at("lt2", engines=["sqlite", "postgresql"])
async def test_taken_back_before_the_work_is_done(world: World) -> None:
    chat = world.chat
    await ask(world, "new Instagram for the drama club")
    await chat.press(HEAD, "Approve")
    await chat.press(HEAD, "Take it back")
    await stands(world, State.SUBMITTED)
    assert (await entry(world)).closed
    assert all("Done" not in m.buttons for m in (await chat.screen(IT)).messages)
    assert "took the decision back" in (await last(chat, TEACHER)).text
    await chat.press(HEAD, "Approve")
    await chat.press(IT, "Done")
    await stands(world, State.DONE)
    found = await entry(world)
    assert not found.closed and not found.pending


@at("lt2")
async def test_not_taken_back_once_the_work_is_done(world: World) -> None:
    chat = world.chat
    await ask(world, "new Instagram for the drama club")
    await chat.press(HEAD, "Approve")
    before = await the_request(world)
    await chat.press(IT, "Done")
    assert "Take it back" not in (await card(chat, HEAD, "Drama club")).buttons
    after = await the_request(world)
    for version in (before.version, after.version):
        await chat.press_made_up(HEAD, Action(Verb.TAKE_BACK, before.id, version).pack())
    await stands(world, State.DONE)
    await chat.press_made_up(IT, Action(Verb.DONE, after.id, after.version).pack())
    await stands(world, State.DONE)


@at("lt2")
async def test_it_runs_out(world: World) -> None:
    chat = world.chat
    await ask(world, "can we use padlet")
    await world.later(days=15)
    await stands(world, State.EXPIRED)
    assert "Nobody decided in time, so it has expired. It was not approved." in (await last(chat, TEACHER)).text
    await chat.press(TEACHER, "Ask again")
    await chat.fill(TEACHER)
    await stands(world, State.SUBMITTED)
    await chat.press(CEO, "Approve")
    await stands(world, State.APPROVED)


# several steps


@at("tlt")
async def test_everybody_sees_how_far_it_is(world: World) -> None:
    chat = world.chat
    await ask(world, "facebook group for my GCSE class", q_audience=["ks4"])
    assert "After that: Headteacher or Deputy Headteacher" in (await last(chat, TEACHER)).text
    await chat.press(SENIOR, "Approve")
    for who in (TEACHER, SENIOR, HEAD):
        shown = (await card(chat, who, "GCSE class")).text
        assert "Approved by Mx Senior Leader" in shown or (who == SENIOR and "Approved by you" in shown), who
    assert "waiting for Mx Headteacher" in (await card(chat, TEACHER, "GCSE class")).text
    await chat.press(DIRECTOR, "Approve")
    await stands(world, State.APPROVED)
    assert "List it on the website" in (await chat.screen(TEACHER)).words
    assert "waiting for you" not in (await card(chat, HEAD, "GCSE class")).text
    await chat.press(TEACHER, "Done")
    await chat.fill(TEACHER, q_website="https://meadow.example/groups")
    await stands(world, State.DONE)


@at("tlt")
async def test_the_second_step_sends_it_back(world: World) -> None:
    chat = world.chat
    await ask(world, "facebook group for my GCSE class", q_audience=["ks4"])
    await chat.press(SENIOR, "Approve")
    await chat.press(HEAD, "Ask for changes")
    await chat.fill(HEAD, note="Which minute?")
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_minute="Science, 4 November")
    assert "waiting for you" in (await last(chat, SENIOR)).text
    assert "waiting for you" not in (await card(chat, HEAD, "GCSE class")).text
    await chat.press(SENIOR, "Approve")
    await chat.press(HEAD, "Approve")
    await stands(world, State.APPROVED)


@at("tlt", engines=["sqlite", "postgresql"])
async def test_two_who_answer_together(world: World) -> None:
    chat = world.chat
    await ask(world, "the local paper rang about the fire")
    assert "Please do not answer yet" in (await card(chat, TEACHER, "Media enquiry")).text
    await chat.press(MANAGER, "Pass it on")
    await chat.fill(MANAGER)
    await stands(world, State.SUBMITTED)
    await chat.press(HEAD, "Answer")
    await chat.fill(HEAD, reply=["say"], note="The fire is out.")
    await stands(world, State.SUBMITTED)
    assert "Mx Headteacher" in (await card(chat, TEACHER, "Media enquiry")).text
    assert "The fire is out." not in (await chat.screen(TEACHER)).words
    assert "The fire is out." in (await last(chat, DIRECTOR)).text
    await chat.press(DIRECTOR, "Answer")
    assert (await form(chat, DIRECTOR)).values["note"] == "The fire is out."
    await chat.fill(DIRECTOR, note="The fire is out, and nobody was hurt.")
    await stands(world, State.APPROVED)
    assert "The fire is out, and nobody was hurt." in (await last(chat, TEACHER)).text


@at("tlt")
async def test_a_later_step_that_nobody_can_take(world: World) -> None:
    """It is not sent half way: the draft is kept, and says who is missing, for which step."""
    chat = world.chat
    await leave(world, HEAD, "deputy", "assistant", DIRECTOR)
    await ask(world, "facebook group for my GCSE class", q_audience=["ks4"])
    await stands(world, State.DRAFT)
    words = (await chat.screen(TEACHER)).words
    assert "has no Headteacher, Deputy Headteacher" in words and "I keep your draft" in words
    assert "Headteacher" in (await last(chat, "administrator")).text
    assert "waiting for you" not in (await chat.screen(SENIOR)).words
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_purpose="Homework.")
    await stands(world, State.DRAFT)


@at("tlt")
async def test_a_step_whose_people_have_left_meanwhile(world: World) -> None:
    chat = world.chat
    await ask(world, "facebook group for my GCSE class", q_audience=["ks4"])
    await leave(world, HEAD, "deputy", "assistant", DIRECTOR)
    await chat.press(SENIOR, "Approve")
    await stands(world, State.SUBMITTED)
    assert "so it has to wait" in (await card(chat, TEACHER, "GCSE class")).text
    assert "a role is missing" in (await last(chat, "administrator")).text
    await world.later(days=15)
    await stands(world, State.EXPIRED)


@at("lt2")
async def test_work_that_nobody_can_do(world: World) -> None:
    """The asker sees whose it is, and can withdraw it."""
    chat = world.chat
    await leave(world, IT)
    await ask(world, "new Instagram for the drama club")
    await chat.press(HEAD, "Approve")
    assert "Still to be done by IT Services Manager (Enter the account)" in (await card(chat, TEACHER, "Drama")).text
    await chat.press(TEACHER, "Withdraw")
    await stands(world, State.WITHDRAWN)


# answers


@at("lt2", "archway")
async def test_an_answer_word_for_word(world: World) -> None:
    chat = world.chat
    words = "We are grateful to the fire service.\n“All” pupils & staff are <safe>."
    await chat.say(TEACHER, "the local paper just rang about the fire")
    assert "Please do not answer yet" in (await last(chat, TEACHER)).text
    await chat.press(TEACHER, "Fill it in")
    await chat.fill(TEACHER, q_who="Ann, the Echo")
    await chat.press(HEAD, "Answer")
    await chat.fill(HEAD, reply=["say"], note="")
    assert (await form(chat, HEAD)).errors.keys() == {"note"}
    await chat.fill(HEAD, note=words)
    shown = await last(chat, TEACHER)
    assert "You may say exactly this" in shown.text
    assert all(line in shown.text for line in words.split("\n"))
    await stands(world, State.APPROVED)


@at("lt2")
async def test_no_comment_and_an_answer_taken_back(world: World) -> None:
    chat = world.chat
    await ask(world, "the local paper just rang about the fire")
    await chat.press(HEAD, "Answer")
    await chat.fill(HEAD, reply=["no_comment"])
    assert "Say “no comment”" in (await last(chat, TEACHER)).text
    await chat.press(HEAD, "Take it back")
    await stands(world, State.SUBMITTED)
    taken = await last(chat, TEACHER)
    assert "please do not use it" in taken.text
    assert "no comment" not in (await card(chat, TEACHER, "By when")).text.replace("not even with “no comment”", "")
    await chat.press(HEAD, "Answer")
    await chat.fill(HEAD, reply=["myself"])
    await stands(world, State.APPROVED)
    assert len(await outcomes(world)) == 3


@at("lt2")
async def test_somebody_who_is_to_answer_asks_back(world: World) -> None:
    chat = world.chat
    await ask(world, "the local paper just rang about the fire")
    await chat.press(HEAD, "Ask back")
    await chat.fill(HEAD, note="Who rang?")
    assert "asks: Who rang?" in (await last(chat, TEACHER)).text
    asked = await card(chat, TEACHER, "Asked back by")
    assert "Add your answer and send it again." in asked.text
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_who="Ann, the Echo")
    await stands(world, State.SUBMITTED)


@at("tlt")
async def test_a_declaration(world: World) -> None:
    chat = world.chat
    await ask(world, "i have a blog that says i work here", q_topic=["have"])
    assert "add a plain line" in (await card(chat, TEACHER, "Declaration")).text
    await chat.press(MANAGER, "Answer")
    await chat.fill(MANAGER, reply=["rules"], note="Leave the pupils out of it.")
    assert "Leave the pupils out of it." in (await last(chat, TEACHER)).text
    await stands(world, State.APPROVED)
    record = await world.unit(lambda u: [row.verb for row in u.run(audit.AUDIT.select())])
    assert "reply" in record
