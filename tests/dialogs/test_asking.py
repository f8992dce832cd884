"""Asking for a permission: what is said stands in the form, and every wrong answer is told at its field."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from cards.action import Action, Verb
from handlers import packs, view
from handlers.answer import Coming, Note, Replace, Show
from handlers.event import Event, Place
from handlers.rules import packfile
from handlers.rules import permission as rules
from handlers.rules.kinds import kind_of
from handlers.rules.words import is_thanks
from storage import imports, people, register
from storage.database import Unit
from storage.tables import Book, Platform, State
from tests.dialogs.in_trusts import HEAD, IT, ask, at, card, entry, join, last
from tests.dialogs.play import every_request, form, refusals, stands, the_request
from tests.test_kinds import table
from tests.trusts import COLLEAGUE, TEACHER, staff, writer
from tests.world import World, opened

WHY = "For the leavers' hoodies."


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """A trust made from a pack alone."""
    platform, name = request.param
    data = packs.bundled(name)
    async with opened(tmp_path, url, platform, writer(data), staff(packfile.read(data))) as standing:
        yield standing


# asking


@at("lt2")
async def test_the_words_said_stand_in_the_form(world: World) -> None:
    chat = world.chat
    await chat.say(TEACHER, "new Instagram for the drama club")
    shown = await last(chat, TEACHER)
    assert "New account: Drama club" in shown.text and "not sent yet" in shown.text
    assert "Mx Headteacher or Mx Ceo" in shown.text
    await chat.press(TEACHER, "Fill it in")
    values = (await form(chat, TEACHER)).values
    assert (values["q_platform"], values["q_name"]) == ("Instagram", "Drama club")
    assert values["q_purpose"] == "new Instagram for the drama club"
    await chat.fill(TEACHER, q_name="Oakfield drama")
    if (open_ := (await chat.screen(TEACHER)).form) is not None:
        assert open_.values["q_name"] == "Oakfield drama" and open_.values["q_purpose"]
    assert (await the_request(world)).state == State.DRAFT
    await chat.fill(TEACHER, q_audience="Pupils", **dict.fromkeys(
        ("confirm_read", "confirm_profile", "confirm_contact", "confirm_terms"), True))
    await stands(world, State.SUBMITTED)
    assert "Oakfield drama" in (await last(chat, HEAD)).text


@at("lt2")
async def test_from_the_menu(world: World) -> None:
    chat = world.chat
    await chat.say(TEACHER, "something else")
    menu = await last(chat, TEACHER)
    assert "Use of the logo or name" in menu.text and "Open comments" in menu.text
    assert "the policy does not say" in menu.text
    await chat.press_made_up(TEACHER, Action(Verb.REQUEST, arg="brand").pack())
    await chat.press(TEACHER, "Fill it in")
    assert (await form(chat, TEACHER)).values["q_what"] == ""
    await chat.fill(TEACHER, q_what=WHY)
    await stands(world, State.SUBMITTED)
    assert WHY in (await last(chat, HEAD)).text


@at("lt2", engines=["sqlite", "postgresql"])
async def test_which_of_several(world: World) -> None:
    chat, said = world.chat, "I want to post a picture with the school logo on it"
    await chat.say(TEACHER, said)
    shown = await last(chat, TEACHER)
    assert "Which of these is it?" in shown.text and said in shown.text
    assert shown.buttons == ("Use of the logo or name", "Post", "Something else")
    await chat.press(TEACHER, "Use of the logo or name")
    assert "Fill it in" in (await last(chat, TEACHER)).buttons
    await chat.press(TEACHER, "Fill it in")
    assert (await form(chat, TEACHER)).values["q_what"] == said
    await chat.fill(TEACHER)
    await stands(world, State.SUBMITTED)


@at("lt2")
async def test_it_was_a_post_after_all(world: World) -> None:
    chat, said = world.chat, "I want to post a picture with the school logo on it"
    await chat.say(TEACHER, said)
    await chat.press(TEACHER, "Post")
    shown = await last(chat, TEACHER)
    assert "Post for Facebook" in shown.text and said in shown.text and "Check and send" in shown.buttons
    assert (await the_request(world)).kind == "post"


@at("lt2")
async def test_something_else_than_was_guessed(world: World) -> None:
    chat = world.chat
    await chat.say(TEACHER, "the local paper just rang about the fire")
    await chat.press(TEACHER, "Something else")
    request = await the_request(world)
    for kind in ("nonsense", "post|x", "advice"):
        if "|" not in kind:
            await chat.press_made_up(TEACHER, Action(Verb.MEANT, request.id, request.version, kind).pack())
    changed = await the_request(world)
    assert changed.kind == "advice" and changed.state == State.DRAFT
    await chat.press_made_up(HEAD, Action(Verb.MEANT, changed.id, changed.version, "brand").pack())
    assert (await the_request(world)).kind == "advice"
    await chat.press(TEACHER, "Fill it in")
    assert (await form(chat, TEACHER)).values["q_what"] == "the local paper just rang about the fire"
    await chat.fill(TEACHER, q_topic=["other"])
    await stands(world, State.SUBMITTED)
    sent = await the_request(world)
    await chat.press_made_up(TEACHER, Action(Verb.MEANT, sent.id, sent.version, "brand").pack())
    assert (await the_request(world)).kind == "advice"


@at("tlt")
async def test_what_the_policy_rules_out(world: World) -> None:
    chat = world.chat
    await chat.say(TEACHER, "can I use the logo on mugs")
    shown = await last(chat, TEACHER)
    assert "not allowed" in shown.text and "App. A, B 3, B 6" in shown.text
    request = await the_request(world)
    for verb in (Verb.SEND, Verb.EDIT):
        await chat.press_made_up(TEACHER, Action(verb, request.id, request.version).pack())
    assert (await chat.screen(TEACHER)).form is None
    await stands(world, State.DRAFT)
    await chat.press(TEACHER, "Ask for advice")
    await chat.press(TEACHER, "Fill it in")
    assert (await form(chat, TEACHER)).values["q_what"] == "can I use the logo on mugs"


@at("tlt")
async def test_an_answer_that_the_policy_rules_out(world: World) -> None:
    chat = world.chat
    await ask(world, "facebook page for my year 8 class", q_audience=["younger"])
    open_ = await form(chat, TEACHER)
    assert "not Facebook pages" in open_.errors["q_form"] and "App. D" in open_.errors["q_audience"]
    assert open_.values["q_name"] == "Year 8 class"
    await chat.fill(TEACHER, q_form=["group"], q_audience=["ks4"], q_settings=["open", "approval"])
    assert (await form(chat, TEACHER)).errors.keys() == {"q_settings"}
    every = ["open", "approval", "members", "no_email", "removed"]
    await chat.fill(TEACHER, q_settings=every)
    await stands(world, State.SUBMITTED)


@at("att")
async def test_where_the_policy_is_silent(world: World) -> None:
    chat = world.chat
    await ask(world, "the local paper rang about the fire")
    assert "The policy does not say anything about this" in (await last(chat, TEACHER)).text
    assert "The policy does not say anything about this" in (await last(chat, HEAD)).text
    await chat.press(HEAD, "Answer")
    await chat.fill(HEAD, reply=["say"], note="The fire is out.")
    assert "The fire is out." in (await last(chat, TEACHER)).text
    shown = await card(chat, TEACHER, "Media enquiry")
    await stands(world, State.APPROVED)
    assert "The policy does not say" in (await chat.screen(TEACHER)).words, shown


# the person it is about


@at("lt2", "tlt")
async def test_a_colleague_agrees_or_not(world: World) -> None:
    chat = world.chat
    await ask(world, "may I mention Mr Hale, a colleague, on facebook")
    shown = await last(chat, COLLEAGUE)
    assert "waiting for you" in shown.text and "may I mention Mr Hale" in shown.text
    assert "waiting for you" not in (await chat.screen(HEAD)).words
    await chat.press(COLLEAGUE, "Decline")
    await chat.fill(COLLEAGUE, note="Please not this time.")
    assert "Mr Hale declined it: Please not this time." in (await last(chat, TEACHER)).text
    await stands(world, State.DECLINED)


@at("lt2")
async def test_who_is_not_to_be_found(world: World) -> None:
    chat = world.chat
    await chat.say(TEACHER, "may I mention a colleague")
    await chat.press(TEACHER, "Fill it in")
    for typed, why in (
        ("", "Please answer this."), ("Zebedee", "nobody of that name"), ("Ms Okafor", "somebody else than yourself"),
        ("Mx", "Several people"), ("hale\x00", ""),
    ):
        await chat.fill(TEACHER, q_person=typed, q_what="She is great.")
        if not why:
            break
        open_ = await form(chat, TEACHER)
        assert why in open_.errors["q_person"], typed
        assert open_.values["q_what"] == "She is great." and open_.values["q_person"] == typed
    await stands(world, State.SUBMITTED)
    assert "waiting for you" in (await last(chat, COLLEAGUE)).text


@at("lt2")
async def test_two_of_one_name(world: World) -> None:
    chat = world.chat
    await join(world, "hale2", "Mr Hale")
    await chat.say(TEACHER, "may I mention Mr Hale, a colleague, on facebook")
    await chat.press(TEACHER, "Fill it in")
    assert (await form(chat, TEACHER)).values["q_person"] == ""
    await chat.fill(TEACHER, q_person="Mr Hale")
    assert "Several people" in (await form(chat, TEACHER)).errors["q_person"]
    await chat.fill(TEACHER, q_person="hale@oakfield.example")
    await stands(world, State.SUBMITTED)
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_what="He won a prize.")
    assert "He won a prize." in (await last(chat, COLLEAGUE)).text


@at("lt2")
async def test_the_colleague_leaves_meanwhile(world: World) -> None:
    chat = world.chat
    number = await join(world, "gone", "Mr Gone")
    await ask(world, "may I mention Mr Gone, a colleague, on facebook")
    await stands(world, State.SUBMITTED)
    await world.unit(lambda u: imports.end_people(u, [number]))
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_what="He won a prize.")
    assert "nobody of that name" in (await form(chat, TEACHER)).errors["q_person"]
    await chat.fill(TEACHER, q_person="hale@oakfield.example")
    assert "do you agree?" in (await last(chat, COLLEAGUE)).text


# bad input


# bad input


@at("lt2")
async def test_made_up_buttons(world: World) -> None:
    chat = world.chat
    await ask(world, "can i use the school logo on our leavers hoodies")
    request = await the_request(world)
    for verb in (Verb.REQUEST, Verb.COMPOSE):
        for arg in ("nonsense", "named_person", "a" * 60, "../../x", "account account"):
            await chat.press_made_up(TEACHER, Action(verb, arg=arg).pack())
    for verb in (Verb.TRAIN, Verb.TRAINED, Verb.DONE, Verb.REPLY, Verb.PUBLISH, Verb.TAKE_OUT, Verb.LIVE):
        for who in (TEACHER, HEAD):
            await chat.press_made_up(who, Action(verb, request.id, request.version, "x").pack())
    assert await the_request(world) == request
    for who in (TEACHER, HEAD):
        assert not any("did not work" in note for note in (await chat.screen(who)).notes)
    await chat.press_made_up(COLLEAGUE, Action(Verb.APPROVE, request.id, request.version).pack())
    await stands(world, State.SUBMITTED)
    assert await refusals(world) != []


@at("lt2")
async def test_huge_answers_and_none(world: World) -> None:
    chat = world.chat
    await ask(world, "can we use padlet", q_name="x" * 150, q_purpose="y" * 3000, q_address="a\x00\x07b")
    await stands(world, State.SUBMITTED)
    await chat.press(HEAD, "With conditions")
    await chat.fill(HEAD, conditions="z" * 2000)
    await stands(world, State.APPROVED)
    assert (await entry(world)).address == "ab"
    await chat.press(IT, "Done")
    await chat.fill(IT, q_terms=["met"], q_privacy="p" * 3000, q_safeguards="s\x00")
    await stands(world, State.DONE)


@at("lt2")
async def test_an_answer_that_is_too_long(world: World) -> None:
    chat = world.chat
    await ask(world, "can we use padlet", q_name="x" * 151, q_address="padlet.example")
    open_ = await form(chat, TEACHER)
    assert open_.values["q_name"] == "x" * 151 and open_.values["q_address"] == "padlet.example"
    await stands(world, State.DRAFT)
    if world.platform != Platform.SLACK:  # Slack says so itself
        assert "too long" in open_.errors["q_name"]
    await chat.fill(TEACHER, q_name="Padlet")
    await stands(world, State.SUBMITTED)


@at("lt2")
async def test_a_long_story_in_the_chat(world: World) -> None:
    chat, story = world.chat, f"the local paper rang about the fire. {'And then they asked. ' * 300}"
    await chat.say(TEACHER, story)
    await chat.press(TEACHER, "Fill it in")
    said = (await form(chat, TEACHER)).values["q_what"]
    assert said == story[:3000] or said == story[:3000].strip()
    await chat.fill(TEACHER, q_who="The Echo")
    await stands(world, State.SUBMITTED)
    await chat.say(COLLEAGUE, f"own phone for the trip photos{' and more' * 60}")
    await chat.press(COLLEAGUE, "Fill it in")
    assert len((await form(chat, COLLEAGUE)).values["q_purpose"]) <= 150


@at("lt2")
async def test_a_day_that_cannot_be(world: World) -> None:
    chat = world.chat
    await ask(world, "can i use the school logo on our leavers hoodies", q_until="2020-01-01")
    assert "passed" in (await form(chat, TEACHER)).errors["q_until"]
    await chat.fill(TEACHER, q_until="2090-01-01")
    assert "q_until" in (await form(chat, TEACHER)).errors
    await chat.fill(TEACHER, q_until="2027-01-01")
    await chat.press(HEAD, "Approve")
    assert (await entry(world)).until == date(2027, 1, 1)


@at("archway")
async def test_a_hundred_and_more_accounts(world: World) -> None:
    def many(u: Unit) -> int:
        owner = people.by_email(u, "lund@oakfield.example")
        assert owner is not None
        return [register.add(u, {
            "book": Book.ACCOUNT, "platform": "instagram", "name": f"Club {i}", "school_id": None, "owner_id": owner.id,
        }) for i in range(120)][-1]

    chat, number = world.chat, await world.unit(many)
    await chat.say(TEACHER, "can the comments be open")
    await chat.press(TEACHER, "Fill it in")
    await chat.fill(TEACHER, q_what="For the fair.", q_account=[
        str(await world.unit(lambda u: register.accounts(u)[0].id))])
    await stands(world, State.SUBMITTED)
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_what="For the fair, and after.")
    await stands(world, State.SUBMITTED)
    request = await the_request(world)
    fields = {"q_account": str(number), "q_what": "For the fair, and after."}
    kind = kind_of(await world.unit(packs.current), "open_comments")
    assert kind is not None
    content, problems = rules.read(fields, kind.questions, (), ())
    assert problems == {} and content.accounts == (number,) and request.kind == "open_comments"


@at("lt2", "archway", "att", "tlt", on=[Platform.CONSOLE])
async def test_every_sentence_has_an_answer(world: World) -> None:
    """Also two at once, which may mean a lot; and whichever of them was meant."""
    await world.chat.say(TEACHER, "hello")
    teacher = (await world.person(TEACHER)).id or 0
    (me,) = await world.unit(lambda u: people.reach(u, teacher))
    place = Place(Platform.CONSOLE, me.team, me.user, me.user)
    said = [each for each, _ in table()]
    pairs = [f"{one} and {other}" for one, other in zip(said[::3], said[7::3], strict=False)]
    for number, words in enumerate([*said, *pairs]):
        event = Event(f"say:{number}", world.clock(), Verb.SAY, place, text=words)
        assert isinstance(await world.bot.desk.dispatch(event), Note if is_thanks(words) else Show | Coming), words
    undecided = await among(world)
    assert len(undecided) > 10
    requests = [each for each in await every_request(world) if each.id in undecided]
    for number, request in enumerate(requests):
        meant = undecided[request.id][number % len(undecided[request.id])]
        event = Event(f"meant:{number}", world.clock(), Verb.MEANT, place, request.id, request.version, meant)
        answer = await world.bot.desk.dispatch(event)
        assert isinstance(answer, Replace) and "Which of these" not in answer.card.summary
    assert await among(world) == {}


async def among(world: World) -> dict[str, list[str]]:
    """Every draft of which it is not clear what it is, with what it may be."""
    requests = await every_request(world)
    found = await world.unit(lambda u: {r.id: view.fresh(u, r.id) for r in requests})
    return {number: case.revision.content["among"] for number, case in found.items()
            if case and case.revision.content.get("among")}


@at("lt2", on=[Platform.CONSOLE])
async def test_forms_with_answers_of_every_wrong_type(world: World) -> None:
    """Numbers that are none, choices in the place of words, words in the place of choices."""
    for kind in ("profile_exception", "person_mention", "account", "site", "brand", "advice", "nonsense", "post"):
        for value in ("²", "-1", "99999999999999999999", "1; DROP TABLE request", "\x00", "a" * 5000, "0", "٣"):
            names = ("account", "who", "person", "what", "owner", "deputy", "until", "topic", "use_on", "name")
            for shape in ("text", "choice", "confirm"):
                posted = [(f"{shape}.q_{name}", value) for name in names]
                action = Action(Verb.SAVE, "", 0, kind).pack()
                fields = [*posted, ("action", action), ("message", "")]
                status, said = await world.chat._post_form(TEACHER, "form", fields, ())  # type: ignore[attr-defined]
                assert status in (200, 400) and "did not work" not in said, (kind, value, shape)
