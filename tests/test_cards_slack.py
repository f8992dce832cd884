"""Cards and forms as Slack draws them: every element and field, its limits, and nothing read as markup."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.action import Action, BadAction, Verb
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
from cards.slack import blocks, escape, home, home_note, note, note_window, pieces, plain, say, window
from cards.slack_form import BadForm, Carried, answers, attached, field_errors, modal, shape_of
from tests.fakes.slack_blocks import SCHEMA, Invalid, check_message, check_view
from tests.fakes.slack_chat import LONDON, SlackChat, buttons, find_button, words
from tests.schemas import schema

NASTY = "<!channel> <@U1> *bold* `x` <https://evil.example|bank> & @everyone [a](b) \u202eשלום 🎉 \x00 :tada:"
FILE = "F0000000001"
PICTURE = Picture("d" * 64, "e" * 64, "Pupils round a volcano", "fair.jpg")
OPEN = Action(Verb.OPEN, "abc", 3)


def everything(text: str = "Brilliant science fair today") -> Card:
    """A card with each element, and each kind of button."""
    elements = (
        Text(text), Text(text, "strong"), Text(text, "quiet"), Text(text, "good"), Text(text, "warning"),
        Text(text, "bad"), Post(text, text, (PICTURE,)), Copy(text), Facts((("Where", text), ("When", "now"))),
        Check(text, "7.3.2", "warning", Button(text or "Mend", OPEN)), Check(text, "7.3.2", "warning"),
        Check(text, "7.1", "good"), Check(text, ""), Divider(),
        Change("Words", text, ""), Item(text, text, Button("Open", OPEN)), Text(""),
    )
    shown = (
        Button("Approve", OPEN, "primary"), Button("Decline", OPEN, "danger", confirm=f"Sure? {text}"),
        Button(text, url="https://example.org/post"), Button("Look", url="javascript:alert(1)"),
    )
    return Card("Post for Facebook", "waiting for Mrs Patel", f"Post: {text}", elements, shown)


def a_form(written: str = "", /, **errors: str) -> Form:
    """A form with each field."""
    few = (("1", "Facebook"), ("", "None"), ("3", "X " * 60))
    many = tuple((str(n), f"Account {n}") for n in range(40))
    host = tuple((str(n), f"Account {n}") for n in range(250))
    fields = (
        Text("Please look at this", "quiet"), Check("No full names", "7.3.2"),
        TextField("text", "The words", written, "Hint", lines=True),
        TextField("short", "Short", required=False, limit=50),
        ChoiceField("radio", "Which", few, ("",)), ChoiceField("boxes", "Which ones", few, ("1",), several=True),
        ChoiceField("select", "Which of many", many, ("7",)),
        ChoiceField("multi", "Which of very many", host, ("7", "249"), several=True),
        ChoiceField("none", "Nothing", ()), ConfirmField("confirm", "I made sure. " * 30, True),
        WhenField("when", "When?", "Europe/London", "2026-07-01T09:30"), PicturesField("pictures", "Add pictures"),
        PictureShown(PICTURE), FilesField("files", "Add files", "PDF, too"),
        ExhibitShown("1", "<!channel> *a*.png", "PNG picture", "https://bot.example/evidence/1"),
        ExhibitShown("2", "b.png", "PNG picture"),
    )
    return Form("Can I post this, please and thank you?", "Send", Action(Verb.SAVE, "abc", 2), fields, errors=errors)


def has(_id: str) -> bool:
    return True


def test_the_schema_is_used_where_it_is_at_hand() -> None:
    assert schema(SCHEMA)
    with pytest.raises(Invalid, match="made_up"):
        check_message([{"type": "divider", "made_up": 1}], has)


@pytest.mark.parametrize("images", [{}, {PICTURE.digest: FILE}])
@pytest.mark.parametrize("text", ["Well done", NASTY, "x" * 7000, "word " * 2000, "🎉" * 3100, "\n", "a\nb"])
def test_every_element_fits_slack(text: str, images: dict[str, str]) -> None:
    card = everything(text)
    message = say(card, images)
    check_message(message["blocks"], has)
    assert len(message["text"]) > 0
    check_view(home(card, images), has)
    check_view(window(card, images, "Already approved."), has)


@given(st.text(max_size=4000), st.text(max_size=200))
@settings(max_examples=40, deadline=None)
def test_any_text_fits_slack(text: str, label: str) -> None:
    card = Card(label, text[:300], label, (Text(text), Post(label, text), Copy(text)), (Button(label, OPEN),))
    check_message(say(card, {})["blocks"], has)


def test_content_is_split_and_never_cut() -> None:
    text = "".join(f"sentence {n}. " for n in range(1000))
    card = Card("Post", "", "Post", (Post("", text), Text(text, "quiet"), Item(text, "", Button("Open", OPEN))))
    shown = words(blocks(card, {}, 50)).replace("\n", "")
    assert shown.count(text) == 3
    assert "".join(pieces(text, 100)) == text


def test_what_people_write_is_never_markup() -> None:
    message = say(everything(NASTY), {})
    assert "mrkdwn" not in json.dumps(message["blocks"])
    assert "<" not in message["text"]
    assert "&lt;!channel&gt;" in message["text"]
    assert "<!channel> <@U1> *bold*" in words(message["blocks"])
    assert "\x00" not in json.dumps(message)
    assert escape("a<b>&amp;") == "a&lt;b&gt;&amp;amp;"


def test_a_card_says_what_it_is_first_and_offers_its_buttons_last() -> None:
    drawn = blocks(everything(), {PICTURE.digest: FILE}, 50)
    assert drawn[0]["text"]["text"] == "Post for Facebook · waiting for Mrs Patel"
    decline = find_button(drawn, "Decline")
    assert decline
    assert decline["style"] == "danger"
    assert decline["confirm"]["text"]["text"].startswith("Sure?")
    approve = find_button(drawn, "Approve")
    assert approve
    assert approve["value"] == OPEN.pack()
    assert "confirm" not in approve
    assert not find_button(drawn, "Look")
    assert "javascript:alert(1)" in words(drawn)
    image = next(block for block in drawn if block["type"] == "image")
    assert image["slack_file"] == {"id": FILE}
    assert image["alt_text"] == "Pupils round a volcano"


def test_a_picture_slack_lacks_is_said_in_words() -> None:
    assert "Picture: Pupils round a volcano" in words(blocks(everything(), {}, 50))


def test_checks_in_a_row_share_a_block() -> None:
    checks = tuple(Check(f"Check {n}", f"7.{n}", "good") for n in range(5))
    drawn = blocks(Card("Post", "", "Post", checks), {}, 50)
    assert len(drawn) == 2
    assert words(drawn[1:]).splitlines()[4] == "✓ Check 4  7.4"


def test_a_long_list_keeps_its_buttons_and_says_that_there_is_more() -> None:
    items = tuple(Item(f"Post {n}", "", Button("Open", OPEN)) for n in range(80))
    drawn = blocks(Card("Mine", "", "Mine", items, (Button("Next page", OPEN),)), {}, 50)
    check_message(drawn, has)
    assert find_button(drawn, "Next page")
    assert "more than fits" in words(drawn)


def test_a_lists_buttons_say_what_they_are_about() -> None:
    [_heading, line] = blocks(Card("Mine", "", "Mine", (Item("Science fair", "today", Button("Open", OPEN)),)), {}, 50)
    assert line["accessory"]["accessibility_label"] == "Open: Science fair today"


def test_more_buttons_than_one_block_holds() -> None:
    many = tuple(Button(f"B{n}", OPEN) for n in range(30))
    drawn = blocks(Card("Post", "", "Post", buttons=many), {}, 50)
    check_message(drawn, has)
    assert len(buttons(drawn)) == 30


def test_sentences() -> None:
    check_message(note(NASTY)["blocks"], has)
    check_view(note_window("Nothing was changed."), has)
    check_view(home_note("I don't know you yet."), has)


@pytest.mark.parametrize("images", [{}, {PICTURE.digest: FILE}])
@pytest.mark.parametrize("text", ["", "Well done", NASTY, "x" * 7000])
def test_every_field_fits_slack(text: str, images: dict[str, str]) -> None:
    check_view(modal(a_form(text), images, "D1", "1700000000.000001"), has)
    check_view(modal(a_form(text, text="Too long.", made_up="Nowhere to stand."), images), has)


def test_a_form_comes_back_as_it_was_filled_in() -> None:
    form = a_form("x" * 7000)
    view = modal(form, {})
    found = answers(state_of(view))
    assert found["text"] == "x" * 7000
    assert (found["radio"], found["boxes"]) == ([""], ["1"])
    assert (found["select"], found["multi"]) == (["7"], ["7", "249"])
    assert (found["confirm"], found["when"], found["short"]) == ("yes", "2026-07-01T09:30", "")


def test_what_is_typed_comes_back() -> None:
    view = modal(a_form(), {})
    found = answers(state_of(view, text="Hello", boxes=["1", "3"], confirm=False, when="2026-12-24T18:00", select="3"))
    assert (found["text"], found["boxes"], found["confirm"]) == ("Hello", ["1", "3"], "")
    assert (found["when"], found["select"]) == ("2026-12-24T18:00", ["3"])


def state_of(view: dict[str, object], **typed: object) -> dict[str, object]:
    """The state of this modal as Slack's client would send it."""
    chat = SlackChat.__new__(SlackChat)
    chat.zone = LONDON
    inputs = [block for block in view["blocks"] if block["type"] == "input"]  # type: ignore[attr-defined]
    return {block["block_id"]: chat._state(block, typed) for block in inputs}


def test_errors_go_to_their_fields_while_the_form_asks_the_same() -> None:
    form = a_form("Hello")
    shape = shape_of(form)
    refused = a_form("Other words", text="Too long.")
    assert field_errors(refused, shape) == {"text": "Too long."}
    assert field_errors(a_form("Hello", made_up="No field."), shape) is None
    assert field_errors(form, shape) is None
    other = replace(refused, fields=refused.fields[1:])
    assert field_errors(other, shape) is None
    drawn = modal(refused, {})
    assert "Too long." in words([b for b in drawn["blocks"] if b.get("block_id") == "error:text"])


def test_a_form_that_asks_something_else_takes_new_values() -> None:
    """Slack keeps what was typed as long as block and action ids stay, whatever the new initial value (seen)."""
    one, two = modal(a_form("one"), {}), modal(replace(a_form("two"), title="Other"), {})
    ids = [{b["element"]["action_id"] for b in view["blocks"] if b["type"] == "input"} for view in (one, two)]
    assert not ids[0] & ids[1]


def test_what_a_modal_carries() -> None:
    carried = Carried(Action(Verb.SAVE, "abc", 2), "shape", "D1", "17.1")
    assert Carried.unpack(carried.pack()) == carried
    five, no_verb = '["save|a|1|", "", "", "", ""]', '["no|a|1|","","",""]'
    for made_up in (None, "", "[]", "{}", "[1,2,3]", five, no_verb, "[" * 9999):
        with pytest.raises(BadAction):
            Carried.unpack(made_up)


@pytest.mark.parametrize("values", [
    None, [], "x", {"a": None}, {"a": {"b": {}}}, {"a": {"when|Mars/Base|s": {"selected_date_time": 1}}},
    {"a": {"when|Europe/London|s": {"selected_date_time": 10**30}}}, {"a": {"choice||s": {"selected_option": "x"}}},
    {"a": {"choice||s": {"selected_options": [{}]}}}, {"a": {"text||s": []}},
    {"a": {"when|Europe/London|s": {"selected_date_time": "soon"}}},
    {"a": {"when|../../etc/passwd|s": {"selected_date_time": 1}}},
])
def test_a_state_of_the_wrong_shape(values: object) -> None:
    with pytest.raises(BadForm):
        answers(values)


def test_files_of_the_wrong_shape() -> None:
    assert attached({"p": {"pictures||s": {"files": None}}}) == []
    assert attached({"p": {"pictures||s": {"files": ["x", {"id": "F1"}]}}}) == [{"id": "F1"}]
    with pytest.raises(BadForm):
        attached({"p": {"pictures||s": {"files": 7}}})


@pytest.mark.parametrize(("sent", "typed"), [
    ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
    ("&amp;lt;", "&lt;"),
    ("see <http://oakfield.sch.uk|oakfield.sch.uk>", "see oakfield.sch.uk"),
    ("see <https://oakfield.sch.uk/fair>", "see https://oakfield.sch.uk/fair"),
    ("<https://evil.example|your bank>", "your bank (https://evil.example)"),
    ("<mailto:a@b.uk|a@b.uk>", "a@b.uk"),
    ("<tel:01234|01234>", "01234"),
    ("<@U1> and <@U1|zoe> in <#C1|general>", "@U1 and @zoe in #general"),
    ("<!channel> <!here|here> <!subteam^S1|@staff>", "@channel here @staff"),
    ("<!date^1^{date}|1 May>", "1 May"),
    ("a < b > c <>", "a < b > c <>"),
    ("NUL\x00 and \ud800", "NUL and "),
    ("line one\r\nline two", "line one\nline two"),
])
def test_slack_text_as_it_was_typed(sent: str, typed: str) -> None:
    assert plain(sent) == typed


def test_emoji_become_characters() -> None:
    rich = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "emoji", "name": "tada", "unicode": "1f389"},
        {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fc", "skin_tone": 3},
        {"type": "emoji", "name": "schoolcrest"}, {"type": "emoji", "name": "odd", "unicode": "zz"},
    ]}]}]
    sent = "Hi :tada: :wave::skin-tone-3: :schoolcrest: :odd:"
    assert plain(sent, rich) == "Hi 🎉 👋🏼 :schoolcrest: :odd:"


@given(st.text(max_size=500))
@settings(deadline=None)
def test_plain_text_survives_slack(text: str) -> None:
    shown = plain(escape(text))
    assert shown == plain(escape(shown))
