"""The largest cards and the largest form of reading the policy fit every platform, with nothing left out."""

from dataclasses import replace
from datetime import date

import pytest

from cards import reading as cards
from cards import reading_news, reading_who, slack, slack_form, teams, teams_form
from cards.card import Card
from cards.reading import Asked, Paper, Part
from cards.reading_news import Changed, News
from cards.reading_who import Counted, Place
from cards.words import MORE
from tests.fakes.slack_blocks import check_message, check_view
from tests.fakes.slack_chat import words
from tests.fakes.teams import judge
from tests.fakes.teams_chat import texts

THURSDAY = date(2026, 11, 5)
NAME, HEADING = "A document with a name of sixty letters, as long as they come", " › ".join(["A long heading " * 6] * 3)
WORDS = "The whole of what a clause has to say, sentence after sentence, as policies do. "
PAPER = Paper(7, NAME[:60], "2026-09", THURSDAY, True, "https://x.example/" + "a" * 280, THURSDAY)
CHANGED = [Changed(what, "App C §3(2)", "App D §4(12)", HEADING, WORDS * 3, WORDS * 3)
           for what in ("added", "removed", "changed", "renumbered") * 10]
NEWS = News(7, NAME[:60], "2026-09", THURSDAY, "x" * 500, "2021-03", CHANGED)
LARGEST: dict[str, Card] = {
    "page": cards.page(PAPER, [
        Part("§4.6.3", f"{HEADING}{n}", WORDS[:40] * (n % 2), WORDS * 2) for n in range(30)], 2, 9),
    "long clauses": cards.page(PAPER, [Part("§4.6.3", HEADING, "", WORDS * 60)], 1, 9),
    "elsewhere": cards.elsewhere(PAPER),
    "call": cards.call([PAPER] * 11),
    "done": cards.done([NAME] * 11, THURSDAY, [PAPER] * 10),
    "held": cards.held("New account", "5", [PAPER] * 11),
    "news": reading_news.news(NEWS, THURSDAY, PAPER, [NAME] * 10, None),
    "every change": reading_news.every_change(NEWS, [
        Changed("changed", "§4", "§5", HEADING, WORDS * 6, WORDS * 6) for _ in range(8)], 0),
    "numbers": reading_who.numbers([Counted(NAME, 2000, 1999)] * 11, [Place("7", NAME * 2, 300, 9)] * 10, "all 10"),
    "names": reading_who.names(NAME, [("Mrs Featherstonehaugh-Cholmondeley", [PAPER] * 3)] * 20, 20, 300, "7 40"),
}


@pytest.mark.parametrize("name", LARGEST)
def test_a_card_fits_every_platform(name: str) -> None:
    blocks, drawn = slack.say(LARGEST[name], {})["blocks"], teams.card(LARGEST[name])
    check_message(blocks, lambda _id: True)
    check_view(slack.window(LARGEST[name], {}), lambda _id: True)
    judge(drawn)
    assert MORE not in words(blocks) and MORE not in texts(drawn), "something is left out"


def test_the_form_fits_every_platform() -> None:
    asked = [Asked("?" * 150, ["x" * 74 + str(n) for n in range(6)], "y" * 400, "App C 3", "z" * 240)] * 3
    papers = [replace(PAPER, id=n) for n in range(7, 18)]
    form = cards.form(papers, asked, [7], {0: "1", 1: "9"}, {cards.answer(0): cards.not_right(asked[0])})
    check_view(slack_form.modal(form, {}, "", ""), lambda _id: True)
    judge(teams_form.form(form))
