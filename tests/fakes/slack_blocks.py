"""What real Slack rejects in blocks and views: the published schema where it is at hand, and checks of our own."""

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema_rs import Draft7Validator, ValidationError

from tests.schemas import FOLDER, schema

SCHEMA = "slack-types-3.2.0.limits.schema.json"
ANY = ("plain_text", "mrkdwn")
SELECTS = ("static_select", "multi_static_select", "radio_buttons", "checkboxes")


class Invalid(Exception):
    """Slack's `invalid_blocks`, with where and why."""


KINDS = {
    "header": "HeaderBlock", "section": "SectionBlock", "context": "ContextBlock", "actions": "ActionsBlock",
    "image": "ImageBlock", "input": "InputBlock", "divider": "DividerBlock", "rich_text": "RichTextBlock",
}
"""The blocks that the bot draws: each is held against its own definition, which is faster than against all."""


VIEWS = {"modal": "ModalView", "home": "HomeView"}
DEFINITIONS = schema(SCHEMA)["definitions"] if FOLDER.is_dir() else {}
"""Read at import: a fake must not block the loop."""
VALIDATORS = {
    root: Draft7Validator({"$ref": f"#/definitions/{root}", "definitions": DEFINITIONS})
    for root in (*KINDS.values(), *VIEWS.values())
    if DEFINITIONS
}


def check_message(blocks: Any, files: Callable[[str], bool]) -> None:
    """Blocks of a message; `files` says whether a file is there and ready."""
    need(isinstance(blocks, list) and 0 < len(blocks) <= 50, "1 to 50 blocks")
    _blocks(blocks, files, {"input"})


def check_view(view: Any, files: Callable[[str], bool]) -> None:
    """A modal or a home view."""
    need(isinstance(view, dict) and view.get("type") in ("modal", "home"), "type")
    blocks = view.get("blocks")
    need(isinstance(blocks, list) and 0 < len(blocks) <= 100, "1 to 100 blocks")
    if view["type"] == "modal":
        _text(view.get("title"), 24, "title")
        for part in ("submit", "close"):
            if part in view:
                _text(view[part], 24, part)
        inputs = any(block.get("type") == "input" for block in blocks)
        need(not inputs or "submit" in view, "a view with inputs needs submit")
    need(len(view.get("private_metadata", "")) <= 3000, "private_metadata")
    _schema(VIEWS[view["type"]], {**view, "blocks": []})
    _blocks(blocks, files, set())


def need(held: object, what: str) -> None:
    if not held:
        raise Invalid(what)


def _schema(root: str, value: object) -> None:
    if root not in VALIDATORS:
        return
    try:
        VALIDATORS[root].validate(value)
    except ValidationError as error:
        raise Invalid(f"{root}/{'/'.join(map(str, error.instance_path))}: {error.message[:300]}") from None


def _text(text: Any, limit: int, what: str, kinds: tuple[str, ...] = ("plain_text",)) -> None:
    need(isinstance(text, dict) and text.get("type") in kinds, f"{what}: no text object")
    need(isinstance(text.get("text"), str) and 0 < len(text["text"]) <= limit, f"{what}: 1 to {limit} characters")
    need(text["type"] == "mrkdwn" or not text["text"].isspace(), f"{what}: blank")


def _blocks(blocks: list[Any], files: Callable[[str], bool], forbidden: set[str]) -> None:
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    need(len(ids) == len(set(ids)), "block_id twice")
    for block in blocks:
        need(block.get("type") in KINDS and block["type"] not in forbidden, f"{block.get('type')} here")
        _schema(KINDS[block["type"]], block)
        need(len(block.get("block_id", "")) <= 255, "block_id")
        _block(block, files)


def _block(block: dict[str, Any], files: Callable[[str], bool]) -> None:
    match block["type"]:
        case "header":
            _text(block.get("text"), 150, "header")
        case "section":
            _section(block)
        case "context":
            need(0 < len(block["elements"]) <= 10, "context elements")
            for element in block["elements"]:
                _text(element, 3000, "context", ANY)
        case "actions":
            _actions(block["elements"])
        case "image":
            need(0 < len(block.get("alt_text", "")) <= 2000, "alt_text")
            need(files(block["slack_file"]["id"]), "invalid slack file")
        case "input":
            _input(block)
        case "rich_text":
            need(all(_rich_texts(block)), "empty text in rich text")


def _section(block: dict[str, Any]) -> None:
    need("text" in block or "fields" in block, "section without text")
    if "text" in block:
        _text(block["text"], 3000, "section", ANY)
    for field in block.get("fields", []):
        _text(field, 2000, "field", ANY)
    if "accessory" in block:
        _element(block["accessory"])


def _actions(elements: list[dict[str, Any]]) -> None:
    need(0 < len(elements) <= 25, "actions elements")
    ids = [element.get("action_id") for element in elements]
    need(len(ids) == len(set(ids)), "action_id twice")
    for element in elements:
        _element(element)


def _input(block: dict[str, Any]) -> None:
    _text(block.get("label"), 2000, "label")
    if "hint" in block:
        _text(block["hint"], 2000, "hint")
    _element(block["element"])


def _rich_texts(block: Any) -> Iterator[str]:
    need(block["elements"], "rich text without elements")
    for element in block["elements"]:
        if element["type"] == "text":
            yield element["text"]
        else:
            yield from _rich_texts(element)


def _element(element: dict[str, Any]) -> None:
    need(0 < len(element.get("action_id", "")) <= 255, "action_id")
    kind = element["type"]
    if kind == "button":
        _text(element.get("text"), 75, "button")
        need(len(element.get("value", "")) <= 2000, "value")
        need(element.get("style", "primary") in ("primary", "danger"), "style")
        need(element.get("url", "https://").startswith(("http://", "https://")), "url")
        for part, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            if "confirm" in element:
                _text(element["confirm"].get(part), limit, f"confirm {part}", ANY)
    if kind in SELECTS:
        _choices(element)
    if kind == "plain_text_input":
        most = element.get("max_length", 3000)
        need(1 <= most <= 3000, "max_length")
        need(len(element.get("initial_value", "")) <= most, "initial_value longer than max_length")
    if kind == "datetimepicker" and "initial_date_time" in element:
        need(len(str(element["initial_date_time"])) == 10, "initial_date_time")


def _choices(element: dict[str, Any]) -> None:
    groups = element.get("option_groups")
    need(("options" in element) != bool(groups), "options or option_groups")
    options = element.get("options") or [option for group in groups or [] for option in group["options"]]
    few = element["type"] in ("radio_buttons", "checkboxes")
    need(0 < len(options) <= (10 if few else 10_000), "options")
    need(groups or len(options) <= 100, "options")
    for group in groups or []:
        _text(group["label"], 75, "group")
        need(0 < len(group["options"]) <= 100, "group")
    for option in options:
        _text(option.get("text"), 75, "option", ANY)
        need(0 < len(option.get("value", "")) <= 150, "option value")
    values = [option["value"] for option in options]
    need(len(values) == len(set(values)), "option value twice")
    initial = [*element.get("initial_options", []), element.get("initial_option")]
    need(all(chosen in options for chosen in initial if chosen), "initial option is none of the options")
