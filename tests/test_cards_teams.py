"""Cards and forms as Adaptive Cards: what Teams shows, what it must never read as markup, and what comes back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import teams, teams_form
from cards.action import Action, Verb
from cards.card import (
    Button,
    Card,
    Change,
    Check,
    ChoiceField,
    ConfirmField,
    Copy,
    Divider,
    ExhibitShown,
    Facts,
    FilesField,
    Form,
    Item,
    Picture,
    PicturesField,
    PictureShown,
    Post,
    Text,
    TextField,
    WhenField,
)
from tests.fakes.teams import card_schema, judge
from tests.fakes.teams_chat import executes, inputs, parts, texts

OPEN = Action(Verb.OPEN, "r1", 3)
NASTY = "<at>everyone</at> **bold** [Approve](https://evil.example) <!channel> \x00 `x` 🎉 مرحبا"
FULL = Card(
    title="Post for Facebook", state="waiting for Mrs Patel", summary="Ms Okafor asks: may this go on Facebook?",
    elements=(
        Text("Hello"), Text("Careful", "warning"),
        Post("Ms Okafor", NASTY, (Picture("d" * 64, "a" * 64, "A volcano"), Picture("e" * 64, "b" * 64, ""))),
        Copy("exactly\nthis"), Facts((("When", "now"), ("Account", "Facebook"))), Divider(),
        Check("No full names", "7.3.2", "warning", Button("Mend it", OPEN)), Check("Permission", "", "good"),
        Change("Text", "old", "new"),
        Item("Science fair", "since Monday", Button("Open", OPEN)),
    ),
    buttons=(
        Button("Approve", Action(Verb.APPROVE, "r1", 3), "primary"),
        Button("Decline", Action(Verb.DECLINE, "r1", 3), "danger", confirm="Decline it for good?"),
        Button("Look", url="https://facebook.example/p/1"), Button("Bad", url="javascript:alert(1)"),
    ),
)
FORM = Form(
    title="Your post", submit="Check and send", action=Action(Verb.SAVE, "r1", 3),
    fields=(
        Text("Two boxes"), TextField("text", "Words", NASTY, "As readers see it", lines=True, limit=2000),
        ChoiceField("accounts", "Where?", (("1", "Facebook"), ("a,b %", "X *new*")), ("a,b %",), several=True),
        ChoiceField("many", "Which?", tuple((str(n), f"School {n}") for n in range(9)), required=False),
        ConfirmField("rights", "I have [permission](https://evil.example)"),
        WhenField("when", "When?", "Europe/London", "2026-11-05T09:30", "in school time"),
        WhenField("later", "Else?", "Europe/London"), PicturesField("files", "Pictures"),
        PictureShown(Picture("d" * 64, "a" * 64, "A volcano")), Check("Camera", "7.2"),
        FilesField("shots", "Files", "PDF, too"), ExhibitShown("1", NASTY, "PNG picture", "https://bot.example/e/1"),
        ExhibitShown("2", "b.png", "PNG picture"),
    ),
    cancel=OPEN, errors={"text": "Please write something.", "when": "That is in the past.", "": "One more thing."},
)


def test_microsofts_schema_judges_our_cards() -> None:
    if card_schema() is None:
        pytest.skip("the schemas are not here: they lie in ../shared/schemas")
    assert list(card_schema().iter_errors({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Nothing"}]}))


def test_every_element_is_drawn_within_the_schema() -> None:
    card = teams.card(FULL, {"a" * 64: b"small"})
    judge(card)
    told = texts(card)
    assert told[0] == "Post for Facebook · waiting for Mrs Patel"
    assert {"exactly\nthis", "When: now", "⚠ No full names (7.3.2)", "✓ Permission", "old", "new"} <= set(told)
    assert [part["altText"] for part in parts(card) if part.get("type") == "Image"] == ["A volcano"]
    assert "Picture: not described yet" in told


def test_what_people_typed_is_never_markup() -> None:
    card, form = teams.card(FULL), teams_form.form(FORM)
    for part in (*parts(card), *parts(form)):
        assert part.get("type") not in {"TextBlock", "FactSet"}
    assert "msteams" not in card
    assert NASTY.replace("\x00", "") in "\n".join(texts(card))
    toggle = next(each for each in inputs(form) if each["id"] == "y:rights")
    assert toggle["title"] == r"I have \[permission\](https://evil.example)"
    assert "\x00" not in json.dumps(form, ensure_ascii=False)


def test_a_button_carries_its_action_and_works_in_older_teams() -> None:
    approve = next(each for each in executes(teams.card(FULL)) if each["title"] == "Approve")
    assert approve["verb"] == "canipost"
    assert approve["data"] == {"do": Action(Verb.APPROVE, "r1", 3).pack()}
    assert approve["fallback"]["data"] == approve["data"]
    assert approve["style"] == "positive"


def test_what_hurts_asks_once_more() -> None:
    asked = next(part for part in parts(teams.card(FULL)) if part.get("type") == "Action.ShowCard")
    assert (asked["title"], asked["style"]) == ("Decline", "destructive")
    assert texts(asked["card"]) == ["Decline it for good?"]
    assert [each["title"] for each in executes(asked["card"])] == ["Yes, decline"]


def test_only_addresses_of_the_web_become_links() -> None:
    links = [part["url"] for part in parts(teams.card(FULL)) if part.get("type") == "Action.OpenUrl"]
    assert links == ["https://facebook.example/p/1"]


def test_no_row_has_more_buttons_than_teams_shows() -> None:
    many = Card("Many", "", "Many", buttons=tuple(Button(str(n), OPEN) for n in range(14)))
    card = teams.card(many)
    judge(card)
    sizes = [len(part["actions"]) for part in parts(card) if part.get("type") == "ActionSet"]
    assert sizes == [6, 6, 2]


def test_pictures_that_do_not_fit_become_words() -> None:
    pictures = tuple(Picture(f"{n:064}", f"{n:064}", f"number {n}") for n in range(8))
    card = teams.card(
        Card("Post", "", "Post", (Post("Ms Okafor", "é" * 3000, pictures),)),
        {each.thumb: bytes(14_000) for each in pictures},
    )
    judge(card)
    assert len(json.dumps(card, ensure_ascii=False).encode()) <= teams.MOST_BYTES
    shown = [part for part in parts(card) if part.get("type") == "Image"]
    assert len(shown) == 4
    assert "Picture: number 7" in texts(card)


def test_a_note_stands_on_top() -> None:
    assert texts(teams.card(FULL, note="Nothing changed."))[0] == "Nothing changed."


def test_a_notification_is_one_plain_line() -> None:
    assert teams.summary("<at>all</at>\n may\x07 this?") == "‹at›all‹/at› may this?"


def test_a_form_shows_errors_at_their_fields_and_keeps_what_was_typed() -> None:
    form = teams_form.form(FORM, {"a" * 64: b"small"})
    judge(form)
    told = texts(form)
    assert told.index("Please write something.") == told.index("Words") + 1
    assert "One more thing." in told
    values = {each["id"]: each.get("value") for each in inputs(form)}
    assert values["t:text"] == NASTY.replace("\x00", "")
    assert (values["d:when"], values["h:when"]) == ("2026-11-05", "09:30")
    assert values["c:accounts"] == "a%2Cb %25"
    styles = {each["id"]: each.get("style") for each in inputs(form)}
    assert (styles["c:accounts"], styles["c:many"]) == ("expanded", "compact")


def test_what_a_form_asked_comes_back_as_neutral_fields() -> None:
    form = teams_form.form(FORM)
    submit, cancel = executes(form)
    assert cancel["associatedInputs"] == "none"
    assert teams_form.submitted(cancel["data"]) == {}
    typed = {"t:text": "Hi\x00", "c:accounts": "1,a%2Cb %25", "y:rights": "yes", "d:when": "2026-11-06",
             "h:when": "08:00"}
    assert teams_form.submitted({**submit["data"], **typed}) == {
        "text": "Hi", "accounts": ["1", "a,b %"], "many": [], "rights": "yes", "when": "2026-11-06T08:00", "later": "",
    }


@pytest.mark.parametrize(
    ("day", "hour", "moment"),
    [("2026-11-06", "08:00:00", "2026-11-06T08:00"), ("2026-11-06", "", "2026-11-06T"), ("", "08:00", "T08:00"),
     ("", "", ""), ("soon", "08:00", "soonT08:00")],
)
def test_half_a_moment_is_handed_on_for_the_flow_to_refuse(day: str, hour: str, moment: str) -> None:
    assert teams_form.submitted({"ids": ["d:w", "h:w"], "d:w": day, "h:w": hour}) == {"w": moment}


@pytest.mark.parametrize(
    "data",
    [{"ids": "t:a"}, {"ids": [1]}, {"ids": ["a"]}, {"ids": ["x:a"]}, {"ids": ["t:a"], "t:a": 7},
     {"ids": ["t:a"], "t:a": ["x"]}, {"ids": ["t:a"], "t:a": "x" * 20_001}, {"ids": ["t:a"] * 61}],
)
def test_answers_that_no_form_sends_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(teams_form.BadFields):
        teams_form.submitted(data)


@given(st.text(max_size=200), st.text(max_size=100))
def test_any_text_makes_a_card_and_comes_back_from_a_form(said: str, label: str) -> None:
    judge(teams.card(Card(label or "x", said, said, (Text(said), Post(label, said)))))
    field = TextField("a", label, said)
    form = teams_form.form(Form(label, "Go", OPEN, (field, ConfirmField("b", said))))
    judge(form)
    json.dumps(form, ensure_ascii=False).encode()
