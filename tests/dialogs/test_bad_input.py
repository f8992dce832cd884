"""Everything that people and their machines get wrong: a clear answer, nothing lost, nothing changed."""

import io
from pathlib import Path

import pytest
from PIL import Image

from cards.action import Action, Verb
from storage.tables import Platform, State
from tests.dialogs.play import (
    ADDRESS,
    CONFIRMED,
    FACEBOOK,
    FAIR,
    WORDS,
    account,
    approved,
    ask_and_send,
    copies,
    described,
    every_request,
    form,
    one_engine,
    one_platform,
    send,
    stands,
    the_request,
)
from tests.world import World

STRANGE = (
    "🎉👩‍🚀🏳️‍🌈 Science fair! 🎉",
    "معرض العلوم اليوم \u202eabc\u202c שלום",
    "Read [this](https://evil.example) and <https://evil.example|the school's page>, **now**",
    "<!channel> <!here> <@U0123456> @everyone @channel well done",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; &lt; {{7*7}} ${x}",
    "Quotes “so” 'and' \"so\"; back\\slash `code` ~struck~ _under_ *bold* > quoted # heading",
    "Ümläuts, a combining e\u0301, a zero\u200bwidth space, and Z̷͛a̸l̶g̵o̷",
    "1. one\n2. two\n\n- three\n\ttabbed",
)


def square(shade: int) -> bytes:
    """A picture unlike the others."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(out, "PNG")
    return out.getvalue()


@one_engine
async def test_strange_words_arrive_exactly_as_they_were_written(world: World) -> None:
    chat = world.chat
    for words in STRANGE:
        await ask_and_send(chat, words=words)
        request = (await every_request(world))[-1]
        assert request.state == State.SUBMITTED, words
        lines = [line.strip() for line in words.split("\n")]
        assert [line for line in lines if line not in (await chat.screen("patel")).last.text] == []
        await chat.press("patel", "Approve")
        assert [line for line in lines if line not in (await chat.screen("lund")).last.text] == []


@one_engine
async def test_a_call_to_everyone_is_noticed(world: World) -> None:
    await world.chat.say("okafor", "can I post this on facebook? @everyone well done Zoe Marsh, see zoe@home.example")
    draft = (await world.chat.screen("okafor")).last.text
    assert "“@everyone”" in draft
    assert "“Zoe Marsh” looks like a full name" in draft and "7.3.2" in draft
    assert "“zoe@home.example”" in draft


async def test_characters_that_no_keyboard_has(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "can I post this on facebook? Well\x00 done\x07\x1b[31m, 8B!")
    await send(chat, text="Very\x00 well\x0b done, 8B!", people="8\x00B")
    assert "Very well done, 8B!" in (await chat.screen("patel")).last.text
    await chat.press("patel", "Decline")
    await chat.fill("patel", note="No\x00t now.")
    assert "Not now." in (await chat.screen("okafor")).words
    await stands(world, State.DECLINED)


@one_engine
async def test_words_that_are_too_long(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", f"can I post this on facebook? {'long ' * 700}")
    assert "That is 3,499 characters, and a post takes 3,000" in (await chat.screen("okafor")).words
    assert await every_request(world) == []
    await chat.say("okafor", f"can I post this on facebook? {'x' * 3000}")
    await send(chat)
    await stands(world, State.SUBMITTED)
    assert "x" * 3000 in (await chat.screen("patel")).words.replace("\n", "")


@one_engine
async def test_words_too_long_for_one_site(world: World) -> None:
    chat = world.chat
    long = f"{'Well done, 8B! ' * 20}".strip()
    await ask_and_send(chat, site="x", words=long)
    open_ = await form(chat, "okafor")
    assert "X takes 280 characters" in open_.errors["text"]
    assert open_.values["text"] == long
    await chat.fill("okafor", text=long[:280])
    await stands(world, State.SUBMITTED)


@one_engine
async def test_an_empty_form(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "can I post something?")
    await chat.press("okafor", "Write the post")
    await chat.fill("okafor")
    assert {"accounts", "permission"} <= (await form(chat, "okafor")).errors.keys()
    known = {"accounts": [await account(world, FACEBOOK)], "people": "8B", "go_live": "2026-12-01T10:00"}
    await chat.fill("okafor", **CONFIRMED, **known)
    open_ = await form(chat, "okafor")
    assert open_.errors == {"text": "Please write the words, or add a picture."}
    assert open_.values["people"] == "8B" and open_.values["go_live"] == "2026-12-01T10:00"
    await chat.fill("okafor", text=WORDS, permission=["forms"], people="")
    assert (await form(chat, "okafor")).errors.keys() == {"people"}
    assert await every_request(world) == []
    await chat.fill("okafor", people="8B")
    await stands(world, State.SUBMITTED)


@one_engine
async def test_a_box_left_empty(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat, confirm_camera=False)
    open_ = await form(chat, "okafor")
    assert "confirm_camera" in open_.errors
    assert open_.values["text"] == WORDS and open_.values["confirm_copyright"] in ("yes", ["yes"])
    await stands(world, State.DRAFT)
    assert copies(await chat.screen("patel")) == []


@one_engine
@pytest.mark.parametrize(("when", "why"), [
    ("2026-11-05T08:59", "That time has passed"),
    ("1900-01-01T00:00", "That time has passed"),
    ("9999-12-31T23:59", "more than a year away"),
])
async def test_a_time_that_cannot_be(world: World, when: str, why: str) -> None:
    chat = world.chat
    await ask_and_send(chat, go_live=when)
    open_ = await form(chat, "okafor")
    assert why in open_.errors["go_live"]
    assert open_.values["go_live"] == when and open_.values["text"] == WORDS
    await chat.fill("okafor", go_live="2026-11-06T09:00")
    await stands(world, State.SUBMITTED)


@one_engine
@pytest.mark.parametrize("world", [Platform.CONSOLE, Platform.TEAMS], indirect=True)
@pytest.mark.parametrize("when", ["2026-02-31T09:00", "tomorrowT9", "T09:00", "2026-11-06T", "٢٠٢٦-11-06T09:00"])
async def test_no_date_at_all(world: World, when: str) -> None:
    """Slack's own picker lets nobody write such a thing."""
    await ask_and_send(world.chat, go_live=when)
    assert "go_live" in (await form(world.chat, "okafor")).errors
    await stands(world, State.DRAFT)


@one_engine
async def test_pictures_that_are_none_or_too_large(world: World) -> None:
    chat = world.chat
    large = FAIR[1] + b"\0" * 11_000_000
    await chat.say("okafor", f"can I post this on facebook? {WORDS}", [
        ("large.png", large), ("notes.png", b"not a picture"), ("page.svg", b"<svg onload='alert(1)'/>"), FAIR,
    ])
    words = (await chat.screen("okafor")).words
    assert "large.png is larger than 10 MB. Please send a smaller copy." in words
    assert "notes.png is not a picture I can read" in words
    assert "page.svg is not a picture I can read" in words
    draft = copies(await chat.screen("okafor"))[-1]
    assert draft.pictures == 1
    await stands(world, State.DRAFT)


@one_engine
async def test_only_bad_pictures_and_no_words(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "can I post this?", [("notes.png", b"not a picture")])
    assert "notes.png is not a picture I can read" in (await chat.screen("okafor")).words
    assert await every_request(world) == []


@one_engine
async def test_a_picture_without_words_and_with_a_strange_name(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "can I post this on facebook?", [("../..\\<!channel> é🎉 \u202egnp.png", FAIR[1])])
    await chat.press("okafor", "Check and send")
    await chat.fill("okafor", **CONFIRMED)
    fields = await described(chat, "okafor")
    assert fields.keys() <= (await form(chat, "okafor")).errors.keys()
    await chat.fill("okafor", **fields)
    assert (await chat.screen("patel")).last.pictures == 1
    await stands(world, State.SUBMITTED)


@one_engine
async def test_an_address_that_is_none(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await chat.press("lund", "It's live")
    for address in (
        "it is up", "javascript:alert(1)", "https://", "ftp://x.example/1", "http://[", "https://a b.example",
        "mailto:a@b.example", "https://\u202e.", "https://x.example/\u202e1",
        "https://facebook.example@evil.example/1",
    ):
        (field,) = (await form(chat, "lund")).values
        await chat.fill("lund", **{field: address})
        assert "https://" in (await form(chat, "lund")).errors[field], address
    await stands(world, State.APPROVED)
    await chat.fill("lund", **{field: ADDRESS})
    await stands(world, State.PUBLISHED)


@one_engine
async def test_five_pictures(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", f"can I post this? {WORDS}", [(f"{i}.png", square(i)) for i in range(5)])
    screen = await chat.screen("okafor")
    assert any(f"{four} pictures" in screen.words for four in ("4", "four"))
    assert copies(screen)[-1].pictures == 4
    await stands(world, State.DRAFT)


@one_engine
@one_platform
async def test_two_windows_on_one_post(world: World) -> None:
    """What was typed in the older window is not lost, and does not silently overwrite the newer words."""
    chat = world.chat
    await ask_and_send(chat)
    await chat.press("okafor", "Edit")
    older = chat.forms.pop("okafor")  # type: ignore[attr-defined]
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", text="Newer words.")
    chat.forms["okafor"] = older  # type: ignore[attr-defined]
    await chat.fill("okafor", text="Older words.")
    open_ = await form(chat, "okafor")
    assert "You changed this post in another window since" in open_.errors["text"]
    assert open_.values["text"] == "Older words."
    assert "Newer words." in (await chat.screen("patel")).last.text
    await chat.fill("okafor")
    assert "Older words." in (await chat.screen("patel")).last.text


@one_engine
@one_platform
async def test_a_made_up_form(world: World) -> None:
    """Answers to questions that were never asked: accounts of nobody, choices that are none, fields without number."""
    chat = world.chat
    await chat.say("okafor", f"can I post this on facebook? {WORDS}")
    request = await the_request(world)
    for fields in (
        [("choice.accounts", "999999"), ("choice.permission", "everybody")],
        [("choice.accounts", "-1"), ("choice.accounts", "1; DROP TABLE request"), ("text.text", "a")],
        [("choice.text", "a"), ("text.accounts", "1"), ("confirm.permission", "yes")],
        [(f"text.alt_{'0' * 16}", "a"), ("text.alt_x", "b"), ("choice.drop", "all")],
        [(f"text.field{i}", "a") for i in range(90)],
    ):
        action = Action(Verb.SAVE, request.id, request.revision).pack()
        posted = [*fields, ("action", action), ("message", "")]
        status, _ = await chat._post_form("okafor", "form", posted, ())  # type: ignore[attr-defined]
        assert status in (200, 400), fields
    await stands(world, State.DRAFT)
    assert await the_request(world) == request
    assert not any("That did not work" in note for note in (await chat.screen("okafor")).notes)


@one_engine
@one_platform
async def test_a_made_up_button_makes_nothing_odd(world: World) -> None:
    """Its parts fit no flow together: a post is a post whatever its button names, and the lists still open."""
    chat = world.chat
    await chat.press_made_up("okafor", f"menu|{'a' * 100}|3|")
    posted = [("action", Action(Verb.ASK, arg="account").pack()), ("message", "")]
    await chat._post_form("okafor", "form", posted, [FAIR])  # type: ignore[attr-defined]
    await chat.say("okafor", "mine")
    assert not any("That did not work" in note for note in (await chat.screen("okafor")).notes)
    assert {each.kind for each in await every_request(world)} == {"post"}


@one_engine
@one_platform
async def test_what_was_thrown_away_stays_where_it_is(world: World, tmp_path: Path) -> None:
    """A picture's cleaned copy is kept under its digest alone: a file's name never becomes a path."""
    await world.chat.say("okafor", f"can I post this? {WORDS}", [("../../../evil.png", FAIR[1])])
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "files" in path.parts]
    assert kept and all(len(path.name) == 64 for path in kept)
    await stands(world, State.DRAFT)
