"""Neutral cards as Slack draws them, and Slack's text as whoever wrote it meant it.

What people wrote stands in plain_text objects and in the text elements of rich text, where Slack reads no
markup; the notification's `text` is escaped. So `<!channel>` and links with another face stay mere letters.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from cards.card import Button, Card, Change, Check, Copy, Divider, Element, Facts, Item, Picture, Post, Quote, Text
from cards.words import MORE

Block = dict[str, Any]
Images = Mapping[str, str]
"""A picture's digest → Slack's id of the same file."""

TEXT, CONTEXT, HEADER, LABEL, TITLE, ALT, URL = 3000, 2000, 150, 75, 24, 2000, 3000
IN_MESSAGE, IN_VIEW, IN_ACTIONS = 50, 100, 25
MARKS = {"good": "✓ ", "warning": "⚠ ", "bad": "✗ ", "ask": "• "}
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def escape(text: str) -> str:
    """`text` for a place where Slack reads markup: shown as it stands, mentioning and linking nobody."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clean(text: str) -> str:
    """`text` without characters that no screen can show: NUL and other controls, half surrogates."""
    return text if text.isprintable() else UNPRINTABLE.sub("", text.replace("\r\n", "\n"))


def cut(text: str, limit: int) -> str:
    """A label of at most `limit` characters. For labels only: content is split, never cut."""
    if len(text) <= limit and text.isprintable() and "  " not in text:
        return text.strip()
    text = " ".join(clean(text).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def pieces(text: str, limit: int = TEXT) -> Iterator[str]:
    """`text` in parts of at most `limit` characters, parted at a line or a word; together they are `text`."""
    while len(text) > limit:
        at = max(text.rfind("\n", 0, limit), text.rfind(" ", 0, limit)) + 1 or limit
        yield text[:at]
        text = text[at:]
    if text:
        yield text


def say(card: Card, images: Images) -> Block:
    """What a message of this card consists of: `text` (the notification) and `blocks`."""
    return {"text": escape(cut(card.summary, TEXT)), "blocks": blocks(card, images, IN_MESSAGE)}


def note(text: str) -> Block:
    """What a message of one sentence consists of."""
    return {"text": escape(text), "blocks": _sentence(text)}


def home(card: Card, images: Images) -> Block:
    """The App Home tab."""
    return {"type": "home", "blocks": blocks(card, images, IN_VIEW)}


def home_note(text: str) -> Block:
    """The App Home tab of somebody who gets only a sentence."""
    return {"type": "home", "blocks": _sentence(text)}


def window(card: Card, images: Images, said: str = "") -> Block:
    """A modal that shows a card, with what is `said` to its reader on top."""
    shown = [*_sentence(said), *blocks(card, images, IN_VIEW - 2)]
    return _window(card.title, shown)


def note_window(text: str) -> Block:
    """A small modal that says one sentence."""
    return _window("Can I Post", _sentence(text))


def _window(title: str, shown: list[Block]) -> Block:
    return {
        "type": "modal", "callback_id": "window", "title": words(cut(title, TITLE)), "close": words("Close"),
        "blocks": shown,
    }


def words(text: str) -> Block:
    """A plain_text object. Slack wants a letter in each."""
    text = clean(text)
    return {"type": "plain_text", "text": text if text.strip() else "…", "emoji": False}


def blocks(card: Card, images: Images, most: int) -> list[Block]:
    """The card: what it is and its state, its elements, its buttons; at most `most` blocks."""
    foot = list(actions(card.buttons))
    body = [*_heading(card), *elements(card.elements, images)]
    room = most - len(foot)
    if len(body) > room:
        body = list(_joined(block for block in body if block["type"] != "divider"))
    if len(body) > room:
        body = [*body[: room - 1], *_sentence(MORE)[:1]]
    return body + foot


def _joined(drawn: Iterable[Block]) -> Iterator[Block]:
    """Neighbouring paragraphs in one block, as long as they fit it: Slack counts blocks, not words."""
    waiting: Block | None = None
    for block in drawn:
        if waiting and block["type"] == waiting["type"] == "rich_text" and _letters(waiting) + _letters(block) <= TEXT:
            waiting = {**waiting, "elements": [*waiting["elements"], *block["elements"]]}
            continue
        if waiting:
            yield waiting
        waiting = block
    if waiting:
        yield waiting


def _letters(block: Block) -> int:
    return sum(len(run["text"]) for part in block["elements"] for run in part["elements"])


def _heading(card: Card) -> Iterator[Block]:
    heading = " · ".join(part for part in (card.title, card.state) if part) or card.summary
    yield {"type": "header", "text": words(cut(heading, HEADER))}
    if len(heading) > HEADER:
        yield from _sentence(heading)


def elements(shown: Iterable[Element], images: Images) -> Iterator[Block]:
    """The blocks of these elements; checks that follow each other stand in one block."""
    for (kind, mended), group in groupby(shown, lambda each: (type(each), isinstance(each, Check) and each.button)):
        if kind is Check and not mended:
            yield from _rich([run for check in group if isinstance(check, Check) for run in _check(check)])
            continue
        for element in group:
            yield from DRAW[kind](element, images)


def _text(text: Text, _images: Images) -> Iterator[Block]:
    if text.tone == "quiet":
        parts = list(filter(str.strip, pieces(clean(text.text), CONTEXT)))
        if parts:
            yield {"type": "context", "elements": [words(part) for part in parts[:10]]}
        return
    style = ("bold",) if text.tone == "strong" else ()
    yield from _rich([_run(MARKS.get(text.tone, "") + text.text, *style)])


def _post(post: Post, images: Images) -> Iterator[Block]:
    if post.author:
        yield {"type": "context", "elements": [words(cut(post.author, CONTEXT))]}
    yield from _rich([_run(post.text)], "rich_text_quote")
    for each in post.pictures:
        yield from picture(each, images)


def picture(shown: Picture, images: Images) -> Iterator[Block]:
    """The picture, or what it shows in words where Slack does not have it."""
    alt = clean(shown.alt).strip() or "A picture that is not described yet"
    if file := images.get(shown.digest):
        yield {"type": "image", "slack_file": {"id": file}, "alt_text": cut(alt, ALT)}
        return
    yield from _rich([_run("Picture: ", "bold"), _run(alt, "italic")])


def _copy(copy: Copy, _images: Images) -> Iterator[Block]:
    yield from _rich([_run(copy.text)], "rich_text_preformatted")


def _quote(quote: Quote, images: Images) -> Iterator[Block]:
    yield from _rich([_run("\n".join(filter(None, (quote.stem, quote.text))))], "rich_text_quote")
    yield from _text(Text(quote.source, "quiet"), images)


def _facts(facts: Facts, _images: Images) -> Iterator[Block]:
    runs = []
    for i, (label, value) in enumerate(facts.rows):
        runs += [_run(f"{chr(10) if i else ''}{label}: ", "bold"), _run(value)]
    yield from _rich(runs)


def _check(check: Check) -> list[Block]:
    clause = f"  {check.clause}" if check.clause else ""
    return [_run(f"{MARKS[check.level]}{check.text}"), _run(clause, "italic"), _run("\n")]


def _mended(check: Check, _images: Images) -> Iterator[Block]:
    """A check that a press mends, with its button beside it."""
    if check.button:
        yield from _beside("".join(run["text"] for run in _check(check)).rstrip(), check.button)


def _change(change: Change, _images: Images) -> Iterator[Block]:
    yield from _rich([_run(f"{change.label}\n", "bold"), _run(change.before or "(nothing)", "strike")])
    yield from _rich([_run(change.after or "(nothing)")], "rich_text_quote")


def _item(item: Item, _images: Images) -> Iterator[Block]:
    yield from _beside("\n".join(part for part in (item.text, item.detail) if part), item.button)


def _beside(text: str, button: Button) -> Iterator[Block]:
    first, *rest = [*pieces(clean(text)), ""]
    spoken = {"accessibility_label": cut(f"{button.label}: {text}", LABEL)}
    yield {"type": "section", "text": words(first), "accessory": {**_button(button, 0), **spoken}}
    yield from _sentence("".join(rest))


def _divider(_divider: Divider, _images: Images) -> Iterator[Block]:
    yield {"type": "divider"}


DRAW: dict[type[Element], Callable[[Any, Images], Iterator[Block]]] = {
    Text: _text, Post: _post, Copy: _copy, Quote: _quote, Facts: _facts, Change: _change, Item: _item,
    Divider: _divider, Check: _mended,
}


def actions(buttons: Sequence[Button]) -> Iterator[Block]:
    """The buttons; an address that Slack would not take is written out instead."""
    drawn = [_button(button, i) for i, button in enumerate(buttons) if _opens(button)]
    for start in range(0, len(drawn), IN_ACTIONS):
        yield {"type": "actions", "elements": drawn[start : start + IN_ACTIONS]}
    for button in buttons:
        if not _opens(button):
            yield from _sentence(f"{button.label}: {button.url}")


def _opens(button: Button) -> bool:
    return not button.url or (len(button.url) <= URL and button.url.startswith(("https://", "http://")))


def _button(button: Button, number: int) -> Block:
    drawn: Block = {"type": "button", "action_id": f"press{number}", "text": words(cut(button.label, LABEL))}
    if button.style != "plain":
        drawn["style"] = button.style
    if button.confirm:
        drawn["confirm"] = _confirm(button)
    if button.url:
        drawn["url"] = button.url
    elif button.action is not None:
        drawn["value"] = button.action.pack()
    return drawn


def _confirm(button: Button) -> Block:
    asked = {
        "title": words("Are you sure?"), "text": words(cut(button.confirm, 300)),
        "confirm": words(cut(button.label, 30)), "deny": words("Not now"),
    }
    return {**asked, "style": "danger"} if button.style == "danger" else asked


def _sentence(text: str) -> list[Block]:
    return list(_rich([_run(text)]))


def _run(text: str, *styles: str) -> Block:
    run: Block = {"type": "text", "text": clean(text)}
    return {**run, "style": dict.fromkeys(styles, True)} if styles else run


def _rich(runs: Iterable[Block], kind: str = "rich_text_section") -> Iterator[Block]:
    """Runs of text as rich text, a new block wherever one is full. A run without letters is left out."""
    runs = [run for run in runs if run["text"]]
    *full, last = _filled(runs) if sum(len(run["text"]) for run in runs) > TEXT else [runs]
    if last and last[-1]["text"] == "\n":
        last.pop()
    for here in (*full, last):
        if here:
            yield {"type": "rich_text", "elements": [{"type": kind, "elements": here}]}


def _filled(runs: Iterable[Block]) -> list[list[Block]]:
    """The runs, parted into blocks that they fill."""
    room, blocks = TEXT, [list[Block]()]
    for run in runs:
        for part in pieces(run["text"]):
            if len(part) > room:
                room = TEXT
                blocks.append([])
            blocks[-1].append({**run, "text": part})
            room -= len(part)
    return blocks


MARKED = re.compile(r"<((?:[@#!]|[a-z][a-z0-9+.-]*:)[^<>]*)>", re.IGNORECASE)
SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)", re.IGNORECASE)


def plain(text: str, rich: object = ()) -> str:
    """A Slack message's text as it was typed: mentions and links by their faces, emoji from its `rich` blocks."""
    text = MARKED.sub(_face, _emoji(text, rich))
    return clean(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _face(match: re.Match[str]) -> str:
    target, _, label = match[1].partition("|")
    if target[0] in "@#":
        return target[0] + (label or target[1:]).lstrip("@#")
    if target[0] == "!":
        return label or f"@{target[1:]}"
    bare = SCHEME.sub("", target)
    if not label:
        return target if target.lower().startswith("http") else bare
    return label if label.rstrip("/") in (target.rstrip("/"), bare.rstrip("/")) else f"{label} ({target})"


def _emoji(text: str, rich: object) -> str:
    """Slack writes 🎉 as `:tada:`; its rich blocks say which character that was."""
    if ":" not in text:
        return text
    waiting: list[object] = [rich]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            text = _one_emoji(text, found) if found.get("type") == "emoji" else text
            waiting += found.values()
        elif isinstance(found, list | tuple):
            waiting += found
    return text


def _one_emoji(text: str, found: Mapping[str, object]) -> str:
    name, code = found.get("name"), found.get("unicode")
    if not isinstance(name, str) or not isinstance(code, str):
        return text
    try:
        letter = "".join(chr(int(part, 16)) for part in code.split("-"))
    except (ValueError, OverflowError):
        return text
    tone = found.get("skin_tone")
    return text.replace(f":{name}::skin-tone-{tone}:", letter) if tone else text.replace(f":{name}:", letter)
