"""The largest cards and forms there can be fit every platform, and nothing that matters is cut without a word."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cards import html, slack, slack_form, teams, teams_form
from cards.action import Action, Verb
from cards.card import Button, Card, Text
from cards.next import next_
from cards.words import MORE
from storage.tables import State
from tests import largest, largest_reports
from tests.fakes.console_page import controls, parse
from tests.fakes.slack_blocks import check_message, check_view
from tests.fakes.slack_chat import words
from tests.fakes.teams import judge
from tests.fakes.teams_chat import inputs, texts
from tests.largest import CARDS, a_view

FORMS = {**largest.FORMS, **largest_reports.FORMS}


def has(_id: str) -> bool:
    return True


@pytest.mark.parametrize("name", CARDS)
def test_a_card_fits_slack(name: str) -> None:
    card = CARDS[name]()
    blocks = slack.say(card, {})["blocks"]
    check_message(blocks, has)
    check_view(slack.home(card, {}), has)
    check_view(slack.window(card, {}), has)
    assert MORE not in words(blocks), "something is left out"


@pytest.mark.parametrize("name", CARDS)
def test_a_card_fits_teams(name: str) -> None:
    drawn = teams.card(CARDS[name]())
    judge(drawn)
    assert MORE not in texts(drawn), "something is left out"


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says_the_same_on_every_platform(name: str) -> None:
    """Every sentence is whole, and every button there."""
    card = CARDS[name]()
    blocks, drawn = slack.say(card, {})["blocks"], teams.card(card)
    page = flat(parse(html.card(card, "/p/")).words())
    shown = [flat(words(blocks)), flat("".join(texts(drawn))), page]
    for element in card.elements:
        for part in sentences(element):
            assert all(flat(part) in each for each in shown), part[:80]
    buttons = [flat(json.dumps(each, ensure_ascii=False)) for each in (blocks, drawn)]
    for button in card.buttons:
        assert all(flat(button.label) in each for each in (*buttons, page))


def test_what_no_message_holds_is_said_to_be_more() -> None:
    """Answers that are not English: Slack counts blocks, Teams bytes."""
    answers = tuple(Text("שלום 🎉 " * 500) for _ in range(20))
    buttons = (Button("Approve", Action(Verb.APPROVE, "a", 1)),)
    for many in (1, 4):
        card = Card("New account", "waiting for you", "New account", answers * many, buttons)
        drawn, blocks = teams.card(card), slack.say(card, {})["blocks"]
        judge(drawn)
        check_message(blocks, has)
        assert MORE in texts(drawn)
        assert (MORE in words(blocks)) == (many > 1)
        assert [action["title"] for action in actions(drawn)] == ["Approve"]


def test_short_paragraphs_share_a_block_where_there_are_many() -> None:
    card = Card("New account", "", "New account", tuple(Text(f"Sentence {n}.") for n in range(120)))
    blocks = slack.say(card, {})["blocks"]
    check_message(blocks, has)
    assert words(blocks).count("Sentence") == 120
    few = replace(card, elements=card.elements[:40])
    assert len(slack.say(few, {})["blocks"]) == 41, "where there is room, each has its own"


@pytest.mark.parametrize("name", FORMS)
def test_a_form_fits_slack_with_every_question(name: str) -> None:
    form = FORMS[name]()
    view = slack_form.modal(form, {}, "D0123456789", "1700000000.000001")
    check_view(view, has)
    asked = {block["block_id"].partition("~")[0] for block in view["blocks"] if block["type"] == "input"}
    assert asked == {each.id for each in form.fields if hasattr(each, "id")}
    shown = flat("".join(said(view)))
    assert flat(form.title) in shown, "what it is about is cut"
    for each in form.fields:
        assert flat(getattr(each, "label", "")) in shown
        assert all(flat(label) in shown for _value, label in getattr(each, "options", ()))
    assert all(flat(error) in shown for error in form.errors.values())


@pytest.mark.parametrize("name", FORMS)
def test_a_form_fits_teams_and_comes_back_whole(name: str) -> None:
    form = FORMS[name]()
    drawn = teams_form.form(form)
    judge(drawn)
    [send] = [action for action in actions(drawn) if action["title"] == form.submit]
    filled = {each["id"]: each.get("value", "") for each in inputs(drawn)}
    back = teams_form.submitted({**send["data"], **filled})
    assert set(back) == {each.id for each in form.fields if hasattr(each, "id")}
    shown = flat("".join(texts(drawn)))
    assert flat(form.title) in shown
    assert all(flat(error) in shown for error in form.errors.values())


@pytest.mark.parametrize("name", FORMS)
def test_a_form_comes_back_from_the_browser(name: str) -> None:
    form = FORMS[name]()
    back = html.answers(controls(parse(html.form(form, "/p/"))))
    assert set(back) == {each.id for each in form.fields if hasattr(each, "id")}


@pytest.mark.parametrize("viewer", [1, 2])
@pytest.mark.parametrize("state", State)
def test_every_state_of_a_permission_says_what_happens_next(state: State, viewer: int) -> None:
    assert next_(a_view(state, viewer)).endswith(".")


def flat(text: str) -> str:
    """A text without its layout, to look for one in the other."""
    return "".join(text.replace("\x00", "").split())


def sentences(element: object) -> list[str]:
    """What an element says, apart from marks and labels."""
    parts = [getattr(element, name, "") for name in ("text", "before", "after", "detail")]
    return [part for part in (*parts, *(value for _label, value in getattr(element, "rows", ()))) if part]


def said(part: Any) -> Iterator[str]:
    """Every text in a view of Slack's, in order."""
    if isinstance(part, list):
        for each in part:
            yield from said(each)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        yield from said(list(part.values()))


def actions(drawn: Any) -> list[Any]:
    """The buttons of a card or form of Teams, without those inside it."""
    return [action for part in drawn["body"] if part["type"] == "ActionSet" for action in part["actions"]]
