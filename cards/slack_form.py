"""Neutral forms as Slack's modals, and a modal's state as a form's answers."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cards.action import Action, BadAction
from cards.card import (
    Button,
    Check,
    ChoiceField,
    ConfirmField,
    ExhibitShown,
    Field,
    FilesField,
    Form,
    PicturesField,
    PictureShown,
    Text,
    TextField,
    WhenField,
)
from cards.slack import (
    IN_VIEW,
    LABEL,
    TEXT,
    TITLE,
    Block,
    Images,
    actions,
    clean,
    cut,
    elements,
    picture,
    pieces,
    words,
)
from cards.slack_words import files_stay

FEW, MANY, VALUE, HINT = 10, 100, 149, 2000
FILE_TYPES = ["jpg", "jpeg", "png", "gif", "webp"]
WITH_FILES = ("pictures", "files")
MARK = "="
"""Slack wants a letter in every option's value; ours may be empty."""
ERROR = "error:"


class BadForm(ValueError):
    """A form's state of a shape that no modal of ours has."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a modal carries: its action, its form's shape, and the card that it was opened from."""

    action: Action
    shape: str = ""
    channel: str = ""
    message: str = ""

    def pack(self) -> str:
        """Slack's private_metadata."""
        return json.dumps([self.action.pack(), self.shape, self.channel, self.message])

    @classmethod
    def unpack(cls, packed: object) -> "Carried":
        """What `pack` wrote; BadAction for anything else."""
        try:
            action, shape, channel, message = map(str, json.loads(str(packed)))
        except (ValueError, TypeError, RecursionError):
            raise BadAction("no form") from None
        return cls(Action.unpack(action), shape, channel, message)


def modal(form: Form, images: Images, channel: str = "", message: str = "") -> Block:
    """The form as a modal, with its errors in words at their fields."""
    shape = shape_of(form)
    known = {getattr(field, "id", "") for field in form.fields}
    shown = list(elements([Text(form.title, "strong")], {})) if len(form.title) > TITLE else []
    shown += [block for id_, text in form.errors.items() if id_ not in known for block in _error(id_, text)]
    for field in form.fields:
        id_ = getattr(field, "id", "")
        if id_ in form.errors:
            shown += _error(id_, form.errors[id_])
        shown += DRAW[type(field)](field, shape, images)
    return {
        "type": "modal", "callback_id": "form", "title": words(cut(form.title, TITLE)),
        "submit": words(cut(form.submit, TITLE)), "close": words(cut(form.leave or "Cancel", TITLE)),
        "private_metadata": Carried(form.action, shape, channel, message).pack(), "blocks": shown[:IN_VIEW],
    }


def shape_of(form: Form) -> str:
    """A digest of all that the form asks, without what is filled in."""
    asked = [(type(f).__name__, {k: v for k, v in asdict(f).items() if k != "value"}) for f in form.fields]
    return hashlib.sha256(repr((form.title, form.action.pack(), asked)).encode()).hexdigest()[:16]


def field_errors(form: Form, shape: str) -> dict[str, str] | None:
    """The errors as Slack can show them in the open modal; None where it must be drawn anew."""
    inputs = {f.id for f in form.fields if not isinstance(f, Text | Check | PictureShown | ExhibitShown)}
    if not form.errors or not form.errors.keys() <= inputs or shape_of(form) != shape:
        return None
    return {id_: cut(text, HINT) for id_, text in form.errors.items()}


def _error(id_: str, text: str) -> list[Block]:
    drawn = list(elements([Text(text, "warning")], {}))
    for i, block in enumerate(drawn):
        block["block_id"] = f"{ERROR}{id_}" + (f"~{i}" if i else "")
    return drawn


def _input(field: Any, element: Block, optional: bool, number: int = 0) -> Block:
    label = cut(field.label, HINT) if not number else f"{cut(field.label, HINT - 20)} (continued)"
    drawn: Block = {
        "type": "input", "block_id": f"{field.id}~{number}" if number else field.id,
        "label": words(label), "element": element, "optional": optional,
    }
    hint = getattr(field, "hint", "")
    return {**drawn, "hint": words(cut(hint, HINT))} if hint else drawn


def _text(field: TextField, shape: str, _images: Images) -> Iterator[Block]:
    """Words longer than one input holds go on in the next: nothing typed is lost."""
    most = max(1, min(field.limit, TEXT))
    for number, value in enumerate(list(pieces(clean(field.value), TEXT)) or [""]):
        element: Block = {
            "type": "plain_text_input", "action_id": f"text||{shape}", "multiline": field.lines,
            "max_length": max(most, len(value)),
        }
        if value:
            element["initial_value"] = value
        yield _input(field, element, not field.required or number > 0, number)


def _choice(field: ChoiceField, shape: str, _images: Images) -> Iterator[Block]:
    if not field.options:
        yield from elements([Text(field.label, "strong"), Text("There is nothing to choose from.", "quiet")], {})
        return
    long = [label for _, label in field.options if len(label) > LABEL]
    if long:
        yield from elements([Text("\n".join(f"• {label}" for _, label in field.options))], {})
    options = {value: _option(value, label) for value, label in field.options}
    chosen = [options[value] for value in field.value if value in options]
    kinds = ("checkboxes", "radio_buttons") if len(options) <= FEW else ("multi_static_select", "static_select")
    kind = kinds[0] if field.several else kinds[1]
    element: Block = {"type": kind, "action_id": f"choice||{shape}", **_options(list(options.values()))}
    if chosen and field.several:
        element["initial_options"] = chosen
    elif chosen:
        element["initial_option"] = chosen[0]
    yield _input(field, element, not field.required)


def _options(options: Sequence[Block]) -> Block:
    """Slack takes a hundred options, or a hundred groups of them."""
    if len(options) <= MANY:
        return {"options": options}
    groups = [options[i : i + MANY] for i in range(0, len(options), MANY)]
    return {"option_groups": [
        {"label": words(cut(f"{g[0]['text']['text'][:30]} … {g[-1]['text']['text'][:30]}", LABEL)), "options": g}
        for g in groups
    ]}


def _option(value: str, label: str) -> Block:
    if len(value) > VALUE:
        raise ValueError("an option's value does not fit")
    return {"text": words(cut(label, LABEL)), "value": MARK + value}


def _confirm(field: ConfirmField, shape: str, _images: Images) -> Iterator[Block]:
    yes = _option("yes", "Yes")
    element: Block = {"type": "checkboxes", "action_id": f"confirm||{shape}", "options": [yes]}
    if field.value:
        element["initial_options"] = [yes]
    yield _input(field, element, True)


def _when(field: WhenField, shape: str, _images: Images) -> Iterator[Block]:
    if field.day_only:
        yield _input(field, _day(field, shape), not field.required)
        return
    element: Block = {"type": "datetimepicker", "action_id": f"when|{field.zone}|{shape}"}
    try:
        at = datetime.fromisoformat(field.value).replace(tzinfo=ZoneInfo(field.zone))
        element["initial_date_time"] = int(at.timestamp())
    except (ValueError, OverflowError):
        pass  # nothing chosen yet, or nothing that can be shown
    yield _input(field, element, True)


def _day(field: WhenField, shape: str) -> Block:
    element: Block = {"type": "datepicker", "action_id": f"day||{shape}"}
    with suppress(ValueError):  # nothing chosen yet, or nothing that can be shown
        element["initial_date"] = date.fromisoformat(field.value).isoformat()
    return element


def _pictures(field: PicturesField, shape: str, _images: Images) -> Iterator[Block]:
    element: Block = {
        "type": "file_input", "action_id": f"pictures||{shape}", "filetypes": FILE_TYPES,
        "max_files": max(1, min(field.most, 10)),
    }
    yield _input(field, element, True)


def _files(field: FilesField, shape: str, _images: Images) -> Iterator[Block]:
    element: Block = {
        "type": "file_input", "action_id": f"files||{shape}",
        "filetypes": [*FILE_TYPES, *(("pdf",) if field.papers else ())], "max_files": max(1, min(field.most, 10)),
    }
    yield _input(field, element, True)
    yield from elements([Text(files_stay(), "quiet")], {})


def _exhibit(field: ExhibitShown, _shape: str, _images: Images) -> Iterator[Block]:
    """In words: a picture here would be a file of Slack's."""
    yield from elements([Text(f"{field.name} ({field.detail})", "strong")], {})
    if field.url:
        yield from actions([Button(f"Save {field.name}", url=field.url)])


def _shown(field: PictureShown, _shape: str, images: Images) -> Iterator[Block]:
    yield from picture(field.picture, images)


def _said(field: Text | Check, _shape: str, images: Images) -> Iterator[Block]:
    yield from elements([field], images)


DRAW: dict[type[Field], Callable[[Any, str, Images], Iterator[Block]]] = {
    TextField: _text, ChoiceField: _choice, ConfirmField: _confirm, WhenField: _when, PicturesField: _pictures,
    PictureShown: _shown, FilesField: _files, ExhibitShown: _exhibit, Text: _said, Check: _said,
}


def answers(values: object) -> dict[str, str | list[str]]:
    """A form's answers by field id, from `view.state.values`; BadForm for a shape that Slack does not send."""
    found: dict[str, str | list[str]] = {}
    try:
        for block_id, kind, zone, state in _states(values):
            id_, _, number = block_id.partition("~")
            answer = _answer(kind, zone, state)
            if number and isinstance(answer, str):
                found[id_] = f"{found.get(id_, '')}{answer}"
            elif answer is not None:
                found[id_] = answer
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError):
        raise BadForm("no state of a form of ours") from None
    return found


def attached(values: object) -> list[Mapping[str, Any]]:
    """The file objects in a form's state."""
    try:
        files = [f for _, kind, _, state in _states(values) if kind in WITH_FILES for f in state.get("files") or []]
    except (ValueError, TypeError, AttributeError):
        raise BadForm("no state of a form of ours") from None
    return [file for file in files if isinstance(file, dict)]


def _states(values: object) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    if not isinstance(values, dict):
        raise BadForm("no state")
    for block_id, inputs in values.items():
        for action_id, state in inputs.items():
            kind, zone, _ = str(action_id).split("|")
            yield block_id, kind, zone, state


def _answer(kind: str, zone: str, state: Mapping[str, Any]) -> str | list[str] | None:
    match kind:
        case "text":
            return clean(str(state.get("value") or ""))
        case "choice":
            one = [state["selected_option"]] if state.get("selected_option") else []
            return [_value(option) for option in state.get("selected_options") or one]
        case "confirm":
            return "yes" if state.get("selected_options") else ""
        case "when":
            at = state.get("selected_date_time")
            return datetime.fromtimestamp(int(at), ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if at else ""
        case "day":
            on = state.get("selected_date")
            return date.fromisoformat(on).isoformat() if on else ""
    return None


def _value(option: Mapping[str, Any]) -> str:
    return clean(str(option["value"])).removeprefix(MARK)
