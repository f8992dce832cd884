"""Who has not confirmed is reminded, in working hours, and seen by those whose business it is; who joins is asked."""

from datetime import date

import pytest

from cards import reading_who as cards
from cards.action import Action, Verb
from handlers import reading_who
from storage import imports
from storage import reading as readings
from tests.dialogs.asking_policy import import_policy
from tests.dialogs.play import in_school_hours, leaves, one_engine, one_platform, refusals, staff_list
from tests.dialogs.reading import confirm, last, seen
from tests.world import World


@pytest.fixture
async def told(world: World) -> World:
    """The sample trust, in school hours, whose first policy was just imported."""
    await in_school_hours(world)
    await import_policy(world)
    return world


@one_engine
async def test_who_has_not(told: World) -> None:
    chat = told.chat
    await confirm(told, "okafor")
    await chat.say("patel", "who has not confirmed?")
    shown = (await chat.screen("patel")).last
    assert "1 of 6 have confirmed" in shown.text and "Oakfield Primary" not in shown.text
    await chat.press("patel", "Names")
    names = await last(told, "patel")
    assert "Mr Lund" in names and "Ms Okafor" not in names and "Mr Hale" not in names
    hale = await told.person("hale")
    await chat.press_made_up("patel", Action(Verb.READERS, arg=f"{hale.school_id} 0").pack())
    assert "Mr Hale" not in await seen(told, "patel")
    await chat.say("amin", "who has not confirmed")
    assert {"Oakfield High", "Oakfield Primary", "Central staff"} <= {
        line for line in ("Oakfield High", "Oakfield Primary", "Central staff") if line in await last(told, "amin")}
    await chat.say("hale", "who has not confirmed")
    assert cards.NOT_YOURS in await seen(told, "hale")
    assert await refusals(told) == ["hale"]
    await chat.press_made_up("amin", Action(Verb.HELP).pack())
    assert cards.TITLE in (await chat.screen("amin")).last.buttons


@one_platform
async def test_reminded_weekly_at_work_and_no_longer(told: World) -> None:
    chat = told.chat
    await confirm(told, "okafor")
    before = {each: len((await chat.screen(each)).messages) for each in ("okafor", "hale", "lund")}

    async def new(who_: str) -> int:
        return len((await chat.screen(who_)).messages) - before[who_]

    await told.later(days=6)
    assert await new("hale") == 0
    await told.later(hours=26 + 9)  # Thursday, eight in the evening
    assert await new("hale") == 0
    await told.later(hours=13)
    assert [await new(each) for each in before] == [0, 1, 1]
    await leaves(told, "lund")
    await told.later(days=8)  # Saturday
    assert await new("hale") == 1
    await told.later(days=2)
    await told.later(minutes=10)
    assert [await new(each) for each in before] == [0, 2, 1]
    assert "One day is over already." in await last(told, "hale")


@one_platform
async def test_joiners(told: World) -> None:
    """Monday the ninth is the first day; it is looked at on the day, and the time counts from then."""
    await staff_list(told, "Ms New,hale2@oakfield.example,Oakfield Primary,,09/11/2026,\n")
    numbers = await told.unit(lambda u: [p.id for p in imports.everybody(u) if p.name == "Ms New"])
    assert not await told.unit(lambda u: readings.open_for(u, numbers[0] or 0))
    await told.later(days=3)
    assert not await told.unit(lambda u: readings.open_for(u, numbers[0] or 0))
    await told.later(days=1)
    found = await told.unit(lambda u: readings.open_for(u, numbers[0] or 0))
    assert {each.due_on for each in found} == {date(2026, 11, 23)}
    await staff_list(told, "Mr Late,late@oakfield.example,Oakfield Primary,,05/11/2026,\n")
    numbers = await told.unit(lambda u: [p.id for p in imports.everybody(u) if p.name == "Mr Late"])
    found = await told.unit(lambda u: readings.open_for(u, numbers[0] or 0))
    await told.chat.say("patel", "who has not confirmed")
    await told.chat.press("patel", "Names")
    assert "Ms Okafor: Social Media Policy (by 19 Nov 2026)" in await last(told, "patel")
    assert (await told.unit(reading_who.export)).lines == 26
    assert {each.due_on for each in found} == {date(2026, 11, 19)}, "who is on the list is asked with the import"
