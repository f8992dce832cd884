"""The neutral card as an Adaptive Card 1.5 for Microsoft Teams.

What people typed stands in TextRuns, which know no markdown and no mentions; where Teams reads markdown all the
same (the words beside a box to tick), it is escaped.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from cards.action import Action
from cards.card import (
    Button,
    Card,
    Change,
    Check,
    Copy,
    Divider,
    Element,
    Facts,
    Item,
    Picture,
    Post,
    Quote,
    Text,
    Tone,
)
from cards.words import MORE

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"
ERROR_TYPE = "application/vnd.microsoft.error"
VERB = "canipost"
MOST_BYTES = 90_000
"""Teams takes 100 KB a message; the rest is for what stands around the card."""
SURELY_FITS = 15_000
"""So many letters fit, whatever they are."""
LONG = ("text", "before", "after")
"""The parts of an element that people write at length."""
IN_A_ROW = 6
"""Teams shows no more buttons than this in one row."""
TONES: Mapping[Tone, Mapping[str, Any]] = {
    "plain": {},
    "strong": {"weight": "Bolder"},
    "quiet": {"isSubtle": True, "size": "Small"},
    "good": {"color": "Good"},
    "warning": {"color": "Warning"},
    "bad": {"color": "Attention"},
}
SIGNS = {"good": "✓ ", "ask": "• ", "warning": "⚠ "}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MARKDOWN = re.compile(r"([\\`*_\[\]<>~])")


def card(shown: Card, thumbs: Mapping[str, bytes] | None = None, note: str = "") -> dict[str, Any]:
    """The card with as many of its pictures (small copies by digest) as a message holds; the others as words."""
    if sum(len(getattr(each, part, "")) for each in shown.elements for part in LONG) > SURELY_FITS:
        shown = _shortened(shown, note)
    return fitted(lambda images: _card(shown, images, note), shown.pictures(), thumbs or {})


def _shortened(shown: Card, note: str) -> Card:
    """As much of the card as a message holds, and that there is more: Teams refuses a larger one altogether."""
    kept = list(shown.elements)
    while len(json.dumps(_card(shown, {}, note), ensure_ascii=False).encode()) > MOST_BYTES and kept:
        kept.pop()
        shown = replace(shown, elements=(*kept, Text(MORE)))
    return shown


def summary(text: str) -> str:
    """A notification's text: one line without markup."""
    return " ".join(plain(text).replace("<", "‹").replace(">", "›").split())[:250]


def _card(shown: Card, images: Mapping[str, str], note: str) -> dict[str, Any]:
    body = [notice(note)] if note else []
    body.append(heading(shown.title, shown.state))
    separate = False
    for element in shown.elements:
        if isinstance(element, Divider):
            separate = True
            continue
        drawn = _element(element, images)
        if separate:
            drawn[0]["separator"] = True
        separate = False
        body += drawn
    return adaptive(body + rows(shown.buttons))


def _element(element: Element, images: Mapping[str, str]) -> list[dict[str, Any]]:
    match element:
        case Text(text, tone):
            return [words(run(text, **TONES[tone]))]
        case Post():
            return [_post(element, images)]
        case Copy(text):
            return [box([words(run(text))])]
        case Quote(text, stem, source):
            said = [words(run(part)) for part in (stem, text) if part]
            return [box([*said, *([words(run(source, **TONES["quiet"]))] if source else [])])]
        case Facts(facts):
            return [words(run(f"{label}: ", isSubtle=True), run(value), spacing="Small") for label, value in facts]
        case Check(button=button):
            return [check(element), *rows((button,) if button else ())]
        case Change():
            return _change(element)
        case Item():
            return [_item(element)]
        case Divider():
            return []


def _post(post: Post, images: Mapping[str, str]) -> dict[str, Any]:
    pictures = [picture(each, images) for each in post.pictures]
    return box([words(run(post.author, weight="Bolder", size="Small")), words(run(post.text)), *pictures])


def _change(change: Change) -> list[dict[str, Any]]:
    drawn = [words(run(change.label, weight="Bolder"))]
    if change.before:
        drawn.append(words(run(change.before, isSubtle=True, strikethrough=True), spacing="Small"))
    if change.after:
        drawn.append(words(run(change.after), spacing="Small"))
    return drawn


def _item(item: Item) -> dict[str, Any]:
    detail = words(run(item.detail, isSubtle=True, size="Small"), spacing="None")
    told = [words(run(item.text, weight="Bolder")), detail]
    columns = [{"type": "Column", "width": "stretch", "items": told}]
    row = rows((item.button,))
    if row:
        columns.append({"type": "Column", "width": "auto", "items": row})
    return {"type": "ColumnSet", "columns": columns}


def check(asked: Check) -> dict[str, Any]:
    """One thing the policy asks, with its clause."""
    tone: Tone = "plain" if asked.level == "ask" else asked.level
    runs = [run(SIGNS[asked.level] + asked.text, **TONES[tone])]
    if asked.clause:
        runs.append(run(f" ({asked.clause})", isSubtle=True))
    return words(*runs, spacing="Small")


def picture(shown: Picture, images: Mapping[str, str]) -> dict[str, Any]:
    """The small copy with what it shows in words; the words alone where there is no copy."""
    if shown.thumb in images:
        return {"type": "Image", "url": images[shown.thumb], "altText": plain(shown.alt) or "Picture", "size": "Auto"}
    return words(run(f"Picture: {shown.alt or shown.name or 'not described yet'}", isSubtle=True))


def heading(title: str, state: str = "") -> dict[str, Any]:
    """`title · state`."""
    runs = [run(title, weight="Bolder", size="Medium")]
    if state:
        runs.append(run(f" · {state}", size="Medium", isSubtle=True))
    return words(*runs)


def notice(text: str) -> dict[str, Any]:
    """A sentence on top of a card."""
    return {"type": "Container", "style": "accent", "items": [words(run(text))]}


def said(text: str) -> dict[str, Any]:
    """A card that only says something, in the place of a form that is done."""
    return adaptive([words(run(text))])


def rows(buttons: Iterable[Button]) -> list[dict[str, Any]]:
    """The buttons, no more in a row than Teams shows."""
    drawn = [each for each in map(_button, buttons) if each]
    parts = [drawn[start : start + IN_A_ROW] for start in range(0, len(drawn), IN_A_ROW)]
    return [{"type": "ActionSet", "actions": part} for part in parts]


def _button(button: Button) -> dict[str, Any] | None:
    if button.url:
        safe = button.url.lower().startswith(("https://", "http://"))
        return {"type": "Action.OpenUrl", "title": plain(button.label), "url": button.url} if safe else None
    if button.action is None:
        return None
    if button.private:
        return styled(in_dialog(button.label, button.action), button.style)
    if not button.confirm:
        return execute(button.label, button.action, button.style)
    sure = execute(f"Yes, {button.label[:1].lower()}{button.label[1:]}", button.action, button.style)
    asked = adaptive([words(run(button.confirm)), {"type": "ActionSet", "actions": [sure]}])
    return styled({"type": "Action.ShowCard", "title": plain(button.label), "card": asked}, button.style)


def execute(label: str, action: Action, style: str = "plain", **more: object) -> dict[str, Any]:
    """A press that is answered in the card's own place; older Teams sends it as a message."""
    data = {"do": action.pack(), **more}
    old = {"type": "Action.Submit", "title": plain(label), "data": data}
    pressed = {"type": "Action.Execute", "title": plain(label), "verb": VERB, "data": data, "fallback": old}
    return styled(pressed, style)


def in_dialog(label: str, action: Action) -> dict[str, Any]:
    """A press that opens a dialog: what it shows is not left in the chat."""
    data = {"do": action.pack(), "msteams": {"type": "task/fetch"}}
    return {"type": "Action.Submit", "title": plain(label), "data": data}


def styled(action: dict[str, Any], style: str) -> dict[str, Any]:
    """The likely press stands out, and so does what hurts."""
    if style != "plain":
        action["style"] = {"primary": "positive", "danger": "destructive"}[style]
    return action


def words(*runs: Mapping[str, Any], **more: object) -> dict[str, Any]:
    """A paragraph without markdown."""
    return {"type": "RichTextBlock", "inlines": list(runs), **more}


def run(text: str, **style: object) -> dict[str, Any]:
    """Words exactly as they are."""
    return {"type": "TextRun", "text": plain(text), **style}


def box(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Something set apart from what the bot says."""
    return {"type": "Container", "style": "emphasis", "items": items}


def adaptive(body: list[dict[str, Any]]) -> dict[str, Any]:
    """The frame of every card."""
    return {
        "type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.5",
        "body": body,
    }


def plain(text: str) -> str:
    """Text without the characters that no chat can show."""
    return CONTROL.sub("", text)


def escaped(text: str) -> str:
    """Text for the few places where Teams reads markdown."""
    return MARKDOWN.sub(r"\\\1", plain(text))


def fitted(
    draw: Callable[[Mapping[str, str]], dict[str, Any]], pictures: Iterable[Picture], thumbs: Mapping[str, bytes]
) -> dict[str, Any]:
    """What `draw` makes with as many small copies, first come first kept, as stay below MOST_BYTES."""
    bare = draw({})
    wanted = [each.thumb for each in pictures if each.thumb in thumbs]
    if not wanted:
        return bare
    left = MOST_BYTES - len(json.dumps(bare, ensure_ascii=False).encode())
    images: dict[str, str] = {}
    for thumb in wanted:
        url = f"data:image/jpeg;base64,{b64encode(thumbs[thumb]).decode()}"
        if len(url) + 100 <= left:
            images[thumb] = url
            left -= len(url) + 100
    return draw(images) if images else bare
