"""Cards and forms in the browser: every element, every field, and nothing that somebody typed becomes markup."""

from dataclasses import fields as parts_of
from dataclasses import replace
from typing import get_args

import pytest

from cards import html, text
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
    Element,
    ExhibitShown,
    Facts,
    Field,
    FilesField,
    Form,
    Item,
    Picture,
    PicturesField,
    PictureShown,
    Post,
    Quote,
    Text,
    TextField,
    WhenField,
)
from tests.fakes.console_page import buttons, controls, errors, parse

EVIL = """"><script>alert(1)</script><img src=x onerror=alert(1)>'&amp;"""
OPEN = Action(Verb.OPEN, "ABC", 1)
PICTURE = Picture("a" * 64, "b" * 64, EVIL, EVIL)
ELEMENTS: tuple[Element, ...] = (
    Text(EVIL), Text(EVIL, "warning"), Post(EVIL, EVIL, (PICTURE, PICTURE)), Copy(EVIL), Facts(((EVIL, EVIL),)),
    Check(EVIL, EVIL, "warning", Button(EVIL, OPEN)), Check(EVIL, EVIL), Check(EVIL, EVIL, "good"),
    Change(EVIL, EVIL, ""), Item(EVIL, EVIL, Button(EVIL, OPEN)),
    Divider(), Quote(EVIL, EVIL, EVIL),
)
FIELDS: tuple[Field, ...] = (
    TextField("line", EVIL, EVIL, EVIL), TextField("lines", EVIL, "\n" + EVIL, lines=True, required=False),
    ChoiceField("one", EVIL, (("1", EVIL), (EVIL, "b")), (EVIL,)),
    ChoiceField("several", EVIL, (("1", EVIL), ("2", "b")), ("1", "2"), EVIL, several=True),
    ConfirmField("confirm", EVIL, True), WhenField("when", EVIL, "Europe/London", "2026-11-05T09:00", EVIL),
    PicturesField("pictures", EVIL, EVIL), PictureShown(PICTURE), Text(EVIL), Check(EVIL, EVIL),
    FilesField("files", EVIL, EVIL), ExhibitShown("exhibit", EVIL, EVIL, "https://bot.example/evidence/1"),
)
CARD = Card(EVIL, EVIL, EVIL, ELEMENTS, (
    Button(EVIL, OPEN, "danger", EVIL), Button("Away", url="https://school.example/?a=1&b=2"),
))


def test_every_element_and_field_is_tried_here() -> None:
    assert {type(each) for each in ELEMENTS} == set(get_args(Element))
    assert {type(each) for each in FIELDS} == set(get_args(Field))


def test_what_people_type_stays_text() -> None:
    errors_ = {each.id: EVIL for each in FIELDS if hasattr(each, "id")} | {"elsewhere": EVIL}
    form = Form(EVIL, EVIL, OPEN, FIELDS, errors=errors_)
    shown = [html.card(CARD, "/p/", True), html.form(form, "/p/"), html.said(EVIL, (PICTURE,), "/p/"), html.note(EVIL)]
    for root in map(parse, shown):
        for part in root.all():
            assert part.tag != "script"
            assert not any(name.startswith("on") for name in part.attributes)
            assert part.tag != "img" or part.attributes["src"] == "/p/" + "a" * 64
        assert EVIL in root.words() or EVIL.replace("\n", "") in root.words()


def test_a_file_of_a_report_is_shown_in_the_page_and_has_no_address_of_its_own() -> None:
    shown = parse(html.form(Form("T", "S", OPEN, FIELDS), "/p/", {"exhibit": b"small"}))
    sources = [part.attributes["src"] for part in shown.all() if part.tag == "img"]
    assert sources == ["/p/" + "a" * 64, "data:image/jpeg;base64,c21hbGw="]
    (link,) = [part for part in shown.all() if part.attributes.get("href", "").startswith("https://bot.example")]
    assert link.attributes["rel"] == "noopener noreferrer"


def test_every_part_of_an_element_is_shown() -> None:
    """A part that a renderer forgets would be missing here."""
    for element in ELEMENTS:
        named = {
            part.name: f"the {part.name}" for part in parts_of(element) if isinstance(getattr(element, part.name), str)
            and part.name not in ("tone", "level")
        }
        card = Card("T", "S", "", (replace(element, **named),))
        for words in named.values():
            assert words in parse(html.card(card, "/p/")).words()
            assert words in text.card(card)


def test_buttons_carry_their_action_and_links_lead_to_the_web_only() -> None:
    bad = Button("Bad", url="javascript:alert(1)")
    item = Item("Science fair", "since Monday", Button("Open", OPEN))
    assert 'aria-label="Open: Science fair"' in html.card(Card("T", "", "", (item,)), "/p/")
    root = parse(html.card(Card("T", "", "", (), (Button("Open", OPEN, confirm="Sure?"), bad)), "/p/"))
    assert buttons(root) == [("Open", OPEN.pack()), ("Bad", "")]
    assert next(p for p in root.all() if p.tag == "button").attributes["data-confirm"] == "Sure?"
    assert next(p for p in root.all() if p.tag == "a").attributes["href"] == "about:blank"


def test_addresses_in_words_become_links_to_exactly_there() -> None:
    root = parse(html.note("Live at https://x.example/a?b=1&c=2. See javascript:alert(1)"))
    links = [p for p in root.all() if p.tag == "a"]
    assert [(p.attributes["href"], p.words()) for p in links] == [("https://x.example/a?b=1&c=2",) * 2]


def test_a_form_comes_back_as_it_was_shown() -> None:
    root = parse(html.form(Form("F", "Send", OPEN, FIELDS), "/p/"))
    assert html.answers(controls(root)) == {
        "line": EVIL, "lines": "\n" + EVIL, "one": [EVIL], "several": ["1", "2"], "confirm": "yes",
        "when": "2026-11-05T09:00",
    }


def test_nothing_chosen_and_nothing_ticked_come_back_too() -> None:
    form = Form("F", "Send", OPEN, (ChoiceField("c", "C", (("1", "a"),), several=True), ConfirmField("k", "K")))
    assert html.answers(controls(parse(html.form(form, "/p/")))) == {"c": [], "k": ""}


def test_each_error_stands_at_its_field() -> None:
    wrong = {each.id: f"wrong {each.id}" for each in FIELDS if hasattr(each, "id")}
    root = parse(html.form(Form("F", "Send", OPEN, FIELDS, errors=wrong), "/p/"))
    assert errors(root) == wrong
    described = " ".join(p.attributes.get("aria-describedby", "") for p in root.all())
    assert all(f"error-{field}" in described for field in wrong)


@pytest.mark.parametrize("name", ["text", "text.", "text.A", "text.a b", "file.a", "text.__class__", "x" * 200])
def test_fields_that_no_form_of_ours_has_are_refused(name: str) -> None:
    with pytest.raises(html.BadAnswers):
        html.answers([(name, "x")])


def test_one_field_of_two_kinds_is_refused() -> None:
    with pytest.raises(html.BadAnswers):
        html.answers([("text.a", "x"), ("choice.a", "y")])


def test_the_plain_text_of_a_form_has_its_errors_below_the_fields() -> None:
    form = Form("Ask", "Send", OPEN, (
        TextField("t", "Words", "Hello"), ChoiceField("c", "Where", (("1", "Here"), ("2", "There")), ("2",)),
        ConfirmField("k", "Sure", True), WhenField("w", "When", "Europe/London"), PicturesField("p", "Add"),
    ), errors={"t": "Too short."})
    assert text.form(form) == (
        "Ask\nWords: Hello\n  ! Too short.\nWhere\n  ( ) Here\n  (x) There\n[x] Sure\nWhen: …\nAdd: …\n[Send]"
    )
